import { AsyncLocalStorage } from 'node:async_hooks'
import { tracingChannel } from 'node:diagnostics_channel'
import { Writable } from 'node:stream'
import { sql } from 'kysely'
import type { FastifyInstance } from 'fastify'
import t, { type Test } from 'tap'
import db, { column, databasesOf, type DbOptions, openDatabase, prepare, QUERY_CHANNEL, type QueryEvent, sessionOf, table } from '../../../plugins/db/index.ts'
import dependencies from '../../../plugins/dependencies/index.ts'
import errors from '../../../plugins/errors/index.ts'
import { bare } from '../../helper.ts'
import { type DialectName, emptyDatabase, onBoth } from './databases.ts'

const users = table('users', { id: column.id(), email: column.text({ unique: true }), password: column.text({ hidden: true, default: '' }), face: column.bytes({ nullable: true }) })
const session = sessionOf([users])
const channel = tracingChannel<unknown, QueryEvent>(QUERY_CHANNEL)

type Line = Readonly<Record<string, any>>

/** An app whose log is kept. */
async function logging (t: Test, dialect: DialectName, options: DbOptions): Promise<{ app: FastifyInstance, lines: Line[] }> {
  const lines: Line[] = []
  const stream = new Writable({ write (chunk, _encoding, done) { lines.push(JSON.parse(String(chunk))); done() } })
  const app = bare(t, { logger: { level: 'debug', stream } })
  for (const plugin of [errors, dependencies]) await app.register(plugin)
  await app.register(db, { url: await emptyDatabase(t, dialect), tables: [users], ...options })
  await app.db.createTables()
  app.post('/', { config: { depends: { db: session } } }, async ({ deps: { db } }) => { await db.insertInto('users').values({ email: 'a', password: 'secret' }).execute() })
  app.get('/', { config: { depends: { db: session } } }, async ({ deps: { db } }) => db.selectFrom('users').select(['id', 'email']).where('email', '=', 'a').execute())
  await app.ready()
  lines.length = 0
  return { app, lines }
}

const queriesOf = (lines: readonly Line[]) => lines.filter(({ msg }) => msg === 'query' || msg === 'slow query')

/** What is published while some work is done. */
async function published (t: Test, work: () => Promise<unknown>): Promise<Array<[string, QueryEvent]>> {
  const events: Array<[string, QueryEvent]> = []
  const handlers = Object.fromEntries(['start', 'end', 'asyncStart', 'asyncEnd', 'error'].map(name => [name, (event: QueryEvent) => { events.push([name, event]) }])) as never
  channel.subscribe(handlers)
  t.teardown(() => channel.unsubscribe(handlers))
  await work()
  channel.unsubscribe(handlers)
  return events
}

onBoth('log.queries logs each statement with its request, and never its parameters', async (t, dialect) => {
  const { app, lines } = await logging(t, dialect, { log: { queries: 'info' } })
  await app.inject({ method: 'POST', url: '/' })
  const [begin, insert, commit] = queriesOf(lines)
  t.match([begin, insert, commit], [{ operation: 'begin', reqId: 'req-1' }, { level: 30, operation: 'insert', table: 'users', database: 'default', rows: 1, reqId: 'req-1', duration: Number }, { operation: 'commit' }])
  t.match(insert?.sql, /^insert into "users" \("email", "password"\) values \((\$1, \$2|\?, \?)\)$/)
  lines.length = 0
  await app.inject('/')
  t.match(queriesOf(lines), [{ operation: 'select', table: 'users', rows: 1, reqId: 'req-2' }])
  t.notMatch(JSON.stringify(lines), /secret|parameters/)
  lines.length = 0
  await app.inject({ method: 'POST', url: '/' })
  t.match(queriesOf(lines), [{}, { operation: 'insert', failed: true }, { operation: 'rollback' }])
  lines.length = 0
  await app.db.of([users]).selectFrom('users').selectAll().execute()
  await sql`select 1 as one`.execute(app.db)
  t.match(queriesOf(lines), [{ operation: 'select', table: 'users' }, { operation: 'select' }])
  t.notOk('table' in (queriesOf(lines)[1] ?? {}))
})

onBoth('log.parameters logs them, but none of a statement with a hidden column', async (t, dialect) => {
  const { app, lines } = await logging(t, dialect, { log: { queries: true, parameters: true } })
  await app.inject({ method: 'POST', url: '/' })
  await app.inject('/')
  await app.db.of([users]).insertInto('users').values({ email: 'x'.repeat(300), face: Buffer.from('abc') }).execute()
  const parameters = queriesOf(lines).filter(({ parameters }) => parameters?.length !== 0).map(({ level, parameters }) => [level, parameters])
  t.same(parameters, [[20, 'not shown: the statement has a hidden column'], [20, ['a']], [20, [`${'x'.repeat(200)}…`, '3 bytes']]])
  t.notMatch(JSON.stringify(lines), /secret/)
  lines.length = 0
  const many = Array.from({ length: 150 }, (_, index) => index)
  await app.db.of([users]).selectFrom('users').select('email').where('id', 'in', many).execute()
  if (dialect === 'postgres') await sql`select ${many}::int[] as list`.execute(app.db)
  const first = [...many.slice(0, 100), '… and 50 more']
  t.same(queriesOf(lines).map(({ parameters }) => parameters), dialect === 'postgres' ? [first, [first]] : [first])
})

onBoth('log.slow logs statements that take that long, as warnings', async (t, dialect) => {
  const { app, lines } = await logging(t, dialect, { log: { slow: 1 } })
  const slow = dialect === 'postgres' ? sql`select pg_sleep(0.05)` : sql`with recursive n(i) as (select 1 union all select i + 1 from n where i < 300000) select max(i) from n`
  await slow.execute(app.db)
  t.match(queriesOf(lines), [{ level: 40, msg: 'slow query', operation: dialect === 'postgres' ? 'select' : 'with', rows: 1 }])
  const quiet = await logging(t, dialect, { log: { slow: 600_000 } })
  await quiet.app.inject('/')
  t.same(queriesOf(quiet.lines), [])
})

onBoth('without log options nothing is logged', async (t, dialect) => {
  const { app, lines } = await logging(t, dialect, {})
  await app.inject({ method: 'POST', url: '/' })
  t.same(queriesOf(lines), [])
})

onBoth('each statement is published on a tracing channel, with its request, without parameters and rows', async (t, dialect) => {
  const { app } = await logging(t, dialect, {})
  const events = await published(t, async () => {
    await app.inject({ method: 'POST', url: '/' })
    await app.inject('/')
    await app.inject({ method: 'POST', url: '/' })
  })
  t.same(events.filter(([name]) => name === 'start').map(([, { operation }]) => operation), ['begin', 'insert', 'commit', 'select', 'begin', 'insert', 'rollback'])
  const [, insert] = events.find(([name, { operation }]) => name === 'asyncEnd' && operation === 'insert') ?? t.fail('no event') as never
  t.match(insert, { database: 'default', dialect, role: 'primary', operation: 'insert', table: 'users', rows: 1, duration: Number, request: { method: 'POST' } })
  t.notMatch(JSON.stringify({ ...insert, request: undefined }), /secret/)
  const failed = events.filter(([name]) => name === 'error').map(([, { error, rows, duration }]) => [Object(error).code, rows, typeof duration])
  t.same(failed, [['APIKIT_DB_UNIQUE', undefined, 'number']])
  t.same(events.filter(([, { operation }]) => operation === 'select').map(([name]) => name), ['start', 'end', 'asyncStart', 'asyncEnd'])
})

onBoth('streams, prepared statements, savepoints and Kysely’s own transactions are published', async (t, dialect) => {
  const { app } = await logging(t, dialect, {})
  const db = app.db.of([users])
  const byEmail = prepare([users], (db, { email }: { email: string }) => db.selectFrom('users').select('id').where('email', '=', email))
  const events = await published(t, async () => {
    await db.insertInto('users').values(['a', 'b', 'c'].map(email => ({ email }))).execute()
    for await (const row of db.selectFrom('users').select('email').stream()) t.ok(row)
    await db.session(async session => {
      for await (const { email } of session.selectFrom('users').select('email').stream(1)) if (email === 'b') break
      await session.savepoint(async () => { await session.updateTable('users').set({ email: 'd' }).where('email', '=', 'c').execute() })
      await t.rejects(sql`select nothing`.execute(session))
    }).catch(() => {})
    await t.rejects(db.session(async session => { for await (const row of session.selectFrom('users').select('nothing' as never).stream()) t.ok(row) }))
    await db.transaction().execute(async trx => { await trx.deleteFrom('users').execute() })
    await byEmail.execute(db, { email: 'a' })
    await db.session(async session => session.run('select 1'), { readOnly: true })
  })
  const ended = events.filter(([name]) => name === 'asyncEnd').map(([, { operation, rows, error }]) => `${operation} ${error === undefined ? String(rows) : 'failed'}`)
  for (const part of ['insert 3', 'select 3', 'savepoint 0', 'update 1', 'release 0', 'select failed', 'commit 0', 'rollback 0']) t.ok(ended.includes(part), part)
  t.ok(events.some(([, { operation, table }]) => operation === 'delete' && table === 'users'))
})

onBoth('subscribers may bind a store to the statement, as tracers do', async (t, dialect) => {
  const db = openDatabase({ url: await emptyDatabase(t, dialect) })
  t.teardown(() => db.destroy())
  const storage = new AsyncLocalStorage<string>()
  channel.start.bindStore(storage, ({ operation }) => `span of ${operation}`)
  const stores: unknown[] = []
  const handlers = { asyncEnd: () => { stores.push(storage.getStore()) } } as never
  channel.subscribe(handlers)
  await sql`select 1 as one`.execute(db)
  channel.unsubscribe(handlers)
  channel.start.unbindStore(storage)
  t.same(stores, ['span of select'])
})

onBoth('the pools of all databases can be read, for metrics', async (t, dialect) => {
  const app = bare(t)
  await app.register(db, { url: await emptyDatabase(t, dialect), poolSize: 3 })
  await app.register(db, { name: 'reports', url: 'sqlite::memory:' })
  const max = dialect === 'postgres' ? 3 : 1
  t.match(databasesOf(app).flatMap(({ database }) => database.pools), [
    { database: 'default', role: 'primary', max, total: 1, idle: 1, waiting: 0 }, { database: 'reports', role: 'primary', max: 1, total: 1, idle: 1, waiting: 0 }
  ])
})

t.test('in a script, statements are logged where a logger is given', async t => {
  const lines: object[] = []
  const logger = { debug: (line: object) => { lines.push(line) }, warn: () => {}, error: () => {} }
  for (const given of [logger, undefined]) {
    const db = openDatabase({ url: 'sqlite::memory:', log: { queries: true }, ...given && { logger: given } })
    await db.session(async session => session.run('select 1'))
    await db.destroy()
  }
  t.match(lines, [{ operation: 'begin' }, { operation: 'select', rows: 1 }, { operation: 'commit' }])
})

t.test('wrong options of the log are refused', async t => {
  await t.rejects(async () => { await bare(t).register(db, { log: { queries: 'loud', slowly: 1 } as never }) }, { code: 'APIKIT_ERR_INVALID_OPTIONS', message: /(?=.*options\/log\/queries)(?=.*options\/log\/slowly: Unknown option)/ })
})
