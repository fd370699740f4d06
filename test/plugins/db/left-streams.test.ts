import { once } from 'node:events'
import { get as httpGet } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'
import { sql } from 'kysely'
import { column, type Database, DatabaseUnavailable, insertMany, openDatabase, sessionOf, table, type TablesOf } from '../../../plugins/db/index.ts'
import responses, { jsonLines } from '../../../plugins/responses/index.ts'
import { appWith, ask, databaseWith, type DialectName, emptyDatabase, hasPostgres, onBoth } from './databases.ts'
import t, { type Test } from 'tap'

const rows = table('rows', { id: column.id(), n: column.bigint() })
const tables = [rows] as const
const depends = { db: sessionOf(tables) }
const skip = !hasPostgres && 'no PostgreSQL here'

type Db = Database<TablesOf<typeof tables>>
type Left = AsyncIterableIterator<{ id: number }>

async function appFor (t: Test, dialect: DialectName, count = 10) {
  const app = await appWith(t, await emptyDatabase(t, dialect), tables)
  await app.register(responses)
  await insertMany(app.db.of(tables), rows, Array.from({ length: count }, (_, nr) => ({ n: BigInt(nr) })))
  return app
}

function streamOf (db: Pick<Db, 'selectFrom'>): Left {
  return db.selectFrom('rows').select('id').orderBy('id').stream(1)
}

/** Nothing is held: no connection of PostgreSQL, and no reader of SQLite, which would keep its log from being written back. */
async function isFree (db: Db): Promise<boolean> {
  if (db.pool.idle < db.pool.total) return false
  return db.dialect === 'postgres' || (await sql<{ busy: number }>`pragma wal_checkpoint(truncate)`.execute(db)).rows[0]?.busy === 0
}

/** Asks until something is so; the test's own timeout is the limit. */
async function until (isSo: () => boolean | Promise<boolean>): Promise<void> {
  while (!await isSo()) await delay(5)
}

onBoth('a stream that a request has left in the middle ends with its response', async (t, dialect) => {
  const app = await appFor(t, dialect)
  const db: Db = app.db.of(tables)
  const left: Left[] = []
  app.get('/', { config: { depends } }, async ({ deps: { db } }) => {
    const [one, two] = [streamOf(db), streamOf(db)]
    left.push(one, two)
    await two.next()
    await one.next()
    return (await one.next()).value
  })
  app.route({
    method: 'QUERY',
    url: '/',
    config: { depends },
    handler: async ({ deps: { db } }) => {
      left.push(streamOf(db))
      return (await left.at(-1)?.next())?.value
    }
  })
  t.same((await app.inject('/')).json(), { id: 2 })
  t.same((await app.inject({ method: 'QUERY' as never, url: '/', payload: '{}', headers: { 'content-type': 'application/json' } })).json(), { id: 1 })
  await until(() => isFree(db))
  for (const stream of left) await t.rejects(stream.next(), { code: 'APIKIT_ERR_STREAM_CLOSED', message: /its request was answered/ }, 'its reader is not told that there are no more')
  for (const stream of left) t.same(await stream.next(), { done: true, value: undefined })
})

onBoth('a stream of a request whose client is gone ends, also where its reply was hijacked', async (t, dialect) => {
  const app = await appFor(t, dialect)
  const db: Db = app.db.of(tables)
  const { promise: begun, resolve: begin } = Promise.withResolvers<Left>()
  const { promise: later, resolve: goOn } = Promise.withResolvers<Left>()
  app.get('/', { config: { depends } }, async ({ deps: { db } }, reply) => {
    reply.hijack()
    const stream = streamOf(db)
    await stream.next()
    begin(stream)
    await once(reply.raw, 'close')
    goOn(streamOf(db))
  })
  await app.listen({ port: 0 })
  const request = httpGet({ port: (app.server.address() as AddressInfo).port, path: '/' }).on('error', () => {})
  const stream = await begun
  t.notOk(await isFree(db))
  request.destroy()
  await t.rejects((await later).next(), { code: 'APIKIT_ERR_CLIENT_GONE' }, 'none begins any more')
  await until(() => isFree(db))
  await t.rejects(stream.next(), { code: 'APIKIT_ERR_CLIENT_GONE' })
})

onBoth('the streams of a transaction end with it', async (t, dialect) => {
  const db: Db = (await databaseWith(t, await emptyDatabase(t, dialect), tables)).of(tables)
  await insertMany(db, rows, [{ n: 1n }, { n: 2n }, { n: 3n }])
  const left: Left[] = []
  const leave = async (db: Pick<Db, 'selectFrom'>): Promise<void> => {
    const stream = streamOf(db)
    left.push(stream)
    await stream.next()
  }
  await db.session(async session => {
    await leave(session)
    await session.commit()
    await leave(session)
    await leave(session)
    await session.rollback()
    const copies = await sql`select name from ${sql.id(dialect === 'sqlite' ? 'sqlite_temp_schema' : 'pg_cursors')}`.execute(session)
    t.same(copies.rows, [])
    await leave(session)
  })
  await db.transaction().execute(leave)
  await db.connection().execute(leave)
  await db.session(leave, { readOnly: true })
  await until(() => isFree(db))
  for (const stream of left) await t.rejects(stream.next(), { code: 'APIKIT_ERR_STREAM_CLOSED', message: /its transaction was committed or rolled back/ })
})

onBoth('closing the app ends the streams of app.db, behind a reply that is one', async (t, dialect) => {
  const app = await appFor(t, dialect, 20_000)
  const db: Db = app.db.of(tables)
  app.get('/', { config: { depends } as never, schema: { response: { 200: jsonLines(rows.public({ pick: ['id'] })) } } }, ((request: { deps: { db: Db } }) => streamOf(request.deps.db)) as never)
  await app.listen({ port: 0 })
  const [response] = await once(httpGet({ port: (app.server.address() as AddressInfo).port, path: '/', headers: { connection: 'close' } }), 'response')
  let text = ''
  const ended = once(response.on('data', (chunk: Buffer) => { text += String(chunk) }), 'end')
  await once(response, 'data')
  const left = [streamOf(db), streamOf(db)]
  for (const stream of left) await stream.next()
  const closed = app.close()
  await ended
  t.equal(text.trimEnd().split('\n').length, 20_000)
  await closed
  for (const stream of left) await t.rejects(stream.next(), { code: 'APIKIT_ERR_STREAM_CLOSED', message: /the database was closed/ })
})

t.test('a connection that the server has ended leaves the pool, whoever holds it', { skip }, async t => {
  const db: Db = (await databaseWith(t, await emptyDatabase(t, 'postgres'), tables)).of(tables)
  await insertMany(db, rows, [{ n: 1n }, { n: 2n }, { n: 3n }])
  const stream = streamOf(db)
  await stream.next()
  const session = db.open()
  const { rows: [own] } = await sql<{ pid: number }>`select pg_backend_pid() as pid`.execute(session)
  const pids = await ask("select pid from pg_stat_activity where state = 'idle in transaction' and query like '%\"rows\"%' and pid <> pg_backend_pid()")
  for (const { pid } of [own as { pid: number }, ...pids]) await ask(`select pg_terminate_backend(${pid})`)
  await until(() => db.pool.total === 0)
  await t.rejects(sql`select 1`.execute(session), DatabaseUnavailable)
  await session.rollback()
  await t.rejects(async () => { for await (const row of stream) t.ok(row) }, DatabaseUnavailable)
  t.equal((await db.selectFrom('rows').selectAll().execute()).length, 3)
})

t.test('a database that is closed while a session is open waits as long as a statement may take', { skip }, async t => {
  const warnings: unknown[] = []
  const logger = { warn: (...told: unknown[]) => { warnings.push(told) }, error: () => {} }
  const db = openDatabase({ url: await emptyDatabase(t, 'postgres'), statementTimeout: 50, logger: logger as never })
  const session = db.open()
  await sql`select 1`.execute(session)
  await db.destroy()
  t.match(warnings, [[{ err: { message: /^Connections that were in use 50 ms after the database was closed were cut: 1$/ } }]])
  await t.rejects(sql`select 1`.execute(session), DatabaseUnavailable)
  const idle = openDatabase({ url: await emptyDatabase(t, 'postgres'), statementTimeout: 0 })
  await idle.check()
  await idle.destroy()
})

t.test('a database of SQLite that is closed while a session reads waits for the writer\'s time', async t => {
  const db = openDatabase({ url: await emptyDatabase(t, 'sqlite'), acquireTimeout: 20 })
  const session = db.open({ readOnly: true })
  await sql`select 1`.execute(session)
  await db.destroy()
  await t.rejects(sql`select 1`.execute(session))
})

onBoth('a stream that began in a savepoint ends with it where it is undone, and goes on where it is kept', async (t, dialect) => {
  const db: Db = (await databaseWith(t, await emptyDatabase(t, dialect), tables)).of(tables)
  await insertMany(db, rows, [{ n: 1n }, { n: 2n }])
  const closed = { code: 'APIKIT_ERR_STREAM_CLOSED', message: /its savepoint was undone/ }
  await db.session(async session => {
    const begin = async (): Promise<Left> => {
      const stream = streamOf(session)
      await stream.next()
      return stream
    }
    const outer = await begin()
    const undone: Left[] = []
    await t.rejects(session.savepoint(async () => {
      undone.push(await session.savepoint(begin), await begin())
      throw new Error('no')
    }), new Error('no'))
    for (const stream of undone) await t.rejects(stream.next(), closed)
    const kept = await session.savepoint(() => session.savepoint(begin))
    for (const stream of [outer, kept]) t.match(await stream.next(), { value: { id: 2 } })
  })
})

t.test('a stream of a session is closed with SQLite under it', async t => {
  for (const [readOnly, words] of [[true, /database was closed/], [false, /./]] as const) {
    const db = openDatabase({ url: await emptyDatabase(t, 'sqlite'), tables, acquireTimeout: 20 }).of(tables)
    await db.createTables()
    await insertMany(db, rows, [{ n: 1n }, { n: 2n }, { n: 3n }])
    const stream = streamOf(db.open({ readOnly }))
    await stream.next()
    await db.destroy()
    await t.rejects(stream.next(), { code: 'APIKIT_ERR_STREAM_CLOSED', message: words })
  }
})

onBoth('a GET with a transaction of its own cannot be answered by its stream, and the error says what to do', async (t, dialect) => {
  const app = await appFor(t, dialect, 2)
  app.get('/', { config: { depends, transaction: { readOnly: true } }, schema: { response: { 200: jsonLines(rows.Public) } } }, async function * ({ deps: { db } }) {
    yield * db.selectFrom('rows').selectAll().stream(1)
  })
  const seen: unknown[] = []
  app.addHook('onError', async (_request, _reply, error) => { seen.push(error) })
  t.equal((await app.inject('/')).statusCode, 500)
  t.match(seen, [{ code: 'APIKIT_ERR_SESSION_OVER', message: /use a GET without config\.transaction, or read all rows in the handler/ }])
})
