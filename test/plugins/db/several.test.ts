import type { FastifyInstance } from 'fastify'
import t, { type Test } from 'tap'
import apikit from '../../../plugins/index.ts'
import db, { column, databasesOf, type DbOptions, SerializationFailure, session, sessionOf, table } from '../../../plugins/db/index.ts'
import dependencies, { dependency, explain } from '../../../plugins/dependencies/index.ts'
import errors from '../../../plugins/errors/index.ts'
import { bare } from '../../helper.ts'
import { type DialectName, emptyDatabase, hasPostgres, onBoth } from './databases.ts'

const users = table('users', { id: column.id(), email: column.text({ unique: true }) })
const visits = table('visits', { id: column.id(), page: column.text({ unique: true }) })
const kids = table('kids', { id: column.id(), visit_id: column.integer({ references: { table: 'visits', column: 'id', deferrable: 'initially deferred' } }) })
const main = sessionOf([users])
const reports = sessionOf('reports', [visits, kids])

/** An app with two databases, each of its own dialect. */
async function two (t: Test, first: DialectName, second: DialectName, options: DbOptions = {}): Promise<FastifyInstance> {
  const app = bare(t)
  for (const plugin of [errors, dependencies]) await app.register(plugin)
  // Of SQLite, each call would empty the folder of the other.
  const folder = t.testdir({})
  const urlOf = async (name: string, dialect: DialectName) => dialect === 'sqlite' ? `sqlite:${folder}/${name}.db` : emptyDatabase(t, dialect)
  await app.register(db, { url: await urlOf('main', first), tables: [users] })
  await app.register(db, { name: 'reports', url: await urlOf('reports', second), tables: [visits, kids], ...options })
  for (const { database } of databasesOf(app)) await database.createTables()
  return app
}

async function rowsOf (app: FastifyInstance): Promise<string[][]> {
  const emails = await app.db.of([users]).selectFrom('users').select('email').orderBy('id').execute()
  const pages = await app.database('reports').of([visits]).selectFrom('visits').select('page').orderBy('id').execute()
  return [emails.map(({ email }) => email), pages.map(({ page }) => page)]
}

const post = (app: FastifyInstance, url: string) => app.inject({ method: 'POST', url })

onBoth('two databases are used in one request, and kept or undone together', async (t, dialect) => {
  const app = await two(t, 'sqlite', dialect)
  const typed = sessionOf('reports')
  const called: string[] = []
  app.post('/:how', { config: { depends: { main, reports, same: typed, first: session } } }, async ({ params, deps: { main, reports, same } }, reply) => {
    const { how } = params as { how: string }
    if (same as unknown !== reports) throw new Error('two sessions of one database')
    await main.insertInto('users').values({ email: how }).execute()
    await reports.insertInto('visits').values({ page: how }).execute()
    main.afterCommit(async () => { called.push(`main ${JSON.stringify(await rowsOf(app))}`) })
    reports.afterCommit(() => { called.push('reports') })
    if (how === 'thrown') throw new Error('no')
    if (how === 'refused') return reply.code(400).send('no')
    return 'ok'
  })
  for (const [how, status] of [['thrown', 500], ['refused', 400], ['kept', 200]] as const) t.equal((await post(app, `/${how}`)).statusCode, status)
  t.same(await rowsOf(app), [['kept'], ['kept']])
  t.same(called, ['main [["kept"],["kept"]]', 'reports'], 'callbacks are called when both are committed')
  t.equal((await post(app, '/kept')).statusCode, 409)
  t.same(await rowsOf(app), [['kept'], ['kept']])
})

onBoth('one that only one database is used in, or none, is committed there', async (t, dialect) => {
  const app = await two(t, 'sqlite', dialect)
  app.post('/reports', { config: { depends: { main, reports } } }, async ({ deps: { reports } }) => { await reports.insertInto('visits').values({ page: 'one' }).execute() })
  app.post('/none', { config: { depends: { main, reports } } }, async () => 'ok')
  app.get('/', { config: { depends: { main, reports } } }, async ({ deps: { main, reports } }) => [
    await main.selectFrom('users').selectAll().execute(), await reports.selectFrom('visits').select('page').execute()
  ])
  t.equal((await post(app, '/reports')).statusCode, 200)
  t.equal((await post(app, '/none')).statusCode, 200)
  t.same((await app.inject('/')).json(), [[], [{ page: 'one' }]])
})

t.test('what one database would refuse at its commit undoes the other', { skip: !hasPostgres && 'no PostgreSQL here' }, async t => {
  const app = await two(t, 'sqlite', 'postgres')
  app.post('/deferred', { config: { depends: { reports, main } } }, async ({ deps: { reports, main } }) => {
    await main.insertInto('users').values({ email: 'a' }).execute()
    await reports.insertInto('kids').values({ visit_id: 99 }).execute()
  })
  app.post('/caught', { config: { depends: { main, reports } } }, async ({ deps: { reports, main } }) => {
    await main.insertInto('users').values({ email: 'a' }).execute()
    await reports.run('select nothing').catch(() => {})
  })
  t.equal((await post(app, '/deferred')).statusCode, 422)
  t.equal((await post(app, '/caught')).statusCode, 500)
  t.same(await rowsOf(app), [[], []])
})

t.test('a commit that fails after another database has committed is a 500 that says so', { skip: !hasPostgres && 'no PostgreSQL here' }, async t => {
  const app = await two(t, 'postgres', 'sqlite')
  const logged: Array<{ code: string, message: string, cause: Error }> = []
  app.addHook('onError', async (_request, _reply, error) => { logged.push(error as never) })
  app.post('/', { config: { depends: { reports, main } } }, async ({ deps: { reports, main } }) => {
    await main.insertInto('users').values({ email: 'a' }).execute()
    await reports.insertInto('kids').values({ visit_id: 99 }).execute()
  })
  t.match(await post(app, '/'), { statusCode: 500, payload: '{"detail":"Internal Server Error"}' })
  t.match(logged, [{ code: 'APIKIT_ERR_PARTLY_COMMITTED', message: /committed in these databases: default\. / }])
  t.match(logged[0]?.cause, { code: 'APIKIT_DB_FOREIGN_KEY' })
  t.same(await rowsOf(app), [['a'], []])
})

onBoth('a dependency between the two that fails or catches at its end undoes both', async (t, dialect) => {
  for (const how of ['fails', 'catches'] as const) {
    const app = await two(t, 'sqlite', dialect)
    const between = dependency({ needs: { main }, scope: 'function' }, async function * ({ main }) {
      try {
        yield main
      } catch {}
      if (how === 'fails') throw new Error('no')
    })
    const last = dependency({ needs: { reports }, scope: 'function' }, async function * ({ reports }) {
      yield reports
      if (how === 'catches') throw new Error('no')
    })
    app.post(`/${how}`, { config: { depends: { main, between, reports, last } } }, async ({ deps: { main, reports } }) => {
      await main.insertInto('users').values({ email: 'a' }).execute()
      await reports.insertInto('visits').values({ page: 'a' }).execute()
    })
    t.equal((await post(app, `/${how}`)).statusCode, 500, how)
    t.same(await rowsOf(app), [[], []], how)
  }
})

onBoth('a handler that is called again has both undone before', async (t, dialect) => {
  const app = await two(t, 'sqlite', dialect)
  let calls = 0
  app.post('/', { config: { depends: { main, reports }, transaction: { retries: 1 } } }, async ({ deps: { main, reports } }) => {
    await main.insertInto('users').values({ email: 'a' }).execute()
    await reports.insertInto('visits').values({ page: 'a' }).execute()
    if (calls++ === 0) throw new SerializationFailure('again')
  })
  t.equal((await post(app, '/')).statusCode, 200)
  t.equal(calls, 2)
  t.same(await rowsOf(app), [['a'], ['a']])
})

t.test('each is found by its name, in its scope and below, and closed with the app', async t => {
  const app = await two(t, 'sqlite', 'sqlite')
  t.equal(app.database('default'), app.db)
  t.throws(() => app.database('archive'), { code: 'APIKIT_ERR_DB_NAME', message: /unknown database "archive"\. Registered in this scope or above: default, reports$/ })
  await app.register(async child => {
    const outer = child.database('reports')
    await child.register(db, { name: 'reports', url: 'sqlite::memory:' })
    t.not(child.database('reports'), outer)
    t.equal(app.database('reports'), outer)
  })
  t.same(databasesOf(app).map(({ name, database }) => [name, database.tables.length]), [['default', 1], ['reports', 2], ['reports', 0]])
  await app.ready()
  const all = databasesOf(app)
  await app.close()
  for (const { database } of all) await t.rejects(database.check())
  t.same(databasesOf(bare(t)), [])
  const none = bare(t)
  await none.register(async child => {
    await child.register(db, { url: 'sqlite::memory:' })
    t.throws(() => child.database('x'), { message: /or above: default$/ })
  })
  await none.ready()
})

t.test('two with one name in one scope, and names that are none, refuse the start', async t => {
  const app = bare(t)
  await app.register(db, { name: 'reports', url: 'sqlite::memory:' })
  t.notOk(app.hasDecorator('db'))
  await t.rejects(async () => { await app.register(db, { name: 'reports', url: 'sqlite::memory:' }) }, { code: 'APIKIT_ERR_DB_NAME', message: /^fastify-apikit\/db: two databases of one scope have the name "reports"\. Give one of them another name/ })
  const other = bare(t)
  await other.register(db, { url: 'sqlite::memory:' })
  await t.rejects(async () => { await other.register(db, { url: 'sqlite::memory:' }) }, { code: 'APIKIT_ERR_DB_NAME', message: /"default"/ })
  const refused = bare(t)
  await t.rejects(async () => { await refused.register(db, { url: 'postgres://127.0.0.1:1/x' }) })
  await t.rejects(async () => { await bare(t).register(db, { name: "re'ports", url: 'sqlite::memory:' }) }, { code: 'APIKIT_ERR_INVALID_OPTIONS', message: /options\/name/ })
})

t.test('a session of a database that is not registered refuses the start', async t => {
  const app = bare(t)
  for (const plugin of [errors, dependencies]) await app.register(plugin)
  await app.register(db, { url: 'sqlite::memory:' })
  app.post('/', { config: { depends: { db: sessionOf('archive') } } }, async () => 'ok')
  await t.rejects(async () => { await app.ready() }, { code: 'APIKIT_ERR_ROUTES', message: /POST \/: session of archive: needs the decorator app\.database\('archive'\), which does not exist\. Register the plugin that adds it/ })
  const none = bare(t)
  for (const plugin of [errors, dependencies]) await none.register(plugin)
  none.get('/', { config: { depends: { session } } }, async () => 'ok')
  await t.rejects(async () => { await none.ready() }, { message: /GET \/: session: needs the decorator app\.db, which does not exist/ })
})

t.test('migrations that one of them lacks are told with its name', async t => {
  const folder = t.testdir({ steps: { '1_first.ts': 'export const up = async (schema: any) => schema.run("create table things (id integer)")\n' } })
  const app = bare(t)
  await app.register(db, { name: 'reports', url: 'sqlite::memory:', migrations: `${folder}/steps` })
  await t.rejects(async () => { await app.ready() }, { code: 'APIKIT_ERR_DB_BEHIND', message: /1_first\. Run npx fastify-apikit migrate up --database reports, or/ })
  const migrated = bare(t)
  await migrated.register(db, { name: 'reports', url: 'sqlite::memory:', migrations: `${folder}/steps`, migrate: true })
  await migrated.ready()
  await t.rejects(async () => { await bare(t).register(db, { name: 'reports', url: 'postgres://127.0.0.1:1/x' }) }, { code: 'APIKIT_ERR_DB_OPEN', message: /cannot connect to the database "reports": / })
})

t.test('the door takes a list of them', async t => {
  const app = bare(t)
  await app.register(apikit, { docs: false, db: [{ url: 'sqlite::memory:', tables: [users] }, { name: 'reports', url: 'sqlite::memory:', tables: [visits] }] })
  app.get('/', { config: { depends: { main, reports } } }, async () => 'ok')
  await app.ready()
  t.match(explain(app, 'GET /'), /session of reports/)
  t.same(databasesOf(app).map(({ name }) => name), ['default', 'reports'])
  await t.rejects(async () => { await bare(t).register(apikit, { db: [{ name: 5 }] as never }) }, { message: /options\/db\/0\/name/ })
})

onBoth('QUERY only reads, as GET does', async (t, dialect) => {
  const app = await two(t, 'sqlite', dialect)
  // Fastify 6 has it.
  if (!app.supportedMethods.includes('QUERY')) app.addHttpMethod('QUERY', { hasBody: true })
  app.route({
    method: 'QUERY',
    url: '/',
    config: { depends: { reports } },
    handler: async ({ body, deps: { reports } }) => {
      if (body === 'write') await reports.insertInto('visits').values({ page: 'a' }).execute()
      return reports.selectFrom('visits').selectAll().execute()
    }
  })
  const query = (payload: string) => app.inject({ method: 'QUERY' as never, url: '/', payload, headers: { 'content-type': 'text/plain' } })
  t.equal((await query('read')).payload, '[]')
  t.equal((await query('write')).statusCode, 500)
})
