import { Type } from '@fastify/type-provider-typebox'
import { Decimal } from 'decimal.js'
import { sql } from 'kysely'
import t from 'tap'
import { type Database, column, prepare, sessionOf, table } from '../../../plugins/db/index.ts'
import { appWith, databaseWith, emptyDatabase, onBoth } from './databases.ts'

const users = table('users', {
  id: column.id(),
  email: column.text({ unique: true }),
  active: column.boolean({ default: true }),
  at: column.dateTime({ nullable: true }),
  price: column.decimal(10, 2, { nullable: true }),
  settings: column.json(Type.Unknown(), { nullable: true })
})
const posts = table('posts', { id: column.id(), user_id: column.integer({ references: 'users.id' }) })
const tables = [users, posts] as const

interface New { email: string, active: boolean, at: Date | null, price: Decimal | null, settings: unknown }
const add = prepare(tables, (db, { email, active, at, price, settings }: New) => db.insertInto('users').values({ email, active, at, price, settings }).returningAll())
const byId = prepare(tables, (db, { id }: { id: number }) => db.selectFrom('users').selectAll().where('id', '=', id))
const values = { email: 'a', active: false, at: new Date(5), price: new Decimal('1.50'), settings: ['x'] }

onBoth('a statement is built once, and takes and gives every kind of value', async (t, dialect) => {
  const db = await databaseWith(t, await emptyDatabase(t, dialect), tables)
  const row = await add.executeTakeFirstOrThrow(db, values)
  t.same({ ...row, price: row.price?.toFixed(2) }, { ...values, id: 1, price: '1.50' })
  t.same((await add.execute(db, { email: 'b', active: true, at: null, price: null, settings: 'text' }))[0], { id: 2, email: 'b', active: true, at: null, price: null, settings: 'text' })
  t.equal((await add.executeTakeFirst(db, { ...values, email: 'c', settings: null }))?.settings, null)
  let built = 0
  const page = prepare(tables, (db, { active, size, start }: { active: boolean, size: number, start: number }) => {
    built++
    return db.selectFrom('users').select('email').where('active', '=', active).where('id', 'in', [start, 2, 3]).where('email', '!=', 'z').orderBy('email').limit(size)
  })
  t.same(await page.execute(db, { active: false, size: 5, start: 1 }), [{ email: 'a' }, { email: 'c' }])
  t.same(await page.execute(db, { active: false, size: 1, start: 1 }), [{ email: 'a' }])
  await db.session(async session => {
    t.same(await page.execute(session, { active: true, size: 5, start: 1 }), [{ email: 'b' }])
    await byId.executeTakeFirstOrThrow(session, { id: 1 })
  })
  t.equal(built, 1)
  await db.transaction().execute(async own => { t.same(await page.execute(own, { active: true, size: 5, start: 1 }), [{ email: 'b' }], 'in one of Kysely, too') })
  t.equal(await byId.executeTakeFirst(db, { id: 9 }), undefined)
  await t.rejects(byId.executeTakeFirstOrThrow(db, { id: 9 }), { message: 'no result' })
})

onBoth('without rows it gives what Kysely gives', async (t, dialect) => {
  const db = await databaseWith(t, await emptyDatabase(t, dialect), tables)
  const insert = prepare(tables, (db, { email }: { email: string }) => db.insertInto('users').values({ email }))
  const update = prepare(tables, (db, { settings }: { settings: unknown }) => db.updateTable('users').set({ settings }))
  const remove = prepare(tables, (db, { id }: { id: number }) => db.deleteFrom('users').where('id', '=', id))
  t.equal((await insert.executeTakeFirstOrThrow(db, { email: 'a' })).numInsertedOrUpdatedRows, 1n)
  t.equal((await update.executeTakeFirstOrThrow(db, { settings: { a: 1 } })).numUpdatedRows, 1n)
  t.same((await byId.executeTakeFirst(db, { id: 1 }))?.settings, { a: 1 })
  t.equal((await remove.executeTakeFirstOrThrow(db, { id: 1 })).numDeletedRows, 1n)
  t.equal((await remove.executeTakeFirstOrThrow(db, { id: 1 })).numDeletedRows, 0n)
})

onBoth('in a request it is part of its transaction, and what the database refuses is the same error', async (t, dialect) => {
  const app = await appWith(t, await emptyDatabase(t, dialect), tables)
  const db = sessionOf(tables)
  const write = prepare(tables, (db, { user }: { user: number }) => db.insertInto('posts').values({ user_id: user }))
  app.post('/twice', { config: { depends: { db } } }, async ({ deps: { db } }) => { for (let i = 0; i < 2; i++) await add.execute(db, values) })
  app.post('/lost', { config: { depends: { db } } }, async ({ deps: { db } }) => { await write.execute(db, { user: 7 }) })
  app.get('/', { config: { depends: { db } } }, async ({ deps: { db } }) => add.execute(db, values))
  t.same((await app.inject({ method: 'POST', url: '/twice' })).json(), { detail: 'email: already taken' })
  t.equal((await app.inject({ method: 'POST', url: '/lost' })).statusCode, 422)
  t.equal((await app.inject('/')).statusCode, 500, 'a GET only reads')
  t.same(await app.db.of(tables).selectFrom('users').selectAll().execute(), [])
})

onBoth('what cannot be prepared is refused at its first use, and a lacking value each time', async (t, dialect) => {
  const db: Database = await databaseWith(t, await emptyDatabase(t, dialect), tables)
  type P = { id: number, ids: number[], email: string, none: null }
  const refused = async (message: RegExp, build: Parameters<typeof prepare<typeof tables, P, object>>[1]) => {
    await t.rejects(prepare(tables, build).execute(db, { id: 1, ids: [1], email: 'a', none: null }), { code: 'APIKIT_ERR_PREPARED', message })
  }
  await refused(/ids stands behind "in"/, (db, { ids }) => db.selectFrom('users').selectAll().where('id', 'in', ids))
  await refused(/none stands behind "is not"/, (db, { none }) => db.selectFrom('users').selectAll().where('at', 'is not', none))
  await refused(/email changes the SQL text/, (db, { email, id }) => email === 'a' ? db.selectFrom('users').selectAll() : db.selectFrom('users').selectAll().where('id', '=', id))
  await refused(/must not use the parameter email/, (db, { email }) => db.selectFrom('users').selectAll().where('email', 'like', `%${email}%`))
  await refused(/must not use the parameter id/, (db, { id }) => db.selectFrom('users').selectAll().where('id', '=', id + 1))
  await refused(/the parameter email must not be part of another value/, (db, { email }) => db.insertInto('users').values({ email: 'x', settings: { email } }).returningAll())
  await refused(/must be named one by one/, (db, all) => db.insertInto('users').values({ ...all }).returningAll())
  await t.rejects(byId.execute(db, {} as never), { code: 'APIKIT_ERR_PREPARED', message: /missing value for id/ })
  const raw = prepare(tables, (db, { id }: { id: number }) => db.selectFrom('users').select('email').where(sql<boolean>`id = ${id}`))
  t.same(await raw.execute(db, { id: 1 }), [])
})

t.test('a statement serves several databases', async t => {
  for (const email of ['a', 'b']) {
    const db = await databaseWith(t, 'sqlite::memory:', tables)
    await add.execute(db, { ...values, email })
    t.equal((await byId.executeTakeFirstOrThrow(db, { id: 1 })).email, email)
  }
})
