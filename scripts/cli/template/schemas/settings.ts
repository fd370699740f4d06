import { type Static, Type } from '@sinclair/typebox'
import 'fastify-apikit/settings'

/** The settings, from the environment and `.env`: `databaseUrl` is DATABASE_URL. */
export const AppSettings = Type.Object({
  // if sqlite
  databaseUrl: Type.String({ default: 'sqlite:./data/app.db' }),
  // end
  // if postgres
  databaseUrl: Type.String({ default: 'postgres://postgres:postgres@127.0.0.1:5432/template-name' }),
  // end
  // if auth
  jwtSecret: Type.String({ minLength: 32, secret: true }),
  // end
  pageSize: Type.Integer({ default: 100, minimum: 1, description: 'Most items of an answer.' })
})

declare module 'fastify-apikit/settings' {
  interface Settings extends Static<typeof AppSettings> {}
}
