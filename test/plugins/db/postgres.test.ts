import { sql } from 'kysely'
import t, { type Test } from 'tap'
import db, {
  column, type Database, DatabaseUnavailable, openDatabase, prepare, QueryCanceled, SerializationFailure, type Session, table, type TablesOf
} from '../../../plugins/db/index.ts'
import { bare } from '../../helper.ts'
import { ask, databaseWith, emptyDatabase, hasPostgres } from './databases.ts'
import { proxy } from './proxy.ts'

const counters = table('counters', { id: column.id(), n: column.integer({ default: 0 }) })

const test = (name: string, run: (t: Test) => Promise<void>) => { t.test(name, { skip: !hasPostgres && 'no PostgreSQL here' }, run) }

const pid = async (db: { getExecutor: any }) => (await sql<{ pid: number }>`select pg_backend_pid() as pid`.execute(db as never)).rows[0]?.pid

test('a connection that breaks is replaced', async t => {
  const lost: object[] = []
  let told = (): void => {}
  const isTold = new Promise<void>(resolve => { told = resolve })
  const db = openDatabase({ url: await emptyDatabase(t, 'postgres'), tables: [counters], poolSize: 1, logger: { warn: (what: object) => { lost.push(what); told() } } as never }).of([counters])
  t.teardown(() => db.destroy())
  await db.createTables()

  t.test('while it is idle', async t => {
    await ask(`select pg_terminate_backend(${await pid(db)})`)
    await isTold
    t.ok(lost.length > 0)
    t.same(await db.selectFrom('counters').selectAll().execute(), [])
  })
  t.test('in a transaction, which is undone', async t => {
    await t.rejects(db.session(async session => {
      await session.insertInto('counters').values({}).execute()
      await ask(`select pg_terminate_backend(${await pid(session)})`)
      await session.insertInto('counters').values({}).execute()
    }), DatabaseUnavailable)
    t.same(await db.selectFrom('counters').selectAll().execute(), [])
  })
  t.test('before a commit, and before a rollback', async t => {
    for (const end of ['commit', 'rollback'] as const) {
      const session = db.open()
      await session.insertInto('counters').values({}).execute()
      await ask(`select pg_terminate_backend(${await pid(session)})`)
      if (end === 'commit') await t.rejects(session.commit(), DatabaseUnavailable)
      else await session.rollback()
      t.same(await db.selectFrom('counters').selectAll().execute(), [])
    }
  })
  t.test('in the middle of a statement', async t => {
    const slow = sql`select pg_sleep(10)`.execute(db)
    const broken = t.rejects(slow, DatabaseUnavailable)
    let victims: unknown[] = []
    while (victims.length === 0) victims = await ask("select pg_terminate_backend(pid) from pg_stat_activity where query = 'select pg_sleep(10)' and state = 'active' and pid <> pg_backend_pid()")
    await broken
    t.same(await db.selectFrom('counters').selectAll().execute(), [])
  })
})

test('who gets no connection in time is told so', async t => {
  const db = (await databaseWith(t, await emptyDatabase(t, 'postgres'), [counters], { poolSize: 1, acquireTimeout: 100 })).of([counters])
  await db.session(async session => {
    await session.insertInto('counters').values({}).execute()
    const refused = await db.selectFrom('counters').selectAll().execute().catch(error => error)
    t.ok(refused instanceof DatabaseUnavailable)
    t.equal(refused.message, 'No connection became free within acquireTimeout: all of the pool (poolSize) are in use')
    await t.rejects(db.open().selectFrom('counters').selectAll().execute(), DatabaseUnavailable)
  })
  t.equal((await db.selectFrom('counters').selectAll().execute()).length, 1)
})

test('a statement that takes too long is ended, but for one of a migration', async t => {
  const url = await emptyDatabase(t, 'postgres')
  const db = await databaseWith(t, url, [], { statementTimeout: 50 })
  const late = await sql`select pg_sleep(5)`.execute(db).catch(error => error)
  t.ok(late instanceof QueryCanceled)
  t.match(late, { timedOut: true, message: 'The statement took longer than statementTimeout', cause: { code: '57014' } })
  await db.session(async session => { await sql`select pg_sleep(0.2)`.execute(session) }, { maintenance: true })
  const patient = await databaseWith(t, url, [], { statementTimeout: 0 })
  await sql`select pg_sleep(0.1)`.execute(patient)
})

test('two who wait for each other: one is told to try again', async t => {
  const db = (await databaseWith(t, await emptyDatabase(t, 'postgres'), [counters])).of([counters])
  await db.insertInto('counters').values([{ n: 0 }, { n: 0 }]).execute()
  const lock = async (first: number, second: number, ready: () => void, other: Promise<void>) => db.session(async session => {
    const touch = (id: number) => session.updateTable('counters').set({ n: 1 }).where('id', '=', id).execute()
    await touch(first)
    ready()
    await other
    await touch(second)
  })
  let [a, b] = [(): void => {}, (): void => {}]
  const [ready, otherReady] = [new Promise<void>(resolve => { a = resolve }), new Promise<void>(resolve => { b = resolve })]
  const done = await Promise.allSettled([lock(1, 2, a, otherReady), lock(2, 1, b, ready)])
  const failed = done.filter(result => result.status === 'rejected')
  t.equal(failed.length, 1)
  t.ok(failed[0]?.reason instanceof SerializationFailure)
})

test('a statement that gets several rows for one value is an error of the app', async t => {
  const db = await databaseWith(t, await emptyDatabase(t, 'postgres'))
  await t.rejects(sql`select (select generate_series(1, ${2}::int)) as n`.execute(db), { name: 'error', code: '21000' })
})

test('arrays, and other types of PostgreSQL, are what pg makes of them', async t => {
  const db = await databaseWith(t, await emptyDatabase(t, 'postgres'))
  const { rows } = await sql`select ${['a', 'b']}::text[] as list, ${[1, 2]}::int[] as numbers, '1 day'::interval as span, ${{ a: 1 }}::jsonb as json, 1.50 as n, null::int as nothing`.execute(db)
  t.match(rows, [{ list: ['a', 'b'], numbers: [1, 2], span: { days: 1 }, json: { a: 1 }, nothing: null }])
  t.equal(String((rows[0] as { n: unknown }).n), '1.5')
})

test('the same statement may have another result', async t => {
  const db = await databaseWith(t, await emptyDatabase(t, 'postgres'))
  await sql`create table shape (a int)`.execute(db)
  await sql`insert into shape values (1)`.execute(db)
  t.same((await sql`select * from shape`.execute(db)).rows, [{ a: 1 }])
  await sql`alter table shape add column b boolean default true`.execute(db)
  t.same((await sql`select * from shape`.execute(db)).rows, [{ a: 1, b: true }])
  await sql`alter table shape drop column a`.execute(db)
  await sql`alter table shape add column a text default 'x'`.execute(db)
  t.same((await sql`select * from shape`.execute(db)).rows, [{ b: true, a: 'x' }])
  for (let i = 0; i < 550; i++) await sql`select 1 as ${sql.ref(`c${i}`)}`.execute(db)
})

test('the server keeps prepared statements, unless it is told not to', async t => {
  const url = await emptyDatabase(t, 'postgres')
  const kept = async (db: Database) => (await sql<{ statement: string }>`select statement from pg_prepared_statements`.execute(db)).rows.map(({ statement }) => statement)
  const byId = prepare([counters], (db, { id }: { id: number }) => db.selectFrom('counters').selectAll().where('id', '=', id))
  for (const namedStatements of [true, false]) {
    const db = await databaseWith(t, url, [counters], { poolSize: 1, namedStatements })
    for (const id of [1, 2]) t.equal(await byId.executeTakeFirst(db, { id }), undefined)
    t.same(await kept(db), namedStatements ? ['select * from "counters" where "id" = $1'] : [])
  }
})

test('a prepared statement whose table has changed is made anew', async t => {
  const db = (await databaseWith(t, await emptyDatabase(t, 'postgres'), [counters], { poolSize: 1 })).of([counters])
  await db.insertInto('counters').values({ n: 7 }).execute()
  const all = prepare([counters], db => db.selectFrom('counters').selectAll())
  t.same(await all.execute(db, {}), [{ id: 1, n: 7 }])

  await sql`alter table counters add column fresh boolean default true`.execute(db)
  t.same(await all.execute(db, {}), [{ id: 1, n: 7, fresh: true }], 'at once, outside of a transaction')

  await sql`alter table counters add column again text default 'x'`.execute(db)
  const work = async (db: Session<TablesOf<[typeof counters]>>) => all.execute(db, {})
  await t.rejects(db.session(work), SerializationFailure, 'a transaction is undone')
  t.same(await db.session(work), [{ id: 1, n: 7, fresh: true, again: 'x' }], 'and may be tried again')

  await sql`alter table counters drop column again`.execute(db)
  t.same(await db.session(work, { retries: 1 }), [{ id: 1, n: 7, fresh: true }])

  await sql`deallocate all`.execute(db)
  t.same(await all.execute(db, {}), [{ id: 1, n: 7, fresh: true }], 'as is one that the server has thrown away')

  await t.rejects(sql`alter table counters add column n int`.execute(db), { code: '42701' }, 'other errors are what they are')
})

test('a database that the server does not have is an error at the start that says so', async t => {
  const url = new URL(await emptyDatabase(t, 'postgres'))
  url.pathname = '/apikit_nowhere'
  await t.rejects(async () => { await bare(t).register(db, { url: url.href }) }, { code: 'APIKIT_ERR_DB_OPEN', message: /cannot connect to the database: database "apikit_nowhere" does not exist/ })
})

t.test('a server that is not there is unavailable', async t => {
  const db = openDatabase({ url: 'postgres://nobody:secret@127.0.0.1:1/none' })
  t.teardown(() => db.destroy())
  await t.rejects(db.check(), DatabaseUnavailable)
})

test('a server that falls silent holds nobody for ever: statements, the begin and the end of a transaction, a check', async t => {
  const server = await proxy(t, await emptyDatabase(t, 'postgres'))
  const db = (await databaseWith(t, server.url, [counters], { poolSize: 1, statementTimeout: 200 })).of([counters])
  const ways: Record<string, () => Promise<unknown>> = {
    statement: () => db.selectFrom('counters').selectAll().execute(),
    begin: () => db.session(async session => session.run('select 1')),
    commit: () => db.session(async session => {
      await session.run('select 1')
      server.fallSilent()
    }),
    check: () => db.check()
  }
  for (const [name, way] of Object.entries(ways)) {
    await db.selectFrom('counters').selectAll().execute()
    if (name !== 'commit') server.fallSilent()
    await t.rejects(way(), DatabaseUnavailable, name)
    server.speak()
  }
  const undone = db.open()
  await undone.run('select 1')
  server.fallSilent()
  await undone.rollback()
  server.speak()
  t.same(await db.selectFrom('counters').selectAll().execute(), [], 'and all connections are given back')
})

test('statements that are not waited for run one after the other, beside a stream, too', async t => {
  const warnings: string[] = []
  const warn = ({ message }: Error): void => { warnings.push(message) }
  process.on('warning', warn)
  t.teardown(() => { process.off('warning', warn) })
  const db = await databaseWith(t, await emptyDatabase(t, 'postgres'))
  await t.rejects(db.session(async session => {
    const one = async (n: number) => (await sql<{ n: number }>`select ${n}::int as n`.execute(session)).rows[0]?.n
    t.same(await Promise.all([1, 2, 3].map(one)), [1, 2, 3])
    const done = await Promise.allSettled([sql`select 1/0`.execute(session), one(2)])
    t.match(done, [{ status: 'rejected' }, { status: 'rejected' }], 'the transaction is lost')
  }), { code: 'APIKIT_ERR_ABORTED_COMMIT' })
  await db.session(async session => {
    const seen: number[] = []
    for await (const { g } of session.selectFrom(sql<{ g: number }>`generate_series(1, 6)`.as('g')).selectAll().stream(2)) {
      seen.push(g)
      await sql`select 1`.execute(session)
    }
    t.same(seen, [1, 2, 3, 4, 5, 6])
  })
  t.same(warnings.filter(text => text.includes('client.query()')), [])
})
