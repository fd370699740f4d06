import { rmSync } from 'node:fs'
import Fastify from 'fastify'
import { type TypeBoxTypeProvider, Type } from '@fastify/type-provider-typebox'
import { sql } from 'kysely'
import db, { column, sessionOf, table } from '../../../../plugins/db/index.ts'
import dependencies from '../../../../plugins/dependencies/index.ts'
import errors, { NotFound } from '../../../../plugins/errors/index.ts'
import responseModel from '../../../../plugins/response-model/index.ts'
import validation from '../../../../plugins/validation/index.ts'
import { listening } from '../listening.ts'
import { dialect, first, newEmail, Params, postgresUrl, schema, sqlitePath, UserCreate } from './data.ts'

const users = table('users', {
  id: column.id(),
  name: column.text(),
  email: column.text({ unique: true }),
  hashed_password: column.text({ hidden: true }),
  is_active: column.boolean({ default: true }),
  settings: column.json(Type.Record(Type.String(), Type.String())),
  created_at: column.dateTime({ default: 'now' })
}, { title: 'User' })
const session = sessionOf([users])

export default async function listen (): Promise<number> {
  const app = Fastify().withTypeProvider<TypeBoxTypeProvider>()
  for (const plugin of [errors, validation, responseModel, dependencies]) await app.register(plugin)
  const path = sqlitePath()
  await app.register(db, { url: dialect === 'sqlite' ? `sqlite:${path}` : postgresUrl, tables: [users] })
  process.once('exit', () => { rmSync(path, { force: true }) })
  if (dialect === 'postgres') await sql`create schema ${sql.ref(schema)}`.execute(app.db)
  await app.db.createTables()

  app.get('/users/:id', {
    config: { depends: { db: session } },
    schema: { params: Params, response: { 200: users.Public } }
  }, async ({ params: { id }, deps: { db } }) => {
    const user = await db.selectFrom('users').selectAll().where('id', '=', id).executeTakeFirst()
    if (user === undefined) throw new NotFound()
    return user
  })

  app.post('/users', {
    config: { depends: { db: session } },
    schema: { body: UserCreate, response: { 201: users.Public } }
  }, async ({ body, deps: { db } }, reply) => {
    reply.code(201)
    return db.insertInto('users').values({ ...body, email: newEmail(), hashed_password: 'secret' }).returningAll().executeTakeFirstOrThrow()
  })
  await app.inject({ method: 'POST', url: '/users', body: first })
  return listening(app)
}
