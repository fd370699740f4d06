import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { sql } from 'kysely'
import t from 'tap'
import { column, type Database, DatabaseUnavailable, openDatabase, SerializationFailure, table, type TablesOf } from '../../../plugins/db/index.ts'
import { databaseWith, emptyDatabase } from './databases.ts'

const counters = table('counters', { id: column.id(), n: column.integer({ default: 0 }) })
type Db = Database<TablesOf<[typeof counters]>>

const of = (db: Database): Db => db.of([counters])
const add = (db: Db) => db.insertInto('counters').values({}).execute()
const count = async (db: Db) => (await db.selectFrom('counters').select('id').execute()).length

/** A promise, and what fulfils it. */
function gate (): { opened: Promise<void>, open: () => void } {
  let open = (): void => {}
  return { opened: new Promise(resolve => { open = resolve }), open: () => { open() } }
}

t.test('a file is made with its folder, and is there at the next start', async t => {
  const url = await emptyDatabase(t, 'sqlite')
  const first = openDatabase({ url, tables: [counters] })
  await first.createTables()
  await add(of(first))
  t.ok(existsSync(url.slice('sqlite:'.length)))
  t.same((await sql`pragma journal_mode`.execute(first)).rows, [{ journal_mode: 'wal' }])
  await first.destroy()
  t.equal(await count(of(await databaseWith(t, url, [counters]))), 1)
})

t.test('reads go on beside a transaction, and do not see it; in memory they wait for it', async t => {
  for (const url of [await emptyDatabase(t, 'sqlite'), 'sqlite::memory:']) {
    const db = of(await databaseWith(t, url, [counters]))
    const { opened, open } = gate()
    const session = db.session(async session => {
      await session.insertInto('counters').values({}).execute()
      await opened
      await session.insertInto('counters').values({}).execute()
    })
    const meanwhile = count(db)
    const reading = db.reading.selectFrom('counters').select('id').execute()
    if (url !== 'sqlite::memory:') t.equal(await meanwhile, 0)
    open()
    await session
    t.equal(await meanwhile, url === 'sqlite::memory:' ? 2 : 0)
    t.equal((await reading).length, url === 'sqlite::memory:' ? 2 : 0, 'as a GET reads')
    t.equal(await count(db), 2)
  }
})

t.test('sessions that only read each see one moment, several at a time', async t => {
  for (const url of [await emptyDatabase(t, 'sqlite'), 'sqlite::memory:']) {
    const db = of(await databaseWith(t, url, [counters]))
    if (url === 'sqlite::memory:') {
      t.same(await db.session(async session => session.selectFrom('counters').selectAll().execute(), { readOnly: true }), [])
      continue
    }
    const snapshot = async (): Promise<number[]> => db.session(async session => {
      const read = async () => (await session.selectFrom('counters').select('id').execute()).length
      const before = await read()
      await add(db)
      return [before, await read()]
    }, { readOnly: true })
    const seen = [...await Promise.all([snapshot(), snapshot()]), await snapshot()]
    t.ok(seen.every(([before, after]) => before === after))
    t.equal(await count(db), 3)
  }
})

t.test('writers take turns, those of other processes too, and the event loop goes on', async t => {
  const url = await emptyDatabase(t, 'sqlite')
  // Two connections of one file are to each other what two processes are.
  const [one, other] = [of(await databaseWith(t, url, [counters])), of(await databaseWith(t, url))]
  await add(one)
  const increment = (db: Db) => db.session(async session => {
    const { n } = await session.selectFrom('counters').selectAll().executeTakeFirstOrThrow()
    await new Promise(resolve => setImmediate(resolve))
    await session.updateTable('counters').set({ n: n + 1 }).execute()
  })
  let ticks = 0
  const timer = setInterval(() => { ticks++ }, 1)
  await Promise.all(Array.from({ length: 40 }, (_, i) => increment(i % 2 === 0 ? one : other)))
  clearInterval(timer)
  t.same(await one.selectFrom('counters').select('n').execute(), [{ n: 40 }])
  t.ok(ticks > 0)

  const { opened, open } = gate()
  const held = one.session(async session => {
    await session.insertInto('counters').values({}).execute()
    await opened
  })
  const waiting = add(other)
  setTimeout(open, 20)
  await Promise.all([held, waiting])
  t.equal(await count(one), 3)
})

t.test('who has waited too long is told why', async t => {
  const url = await emptyDatabase(t, 'sqlite')
  const one = of(await databaseWith(t, url, [counters], { acquireTimeout: 30 }))
  const other = of(await databaseWith(t, url, [], { acquireTimeout: 30 }))
  await one.session(async session => {
    await session.insertInto('counters').values({}).execute()
    await t.rejects(add(one), { name: 'DatabaseUnavailable', message: /one writer.*30 ms.*app\.db does inside of one/ })
    await t.rejects(add(other), { name: 'DatabaseUnavailable', message: /another process has held its lock for 30 ms/ })
    await t.rejects(other.session(async session => session.insertInto('counters').values({}).execute()), DatabaseUnavailable)
  })
  await add(one)
  await add(other)
  t.equal(await count(one), 3)
})

t.test('what another process does to a table is seen at once', async t => {
  const url = await emptyDatabase(t, 'sqlite')
  const [one, other] = [of(await databaseWith(t, url, [counters])), of(await databaseWith(t, url))]
  await add(one)
  t.same(await one.selectFrom('counters').selectAll().execute(), [{ id: 1, n: 0 }])
  await sql`alter table counters add column flag boolean default true`.execute(other)
  t.same(await one.selectFrom('counters').selectAll().execute(), [{ id: 1, n: 0, flag: true }])
  await sql`alter table counters drop column flag`.execute(other)
  t.same(await one.selectFrom('counters').selectAll().execute(), [{ id: 1, n: 0 }])
})

t.test('statements are kept, but not without end', async t => {
  const db = await databaseWith(t, 'sqlite::memory:')
  for (let i = 0; i < 1100; i++) await sql`select 1 as ${sql.ref(`c${i}`)}`.execute(db)
  t.same((await sql`select 1 as c0`.execute(db)).rows, [{ c0: 1 }])
})

t.test('a transaction that SQLite has undone by itself is over', async t => {
  const db = of(await databaseWith(t, await emptyDatabase(t, 'sqlite'), [counters]))
  await t.rejects(db.session(async session => {
    await session.insertInto('counters').values({ id: 1 }).execute()
    await session.run('insert or rollback into counters (id) values (1)')
  }), { name: 'UniqueViolation' })
  await add(db)
  t.equal(await count(db), 1)
})

t.test('one that has read what another has changed cannot write: it can be tried again', async t => {
  const url = await emptyDatabase(t, 'sqlite')
  const [one, other] = [of(await databaseWith(t, url, [counters])), of(await databaseWith(t, url))]
  await t.rejects(one.session(async session => {
    await session.selectFrom('counters').selectAll().execute()
    await add(other)
    // Ours always say beforehand that they will write.
    await session.run('pragma query_only = off')
    await session.insertInto('counters').values({}).execute()
  }, { readOnly: true }), SerializationFailure)
})

t.test('an error of a trigger is an error as any other', async t => {
  const db = of(await databaseWith(t, 'sqlite::memory:', [counters]))
  await sql`create trigger no before insert on counters begin select raise(abort, 'not today'); end`.execute(db)
  await t.rejects(add(db), { message: 'not today' })
  await t.rejects(db.session(async session => session.run('select 1; nonsense')))
  await sql`drop trigger no`.execute(db)
  await t.rejects(db.session(async session => {
    await session.insertInto('counters').values({}).execute()
    await session.run('insert or rollback into counters (id) values (1)').catch(() => {})
  }), { message: /no transaction is active/ })
})

t.test('closing it while somebody writes undoes what is not committed', async t => {
  const url = await emptyDatabase(t, 'sqlite')
  const db = of(openDatabase({ url, tables: [counters] }))
  await db.createTables()
  const session = db.open()
  await session.insertInto('counters').values({}).execute()
  await db.destroy()
  t.equal(await count(of(await databaseWith(t, url))), 0)
})

t.test('a file that cannot be opened is an error that says so', async t => {
  const folder = t.testdir({ 'app.db': {} })
  t.throws(() => openDatabase({ url: `sqlite:${join(folder, 'app.db')}` }), { code: 'APIKIT_ERR_DB_OPEN', message: /cannot open the SQLite database/ })
})

t.test('nothing is said on stderr about SQLite being experimental, and other warnings are', async t => {
  const module = join(import.meta.dirname, '..', '..', '..', 'plugins', 'db', 'index.ts')
  const script = `import { openDatabase } from ${JSON.stringify(module)}
    openDatabase({ url: 'sqlite::memory:' })
    process.emitWarning('mine')`
  const { stderr, status } = spawnSync(process.execPath, ['--input-type=module', '-e', script], { encoding: 'utf8', env: { ...process.env, _TAPJS_PROCESSINFO_COVERAGE_: '0', NODE_OPTIONS: '' } })
  t.equal(status, 0)
  t.match(stderr, /Warning: mine/)
  t.notMatch(stderr, /SQLite/)
})

t.test('what is refused after a wait for another process is the violation that it is', async t => {
  const url = await emptyDatabase(t, 'sqlite')
  const [one, other] = [of(await databaseWith(t, url, [counters])), of(await databaseWith(t, url, [counters]))]
  const [{ opened, open }, begun] = [gate(), gate()]
  const held = one.session(async session => {
    await session.insertInto('counters').values({ id: 1 }).execute()
    begun.open()
    await opened
  })
  await begun.opened
  const refused = t.rejects(other.insertInto('counters').values({ id: 1 }).execute(), { name: 'UniqueViolation' })
  setImmediate(open)
  await Promise.all([held, refused])
})

t.test('Node’s warning that SQLite is experimental is kept off stderr, and no other', async t => {
  const { getBuiltinModule, emitWarning } = process
  const seen: unknown[] = []
  t.teardown(() => Object.assign(process, { getBuiltinModule, emitWarning }))
  process.emitWarning = (warning: string | Error) => { seen.push(warning) }
  process.getBuiltinModule = ((id: string) => {
    for (const warning of ['SQLite is an experimental feature and might change at any time', 'something else', new Error('an error')]) process.emitWarning(warning)
    return getBuiltinModule(id as never)
  }) as typeof process.getBuiltinModule
  const db = openDatabase({ url: 'sqlite::memory:' })
  process.getBuiltinModule = getBuiltinModule
  await db.destroy()
  t.same(seen.map(String), ['something else', 'Error: an error'])
})
