import { sql } from 'kysely'
import type { FastifyInstance } from 'fastify'
import t, { type Test } from 'tap'
import db, { column, DatabaseUnavailable, sessionOf, table } from '../../../plugins/db/index.ts'
import { TestDriver } from '../../../plugins/db/sessions/test-transaction.ts'
import dependencies from '../../../plugins/dependencies/index.ts'
import errors from '../../../plugins/errors/index.ts'
import { rollbackAfter } from '../../../plugins/testing/index.ts'
import { bare } from '../../helper.ts'
import { appWith, type DialectName, emptyDatabase, hasPostgres, onBoth } from './databases.ts'

const users = table('users', { id: column.id(), email: column.text({ unique: true }) })
const posts = table('posts', { id: column.id(), author_id: column.integer({ references: { table: 'users', column: 'id', deferrable: 'initially deferred' } }) })
const tables = [users, posts] as const
const session = sessionOf(tables)

async function build (t: Test, dialect: DialectName): Promise<FastifyInstance> {
  const app = await appWith(t, await emptyDatabase(t, dialect), tables)
  const depends = { db: session }
  app.post('/users/:email', { config: { depends } }, async ({ params, deps: { db } }) => db.insertInto('users').values(params as { email: string }).returning('email').executeTakeFirstOrThrow())
  app.get('/users', { config: { depends } }, async ({ deps: { db } }) => (await db.selectFrom('users').select('email').orderBy('email').execute()).map(({ email }) => email))
  app.get('/writes', { config: { depends } }, async ({ deps: { db } }) => db.insertInto('users').values({ email: 'x' }).execute())
  app.post('/read-only', { config: { depends, transaction: { readOnly: true } } }, async ({ deps: { db } }) => {
    await db.run("insert into users (email) values ('x')")
  })
  return app
}

const post = (app: FastifyInstance, email: string) => app.inject({ method: 'POST', url: `/users/${email}` })
const emails = async (app: FastifyInstance) => (await app.inject('/users')).json()

onBoth('what a test does is undone when it ends, and the next test finds nothing of it', async (t, dialect) => {
  const app = await build(t, dialect)
  for (const name of ['first', 'second']) {
    await t.test(name, async t => {
      await rollbackAfter(t as never, app)
      t.equal((await post(app, 'ann')).statusCode, 200)
      t.same(await emails(app), ['ann'])
      await app.db.of(tables).insertInto('users').values({ email: 'bob' }).execute()
      t.same(await emails(app), ['ann', 'bob'])
    })
    t.same(await emails(app), [], name)
  }
  t.equal((await post(app, 'kept')).statusCode, 200)
  t.same(await emails(app), ['kept'])
})

onBoth('a statement that fails undoes its own request, and none before or after it', async (t, dialect) => {
  const app = await build(t, dialect)
  app.post('/caught', { config: { depends: { db: session } } }, async ({ deps: { db } }) => {
    await db.insertInto('users').values({ email: 'lost' }).execute()
    await db.insertInto('users').values({ email: 'ann' }).execute().catch(() => {})
  })
  app.post('/savepoint', { config: { depends: { db: session } } }, async ({ deps: { db } }) => {
    await db.savepoint(async () => db.insertInto('users').values({ email: 'ann' }).execute()).catch(() => {})
    await db.insertInto('users').values({ email: 'saved' }).execute()
  })
  await t.test('in a test', async t => {
    await rollbackAfter(t as never, app)
    t.equal((await post(app, 'ann')).statusCode, 200)
    t.equal((await post(app, 'ann')).statusCode, 409)
    await t.rejects(app.db.of(tables).insertInto('users').values({ email: 'ann' }).execute(), { code: 'APIKIT_DB_UNIQUE' })
    await t.rejects(sql`select nothing from nowhere`.execute(app.db))
    t.equal((await app.inject('/writes')).statusCode, 500)
    t.equal((await app.inject({ method: 'POST', url: '/read-only' })).statusCode, 500)
    // In PostgreSQL a transaction with a failed statement cannot be committed.
    t.equal((await app.inject({ method: 'POST', url: '/caught' })).statusCode, dialect === 'postgres' ? 500 : 200)
    t.equal((await app.inject({ method: 'POST', url: '/savepoint' })).statusCode, 200)
    t.same(await emails(app), dialect === 'postgres' ? ['ann', 'saved'] : ['ann', 'lost', 'saved'])
    t.equal((await post(app, 'bob')).statusCode, 200)
  })
  t.same(await emails(app), [])
})

onBoth('requests over real sockets are in it too, parallel ones one after the other', async (t, dialect) => {
  const app = await build(t, dialect)
  await app.listen({ port: 0, host: '127.0.0.1' })
  await t.test('in a test', async t => {
    await rollbackAfter(t as never, app)
    const names = ['a', 'b', 'c', 'd', 'e']
    const answers = await Promise.all([...names, 'a'].map(name => fetch(`${app.listeningOrigin}/users/${name}`, { method: 'POST' })))
    t.same(answers.map(({ status }) => status).sort(), [200, 200, 200, 200, 200, 409])
    t.same(await (await fetch(`${app.listeningOrigin}/users`)).json(), names)
  })
  t.same(await emails(app), [])
})

onBoth('afterCommit is called when the session of the request is committed, as ever', async (t, dialect) => {
  const app = await build(t, dialect)
  const called: string[] = []
  app.post('/:how', { config: { depends: { db: session } } }, async ({ params, deps: { db } }, reply) => {
    const { how } = params as { how: string }
    await db.insertInto('users').values({ email: how }).execute()
    db.afterCommit(async () => { called.push(`${how} ${(await app.db.of(tables).selectFrom('users').selectAll().execute()).length}`) })
    return reply.code(how === 'kept' ? 200 : 400).send(how)
  })
  await t.test('in a test', async t => {
    await rollbackAfter(t as never, app)
    for (const how of ['refused', 'kept']) await app.inject({ method: 'POST', url: `/${how}` })
  })
  t.same(called, ['kept 1'])
})

onBoth('sessions, streams and Kysely’s own transactions are savepoints', async (t, dialect) => {
  const app = await build(t, dialect)
  const db = app.db.of(tables)
  await t.test('in a test', async t => {
    await rollbackAfter(t as never, app)
    await db.session(async session => {
      await session.insertInto('users').values([{ email: 'a' }, { email: 'b' }]).execute()
      const streamed = []
      for await (const { email } of session.selectFrom('users').select('email').orderBy('id').stream(1)) streamed.push(email)
      t.same(streamed, ['a', 'b'])
    })
    await t.rejects(db.session(async session => {
      await session.insertInto('users').values({ email: 'c' }).execute()
      throw new Error('no')
    }), { message: 'no' })
    await db.transaction().execute(async trx => { await trx.insertInto('users').values({ email: 'd' }).execute() })
    await db.connection().execute(async one => {
      await one.insertInto('users').values({ email: 'e' }).execute()
      for await (const row of one.selectFrom('users').selectAll().stream()) t.ok(row)
    })
    const read: string[] = []
    for await (const { email } of db.selectFrom('users').select('email').orderBy('email').stream()) read.push(email)
    t.same(read, ['a', 'b', 'd', 'e'])
    t.equal(await db.session(async session => (await session.selectFrom('users').selectAll().execute()).length, { readOnly: true, isolationLevel: 'serializable' }), 4)
    t.match(db.pools, [{ total: 1, idle: 1, waiting: 0 }])
    await db.check()
    // It reads all schemas, of which tests beside this one drop theirs.
    if (dialect === 'sqlite') t.ok((await db.introspection.getTables()).some(({ name }) => name === 'users'))
  })
  t.same(await emails(app), [])
})

onBoth('a session that waits for another one is refused in words, and not for ever', async (t, dialect) => {
  const app = await build(t, dialect)
  await t.test('in a test', async t => {
    await rollbackAfter(t as never, app, { timeout: 50 })
    await app.db.session(async session => {
      await session.run('select 1')
      await t.rejects(app.db.of(tables).selectFrom('users').selectAll().execute(), { message: /The test transaction has one connection, and a session held it for more than 50 ms: / })
      t.ok(await app.db.of(tables).selectFrom('users').selectAll().execute().catch(error => error) instanceof DatabaseUnavailable)
    })
  })
})

onBoth('two tests of one app at once are refused, and one after the other are not', async (t, dialect) => {
  const app = await build(t, dialect)
  const first = await app.db.beginTest()
  await t.rejects(app.db.beginTest(), { code: 'APIKIT_ERR_TEST_TRANSACTION', message: /one after the other/ })
  await Promise.all([first.rollback(), first.rollback()])
  await (await app.db.beginTest()).rollback()
})

onBoth('an app that is closed before its test ends rolls back, whatever still holds a session', async (t, dialect) => {
  const app = await build(t, dialect)
  const transaction = await app.db.beginTest({ timeout: 20 })
  const open = app.db.open()
  await open.run('select 1')
  await app.close()
  await transaction.rollback()
  await t.rejects(app.db.check())
})

onBoth('a session that outlives its test does nothing in the next one, nor in the database', async (t, dialect) => {
  const app = await build(t, dialect)
  const db = app.db.of(tables)
  const insert = (session: Pick<typeof db, 'insertInto'>) => session.insertInto('users').values({ email: 'late' }).execute()
  const over = { name: 'DatabaseUnavailable', message: /^The test transaction was rolled back while this session was open: let the test wait/ }
  for (const readOnly of [false, true]) {
    const transaction = await app.db.beginTest({ timeout: 20 })
    const [late, waiting] = [db.open({ readOnly }), db.open()]
    await late.selectFrom('users').selectAll().execute()
    const streamed = late.selectFrom('users').selectAll().stream()
    const refused = waiting.run('select 1').catch(error => error)
    await transaction.rollback()
    t.match(await refused, { name: 'DatabaseUnavailable' })
    const next = await app.db.beginTest()
    await t.rejects(insert(late as never), over)
    await t.rejects(streamed.next(), over)
    // One that only reads has nothing to keep.
    if (!readOnly) await t.rejects(late.commit(), over)
    await late.rollback()
    await insert(db)
    t.same(await emails(app), ['late'])
    await next.rollback()
    t.same(await emails(app), [])
    await insert(db)
    await db.deleteFrom('users').execute()
  }
})

onBoth('a session that begins while a test ends is refused, and waits for nothing', async (t, dialect) => {
  const app = await build(t, dialect)
  const transaction = await app.db.beginTest()
  const first = app.db.open()
  await first.run('select 1')
  t.match(app.db.pools, [{ total: 1, idle: 0, waiting: 0 }])
  const ended = transaction.rollback()
  const refused = app.db.open().run('select 1').catch(error => error)
  await first.rollback()
  await ended
  t.match(await refused, { name: 'DatabaseUnavailable', message: /^The test transaction was rolled back/ })
})

onBoth('a stream that is read while its test ends stops', async (t, dialect) => {
  const app = await build(t, dialect)
  const db = app.db.of(tables)
  const transaction = await app.db.beginTest({ timeout: 20 })
  const session = db.open()
  await session.insertInto('users').values([{ email: 'a' }, { email: 'b' }]).execute()
  const streamed = session.selectFrom('users').selectAll().stream(1)
  await streamed.next()
  await transaction.rollback()
  await t.rejects(streamed.next(), { name: 'DatabaseUnavailable' })
  await session.rollback()
  t.same(await emails(app), [])
})

onBoth('a test that throws while requests are under way leaves nothing behind, and the next one can begin', async (t, dialect) => {
  const app = await build(t, dialect)
  const { promise: entered, resolve: enter } = Promise.withResolvers<void>()
  const { promise: free, resolve: go } = Promise.withResolvers<void>()
  app.post('/slow', { config: { depends: { db: session } } }, async ({ deps: { db } }) => {
    await db.insertInto('users').values({ email: 'slow' }).execute()
    enter()
    await free
    await db.insertInto('users').values({ email: 'slower' }).execute()
  })
  await app.listen({ port: 0, host: '127.0.0.1' })
  const ends: Array<() => unknown> = []
  let answer: Promise<Response> | undefined
  await t.rejects((async () => {
    await rollbackAfter({ after: end => ends.push(end) }, app, { timeout: 20 })
    answer = fetch(`${app.listeningOrigin}/slow`, { method: 'POST' })
    await entered
    throw new Error('the test fails')
  })(), { message: 'the test fails' })
  for (const end of ends) await end()
  const next = await app.db.beginTest()
  go()
  t.equal((await answer)?.status, 503)
  t.same(await emails(app), [])
  await next.rollback()
  t.same(await emails(app), [])
})

t.test('keys that are deferred are checked when a request is committed', { skip: !hasPostgres && 'no PostgreSQL here' }, async t => {
  const app = await build(t, 'postgres')
  app.post('/posts', { config: { depends: { db: session } } }, async ({ deps: { db } }) => { await db.insertInto('posts').values({ author_id: 99 }).execute() })
  app.post('/later', { config: { depends: { db: session } } }, async ({ deps: { db } }) => {
    await db.insertInto('posts').values({ author_id: 7 }).execute()
    await db.insertInto('users').values({ id: 7, email: 'later' }).execute()
  })
  await rollbackAfter({ after: end => { t.teardown(end as () => void) } }, app)
  t.equal((await app.inject({ method: 'POST', url: '/posts' })).statusCode, 422)
  t.equal((await app.inject({ method: 'POST', url: '/later' })).statusCode, 200)
})

t.test('all databases of an app are rolled back; without one it is an error', async t => {
  const app = bare(t)
  await app.register(db, { url: 'sqlite::memory:', tables })
  await app.register(db, { name: 'reports', url: 'sqlite::memory:', tables })
  const all = [app.db, app.database('reports')].map(one => one.of(tables))
  for (const one of all) await one.createTables()
  const ends: Array<() => unknown> = []
  await rollbackAfter({ after: end => ends.push(end) }, app)
  for (const one of all) await one.insertInto('users').values({ email: 'a' }).execute()
  for (const end of ends) await end()
  for (const one of all) t.same(await one.selectFrom('users').selectAll().execute(), [])
  await t.rejects(rollbackAfter({ after: () => {} }, bare(t)), { code: 'APIKIT_ERR_ROLLBACK', message: 'rollbackAfter() needs fastify-apikit/db, which is not registered' })
})

onBoth('a request that writes to several databases is rolled back with the test', async (t, dialect) => {
  const app = bare(t)
  for (const plugin of [errors, dependencies]) await app.register(plugin)
  await app.register(db, { url: await emptyDatabase(t, dialect), tables })
  await app.register(db, { name: 'reports', url: 'sqlite::memory:', tables })
  const all = [app.db, app.database('reports')].map(one => one.of(tables))
  for (const one of all) await one.createTables()
  app.post('/', { config: { depends: { first: sessionOf(tables), second: sessionOf('reports', tables) } } }, async ({ deps: { first, second } }) => {
    for (const session of [first, second]) await session.insertInto('users').values({ email: 'a' }).execute()
    return 'stored'
  })
  const ends: Array<() => unknown> = []
  await rollbackAfter({ after: end => ends.push(end) }, app)
  t.equal((await app.inject({ method: 'POST', url: '/' })).body, 'stored')
  for (const one of all) t.match(await one.selectFrom('users').select('email').execute(), [{ email: 'a' }])
  for (const end of ends) await end()
  for (const one of all) t.same(await one.selectFrom('users').selectAll().execute(), [])
})

t.test('a database that is away cannot begin one', { skip: !hasPostgres && 'no PostgreSQL here' }, async t => {
  const app = await build(t, 'postgres')
  await app.db.destroy()
  await t.rejects(app.db.beginTest())
  await t.rejects(app.db.beginTest(), { name: 'DatabaseUnavailable' })
})

t.test('a connection that cannot begin one is given back', async t => {
  let released = 0
  const connection = { begin: async () => { throw new Error('no') }, release: () => { released++ } }
  await t.rejects(TestDriver.begin({ hold: async () => connection } as never, 10), { message: 'no' })
  t.equal(released, 1)
})
