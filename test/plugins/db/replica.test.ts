import { tracingChannel } from 'node:diagnostics_channel'
import { sql } from 'kysely'
import type { FastifyInstance, FastifyServerOptions } from 'fastify'
import t, { type Test } from 'tap'
import db, { column, type DbOptions, openDatabase, QUERY_CHANNEL, type QueryEvent, sessionOf, table } from '../../../plugins/db/index.ts'
import { isOfReplica } from '../../../plugins/db/engine/postgres/errors.ts'
import { SerializationFailure } from '../../../plugins/db/index.ts'
import dependencies from '../../../plugins/dependencies/index.ts'
import errors from '../../../plugins/errors/index.ts'
import { bare } from '../../helper.ts'
import { emptyDatabase, hasPostgres } from './databases.ts'
import { proxy } from './proxy.ts'

const skip = !hasPostgres && 'no PostgreSQL here'
const places = table('places', { id: column.id(), name: column.text() })
const tables = [places] as const
const session = sessionOf(tables)

/** A database whose only row says which one it is: a replica that lags, as it were. */
async function place (t: Test, name: string): Promise<string> {
  const url = await emptyDatabase(t, 'postgres')
  const database = openDatabase({ url, tables })
  await database.createTables()
  await database.of(tables).insertInto('places').values({ name }).execute()
  await database.destroy()
  return url
}

async function build (t: Test, options: DbOptions, server: FastifyServerOptions = {}): Promise<FastifyInstance> {
  const app = bare(t, server)
  for (const plugin of [errors, dependencies]) await app.register(plugin)
  await app.register(db, { tables, ...options })
  const depends = { db: session }
  app.get('/default', { config: { depends } }, async ({ deps: { db } }) => db.selectFrom('places').select('name').executeTakeFirst())
  app.get('/replica', { config: { depends, replica: true } }, async ({ deps: { db } }) => db.selectFrom('places').select('name').executeTakeFirst())
  app.get('/primary', { config: { depends, replica: false } }, async ({ deps: { db } }) => db.selectFrom('places').select('name').executeTakeFirst())
  app.get('/asked', { config: { depends, replica: request => request.headers.wrote === undefined } }, async ({ deps: { db } }) => db.selectFrom('places').select('name').executeTakeFirst())
  app.get('/transaction', { config: { depends, replica: true, transaction: { isolationLevel: 'repeatable read' } } }, async ({ deps: { db } }) => db.selectFrom('places').select('name').executeTakeFirst())
  app.get('/stream', { config: { depends, replica: true } }, async ({ deps: { db } }) => {
    const rows = []
    for await (const row of db.selectFrom('places').select('name').stream()) rows.push(row)
    return rows[0]
  })
  app.get('/writes', { config: { depends, replica: true } }, async ({ deps: { db } }) => db.insertInto('places').values({ name: 'x' }).execute())
  app.get('/hidden', { config: { depends, replica: true } }, async ({ deps: { db } }) => {
    await sql`with added as (insert into places (name) values ('x') returning id) select * from added`.execute(db)
  })
  app.post('/reads', { config: { depends, replica: true, transaction: { readOnly: true } } }, async ({ deps: { db } }) => db.selectFrom('places').select('name').executeTakeFirst())
  app.post('/', { config: { depends } }, async ({ deps: { db } }) => db.selectFrom('places').select('name').executeTakeFirst())
  return app
}

async function whereFrom (app: FastifyInstance, url: string, headers = {}): Promise<unknown> {
  const [method, path] = url.startsWith('POST ') ? ['POST', url.slice(5)] as const : ['GET', url] as const
  const answer = await app.inject({ method, url: path, headers })
  return answer.statusCode === 200 ? answer.json().name : answer.statusCode
}

t.test('a route says whether its session reads from the replica', { skip }, async t => {
  const app = await build(t, { url: await place(t, 'primary'), replica: { url: await place(t, 'replica') } })
  const found: Record<string, unknown> = {}
  for (const url of ['/default', '/replica', '/primary', '/asked', '/transaction', '/stream', 'POST /reads', 'POST /']) found[url] = await whereFrom(app, url)
  t.same(found, {
    '/default': 'primary', '/replica': 'replica', '/primary': 'primary', '/asked': 'replica', '/transaction': 'replica', '/stream': 'replica', 'POST /reads': 'replica', 'POST /': 'primary'
  })
  t.equal(await whereFrom(app, '/asked', { wrote: '1' }), 'primary', 'who has written lately')
  const read = app.db.of(tables)
  t.same(await read.session(async session => session.selectFrom('places').select('name').execute(), { readOnly: true, replica: true }), [{ name: 'replica' }])
  t.match(app.db.pools, [{ role: 'primary', max: 10 }, { role: 'replica', max: 10, database: 'default' }])
})

t.test('with gets, all requests that only read do so from the replica, where the route does not say otherwise', { skip }, async t => {
  const app = await build(t, { url: await place(t, 'primary'), replica: { url: await place(t, 'replica'), gets: true, poolSize: 2 } })
  t.same([await whereFrom(app, '/default'), await whereFrom(app, '/primary'), await whereFrom(app, 'POST /')], ['replica', 'primary', 'primary'])
  t.match(app.db.pools[1], { max: 2 })
})

t.test('a write through it is refused in words, also one that hides in a query', { skip }, async t => {
  const app = await build(t, { url: await place(t, 'primary'), replica: { url: await place(t, 'replica') } })
  const failed: string[] = []
  app.addHook('onError', async (_request, _reply, error) => { failed.push(error.code) })
  t.same([await whereFrom(app, '/writes'), await whereFrom(app, '/hidden')], [500, 500])
  t.same(failed, ['APIKIT_ERR_READ_ONLY', 'APIKIT_ERR_READ_ONLY'])
  await t.rejects(app.db.session(async session => session.run("insert into places (name) values ('x')"), { readOnly: true, replica: true }), { message: /only reads/ })
})

t.test('several are read in turn, and those that are away are left out', { skip }, async t => {
  const [one, two] = [await proxy(t, await place(t, 'one')), await place(t, 'two')]
  const app = await build(t, { url: await place(t, 'primary'), replica: { url: [one.url, two] } })
  const read = async () => (await Promise.all([1, 2, 3, 4].map(() => whereFrom(app, '/replica')))).sort()
  t.same(await read(), ['one', 'one', 'two', 'two'])
  await one.leave()
  t.same(await read(), ['two', 'two', 'two', 'two'])
  t.same(await read(), ['two', 'two', 'two', 'two'])
})

t.test('where none can be reached the primary is read, with one warning, and later the replica again', { skip }, async t => {
  const lines: string[] = []
  const replica = await proxy(t, await place(t, 'replica'))
  await replica.leave()
  const stream = { write: (line: string) => { lines.push(JSON.parse(line).msg) } }
  const app = await build(t, { url: await place(t, 'primary'), replica: { url: replica.url } }, { logger: { level: 'warn', stream } })
  for (const url of ['/replica', '/transaction', '/stream', '/replica']) t.equal(await whereFrom(app, url), 'primary', url)
  t.same(lines, ['a replica cannot be reached'], 'said at the start')
  await replica.comeBack()
  while (await whereFrom(app, '/replica') === 'primary') await new Promise(resolve => setTimeout(resolve, 50))
  t.equal(await whereFrom(app, '/replica'), 'replica')
})

t.test('with fallback: false it is a 503, and refuses the start', { skip }, async t => {
  const replica = await proxy(t, await place(t, 'replica'))
  const url = await place(t, 'primary')
  const app = await build(t, { url, replica: { url: replica.url, fallback: false } })
  t.equal(await whereFrom(app, '/replica'), 'replica')
  await replica.leave()
  t.same([await whereFrom(app, '/replica'), await whereFrom(app, '/replica'), await whereFrom(app, '/primary')], [503, 503, 'primary'])
  await t.rejects(build(t, { url, replica: { url: replica.url, fallback: false } }), { code: 'APIKIT_ERR_DB_OPEN' })
  await replica.comeBack()
  t.equal(await whereFrom(app, '/replica'), 'replica')
})

t.test('a replica that comes up while the app waits for it is read at once', { skip }, async t => {
  const one = await proxy(t, await place(t, 'one'))
  await one.leave()
  const stream = { write: (line: string) => { if (/The next attempt/.test(line)) one.comeBack() } }
  const app = await build(t, { url: await place(t, 'primary'), connectRetries: 3, replica: { url: [one.url, await place(t, 'two')], fallback: false } }, { logger: { level: 'warn', stream } })
  t.same([await whereFrom(app, '/replica'), await whereFrom(app, '/replica')].sort(), ['one', 'two'])
})

t.test('a replica whose connections are all in use is not away: 503, and the primary is spared', { skip }, async t => {
  const app = await build(t, { url: await place(t, 'primary'), acquireTimeout: 200, replica: { url: await place(t, 'replica'), poolSize: 1 } })
  await app.db.session(async session => {
    await session.run('select 1')
    t.equal(await whereFrom(app, '/replica'), 503)
  }, { readOnly: true, replica: true })
  t.equal(await whereFrom(app, '/replica'), 'replica')
})

t.test('a statement that the recovery of a replica was in the way of is one of the replica', async t => {
  const canceled = new SerializationFailure('x', { cause: new Error('canceling statement due to conflict with recovery') })
  t.same([isOfReplica(canceled), isOfReplica(new SerializationFailure('x', { cause: new Error('could not serialize access') })), isOfReplica(new Error('x'))], [true, false, false])
})

t.test('the log of statements says which are of the replica', { skip }, async t => {
  const roles: unknown[] = []
  const stream = { write: (line: string) => { const { msg, role } = JSON.parse(line); if (msg === 'query') roles.push(role) } }
  const app = await build(t, { url: await place(t, 'primary'), replica: { url: await place(t, 'replica') }, log: { queries: 'warn' } }, { logger: { level: 'warn', stream } })
  await app.ready()
  roles.length = 0
  for (const url of ['/replica', '/primary']) await whereFrom(app, url)
  t.same(roles, ['replica', undefined])
})

t.test('mistakes of a statement are not asked of the primary, too', { skip }, async t => {
  const app = await build(t, { url: await place(t, 'primary'), replica: { url: await place(t, 'replica') } })
  app.get('/mistake', { config: { depends: { db: session }, replica: true } }, async ({ deps: { db } }) => sql`select nothing`.execute(db))
  const roles: string[] = []
  const listener = (event: unknown) => { roles.push((event as QueryEvent).role) }
  tracingChannel<unknown, QueryEvent>(QUERY_CHANNEL).start.subscribe(listener)
  t.equal(await whereFrom(app, '/mistake'), 500)
  tracingChannel<unknown, QueryEvent>(QUERY_CHANNEL).start.unsubscribe(listener)
  t.same(roles, ['replica'])
})

t.test('a test transaction is read in place of the replica', { skip }, async t => {
  const app = await build(t, { url: await place(t, 'primary'), replica: { url: await place(t, 'replica'), gets: true } })
  const transaction = await app.db.beginTest()
  t.equal(await whereFrom(app, '/default'), 'primary')
  await transaction.rollback()
  t.equal(await whereFrom(app, '/default'), 'replica')
})

t.test('routes that write, and what is no answer to the question, refuse the start', async t => {
  const app = bare(t)
  for (const plugin of [errors, dependencies]) await app.register(plugin)
  await app.register(db, { url: 'sqlite::memory:' })
  app.post('/writes', { config: { replica: true } }, async () => 'ok')
  app.get('/writes-too', { config: { replica: true, transaction: { readOnly: false } } }, async () => 'ok')
  app.get('/text', { config: { replica: 'yes' as never } }, async () => 'ok')
  app.get('/fine', { config: { replica: true, depends: { session } } }, async () => 'ok')
  await t.rejects(async () => { await app.ready() }, { code: 'APIKIT_ERR_ROUTES', message: /(?=.*POST \/writes: config\.replica needs a session that only reads)(?=.*GET \/writes-too: config\.replica needs)(?=.*GET \/text: config\.replica must be true, false or a function)/s })
})

t.test('SQLite needs none, and a replica is one of PostgreSQL', async t => {
  t.throws(() => openDatabase({ url: 'sqlite::memory:', replica: { url: 'postgres://127.0.0.1/x' } }), { code: 'APIKIT_ERR_DB_URL', message: /replica needs PostgreSQL\. SQLite reads beside its writer already/ })
  t.throws(() => openDatabase({ url: 'postgres://127.0.0.1/x', replica: { url: ['postgres://127.0.0.1/x', 'sqlite:x.db'] } }), { code: 'APIKIT_ERR_DB_URL', message: /replica\.url\[1\] must be a URL of PostgreSQL/ })
  await t.rejects(async () => { await bare(t).register(db, { replica: { url: [] } }) }, { code: 'APIKIT_ERR_INVALID_OPTIONS' })
})

t.test('without a replica, routes that ask for one read from the database', async t => {
  const app = bare(t)
  for (const plugin of [errors, dependencies]) await app.register(plugin)
  await app.register(db, { url: 'sqlite::memory:', tables })
  await app.db.createTables()
  app.get('/', { config: { depends: { db: session }, replica: true } }, async ({ deps: { db } }) => db.selectFrom('places').selectAll().execute())
  t.same((await app.inject('/')).json(), [])
})
