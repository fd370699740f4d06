import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { basename, join, relative } from 'node:path'
import { Type } from '@fastify/type-provider-typebox'
import { Decimal } from 'decimal.js'
import { sql } from 'kysely'
import t, { type Test } from 'tap'
import db, {
  type AnyTable, column, type Database, diff, down, type Migration, type Migrations, openDatabase, pendingOf, readMigrations, stamp, statusOf, type Steps, table, up, writeMigration
} from '../../../plugins/db/index.ts'
import { Temporal } from 'temporal-polyfill'
import { bare, build } from '../../helper.ts'
import { type DialectName, emptyDatabase, onBoth } from './databases.ts'

const first: Migrations = {
  '1_users': {
    async up (schema) { await schema.createTable('users', { id: column.id(), email: column.text({ unique: true }) }) },
    async down (schema) { await schema.dropTable('users') }
  },
  '2_seed': {
    async up (schema) { await schema.db.insertInto('users').values({ email: 'a' }).execute() }
  }
}

/** A database with these migrations, as another process would open it. */
function open (t: Test, url: string, migrations?: Migrations, tables: readonly AnyTable[] = []): Database {
  const db = openDatabase({ url, tables })
  t.teardown(() => db.destroy())
  if (migrations !== undefined) db.register({ name: 'own', migrations })
  return db
}

const tablesOf = async (db: Database) => (await db.introspection.getTables()).map(({ name }) => name).filter(name => !name.startsWith('apikit')).sort()

onBoth('up does what is to do, once; down undoes the last', async (t, dialect) => {
  const db = open(t, await emptyDatabase(t, dialect), first)
  t.same((await statusOf(db)).map(({ name, at }) => [name, at]), [['own/1_users', undefined], ['own/2_seed', undefined]])
  t.same(await up(db), ['own/1_users', 'own/2_seed'])
  t.same([await up(db), await pendingOf(db), await tablesOf(db)], [[], [], ['users']])
  t.ok((await statusOf(db)).every(({ at }) => at instanceof Date))

  await t.rejects(down(db, 'own'), { code: 'APIKIT_ERR_MIGRATION', message: /own\/2_seed cannot be undone/ })
  await t.rejects(down(db, 'other'), { code: 'APIKIT_ERR_MIGRATION', message: /unknown migration set "other". Registered: own/ })
  await t.rejects(down(db), { message: /unknown migration set "app"/ })
})

onBoth('what fails leaves nothing behind, of all that was to run', async (t, dialect) => {
  const url = await emptyDatabase(t, dialect)
  const db = open(t, url, {
    ...first,
    '3_bad': {
      async up (schema) {
        await schema.createTable('half', { id: column.id() })
        await schema.run('this is not SQL')
      }
    }
  })
  await t.rejects(up(db), { code: 'APIKIT_ERR_MIGRATION', message: /own\/3_bad failed and was rolled back, with those before it in its transaction \(own\/1_users, own\/2_seed\): .*syntax error/ })
  t.same(await tablesOf(db), [])
  t.equal((await pendingOf(db)).length, 3)
  t.same(await up(open(t, url, first)), ['own/1_users', 'own/2_seed'], 'and the lock is free')

  const lost = open(t, url, { '1_users': first['1_users'] as Migration })
  await t.rejects(down(lost, 'own'), { code: 'APIKIT_ERR_MIGRATION', message: /2_seed ran on this database, but its file is missing/ })
})

onBoth('several processes at once: one does it, the others find it done', async (t, dialect) => {
  const url = await emptyDatabase(t, dialect)
  const slow: Migrations = {
    '1_slow': {
      async up (schema) {
        await schema.createTable('users', { id: column.id(), email: column.text() })
        await new Promise(resolve => setTimeout(resolve, 30))
        await schema.db.insertInto('users').values({ email: 'once' }).execute()
      }
    }
  }
  const all = [1, 2, 3].map(() => open(t, url, slow))
  const done = await Promise.all(all.map(db => up(db)))
  t.same(done.flat(), ['own/1_slow'])
  t.same((await sql`select email from users`.execute(all[0] as Database)).rows, [{ email: 'once' }])
})

onBoth('plugins bring tables and migrations; the app’s run after theirs', async (t, dialect) => {
  const url = await emptyDatabase(t, dialect)
  const folder = t.testdir({
    '001_posts.ts': `
    export const up = async schema => { await schema.run('create table posts (id integer primary key, user_id integer references users (id))') }
    export const down = async schema => { await schema.dropTable('posts') }`,
    'notes.md': '',
    'types.d.ts': ''
  })
  const app = bare(t)
  await app.register(db, { url, migrations: folder, migrate: true })
  app.db.register({ name: 'tasks', migrations: first })
  t.throws(() => app.db.register({ name: 'tasks', migrations: first }), { code: 'APIKIT_ERR_DB_REGISTER' })
  await app.ready()
  t.same((await statusOf(app.db)).map(({ name }) => name), ['tasks/1_users', 'tasks/2_seed', '001_posts'])
  t.same(await tablesOf(app.db), ['posts', 'users'])
  t.same(await down(app.db), ['001_posts'])
  t.same(await down(app.db), [])

  t.test('an app whose database is behind does not start', async t => {
    const behind = bare(t)
    await behind.register(db, { url, migrations: folder })
    await t.rejects(async () => { await behind.ready() }, { code: 'APIKIT_ERR_DB_BEHIND', message: /001_posts/ })
  })
  t.test('one that is not starts, and does nothing', async t => {
    const again = bare(t)
    await again.register(db, { url, migrations: folder, migrate: true })
    await again.ready()
    const third = bare(t)
    await third.register(db, { url, migrations: folder, migrate: true })
    await third.ready()
    t.same(await pendingOf(third.db), [])
  })
})

t.test('a file that cannot be imported is named, with its cause and the place', async t => {
  const folder = t.testdir({
    'package.json': '{"type":"module"}',
    syntax: { '1_a.js': 'export const up = (' },
    nested: { '1_a.js': 'import "../syntax/1_a.js"' },
    types: { '1_a.ts': 'enum A { b }' },
    missing: { '1_a.js': 'import "./nowhere.js"' },
    thrown: { '1_a.js': '\nnull.up()' },
    text: { '1_a.js': 'throw "no"' }
  })
  // Whether Node tells the place of a syntax error depends on its version.
  const cases = [
    ['syntax', /: SyntaxError: Unexpected .+(?:\. The error is in this file, or in one that it imports\. Find the line: node --check .*syntax.1_a\.js|\(file:.*syntax.1_a\.js:1\))$/],
    ['nested', /: SyntaxError: Unexpected .+(?: or in one that it imports|\(file:.*syntax.1_a\.js:1\))/],
    ['types', /: SyntaxError[^]*enum is not supported/],
    ['missing', /: Error.*: Cannot find module .*nowhere\.js' imported from .*1_a\.js$/],
    ['thrown', /: TypeError: Cannot read properties of null \(reading 'up'\) \(file:.*1_a\.js:2:6\)$/],
    ['text', /: no$/]
  ] as const
  for (const [name, cause] of cases) {
    await t.rejects(readMigrations(join(folder, name)), { code: 'APIKIT_ERR_MIGRATION', message: new RegExp(`^Migrations: .*${name}.1_a\\.[jt]s cannot be imported${cause.source}`) }, name)
  }
})

t.test('a file without up is refused, and so is a folder that is not there', async t => {
  await t.rejects(readMigrations(t.testdir({ '1.ts': 'export const down = 1' })), { code: 'APIKIT_ERR_MIGRATION', message: /1\.ts must export a function up/ })
  const folder = t.testdir({ empty: {}, file: '' })
  t.same(await readMigrations(join(folder, 'empty')), {})
  await t.rejects(readMigrations(join(folder, 'file')), { code: 'APIKIT_ERR_MIGRATION', message: `the folder ${join(folder, 'file')} is not a folder` })
  await t.rejects(readMigrations(join(folder, '\0')), { code: 'APIKIT_ERR_MIGRATION', message: /^Migrations: the folder .+ cannot be read: / })
  for (const migrate of [false, true]) {
    const app = bare(t)
    await app.register(db, { url: 'sqlite::memory:', migrations: join(folder, 'typo'), migrate })
    await t.rejects(async () => { await app.ready() }, {
      code: 'APIKIT_ERR_MIGRATION',
      message: `Migrations: the folder ${join(folder, 'typo')} does not exist. Correct its path (option migrations of fastify-apikit/db), or write the first migration, which makes it: npx fastify-apikit migrate new NAME`
    })
  }
})

t.test('a file may have no down; then it cannot be undone', async t => {
  const folder = t.testdir({ '1_users.ts': "export const up = async schema => { await schema.run('create table users (id integer primary key)') }" })
  const db = openDatabase({ url: 'sqlite::memory:', migrations: folder })
  t.teardown(() => db.destroy())
  t.same(await up(db), ['1_users'])
  await t.rejects(down(db), { code: 'APIKIT_ERR_MIGRATION', message: /1_users cannot be undone/ })
  t.same(await tablesOf(db), ['users'])
})

t.test('the migrations of the reference app can be undone, and done again', async t => {
  const app = await build(t)
  await app.ready()
  const names = ['20261124T180000_users', '20261129T090000_accounts', '20261129T120000_account_addresses']
  for (const name of names.toReversed()) t.same(await down(app.db), [name])
  t.notOk((await tablesOf(app.db)).includes('accounts'))
  t.same(await up(app.db), names)
  t.ok((await tablesOf(app.db)).includes('accounts'))
})

t.test('new files are named after when they were made, and never overwrite', async t => {
  const folder = join(t.testdir({}), 'made')
  const now = new Date('2026-11-24T18:05:06Z')
  const path = await writeMigration({ title: 'Add Age, to users!', folder, specifier: 'fastify-apikit/db', now })
  t.equal(basename(path), '20261124T180506_add_age_to_users.ts')
  t.equal(readFileSync(path, 'utf8'), `import { type Migration } from 'fastify-apikit/db'

export const up: Migration['up'] = async schema => {}

export const down: Migration['down'] = async schema => {}
`)
  await t.rejects(writeMigration({ title: 'add age to users', folder, specifier: 'x', now }), { code: 'EEXIST' })
  await t.rejects(writeMigration({ title: '!', folder, specifier: 'x' }), { code: 'APIKIT_ERR_MIGRATION' })
})

const before = [
  table('teams', { id: column.id(), name: column.text() }),
  table('users', {
    id: column.id(),
    email: column.text({ unique: true }),
    name: column.text({ index: true, nullable: true }),
    age: column.integer({ nullable: true }),
    old: column.text({ default: "it's" }),
    stamp: column.dateTime({ default: 'now' }),
    flag: column.boolean({ default: false }),
    price: column.decimal(8, 2, { default: '1.50' }),
    tags: column.json(Type.Array(Type.String()), { default: [] }),
    kind: column.enum(['a', 'b'], { default: 'a' })
  }, { checks: { grown: 'age > 17' }, unique: [['name', 'age']], indexes: [['age', 'name']] })
]
const after = [
  table('orders', { user_id: column.integer({ references: 'users.id' }), nr: column.integer(), total: column.decimal(10, 2), note: column.json(Type.Unknown(), { nullable: true }) }, { primaryKey: ['user_id', 'nr'], title: 'Order' }),
  table('teams', { id: column.id(), name: column.text({ unique: true }) }),
  table('users', {
    id: column.id(),
    email: column.text(),
    name: column.text({ default: 'nobody' }),
    age: column.bigint({ nullable: true, index: true }),
    team_id: column.integer({ nullable: true, references: { table: 'teams', column: 'id', onDelete: 'cascade' } }),
    role: column.enum(['x', 'y'], { default: 'x' }),
    slug: column.text({ nullable: true, unique: true }),
    born: column.dateTime({ default: 'now' }),
    flag: column.boolean({ default: true }),
    stamp: column.dateTime({ default: 'now' }),
    price: column.decimal(8, 2, { default: '1.50' }),
    tags: column.json(Type.Array(Type.String()), { default: [] }),
    kind: column.enum(['a', 'b', 'c'], { default: 'a' })
  }, { checks: { grown: 'age > 20' }, unique: [['name', 'team_id']] })
]

/** Runs what `diff` has written, as a file. */
async function run (t: Test, url: string, steps: Steps | undefined, tables: readonly AnyTable[]): Promise<Database> {
  // Within the project, where its packages are, and TypeScript is that of a module.
  const fixtures = join(import.meta.dirname, '..', '..', '..', '.tap', 'fixtures')
  mkdirSync(fixtures, { recursive: true })
  const folder = mkdtempSync(join(fixtures, 'migrations-'))
  t.teardown(() => { rmSync(folder, { recursive: true }) })
  const specifier = relative(folder, join(import.meta.dirname, '..', '..', '..', 'plugins', 'db', 'index.ts'))
  await writeMigration({ title: 'diff', folder, specifier, ...steps && { steps } })
  const db = openDatabase({ url, tables, migrations: folder })
  t.teardown(() => db.destroy())
  return db
}

onBoth('diff writes what makes the database what the tables say, and what undoes it; rows stay', async (t, dialect: DialectName) => {
  const url = await emptyDatabase(t, dialect)
  const old = open(t, url, undefined, before)
  await old.createTables()
  await stamp(old)
  t.equal(await diff(old), undefined)
  await old.session(async session => {
    await session.run("insert into teams (name) values ('t')")
    await session.run("insert into users (email, age) values ('a', 18), ('b', 50)")
    await session.run('delete from users where age = 18')
    if (dialect === 'sqlite') await session.run('create trigger kept after insert on users begin select 1; end')
    await session.run('create table strangers (id integer primary key, data varchar(10))')
  })
  const was = await diff(open(t, url, undefined, after))
  t.ok(was?.up.some(line => line === "// table strangers: schema.dropTable('strangers')"))

  const db = await run(t, url, was, after)
  t.equal((await up(db)).length, 1)
  t.equal(await diff(db), undefined, 'nothing is left to do')
  t.match((await sql`select id, email, name, age, role, slug, flag, team_id from users`.execute(db)).rows, [{ id: 2, email: 'b', name: 'nobody', age: 50n, role: 'x', slug: null, flag: false, team_id: null }])
  await sql`insert into users (email) values ('c')`.execute(db)
  t.same((await sql`select id from users where email = 'c'`.execute(db)).rows, [{ id: 3 }], 'ids go on')
  await sql`delete from users where email = 'c'`.execute(db)
  if (dialect === 'sqlite') t.equal((await sql`select 1 from sqlite_master where type = 'trigger'`.execute(db)).rows.length, 1)
  await t.rejects(sql`insert into users (email, age) values ('d', 19)`.execute(db), { name: 'CheckViolation' })

  t.equal((await down(db)).length, 1)
  await db.destroy()
  t.equal(await diff(open(t, url, undefined, before)), undefined, 'all is undone')
})

/** Has `diff` written, run and undone, on a database with the tables `from`: each time the database is what the tables say. */
async function thereAndBack (t: Test, dialect: DialectName, from: readonly AnyTable[], to: readonly AnyTable[]): Promise<Steps> {
  const url = await emptyDatabase(t, dialect)
  const old = open(t, url, undefined, from)
  await old.createTables()
  await stamp(old)
  const steps = await diff(open(t, url, undefined, to))
  const db = await run(t, url, steps, to)
  await up(db)
  t.equal(await diff(db), undefined, 'there')
  await down(db)
  t.equal(await diff(open(t, url, undefined, from)), undefined, 'and back')
  return steps as Steps
}

onBoth('diff writes every kind of column with every kind of default, and brings them back', async (t, dialect) => {
  const rest = {
    integer: column.integer({ default: -5 }),
    bigint: column.bigint({ default: 9007199254740993n }),
    real: column.real({ default: -0.5 }),
    decimal: column.decimal(8, 3, { default: new Decimal('-1.500') }),
    plain: column.decimal(20, 0),
    text: column.text({ default: "it's a \\ and a\nline" }),
    boolean: column.boolean({ default: true }),
    json: column.json(Type.Unknown(), { default: { 'a b': ["it's"], c: undefined } }),
    object: column.json(Type.Unknown(), { default: {} }),
    now: column.dateTime({ default: 'now' }),
    at: column.dateTime({ default: new Date('2026-01-02T03:04:05.678Z') }),
    date: column.date({ default: Temporal.PlainDate.from('2026-01-02') }),
    enum: column.enum(['a', "b'c"], { default: 'a' }),
    bytes: column.bytes({ nullable: true }),
    nothing: column.text({ nullable: true, default: null })
  }
  const few = table('things', { key: column.text({ primaryKey: true }) })
  const many = table('things', { key: column.text({ primaryKey: true }), ...rest })
  await thereAndBack(t, dialect, [few], [many])
  t.test('when they go', async t => { await thereAndBack(t, dialect, [many], [few]) })
  t.test('with their table', async t => { await thereAndBack(t, dialect, [], [many, table('others', { id: column.id() })]) })
})

onBoth('diff adds, changes and drops foreign keys', async (t, dialect) => {
  const parents = table('parents', { floor: column.integer(), nr: column.integer({ unique: true }) }, { primaryKey: ['floor', 'nr'] })
  const children = (parent: Parameters<typeof column.integer>[0], other: typeof parent, more = {}) => table('children', {
    id: column.id(), parent: column.integer({ nullable: true, ...parent }), other: column.integer({ nullable: true, ...other })
  }, more)
  const bare = [parents, children({}, { references: { table: 'parents', column: 'nr', onDelete: 'cascade' } })]
  const bound = [parents, children({ references: { table: 'parents', column: 'nr', onDelete: 'set null', onUpdate: 'cascade' } }, { references: 'parents.nr' }, {
    foreignKeys: [{ columns: ['parent', 'other'], references: { table: 'parents', columns: ['floor', 'nr'] } }]
  })]
  const steps = await thereAndBack(t, dialect, bare, bound)
  t.ok(steps.up.some(line => line.trim() === "await schema.addConstraint('children', { name: 'children_parent_fkey', foreignKey: { columns: ['parent'], references: { table: 'parents', columns: ['nr'] }, onDelete: 'set null', onUpdate: 'cascade' } })"))
  t.test('the other way round', async t => { await thereAndBack(t, dialect, bound, bare) })
})

onBoth('the key of a table can be another; a column that nobody declared stays, and is listed', async (t, dialect) => {
  const url = await emptyDatabase(t, dialect)
  const tables = [table('things', { a: column.integer(), b: column.integer() }, { primaryKey: ['a', 'b'] })]
  const before = open(t, url, undefined, tables)
  await before.session(async session => {
    await session.run('create table things (a integer not null primary key, b integer not null, odd varchar(5), later timestamp default current_timestamp, sum integer default (1 + 2))')
    await session.run('create index odd_idx on things (odd)')
    await session.run('insert into things (a, b) values (1, 2)')
  })
  const steps = await diff(before) as Steps
  t.ok(steps.up.some(line => line.trim() === "await schema.addConstraint('things', { name: 'things_pkey', primaryKey: ['a', 'b'] })"))
  for (const listed of ['column odd', 'column later', 'column sum', 'index odd_idx']) t.ok(steps.up.some(line => line.startsWith(`// things: ${listed}`)), listed)
  t.notOk(steps.up.some(line => line.trim().startsWith('await schema.drop') && line.includes('odd')))
  const db = await run(t, url, steps, tables)
  await up(db)
  t.equal(await diff(db), undefined)
  t.match((await sql`select * from things`.execute(db)).rows, [{ a: 1, b: 2, odd: null, sum: 3 }])
  await down(db)

  const counted = await emptyDatabase(t, dialect)
  const old = open(t, counted, undefined, [table('things', { id: column.id(), a: column.integer() })])
  await old.createTables()
  await stamp(old)
  const uncounted = await diff(open(t, counted, undefined, [table('things', { a: column.integer({ primaryKey: true }) })]))
  t.ok(uncounted?.down.some(line => line.trim() === "await schema.addColumn('things', 'id', column.id())"))
})

onBoth('a migration can do all else by its methods', async (t, dialect) => {
  const url = await emptyDatabase(t, dialect)
  const names: string[] = []
  const db = open(t, url, {
    1: {
      async up (schema) {
        names.push(schema.dialect)
        await schema.createTable('parents', { id: column.id() })
        await schema.createTable('children', { id: column.id(), parent_id: column.integer({ references: { table: 'parents', column: 'id', onDelete: 'cascade' } }) })
        await schema.run('insert into parents (id) values (1)')
        await schema.run('insert into children (id, parent_id) values (1, 1)')
        await schema.addColumn('parents', 'name', column.text({ default: 'x' }))
        await schema.addColumn('parents', 'nick', column.text({ nullable: true, unique: true }))
        await schema.renameColumn('parents', 'name', 'title')
        await schema.addConstraint('parents', { check: { titled: "title <> ''" }, unique: ['title', 'nick'] })
        await schema.addConstraint('children', { foreignKey: { columns: ['id'], references: { table: 'parents', columns: ['id'] } } })
        await schema.dropConstraint('children', 'children_id_fkey')
        await schema.createIndex('parents', ['title'])
        await schema.dropIndex('parents_title_idx')
        await schema.addColumn('parents', 'rank', column.integer({ nullable: true, index: true }))
        await schema.dropIndex('parents_rank_idx')
        await schema.renameTable('children', 'kids')
      }
    }
  })
  t.equal((await up(db)).length, 1)
  t.same(names, [dialect])
  t.same((await sql`select * from parents`.execute(db)).rows, [{ id: 1, title: 'x', nick: null, rank: null }])
  t.same((await sql`select * from kids`.execute(db)).rows, [{ id: 1, parent_id: 1 }], 'a table made anew takes no rows along that reference it')
  await sql`delete from parents`.execute(db)
  t.same((await sql`select * from kids`.execute(db)).rows, [], 'and is referenced as before')
})

t.test('SQLite: mistakes in a migration', async t => {
  const failing = async (step: Migration['up']) => up(open(t, await emptyDatabase(t, 'sqlite'), { 1: { up: step } }))
  await t.rejects(failing(schema => schema.alterColumn('none', 'a', column.text())), { message: /unknown table none/ })
  await t.rejects(failing(async schema => {
    await schema.createTable('a', { id: column.id() })
    await schema.dropConstraint('a', 'none')
  }), { message: /unknown constraint none of a/ })
  await t.rejects(failing(async schema => {
    await schema.createTable('a', { id: column.id() })
    await schema.createTable('b', { id: column.id(), a_id: column.integer({ references: 'a.id' }) })
    await schema.run('insert into b (a_id) values (5)')
  }), { message: /a row of b references a row of a that does not exist/ })
})
