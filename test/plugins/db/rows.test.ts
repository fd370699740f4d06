import t from 'tap'
import { column, find, findOr404, insertMany, patch, sessionOf, table } from '../../../plugins/db/index.ts'
import { appWith, databaseWith, emptyDatabase, onBoth } from './databases.ts'

const users = table('users', { id: column.id(), email: column.text({ unique: true }), n: column.bigint({ default: 7n }), note: column.text({ nullable: true }) }, { title: 'User' })
const seats = table('seats', { row: column.integer({ primaryKey: true }), number: column.integer({ primaryKey: true }), taken: column.boolean({ default: false }) })
const pairs = table('pairs', { a: column.integer(), b: column.integer() }, { primaryKey: ['a', 'b'] })
const named = table('named', { a: column.integer() }, { primaryKey: { name: 'the_key', columns: ['a'] } })
const loose = table('loose', { a: column.integer() }, { key: false })
const tables = [users, seats, pairs, named, loose] as const

onBoth('a row is found by its key, of one column or several', async (t, dialect) => {
  const db = (await databaseWith(t, await emptyDatabase(t, dialect), tables)).of(tables)
  await db.insertInto('users').values({ email: 'ann' }).execute()
  await db.insertInto('seats').values([{ row: 1, number: 1 }, { row: 1, number: 2 }]).execute()
  await db.insertInto('pairs').values([{ a: 1, b: 1 }, { a: 1, b: 2 }]).execute()
  await db.insertInto('named').values({ a: 5 }).execute()
  t.strictSame(await find(db, users, 1), { id: 1, email: 'ann', n: 7n, note: null })
  t.equal(await find(db, users, 2), undefined)
  t.strictSame(await find(db, seats, { row: 1, number: 2 }), { row: 1, number: 2, taken: false })
  t.strictSame(await find(db, pairs, { a: 1, b: 2 }), { a: 1, b: 2 })
  t.strictSame(await find(db, named, 5 as never), { a: 5 })
  t.strictSame(await db.session(session => find(session, users, 1)), { id: 1, email: 'ann', n: 7n, note: null })
  t.strictSame(await findOr404(db, users, 1), { id: 1, email: 'ann', n: 7n, note: null })
  await t.rejects(findOr404(db, users, 2), { statusCode: 404, detail: 'User not found' } as never)
  await t.rejects(findOr404(db, users, 2, 'Nobody'), { statusCode: 404, detail: 'Nobody' } as never)
  await t.rejects(findOr404(db, seats, { row: 9, number: 9 }), { statusCode: 404, detail: 'Not Found' } as never)
  await t.rejects(find(db, loose, {}), { code: 'APIKIT_ERR_TABLE', message: /"loose": has no primary key/ })
  await t.rejects(find(db, users, undefined as never), { code: 'APIKIT_ERR_TABLE', message: /"users": the key id must not be undefined/ })
  await t.rejects(find(db, seats, { row: 1 } as never), { code: 'APIKIT_ERR_TABLE', message: /the key row, number must not be undefined/ })
})

onBoth('a patch changes what is given, and nothing when nothing is', async (t, dialect) => {
  const app = await appWith(t, await emptyDatabase(t, dialect), tables)
  const db = app.db.of(tables)
  app.patch('/users/:id', { config: { depends: { db: sessionOf(tables) } }, schema: { params: users.public({ pick: ['id'] }), body: users.Update, response: { 200: users.Public } } }, async request =>
    await patch((request as any).deps.db as typeof db, users, (request.params as { id: number }).id, request.body as {}) ?? { id: 0, email: 'nobody', n: 0n, note: null })
  await db.insertInto('users').values([{ email: 'ann', note: 'x' }, { email: 'bob' }]).execute()
  const send = async (id: number, body: object): Promise<unknown> => (await app.inject({ method: 'PATCH', url: `/users/${id}`, body })).json()
  t.same(await send(1, {}), { id: 1, email: 'ann', n: 7, note: 'x' })
  t.same(await send(1, { note: null, n: 8 }), { id: 1, email: 'ann', n: 8, note: null })
  t.same(await send(3, { note: 'y' }), { id: 0, email: 'nobody', n: 0, note: null })
  t.same(await send(3, {}), { id: 0, email: 'nobody', n: 0, note: null })
  t.strictSame(await patch(db, users, 1, { email: undefined } as never), { id: 1, email: 'ann', n: 8n, note: null })
  t.strictSame(await patch(db, seats, { row: 1, number: 1 }, { taken: true }), undefined)
  t.strictSame(await db.selectFrom('users').select('email').orderBy('id').execute(), [{ email: 'ann' }, { email: 'bob' }])
})

onBoth('any number of rows is inserted, all or none, with the defaults of what is missing', async (t, dialect) => {
  const db = (await databaseWith(t, await emptyDatabase(t, dialect), tables)).of(tables)
  const count = async (): Promise<unknown> => (await db.selectFrom('users').select(eb => eb.fn.countAll().as('n')).executeTakeFirstOrThrow()).n
  const rows = Array.from({ length: 40_000 }, (_, nr) => nr % 2 === 0 ? { email: `${nr}` } : { note: 'odd', email: `${nr}`, n: undefined })
  t.equal(await insertMany(db, users, rows as never), 40_000)
  t.equal(await count(), 40_000)
  t.match(await db.selectFrom('users').selectAll().where('email', '=', '39999').executeTakeFirst(), { n: 7n, note: 'odd' })
  await t.rejects(insertMany(db, users, Array.from({ length: 1500 }, (_, nr) => ({ email: nr === 1499 ? '0' : `new ${nr}` }))), { name: 'UniqueViolation' })
  t.equal(await count(), 40_000, 'nothing is left of what failed')
  t.equal(await insertMany(db, users, []), 0)
  await db.session(async session => {
    t.equal(await insertMany(session, users, [{ email: 'in a session' }]), 1)
    await session.rollback()
  })
  t.equal(await count(), 40_000)
})

onBoth('rows without a field are inserted, too', async (t, dialect) => {
  const counters = table('counters', { id: column.id(), n: column.integer({ default: 1 }) })
  const db = (await databaseWith(t, await emptyDatabase(t, dialect), [counters])).of([counters])
  t.equal(await insertMany(db, counters, [{}, {}, { n: 3 }]), 3)
  t.strictSame(await db.selectFrom('counters').select('n').orderBy('id').execute(), [{ n: 1 }, { n: 1 }, { n: 3 }])
})
t.pass()
