import type { Server } from 'node:http'
import { join } from 'node:path'
import autoload from '@fastify/autoload'
import type { FastifyHttpOptions, FastifyPluginAsync } from 'fastify'
import apikit from 'fastify-apikit'
import { clientErrorHandler, frameworkErrors } from 'fastify-apikit/errors'
import settings, { type SettingsOptions } from 'fastify-apikit/settings'
import fp from 'fastify-plugin'
import { AppSettings } from './schemas/settings.ts'
// if database
import { tables } from './schemas/tables.ts'
// end

export type AppOptions = Partial<Pick<SettingsOptions, 'data' | 'env' | 'envFile'>>

/** Options of the server, for `fastify-apikit start`. */
export const options: FastifyHttpOptions<Server> = { clientErrorHandler, frameworkErrors }

/** Options of the app for `fastify-apikit openapi`: the document must not depend on the settings of a machine. */
export const documentOptions: AppOptions = {
  // if auth
  data: { jwtSecret: 'signs nothing: no request is answered with it' },
  // end
  env: {},
  envFile: null
}

const app: FastifyPluginAsync<AppOptions> = async (app, { data = {}, env = process.env, envFile = '.env' }) => {
  await app.register(settings, { schema: AppSettings, data, env, envFile })
  await app.register(apikit, {
    // if auth
    jwt: { secret: app.settings.jwtSecret },
    // end
    // if database
    db: { url: app.settings.databaseUrl, tables, migrations: join(import.meta.dirname, 'schemas', 'migrations'), migrate: true },
    // end
    docs: { title: 'template-name', redocUrl: null },
    health: true,
    requestId: true
  })
  await app.register(autoload, { dir: join(import.meta.dirname, 'plugins') })
  // if auth
  await app.register(async routes => {
    // Each route says who may call it: it depends on a security scheme, or has config.public. Otherwise the app does not start.
    routes.guard({ default: 'deny' })
    await routes.register(autoload, { dir: join(import.meta.dirname, 'routes') })
  })
  // else
  await app.register(autoload, { dir: join(import.meta.dirname, 'routes') })
  // end
}

// Without fp, fastify-cli would give the app a scope of its own, and answer unknown URLs outside of it.
export default fp(app, { name: 'template-name' })
