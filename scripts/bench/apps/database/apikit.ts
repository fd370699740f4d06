import { rmSync } from 'node:fs'
import Fastify, { type FastifyInstance } from 'fastify'
import { type TypeBoxTypeProvider, Type } from '@fastify/type-provider-typebox'
import { type Kysely, sql } from 'kysely'
import db, { column, type NewRow, prepare, type Row, sessionOf, table, type TablesOf } from '../../../../plugins/db/index.ts'
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
const tables = [users] as const
const session = sessionOf(tables)

type Db = Kysely<TablesOf<typeof tables>>
type New = Omit<NewRow<typeof users>, 'id' | 'is_active' | 'created_at'>

export interface Queries {
  find (db: Db, id: number): Promise<Row<typeof users> | undefined>
  insert (db: Db, user: New): Promise<Row<typeof users>>
}

/** @param before what the app has before all else */
export async function buildWith (queries: Queries, before?: (app: FastifyInstance) => unknown) {
  const app = Fastify().withTypeProvider<TypeBoxTypeProvider>()
  await before?.(app as unknown as FastifyInstance)
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
    const user = await queries.find(db, id)
    if (user === undefined) throw new NotFound()
    return user
  })

  app.post('/users', {
    config: { depends: { db: session } },
    schema: { body: UserCreate, response: { 201: users.Public } }
  }, async ({ body, deps: { db } }, reply) => {
    reply.code(201)
    return queries.insert(db, { ...body, email: newEmail(), hashed_password: 'secret' })
  })
  await app.inject({ method: 'POST', url: '/users', body: first })
  return app
}

const byId = prepare(tables, (db, { id }: { id: number }) => db.selectFrom('users').selectAll().where('id', '=', id))
const add = prepare(tables, (db, user: New) =>
  db.insertInto('users').values({ name: user.name, email: user.email, hashed_password: user.hashed_password, settings: user.settings }).returningAll())

export const build = (before?: (app: FastifyInstance) => unknown) =>
  buildWith({ find: (db, id) => byId.executeTakeFirst(db, { id }), insert: (db, user) => add.executeTakeFirstOrThrow(db, user) }, before)

export default async (): Promise<number> => listening(await build())
