import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { sql } from 'kysely'
import pg from 'pg'
import t, { type Test } from 'tap'
import plugin, { accept, column, type Database, diff, down, type Migrations, openDatabase, pendingOf, readMigrations, stamp, statusOf, table, up } from '../../../plugins/db/index.ts'
import { bare } from '../../helper.ts'
import { ask, emptyDatabase, hasPostgres, onBoth } from './databases.ts'

const noServer = !hasPostgres && 'no PostgreSQL here'

function open (t: Test, url: string, migrations: Migrations = {}, options: Parameters<typeof openDatabase>[0] = {}): Database {
  const db = openDatabase({ url, ...options })
  t.teardown(() => db.destroy())
  db.register({ name: 'own', migrations })
  return db
}

const STEPS: Migrations = {
  '1_users': { up: schema => schema.createTable('users', { id: column.id() }), down: schema => schema.dropTable('users') },
  '2_age': { up: schema => schema.addColumn('users', 'age', column.integer({ nullable: true })), down: schema => schema.dropColumn('users', 'age') },
  '3_name': { up: schema => schema.addColumn('users', 'name', column.text({ nullable: true })) }
}

onBoth('up goes to a step; stamp marks steps as done that something else has done', async (t, dialect) => {
  const url = await emptyDatabase(t, dialect)
  const db = open(t, url, STEPS)
  await t.rejects(up(db, { to: 'own/9' }), { code: 'APIKIT_ERR_MIGRATION', message: /unknown migration "own\/9"\. Expected: own\/1_users, own\/2_age, own\/3_name/ })
  t.same(await up(db, { to: 'own/1_users' }), ['own/1_users'])
  await sql`alter table users add column age integer`.execute(db)
  t.same(await stamp(db, { to: 'own/2_age' }), ['own/2_age'])
  t.same(await pendingOf(db), ['own/3_name'])
  t.same(await up(db), ['own/3_name'])
  t.same(await stamp(db), [])
})

onBoth('a database whose migrations were kept before hashes were has none', async (t, dialect) => {
  const url = await emptyDatabase(t, dialect)
  const db = open(t, url, STEPS)
  await sql`create table apikit_migrations_own (name varchar(255) not null primary key, timestamp varchar(255) not null)`.execute(db)
  await sql`insert into apikit_migrations_own values ('1_users', '2026-01-02T03:04:05.678Z')`.execute(db)
  await sql`create table users (id integer primary key)`.execute(db)
  t.same((await statusOf(db)).map(({ at }) => at?.toISOString()), ['2026-01-02T03:04:05.678Z', undefined, undefined])
  t.same(await up(db), ['own/2_age', 'own/3_name'])
})

onBoth('a file that ran and was edited is refused, until it is put back or accepted', async (t, dialect) => {
  const url = await emptyDatabase(t, dialect)
  const folder = t.testdir({ '1_a.ts': 'export const up = async () => {}\n', '2_b.js': 'export const up = async () => {}\n' })
  const at = (): Promise<Migrations> => readMigrations(folder)
  const reading = async (): Promise<Database> => open(t, url, await at())
  await up(await reading())
  writeFileSync(join(folder, '1_a.ts'), 'export const up = async () => {}\r\n')
  t.same(await up(await reading()), [], 'ends of lines are the same')
  writeFileSync(join(folder, '1_a.ts'), 'export const up = async schema => {}\n')
  const edited = await reading()
  t.same((await statusOf(edited)).map(({ name, edited }) => [name, edited]), [['own/1_a', true], ['own/2_b', false]])
  await t.rejects(up(edited), { code: 'APIKIT_ERR_MIGRATION', message: /own\/1_a was changed after it ran\. Restore the file, or accept the change: fastify-apikit migrate accept own\/1_a/ })
  await t.rejects(accept(edited, 'own/3'), { message: /"own\/3" is not a migration that ran/ })
  await accept(edited, 'own/1_a')
  t.same(await up(edited), [])
  const own = open(t, url, { ...await at(), '1_a': { up: async () => {}, hash: 'js:0' } })
  t.same(await up(own), [], 'a .js of production is not compared with a .ts of development')
  await accept(open(t, url, { ...await at(), '1_a': { up: async () => {} } }), 'own/1_a')
  writeFileSync(join(folder, '2_b.js'), 'export const up = async () => {}\nexport const down = async () => {}\n')
  await t.rejects(down(await reading(), 'own'), { code: 'APIKIT_ERR_MIGRATION', message: /own\/2_b was changed after it ran/ }, 'nor is it undone')
})

onBoth('steps in transactions of their own', async (t, dialect) => {
  const url = await emptyDatabase(t, dialect)
  const failing: Migrations = {
    ...STEPS,
    '4_apart': {
      transaction: 'none',
      up: schema => schema.sql({ postgres: 'create index concurrently users_age_idx on users (age)', sqlite: 'create index users_age_idx on users (age)' }),
      down: schema => schema.sql({ postgres: 'drop index concurrently users_age_idx', sqlite: 'drop index users_age_idx' })
    },
    '5_own': { transaction: 'own', up: async schema => { t.equal((await schema.db.selectFrom('users').selectAll().execute()).length, 0) }, down: async () => {} },
    '6_bad': { up: schema => schema.run('this is not SQL') }
  }
  const db = open(t, url, failing)
  await t.rejects(up(db), { message: /6_bad failed and was rolled back: / })
  t.same(await pendingOf(db), ['own/6_bad'], 'what was before is committed')
  const good = open(t, url, { ...failing, '6_bad': { up: async () => {} } })
  t.same(await up(good), ['own/6_bad'])
  const shorter = open(t, url, failing)
  await sql`delete from apikit_migrations_own where name = '6_bad'`.execute(shorter)
  t.same([await down(shorter, 'own'), await down(shorter, 'own')], [['own/5_own'], ['own/4_apart']])
  await t.rejects(readMigrations(t.testdir({ '1.ts': "export const up = async () => {}\nexport const transaction = 'all'" })), { message: /1\.ts: transaction must be 'own' or 'none'/ })
})

t.test('postgres: a step that waits for the lock of another is undone, and tried again', { skip: noServer }, async t => {
  const url = await emptyDatabase(t, 'postgres')
  const db = open(t, url, STEPS)
  await up(db, { to: 'own/1_users' })
  const reader = new pg.Client({ connectionString: url })
  await reader.connect()
  await reader.query('begin; select * from users')
  let tries = 0
  const counted = open(t, url, { ...STEPS, '2_age': { async up (schema) { if (++tries === 2) await reader.query('commit'); await schema.addColumn('users', 'age', column.integer({ nullable: true })) } } })
  t.same(await up(counted, { lockTimeout: 20, lockWait: 1 }), ['own/2_age', 'own/3_name'])
  t.equal(tries, 2)
  await reader.query('begin; select * from users')
  await t.rejects(down(open(t, url, { ...STEPS, '3_name': { up: async () => {}, down: schema => schema.dropColumn('users', 'name') } }), 'own', { lockTimeout: 20, lockRetries: 1, lockWait: 1 }), {
    code: 'APIKIT_ERR_MIGRATION', message: /^Migrations: own\/3_name failed and was rolled back: another transaction held a lock that it needs for longer than 20 ms, 2 times\. Find it in pg_stat_activity/
  })
  const session = open(t, url, STEPS)
  await reader.query('rollback; begin; lock table apikit_migrations_own')
  await t.rejects(stamp(session, { lockTimeout: 20, lockRetries: 0 }), { code: 'APIKIT_ERR_MIGRATION', message: /a step failed and was rolled back: .+ 1 time\./ })
  await reader.end()
})

t.test('postgres: a step that fails says what is in the way', { skip: noServer }, async t => {
  const url = await emptyDatabase(t, 'postgres')
  const failing = (bad: Migrations[string]['up']): Promise<string[]> => up(open(t, url, { '1_users': STEPS['1_users'] as Migrations[string], '2_bad': { up: bad } }))
  await t.rejects(failing(async schema => { await schema.run('create view a as select id from users; create view b as select id from users'); await schema.dropColumn('users', 'id') }), {
    message: /^Migrations: own\/2_bad failed and was rolled back, with those before it in its transaction \(own\/1_\w+\): cannot drop column id of table users because other objects depend on it\. view a depends on column id of table users; view b depends on column id of table users$/
  })
  await t.rejects(failing(async () => { throw 'only a text' }), { message: /and was rolled back.*: only a text$/ }) // eslint-disable-line no-throw-literal -- as a library may
})

t.test('postgres: an index is made concurrently while another process waits for its turn', { skip: noServer, timeout: 20_000 }, async t => {
  const url = await emptyDatabase(t, 'postgres')
  const steps: Migrations = { '1_users': STEPS['1_users'] as Migrations[string], '2_apart': { transaction: 'none', up: schema => schema.run('create index concurrently apart on users (id)') } }
  const named = (name: string): Database => open(t, `${url}&application_name=${name}_${process.pid}`, steps)
  const [first, second] = [named('first'), named('second')]
  await up(first, { to: 'own/1_users' })
  const writer = new pg.Client({ connectionString: url })
  await writer.connect()
  await writer.query('begin; insert into users default values')
  const isSeen = async (name: string, query: string): Promise<void> => {
    while ((await ask(`select from pg_stat_activity where application_name = '${name}_${process.pid}' and query like '${query}'`)).length === 0);
  }
  const one = up(first)
  await isSeen('first', 'create index concurrently%')
  const other = up(second)
  await isSeen('second', '%advisory%')
  await writer.query('commit')
  await writer.end()
  t.same(await Promise.all([one, other]), [['own/2_apart'], []])
})

t.test('postgres: a role that may make no schemas migrates; one that may make no temporary tables is told what it lacks', { skip: noServer }, async t => {
  const url = await emptyDatabase(t, 'postgres')
  const schema = /search_path%3D(\w+)/.exec(url)?.[1]
  const [role, database] = [`apikit_role_${process.pid}`, `apikit_role_${process.pid}`]
  await ask(`create role ${role} login`)
  await ask(`create database ${database}`)
  const own = new URL(url)
  own.pathname = `/${database}`
  await ask(`revoke temporary on database ${database} from public; create schema ${schema}; grant usage, create on schema ${schema} to ${role}`, `${own.origin}/${database}`.replace('null', `postgres://${own.host}`).replace('postgres://', 'postgres://postgres@'))
  own.username = role
  t.teardown(async () => { await ask(`drop database ${database} with (force)`); await ask(`drop role ${role}`) })
  const users = table('users', { id: column.id() })
  const db = open(t, String(own), { '1_users': STEPS['1_users'] as Migrations[string] }, { tables: [users] })
  t.same(await up(db), ['own/1_users'])
  await t.rejects(diff(db), { code: 'APIKIT_ERR_MIGRATION', message: /must not create\. Run: grant temporary on database/ })
  const [{ host }] = [own]
  await ask(`grant temporary on database ${database} to ${role}`, `postgres://postgres@${host}/${database}`)
  t.equal(await diff(db), undefined)
})

t.test('an app waits for a database that starts beside it', { skip: noServer }, async t => {
  const away = bare(t)
  const lines: string[] = []
  away.log.warn = ((_: object, line: string) => { lines.push(line) }) as never
  await t.rejects(async () => { await away.register(plugin, { url: 'postgres://127.0.0.1:9/none', connectRetries: 1 }) }, { code: 'APIKIT_ERR_DB_OPEN' })
  t.same(lines, ['cannot connect to the database. The next attempt is in 500 ms'])
})

t.test('postgres: statements of a migration take longer than statementTimeout, with and without a transaction, and only they', { skip: noServer }, async t => {
  const slow = { up: async (schema: { run (sql: string): Promise<void> }) => schema.run('select pg_sleep(0.3)') }
  // The transaction has a connection, the step without one another: the next statement finds either.
  const db = open(t, await emptyDatabase(t, 'postgres'), { '1_slow': slow, '2_alone': { ...slow, down: slow.up, transaction: 'none' } }, { statementTimeout: 200 })
  t.same(await up(db), ['own/1_slow', 'own/2_alone'])
  t.same(await down(db, 'own'), ['own/2_alone'])
  t.same(await Promise.all([1, 2, 3].map(async () => (await sql<{ statement_timeout: string }>`show statement_timeout`.execute(db)).rows[0]?.statement_timeout)), ['200ms', '200ms', '200ms'])
})

t.test('postgres: a migration without a transaction says that its first statements are kept', { skip: !hasPostgres && 'no PostgreSQL here' }, async t => {
  const db = open(t, await emptyDatabase(t, 'postgres'), { '1_half': { transaction: 'none', up: async schema => { await schema.run('create table half (a integer)'); await schema.run('select nothing') } } })
  await t.rejects(up(db), { code: 'APIKIT_ERR_MIGRATION', message: /1_half failed, and has no transaction: its statements before are kept: / })
})

onBoth('a commit that fails is said to have failed, with the constraint', async (t, dialect) => {
  const up1 = 'create table a (id integer primary key, other integer references a (id) deferrable initially deferred)'
  const db = open(t, await emptyDatabase(t, dialect), { '1_a': { up: async schema => { await schema.run(up1); await schema.run('insert into a values (1, 2)') } } })
  await t.rejects(up(db), { code: 'APIKIT_ERR_MIGRATION', message: /^Migrations: the commit failed: / })
  t.same(await pendingOf(db), ['own/1_a'])
})

t.test('an app that migrates when it starts logs what was committed before a migration failed', async t => {
  const lines: string[] = []
  const app = bare(t, { logger: { stream: { write: (line: string) => { lines.push(line) } } } })
  await app.register(plugin, { url: 'sqlite::memory:', migrate: true })
  app.db.register({ name: 'own', migrations: { '1_a': { transaction: 'own', up: async () => {} }, '2_b': { up: schema => schema.run('nonsense') } } })
  await t.rejects(async () => { await app.ready() }, { message: /own\/2_b failed and was rolled back: / })
  t.match(lines.map(line => JSON.parse(line)), [{ migrations: ['own/1_a'], msg: 'migrations done' }])
})
