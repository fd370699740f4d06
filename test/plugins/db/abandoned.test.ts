import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import type { FastifyInstance } from 'fastify'
import { sql } from 'kysely'
import t, { type Test } from 'tap'
import { column, type DbOptions, sessionOf, table, up } from '../../../plugins/db/index.ts'
import { dependency } from '../../../plugins/dependencies/index.ts'
import { httpBearer } from '../../../plugins/security/index.ts'
import { appWith, ask, databaseWith, emptyDatabase, hasPostgres, onBoth } from './databases.ts'

const notes = table('notes', { id: column.id(), text: column.text() })
const session = sessionOf([notes])
const depends = { db: session }
const skip = !hasPostgres && 'no PostgreSQL here'

/** Longer than a request waits for a connection. */
const SLOW = sql`select pg_sleep(60)`

async function open (app: FastifyInstance, head: string): Promise<Socket> {
  const socket = connect((app.server.address() as AddressInfo).port, '127.0.0.1')
  socket.write(`${head}\r\nhost: x\r\nauthorization: Bearer t\r\n\r\n`)
  return socket
}

async function listen (app: FastifyInstance): Promise<void> {
  await app.listen({ host: '127.0.0.1', port: 0 })
}

/** Asks until something is so; the test's own timeout is the limit. */
async function until (isSo: () => boolean | Promise<boolean>): Promise<void> {
  while (!await isSo()) await delay(5)
}

/** The statements of a test, by the schema of its database. */
async function running (state: string, text: string): Promise<number> {
  const [{ n }] = await ask(`select count(*)::int as n from pg_stat_activity where state = '${state}' and query like '%${text}%' and pid <> pg_backend_pid()`)
  return n
}

const postgres = async (t: Test, options: DbOptions = {}): Promise<FastifyInstance> => appWith(t, await emptyDatabase(t, 'postgres'), [notes], options)

t.test('queries of clients that are gone are cancelled: ten slow ones do not keep the pool', { skip }, async t => {
  const app = await postgres(t)
  const errors: string[] = []
  app.addHook('onError', async (_request, _reply, error) => { errors.push(error.code) })
  app.get('/slow', { config: { depends } }, async ({ deps: { db } }) => { await SLOW.execute(db); return {} })
  app.get('/', { config: { depends } }, async ({ deps: { db } }) => (await db.selectFrom('notes').selectAll().execute()).length)
  await listen(app)
  const sockets = await Promise.all(Array.from({ length: 10 }, () => open(app, 'GET /slow HTTP/1.1')))
  await until(() => app.db.pool.idle === 0 && app.db.pool.total === 10)
  await until(async () => await running('active', 'pg_sleep(60)') >= 10)
  for (const socket of sockets) socket.destroy()
  await until(() => errors.length === 10)
  t.same(new Set(errors), new Set(['APIKIT_ERR_CLIENT_GONE']))
  t.equal((await app.inject('/')).body, '0')
  t.same(app.db.pool, { total: 10, idle: 10, waiting: 0 }, 'all connections are kept')
})

t.test('a server behind a socket of the file system is asked there, and one that cannot be asked ends its statement itself', { skip }, async t => {
  const { hostname, port } = new URL((await emptyDatabase(t, 'postgres')))
  // Paths of sockets are short.
  const folder = mkdtempSync(join(tmpdir(), 'apikit-'))
  t.teardown(() => { rmSync(folder, { recursive: true }) })
  const proxy = createServer(client => { client.on('error', () => {}).pipe(connect(Number(port || 5432), hostname)).on('error', () => {}).pipe(client) })
  await once(proxy.listen(join(folder, '.s.PGSQL.5432')), 'listening')
  t.teardown(() => proxy.close())
  const app = await appWith(t, `postgres://postgres@localhost/test?host=${folder}`, [])
  const errors: string[] = []
  app.addHook('onError', async (_request, _reply, error) => { errors.push(error.code) })
  app.get('/slow', { config: { depends } }, async ({ deps: { db } }) => { await SLOW.execute(db); return {} })
  app.get('/half', { config: { depends } }, async ({ deps: { db } }) => { await sql`select pg_sleep(0.5)`.execute(db); return {} })
  await listen(app)
  const slow = await open(app, 'GET /slow HTTP/1.1')
  await until(async () => await running('active', 'pg_sleep(60)') >= 1)
  slow.destroy()
  await until(() => errors.length === 1)
  t.same(errors, ['APIKIT_ERR_CLIENT_GONE'])

  const half = await open(app, 'GET /half HTTP/1.1')
  await until(async () => await running('active', 'pg_sleep(0.5)') >= 1)
  proxy.close()
  half.destroy()
  await until(() => app.db.pool.idle === app.db.pool.total)
  t.equal(errors.length, 1, 'it came to its end')
})

t.test('a statement that waits for a connection when its client leaves is not run', { skip }, async t => {
  const app = await postgres(t, { poolSize: 1 })
  const errors: string[] = []
  app.addHook('onError', async (_request, _reply, error) => { errors.push(error.code) })
  app.get('/', { config: { depends } }, async ({ deps: { db } }) => { await SLOW.execute(db); return {} })
  const held = app.db.open()
  await sql`select 1`.execute(held)
  await listen(app)
  const socket = await open(app, 'GET / HTTP/1.1')
  await until(() => app.db.pool.waiting === 1)
  socket.destroy()
  await until(async () => await connections(app) === 0)
  await held.rollback()
  await until(() => errors.length === 1)
  t.same(errors, ['APIKIT_ERR_CLIENT_GONE'])
  t.same(app.db.pool, { total: 1, idle: 1, waiting: 0 })
})

function connections (app: FastifyInstance): Promise<number> {
  return new Promise((resolve, reject) => { app.server.getConnections((error, count) => { error === null ? resolve(count) : reject(error) }) })
}

t.test('all statements that run at once are cancelled, in transactions that only read as well', { skip }, async t => {
  const app = await postgres(t)
  const errors: string[] = []
  app.addHook('onError', async (_request, _reply, error) => { errors.push(error.code) })
  app.get('/both', { config: { depends } }, async ({ deps: { db } }) => await Promise.all([SLOW.execute(db), SLOW.execute(db)]))
  app.post('/search', { config: { depends, transaction: { readOnly: true } } }, async ({ deps: { db } }) => await SLOW.execute(db))
  await listen(app)
  for (const [head, count] of [['GET /both HTTP/1.1', 2], ['POST /search HTTP/1.1\r\ncontent-length: 0', 1]] as const) {
    const socket = await open(app, head)
    await until(() => app.db.pool.total - app.db.pool.idle === count)
    await until(async () => await running('active', 'pg_sleep(60)') >= count)
    socket.destroy()
    await until(() => app.db.pool.total === app.db.pool.idle)
  }
  t.same(errors, ['APIKIT_ERR_CLIENT_GONE', 'APIKIT_ERR_CLIENT_GONE'])
})

t.test('what a route writes is committed without its client, and later reads are not cancelled', { skip }, async t => {
  const app = await postgres(t)
  const read = Promise.withResolvers<unknown>()
  app.post('/', { config: { depends } }, async ({ deps: { db } }, reply) => {
    const gone = once(reply.raw, 'close')
    const inserting = db.insertInto('notes').values({ text: 'kept' }).execute()
    socket.destroy()
    await gone
    await inserting
    return {}
  })
  app.get('/later', { config: { depends } }, async ({ deps: { db } }, reply) => {
    await db.selectFrom('notes').selectAll().execute()
    const gone = once(reply.raw, 'close')
    socket.destroy()
    await gone
    read.resolve(db.selectFrom('notes').select('text').execute())
    return {}
  })
  await listen(app)
  let socket = await open(app, 'POST / HTTP/1.1\r\ncontent-length: 0')
  await until(async () => (await app.db.of([notes]).selectFrom('notes').selectAll().execute()).length === 1)
  socket = await open(app, 'GET /later HTTP/1.1')
  t.same(await read.promise, [{ text: 'kept' }])
})

t.test('an answered request on a connection that closes later cancels nothing', { skip }, async t => {
  const app = await postgres(t)
  app.get('/', { config: { depends } }, async ({ deps: { db } }) => (await db.selectFrom('notes').selectAll().execute()).length)
  app.post('/', { config: { depends, transaction: { readOnly: true } } }, async ({ deps: { db } }) => (await db.selectFrom('notes').selectAll().execute()).length)
  await listen(app)
  for (const head of ['GET / HTTP/1.1', 'POST / HTTP/1.1\r\ncontent-length: 0']) {
    const socket = await open(app, head)
    await once(socket, 'data')
    const closed = until(async () => await connections(app) === 0)
    socket.end()
    await closed
  }
  t.equal((await app.inject('/')).statusCode, 200)
})

onBoth('a client that leaves before its body is read: its session is rolled back, and its connection free', async (t, dialect) => {
  const app = await appWith(t, await emptyDatabase(t, dialect), [notes], { poolSize: 2 })
  let waiting = 0
  let gone = 0
  let handled = 0
  const gate = Promise.withResolvers<void>()
  const user = dependency({ needs: { token: httpBearer(), db: session } }, async ({ db, request }) => {
    request.raw.once('close', () => { gone++ })
    await db.insertInto('notes').values({ text: 'early' }).execute()
    waiting++
    await gate.promise
  })
  app.post('/', { config: { depends: { user, db: session } } }, async () => { handled++; return {} })
  await listen(app)
  const sockets = [await open(app, 'POST / HTTP/1.1\r\ncontent-type: application/json\r\ncontent-length: 9')]
  await until(() => waiting === 1)
  for (const socket of sockets) socket.destroy()
  await until(() => gone === 1)
  gate.resolve()
  await until(() => app.db.pool.idle === app.db.pool.total)
  t.equal(handled, 0)
  t.same(await app.db.of([notes]).selectFrom('notes').selectAll().execute(), [], 'nothing is committed of it')
  await app.close()
})

t.test('a transaction that waits too long for its next statement is ended by the server', { skip }, async t => {
  const app = await postgres(t, { poolSize: 1, idleTransactionTimeout: 50 })
  app.post('/', { config: { depends } }, async ({ deps: { db } }) => {
    await db.insertInto('notes').values({ text: 'too slow for this' }).execute()
    await until(async () => await running('idle in transaction', 'insert into "notes"') === 0)
    await db.insertInto('notes').values({ text: 'not reached' }).execute()
    return {}
  })
  t.equal((await app.inject({ method: 'POST', url: '/' })).statusCode, 503)
  t.same(await app.db.of([notes]).selectFrom('notes').selectAll().execute(), [])
  const of = async (options: DbOptions): Promise<unknown> => {
    const db = await databaseWith(t, await emptyDatabase(t, 'postgres'), [], options)
    return (await sql`show idle_in_transaction_session_timeout`.execute(db)).rows[0]
  }
  t.same(await of({}), { idle_in_transaction_session_timeout: '1min' })
  t.same(await of({ idleTransactionTimeout: 0 }), { idle_in_transaction_session_timeout: '0' })
})

t.test('a migration takes the time that it takes between its statements', { skip }, async t => {
  const db = await databaseWith(t, await emptyDatabase(t, 'postgres'), [], { idleTransactionTimeout: 20 })
  const migration = {
    async up () { await delay(100) },
    async down () {}
  }
  db.register({ name: 'app', migrations: async () => ({ '20260101T000000_slow': migration }) } as never)
  t.same((await up(db)).length, 1)
})
