import { Type } from '@fastify/type-provider-typebox'
import { sql } from 'kysely'
import t, { type Test } from 'tap'
import {
  CheckViolation, column, ConstraintViolation, type Database, DatabaseUnavailable, ForeignKeyViolation, NotNullViolation, QueryCanceled, SerializationFailure, sessionOf, table,
  type TablesOf, UniqueViolation
} from '../../../plugins/db/index.ts'
import { kAnswer } from '../../../plugins/core/http/answer.ts'
import { appWith, ask, databaseWith, emptyDatabase, hasPostgres, onBoth } from './databases.ts'

const users = table('users', {
  id: column.id(),
  email: column.text({ unique: true }),
  token: column.text({ unique: true, hidden: true, nullable: true }),
  role: column.enum(['admin', 'user'], { default: 'user' })
})
const memberships = table('memberships', {
  team: column.integer(),
  user_id: column.integer({ references: { table: 'users', column: 'id', onDelete: 'restrict', onUpdate: 'restrict' } }),
  boss_id: column.integer({ nullable: true, references: 'users.id' }),
  share: column.integer({ default: 1 }),
  note: column.text({ nullable: true })
}, { primaryKey: ['team', 'user_id'], unique: [['team', 'note']], checks: { some: 'share > 0 and share <= 100' } })
const rooms = table('rooms', { floor: column.integer(), nr: column.integer() }, { primaryKey: ['floor', 'nr'], title: 'Room' })
const bookings = table('bookings', { id: column.id(), floor: column.integer(), nr: column.integer() }, {
  foreignKeys: [{ columns: ['floor', 'nr'], references: { table: 'rooms', columns: ['floor', 'nr'] }, onDelete: 'cascade' }]
})
const tables = [users, memberships, rooms, bookings] as const

type Db = Database<TablesOf<typeof tables>>

async function violated (t: Test, work: Promise<unknown>): Promise<ConstraintViolation> {
  const error = await work.then(() => undefined, error => error)
  t.ok(error instanceof ConstraintViolation, String(error))
  t.ok(error.cause, 'what the database said is its cause')
  return error
}

onBoth('what the database refuses says which table and which columns', async (t, dialect) => {
  const db: Db = (await databaseWith(t, await emptyDatabase(t, dialect), tables)).of(tables)
  const insert = (values: object) => db.insertInto('memberships').values(values as never).execute()
  await db.insertInto('users').values([{ email: 'a', token: 'x' }, { email: 'b' }]).execute()
  await insert({ team: 1, user_id: 1, note: 'n' })

  const cases: ReadonlyArray<readonly [name: string, work: () => Promise<unknown>, Class: unknown, told: object]> = [
    ['unique', () => db.insertInto('users').values({ email: 'a' }).execute(), UniqueViolation, { table: 'users', columns: ['email'] }],
    ['unique, by an update', () => db.updateTable('users').set({ email: 'a' }).where('id', '=', 2).execute(), UniqueViolation, { table: 'users', columns: ['email'] }],
    ['unique together', () => insert({ team: 1, user_id: 2, note: 'n' }), UniqueViolation, { table: 'memberships', columns: ['team', 'note'] }],
    ['the key', () => insert({ team: 1, user_id: 1 }), UniqueViolation, { table: 'memberships', columns: ['team', 'user_id'] }],
    ['the id', () => db.insertInto('users').values({ id: 1, email: 'c' }).execute(), UniqueViolation, { table: 'users', columns: ['id'] }],
    ['check', () => insert({ team: 2, user_id: 1, share: 0 }), CheckViolation, { table: 'memberships', columns: ['share'] }],
    ['enum', () => db.insertInto('users').values({ email: 'c', role: 'king' as never }).execute(), CheckViolation, { table: 'users', columns: ['role'] }],
    ['null', () => db.insertInto('users').values({ email: null as never }).execute(), NotNullViolation, { table: 'users', columns: ['email'] }],
    ['missing', () => insert({ team: 2, user_id: 9 }), ForeignKeyViolation, { table: 'memberships', columns: ['user_id'], missing: true }],
    ['missing, of several rows', () => db.insertInto('memberships').values([{ team: 2, user_id: 1 }, { team: 3, user_id: 1, boss_id: 9 }]).execute(), ForeignKeyViolation, { columns: ['boss_id'], missing: true }],
    ['missing, as an expression beside', () => db.insertInto('memberships').values([{ team: sql<number>`2`, user_id: 9 }]).execute(), ForeignKeyViolation, { columns: ['user_id'], missing: true }],
    ['missing, by an update', () => db.updateTable('memberships').set({ boss_id: 9 }).execute(), ForeignKeyViolation, { table: 'memberships', columns: ['boss_id'], missing: true }],
    ['missing, of several columns', () => db.insertInto('bookings').values({ floor: 1, nr: 2 }).execute(), ForeignKeyViolation, { table: 'bookings', columns: ['floor', 'nr'], missing: true }]
  ]
  for (const [name, work, Class, told] of cases) {
    const error = await violated(t, work())
    t.ok(error instanceof (Class as never), name)
    t.match(error, { ...told, name: (Class as { name: string }).name }, name)
  }

  const referenced = await violated(t, db.deleteFrom('users').where('id', '=', 1).execute())
  // SQLite tells no more, and two columns could be meant.
  t.match(referenced, dialect === 'sqlite' ? { missing: false, columns: [] } : { missing: false, table: 'memberships', columns: ['user_id'] })
  t.match(await violated(t, db.updateTable('users').set({ id: 77 }).where('id', '=', 1).execute()), { missing: false })
})

onBoth('it is told of statements in SQL, and of tables that nobody has declared, as much as there is to tell', async (t, dialect) => {
  const db = await databaseWith(t, await emptyDatabase(t, dialect))
  const run = (text: string) => sql.raw(text).execute(db)
  await run('create table parents (id integer primary key, "an e-mail" text unique, n integer check (n > 0))')
  await run('create table children (id integer primary key, parent_id integer references parents (id))')
  await run("insert into parents values (1, 'a', 1)")
  await run('insert into children values (1, 1)')

  t.match(await violated(t, run("insert into parents values (2, 'a', 1)")), { table: 'parents', columns: ['an e-mail'] })
  t.ok((await violated(t, run("insert into parents values (2, 'b', 0)"))) instanceof CheckViolation)
  t.match(await violated(t, run('insert into children values (2, 9)')), { missing: true })
  const loose = db.withTables<{ parents: { id: number }, children: { id: number, parent_id: number } }>()
  t.match(await violated(t, loose.deleteFrom('parents').where('id', '=', 1).execute()), { missing: false, table: 'children', ...dialect === 'sqlite' && { columns: ['parent_id'] } })
  t.match(await violated(t, loose.insertInto('children').columns(['id', 'parent_id']).expression(loose.selectNoFrom(({ lit }) => [lit(5).as('id'), lit(9).as('parent_id')])).execute()), { missing: true, table: 'children' })
  t.match(await violated(t, loose.updateTable(sql<{ parent_id: number }>`children`.as('c')).set({ parent_id: 9 }).execute()), { missing: true, columns: dialect === 'sqlite' ? [] : ['parent_id'] })
  await run('create unique index parents_lower on parents (lower("an e-mail"))')
  t.match(await violated(t, run("insert into parents values (2, 'A', 1)")), { name: 'UniqueViolation', columns: [] })
  const unlike = await run('select nothing from nowhere').catch(error => error)
  t.notOk(unlike instanceof ConstraintViolation)
})

onBoth('a client is told of columns that it may know, and never of SQL', async (t, dialect) => {
  const app = await appWith(t, await emptyDatabase(t, dialect), tables)
  const db = sessionOf(tables)
  app.post('/users', { config: { depends: { db } } }, async ({ body, deps: { db } }) => { await db.insertInto('users').values(body as never).execute() })
  app.post('/memberships', { config: { depends: { db } } }, async ({ body, deps: { db } }) => { await db.insertInto('memberships').values(body as never).execute() })
  app.post('/bookings', { config: { depends: { db } } }, async ({ body, deps: { db } }) => { await db.insertInto('bookings').values(body as never).execute() })
  app.delete('/users/:id', { config: { depends: { db } } }, async ({ params, deps: { db } }) => { await db.deleteFrom('users').where('id', '=', Number((params as { id: string }).id)).execute() })
  app.post('/broken', { config: { depends: { db } } }, async ({ deps: { db } }) => { await sql`select secret from nowhere`.execute(db) })
  app.register(async child => {
    child.handle(UniqueViolation, ({ columns }, _request, reply) => {
      reply.code(400)
      return { taken: columns }
    })
    child.post('/handled', { config: { depends: { db } } }, async ({ deps: { db } }) => { await db.insertInto('users').values({ email: 'a' }).execute() })
  })

  const answer = async (url: string, body?: object) => {
    const { statusCode, payload } = await app.inject({ method: 'POST', url, ...body && { body } })
    return [statusCode, payload === '' ? '' : JSON.parse(payload)]
  }
  const issue = (type: string, msg: string, loc: readonly string[]) => ({ type, loc: ['body', ...loc], msg })
  t.same(await answer('/users', { email: 'a', token: 'x' }), [200, ''])
  t.same(await answer('/users', { email: 'a' }), [409, { detail: 'email: already taken' }])
  t.same(await answer('/users', { email: 'b', token: 'x' }), [409, { detail: 'Conflict' }])
  t.same(await answer('/users', { email: 'b', role: 'king' }), [422, { detail: [issue('check', 'Value is not allowed', ['role'])] }])
  t.same(await answer('/users', { email: null }), [422, { detail: [issue('missing', 'Field required', ['email'])] }])
  t.same(await answer('/memberships', { team: 1, user_id: 9 }), [422, { detail: [issue('foreign_key', 'What this refers to does not exist', ['user_id'])] }])
  t.same(await answer('/bookings', { floor: 1, nr: 9 }), [422, { detail: ['floor', 'nr'].map(name => issue('foreign_key', 'What this refers to does not exist', [name])) }])
  t.same(await answer('/memberships', { team: 1, user_id: 1 }), [200, ''])
  t.same(await answer('/broken'), [500, { detail: 'Internal Server Error' }])
  t.same(await answer('/handled'), [400, { taken: ['email'] }])
  const gone = await app.inject({ method: 'DELETE', url: '/users/1' })
  t.same([gone.statusCode, gone.json()], [409, { detail: 'It is still referred to' }])
})

t.test('errors of the database have codes', async t => {
  const broken = { table: 'users', columns: ['email'], constraint: undefined, shown: [] }
  t.same([new UniqueViolation(broken), new ForeignKeyViolation(broken, true), new NotNullViolation(broken), new DatabaseUnavailable('away'), new SerializationFailure('again'), new QueryCanceled(true)].map(({ code }) => code),
    ['APIKIT_DB_UNIQUE', 'APIKIT_DB_FOREIGN_KEY', 'APIKIT_DB_NOT_NULL', 'APIKIT_DB_UNAVAILABLE', 'APIKIT_DB_SERIALIZATION', 'APIKIT_DB_CANCELED'])
})

t.test('violations say what they are in a document', async t => {
  t.equal(UniqueViolation.status, 409)
  t.equal(ForeignKeyViolation.status, 409)
  t.match(UniqueViolation.schema, { title: 'UniqueViolation', properties: { detail: { type: 'string' } } })
})

t.test('table() has the schemas of what goes in and out', async t => {
  const { Row, Public, Create, Update } = table('things', {
    id: column.id(), name: column.text({ minLength: 1 }), secret: column.text({ hidden: true }), n: column.integer({ default: 5 }), note: column.text({ nullable: true, default: 'x' })
  }, { title: 'Thing' })
  const names = (schema: { properties: object }) => Object.keys(schema.properties)
  t.same([Row.title, Public.title, Create.title, Update.title], ['ThingRow', 'Thing', 'ThingCreate', 'ThingUpdate'])
  t.same([names(Row), names(Public), names(Create), names(Update)], [['id', 'name', 'secret', 'n', 'note'], ['id', 'name', 'n', 'note'], ['name', 'n', 'note'], ['name', 'n', 'note']])
  t.same([Public.required, Create.required, Update.required], [['id', 'name', 'n', 'note'], ['name'], undefined])
  t.same([Create.properties.n.default, Create.properties.note.default, Create.properties.name.minLength], [5, 'x', 1])
  t.same([Public.properties.n.default, Update.properties.n.default], [undefined, undefined])
  t.equal(table('untitled', { id: column.id() }).Public.title, undefined)
})

t.test('what no database can hold is refused, all of it in one error', async t => {
  const wrong = () => table('', {
    '': column.text(),
    key: column.text({ nullable: true, primaryKey: true }),
    json: column.json(Type.Object({ at: column.dateTime().schema }), { unique: true }),
    price: column.decimal(2, 3),
    ref: column.integer({ references: 'users' })
  } as never, {
    primaryKey: ['missing' as never], foreignKeys: [{ columns: ['price' as never], references: { table: 'x', columns: ['a', 'b'] } }]
  })
  t.throws(wrong, { code: 'APIKIT_ERR_TABLE' })
  const { message } = t.throws(wrong) as unknown as Error
  for (const part of ['its name must not be empty', 'the name of the column "" must not', 'key is part of the primary key', 'json is a JSON column, whose schema', 'json is a JSON column, which cannot be unique', 'price is a decimal of 2 digits with 3', 'ref has an empty reference', 'declared twice', 'unknown column "missing"', 'references 2 columns']) {
    t.match(message, part)
  }
  t.throws(() => table('empty', {}), { message: /it has no columns; it has no key/ })
})

t.test('postgres: tables of one name in two schemas are told apart', { skip: !hasPostgres && 'no PostgreSQL here' }, async t => {
  const url = await emptyDatabase(t, 'postgres')
  const schema = `${/search_path%3D(\w+)/.exec(url)?.[1]}_shop`
  await ask(`create schema ${schema}`)
  t.teardown(() => ask(`drop schema ${schema} cascade`))
  const here = table('members', { id: column.id(), mail: column.text({ hidden: true }), team: column.integer() }, { unique: [{ name: 'members_key', columns: ['mail'] }] })
  const there = table(`${schema}.members`, { id: column.id(), nick: column.text(), pin: column.text({ hidden: true, nullable: true, unique: true }) }, { unique: [{ name: 'members_key', columns: ['nick'] }], checks: { short: 'length(nick) < 9' } })
  const app = await appWith(t, url, [here, there])
  const db = app.db as unknown as Database<Record<string, any>>
  const told = async (name: string, values: object): Promise<unknown[]> => {
    await db.insertInto(name).values(values).execute()
    const { table, columns, [kAnswer]: answer } = await violated(t, db.insertInto(name).values(values).execute()) as ConstraintViolation & { [kAnswer]: () => { body: unknown } }
    return [table, columns, answer.call(await violated(t, db.insertInto(name).values(values).execute())).body]
  }
  t.same(await told('members', { mail: 'a', team: 1 }), ['members', ['mail'], { detail: 'Conflict' }])
  t.same(await told(`${schema}.members`, { nick: 'a' }), [`${schema}.members`, ['nick'], { detail: 'nick: already taken' }])
  t.match(await violated(t, db.insertInto(`${schema}.members`).values({ nick: 'much too long' }).execute()), { table: `${schema}.members`, columns: ['nick'] })
  await db.insertInto(`${schema}.members`).values({ nick: 'b', pin: '1' }).execute()
  const hidden = await violated(t, db.insertInto(`${schema}.members`).values({ nick: 'c', pin: '1' }).execute()) as UniqueViolation
  t.same(hidden[kAnswer]().body, { detail: 'Conflict' })
})
