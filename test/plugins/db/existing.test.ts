import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { Type } from '@sinclair/typebox'
import { sql } from 'kysely'
import t, { type Test } from 'tap'
import ts from 'typescript'
import { type AnyTable, column, type Database, diff, pull, raw, stamp, table } from '../../../plugins/db/index.ts'
import { MigrationSchema } from '../../../plugins/db/migrations/schema.ts'
import type { Session } from '../../../plugins/db/sessions/session.ts'
import { type DialectName, emptyDatabase, hasPostgres, onBoth } from './databases.ts'
import { withColumns } from './hanging.ts'
import { both, declaring, filled, made, run } from './made.ts'

/** Statements of a file: none of ours has a semicolon inside, but triggers. */
function statementsOf (file: string): string[] {
  const text = readFileSync(join(import.meta.dirname, 'fixtures', file), 'utf8')
  return text.replaceAll(/^--.*$/gm, '').split(/;\n/).map(statement => statement.trim()).filter(statement => statement !== '')
}

// Compilers are slow beside other tests.
t.setTimeout(600_000)

const parsed = new Map<string, ts.SourceFile | undefined>()

/** Files are parsed once for all that is pulled. */
function hostOf (options: ts.CompilerOptions): ts.CompilerHost {
  const host = ts.createCompilerHost(options)
  return {
    ...host,
    getSourceFile (file, ...rest) {
      if (!parsed.has(file)) parsed.set(file, host.getSourceFile(file, ...rest))
      return parsed.get(file)
    }
  }
}

/** What TypeScript says to a file that was pulled. */
function typeErrors (t: Test, text: string): string[] {
  const fixtures = join(import.meta.dirname, '..', '..', '..', '.tap', 'fixtures')
  mkdirSync(fixtures, { recursive: true })
  const folder = mkdtempSync(join(fixtures, 'pulled-'))
  t.teardown(() => { rmSync(folder, { recursive: true }) })
  const file = join(folder, 'tables.ts')
  const specifier = relative(folder, join(import.meta.dirname, '..', '..', '..', 'plugins', 'db', 'index.ts'))
  writeFileSync(file, text.replaceAll('fastify-apikit/db', specifier).replaceAll('fastify-apikit/types', specifier.replace('db/index', 'types/index')))
  const config = ts.getParsedCommandLineOfConfigFile(join(import.meta.dirname, '..', '..', 'tsconfig.json'), { noEmit: true }, { ...ts.sys, onUnRecoverableConfigFileDiagnostic: () => {} })
  const program = ts.createProgram([file], { ...config?.options }, hostOf({ ...config?.options }))
  return ts.getPreEmitDiagnostics(program, program.getSourceFile(file) as ts.SourceFile).map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, '\n'))
}

const SHAPES: ReadonlyArray<readonly [name: string, file: string, dialects: readonly DialectName[], changed: string]> = [
  ['Northwind', 'shop.sql', ['sqlite', 'postgres'], 'Order Details'], ['Chinook', 'music.sql', ['sqlite'], 'Track'], ['Chinook', 'records.sql', ['postgres'], 'track'], ['Pagila', 'rental.sql', ['postgres'], 'film'],
  ['Alembic’s own', 'alembic-postgres.sql', ['postgres'], 'item'], ['Alembic’s own', 'alembic-sqlite.sql', ['sqlite'], 'item'],
  ['what alembic upgrade makes', 'alembic-upgrade-postgres.sql', ['postgres'], 'item'], ['what alembic upgrade makes', 'alembic-upgrade-sqlite.sql', ['sqlite'], 'item']
]

for (const [name, file, dialects, changed] of SHAPES) {
  for (const dialect of dialects) {
    t.test(`${dialect}: a database of the shape of ${name} is pulled; diff is quiet; a change is one step there and back`, { timeout: 180_000, skip: dialect === 'postgres' && !hasPostgres && 'no PostgreSQL here' }, async t => {
      const { db, url } = await made(t, dialect, statementsOf(file))
      const { text, tables } = await pull(db)
      t.same(typeErrors(t, text), [])
      const own = declaring(t, url, tables)
      t.equal(await diff(own), undefined)
      t.same(await stamp(own), [])
      t.equal(await diff(own), undefined)

      const one = tables.find(({ name }) => name === changed) as AnyTable
      const rest = tables.filter(table => table !== one)
      const more = declaring(t, url, [...rest, table(one.name, { ...one.columns, extra: column.text({ default: 'x', index: true }) }, one.options as object)])
      const steps = await diff(more)
      t.same(steps?.up.filter(line => !line.startsWith('//')).length, 1)
      const before = await pull(db)
      await run(more, steps?.up ?? [])
      t.equal(await diff(more), undefined)
      await run(more, steps?.down ?? [])
      t.equal((await pull(db)).text, before.text)
    })
  }
}

t.test('postgres: serial keys stay as they are, and rows are inserted', { skip: !hasPostgres && 'no PostgreSQL here' }, async t => {
  const { db, url } = await made(t, 'postgres', ['create table notes (id serial primary key, text text not null)', 'create table later (id integer not null primary key)', 'insert into later values (7)'])
  const notes = table('notes', { id: column.id(), text: column.text() })
  t.equal(await diff(declaring(t, url, [notes])), undefined)
  await sql`insert into notes (text) values ('a')`.execute(db)

  t.test('id() of a column that nothing counts counts it, from where it is', async t => {
    const later = declaring(t, url, [table('later', { id: column.id() })])
    const steps = await diff(later)
    t.same(steps?.up[0], "await schema.alterColumn('later', 'id', column.id(), { only: ['identity'] })")
    await run(later, steps?.up ?? [])
    t.same((await sql`insert into later default values returning id`.execute(db)).rows, [{ id: 8 }])
    await run(later, steps?.down ?? [])
  })
  t.test('one kind of counting becomes another only where the code asks for it', async t => {
    for (const generated of ['identity always', 'serial', 'identity always'] as const) {
      const asked = declaring(t, url, [table('notes', { id: column.integer({ primaryKey: true, generated }), text: column.text() })])
      const steps = await diff(asked)
      if (generated === 'serial' || steps !== undefined) await run(asked, steps?.up ?? [])
      t.equal(await diff(asked), undefined, generated)
      await sql`insert into notes (text) values ('b')`.execute(db)
    }
    t.same((await sql`select id from notes order by id`.execute(db)).rows, [1, 2, 3, 4].map(id => ({ id })))
  })
})

t.test('sqlite: a change of a table keeps all that the table says, or is refused', async t => {
  const { db, url } = await made(t, 'sqlite', [
    `create table acc (
      id integer primary key autoincrement, -- the key, "quoted" and (half
      name text not null collate nocase, balance int not null check (balance >= 0), full text generated always as (upper(name)) virtual,
      note text, red text, colour text check (colour in ('red', 'blue')), check (name <> 'nobody')
    ) strict`,
    'create unique index acc_name on acc (name) where balance > 0', 'create index acc_desc on acc (balance desc)', 'create view rich as select id, name, colour from acc',
    'create table entries (id integer primary key, acc_id integer references acc on delete cascade)', "insert into acc (name, balance, colour) values ('a', 1, 'red'), ('b', 2, null)", 'insert into entries values (1, 1)'
  ])
  const refuses = async (statement: string): Promise<boolean> => sql.raw(statement).execute(db).then(() => false, () => true)
  const broken = ["insert into acc (name, balance) values ('c', -1)", "insert into acc (name, balance) values ('A', 5)", "insert into acc (name, balance, colour) values ('d', 1, 'purple')", "insert into acc (name, balance) values ('nobody', 1)", "insert into acc (name, balance) values ('e', 'x')"]
  const schema = async (step: (schema: MigrationSchema) => Promise<void>): Promise<void> => { await db.session(async session => step(new MigrationSchema(session as unknown as Session<unknown>)), { maintenance: true }) }
  await schema(one => one.dropColumn('acc', 'note'))
  await schema(one => one.dropColumn('acc', 'red'))
  await schema(one => one.alterColumn('acc', 'balance', column.integer({ default: 0 }), { only: ['default'] }))
  for (const statement of broken) t.ok(await refuses(statement), statement)
  t.same((await sql`select id, name, full, balance, colour from acc`.execute(db)).rows, [{ id: 1, name: 'a', full: 'A', balance: 1, colour: 'red' }, { id: 2, name: 'b', full: 'B', balance: 2, colour: null }])
  t.same((await sql`select * from entries`.execute(db)).rows, [{ id: 1, acc_id: 1 }])
  const text = (await sql<{ sql: string }>`select sql from sqlite_schema where name = 'acc'`.execute(db)).rows[0]?.sql
  for (const part of ['-- the key, "quoted" and (half', 'collate nocase', 'strict', "check (name <> 'nobody')", 'default 0']) t.match(text, part)

  await t.rejects(schema(one => one.dropColumn('acc', 'colour')), { message: /the view rich cannot be read: no such column: colour/ })
  await t.rejects(schema(one => one.dropColumn('acc', 'name')), { message: /cannot change acc: no such column: name/ }, 'another column is computed of it')
  t.equal((await sql<{ sql: string }>`select sql from sqlite_schema where name = 'acc'`.execute(db)).rows[0]?.sql, text)
  t.equal(await diff(declaring(t, url, (await pull(db)).tables)), undefined)
})

t.test('sqlite: values that would not fit a new type are refused', async t => {
  const { db } = await made(t, 'sqlite', ['create table t (id integer primary key, a text)', "insert into t (a) values ('7'), ('seven')"])
  const alter = (type: AnyTable['columns'][string]): Promise<void> => db.session(async session => { await new MigrationSchema(session as unknown as Session<unknown>).alterColumn('t', 'a', type, { only: ['type'] }) }, { maintenance: true })
  await t.rejects(alter(column.integer({ nullable: true })), { message: /1 row of t\.a holds what integer cannot hold exactly, such as "seven". Change the rows first, or .+ using/ })
  await sql`delete from t where a = 'seven'`.execute(db)
  await alter(column.integer({ nullable: true }))
  t.same((await sql`select a, typeof(a) as type from t`.execute(db)).rows, [{ a: 7, type: 'integer' }])
  await alter(column.text({ nullable: true }))
  t.same((await sql`select a, typeof(a) as type from t`.execute(db)).rows, [{ a: '7', type: 'text' }])
})

t.test('sqlite: a new type keeps numbers as they are, or is refused with the number of rows that it would change', async t => {
  const other = column.of.bind(column)
  const cases: ReadonlyArray<readonly [from: string, values: readonly string[], to: AnyTable['columns'][string], kept: readonly unknown[] | RegExp]> = [
    ['text', ["'12345678901234567.89'", "'1.5'"], column.decimal(10, 2), /1 row .+ "12345678901234567\.89"/],
    ['text', ["'12345678901234567.89'", "'1.5'"], column.decimal(19, 2), ['12345678901234567.89', '1.50']],
    ['text', ["'12345678901234567.89'"], column.real(), /1 row/],
    ['text', ["'0.1'", "'1e3'", "' 7 '"], column.real(), [0.1, 1000, 7]],
    ['text', ["'1e400'", "'x'", "''"], column.real(), /3 rows .+ real/],
    ['bigint', ['9007199254740993', '5'], column.real(), /1 row .+ "9007199254740993"/],
    ['bigint', ['9007199254740992'], column.real(), [9007199254740992]],
    ['bigint', ['2147483648', '-2147483648'], column.integer(), /1 row .+ "2147483648"/],
    ['integer', ['32767', '-32769'], column.smallint(), /1 row .+ "-32769"/],
    ['text', ["'9223372036854775808'", "'99999999999999999999999'"], column.bigint(), /2 rows/],
    ['text', ["'-9223372036854775808'", "'1e18'", "'-1.0'"], column.bigint(), [-9223372036854775808n, 1000000000000000000n, -1n]],
    ['real', ['1.5'], column.integer(), /1 row .+ "1\.5"/],
    ['real', ['1.005', '0.1'], column.decimal(10, 2), /1 row .+ "1\.005"/],
    ['real', ['0.1', '100'], column.decimal(3, 2), /1 row .+ "100"/],
    ['real', ['0.30000000000000004', '2'], column.text(), ['0.30000000000000004', '2']],
    ['decimal(10,2)', ['1.1', '0'], column.text(), ['1.10', '0.00']],
    ['decimal_text(20,2)', ["'1.1'", "'100000000000000000.01'"], column.decimal(30, 4), ['1.1000', '100000000000000000.0100']],
    ['decimal_text(20,2)', ["'100000000000000000.01'"], column.decimal(15, 2), /1 row/],
    ['text', ["x'31'"], column.integer(), /1 row/],
    ['text', ["'-0.1'"], column.real(), [-0.1]],
    ['text', ["'x'"], column.bytes(), ['x']],
    ['text', ["'2026-01-01'"], column.date(), ['2026-01-01']],
    ['text', ["'1234567890123456789'", "'5.5'"], other('numeric', Type.Any()), ['1234567890123456789', '5.5']],
    ['text', ["'1.2'"], other({ sqlite: 'decimal_text', postgres: 'numeric' }, Type.Any()), ['1.2']],
    ['text', ["'5'"], other({ sqlite: 'decimal(3)', postgres: 'numeric' }, Type.Any()), [5]]
  ]
  for (const [index, [from, values, to, kept]] of cases.entries()) {
    const { db } = await made(t, 'sqlite', [`create table t (id integer primary key, a ${from})`, `insert into t (a) values (${[...values, 'null'].join('), (')})`])
    const alter = db.session(async session => { await new MigrationSchema(session as unknown as Session<unknown>).alterColumn('t', 'a', { ...to, nullable: true }, { only: ['type'] }) }, { maintenance: true })
    const name = `${index}: ${from} to ${to.type.sqlite}`
    if (kept instanceof RegExp) await t.rejects(alter, { message: kept }, name)
    else await alter
    if (!Array.isArray(kept)) continue
    const asText = typeof kept[0] === 'string'
    const { rows } = await sql<{ a: unknown }>`select ${sql.raw(asText ? "a || ''" : 'a')} as a from t where a is not null order by id`.execute(db)
    t.same(rows.map(({ a }) => typeof a === 'object' ? Number(a) : a), kept, name)
  }
})

onBoth('indexes that table() does not say are left alone, and adopted under their names where it does', async (t, dialect) => {
  const { url } = await made(t, dialect, ['create table users (id integer not null primary key, email text not null, age integer)', 'create unique index ix_user_email on users (email)', 'create index odd on users (lower(email)) where age > 17', 'create unique index other on users (age) where age > 1'])
  const own = declaring(t, url, [table('users', { id: column.integer({ primaryKey: true }), email: column.text({ unique: true }), age: column.integer({ nullable: true }) }, { indexes: [{ on: ['lower(email)'], where: '(age > 17)' }] })])
  t.equal(await diff(own), undefined)
  const [another] = [declaring(t, url, [table('users', { id: column.integer({ primaryKey: true }), email: column.text({ unique: true }), age: column.integer({ nullable: true }), more: column.integer({ default: 1 }) }, { indexes: [{ name: 'other', on: ['age'] }] })])]
  const steps = await diff(another)
  t.ok(steps?.up.includes("// users: index odd: schema.dropIndex('odd')"))
  t.ok(steps?.up.includes("await schema.dropIndex('other')"), 'the same name, another definition')
  t.match(steps?.down.at(-1), /createIndex\('users', \{ name: 'other', on: \['age'\], where: 'age > 1', unique: true \}\)/i)
})

onBoth('tables that reference each other are made, written, and dropped', async (t, dialect) => {
  const tables = [
    table('staff', { id: column.id(), store_id: column.integer({ nullable: true, references: 'store.id' }) }),
    table('store', { id: column.id(), manager_id: column.integer({ references: { table: 'staff', column: 'id', deferrable: 'initially deferred' } }) })
  ]
  const url = await emptyDatabase(t, dialect)
  const db = declaring(t, url, tables)
  const steps = await diff(db)
  await run(db, steps?.up ?? [])
  t.equal(await diff(db), undefined)
  await stamp(db)
  const none = declaring(t, url, [])
  const gone = await diff(none)
  t.ok(gone?.up.includes('// store: 0 rows (here, when this was written); down makes the table again, not its rows'))
  await run(db, gone?.up ?? [])
  t.same((await db.introspection.getTables()).map(({ name }) => name).filter(name => !name.startsWith('apikit')), [])
  await run(db, gone?.down ?? [])
  t.equal(await diff(db), undefined)
  await db.createTables()
})

onBoth('a rename is said, or proposed; rows stay', async (t, dialect) => {
  const url = await emptyDatabase(t, dialect)
  const before = declaring(t, url, [table('users', { id: column.id(), nick: column.text({ unique: true }), age: column.integer({ default: 1 }) }, { checks: { grown: 'age > 0' }, indexes: [{ on: ['lower(nick)'] }] }), table('posts', { id: column.id(), user_id: column.integer({ references: 'users.id' }) })])
  await before.createTables()
  await sql`insert into users (nick) values ('ann')`.execute(before)
  await stamp(before)
  const people = table('people', { id: column.id(), name: column.text({ unique: true, renamedFrom: 'nick' }), age: column.integer({ default: 1 }) }, { renamedFrom: 'users', checks: { grown: 'age > 0' }, indexes: [{ on: ['lower(name)'] }] })
  const said = declaring(t, url, [people, table('posts', { id: column.id(), user_id: column.integer({ references: 'people.id' }) })])
  const steps = await diff(said)
  t.same(steps?.up, ["await schema.renameTable('users', 'people')", "await schema.renameColumn('people', 'nick', 'name')"], 'constraints and indexes keep their names')
  await run(said, steps?.up ?? [])
  t.equal(await diff(said), undefined)
  t.match((await sql`select name from people`.execute(said)).rows, [{ name: 'ann' }])
  await run(said, steps?.down ?? [])
  t.equal(await diff(before), undefined)

  const seeming = declaring(t, url, [table('users', { id: column.id(), called: column.text({ unique: true }), age: column.integer({ default: 1 }) }, { checks: { grown: 'age > 0' }, indexes: [{ on: ['lower(called)'] }] }), table('posts', { id: column.id(), user_id: column.integer({ references: 'users.id' }) })])
  const proposed = await diff(seeming)
  t.ok(proposed?.up.some(line => line.trim().startsWith('// users.nick seems to be called called now')))
  t.ok(proposed?.up.some(line => line.trim() === "// await schema.dropColumn('users', 'nick')"))
  await run(seeming, proposed?.up ?? [])
  t.equal(await diff(seeming), undefined)
  t.match((await sql`select called from users`.execute(seeming)).rows, [{ called: 'ann' }])
  await run(seeming, proposed?.down ?? [])
  t.equal(await diff(before), undefined)
})

t.test('postgres: what a change would break is said before it', { skip: !hasPostgres && 'no PostgreSQL here' }, async t => {
  const { db, url } = await made(t, 'postgres', [
    'create table t (id integer primary key, a varchar(5) default \'x\', at timestamp, b integer)', 'create view v as select a from t', "insert into t values (1, 'y', '2026-01-02 12:00', 2)", 'create index own on t (b, a)'
  ])
  const columns = { id: column.integer({ primaryKey: true }), a: column.varchar(5, { nullable: true, default: 'x' }), at: column.of('timestamp', Type.Unknown(), { nullable: true }), b: column.integer({ nullable: true }) }
  const old = declaring(t, url, [table('t', columns)])
  await stamp(old)
  const only = await diff(declaring(t, url, [table('t', { ...columns, a: column.varchar(5, { nullable: true, default: 'z' }) })]))
  t.same(only?.up[0], "await schema.alterColumn('t', 'a', column.varchar(5, { nullable: true, default: 'z' }), { only: ['default'] })")
  await run(db, only?.up ?? [])
  await run(db, only?.down ?? [])

  const now = declaring(t, url, [table('t', { id: columns.id, a: column.text({ nullable: true, default: 'x' }), at: column.dateTime({ nullable: true }) })])
  const steps = await diff(now)
  t.ok(steps?.up.includes('// PostgreSQL refuses another type while it is read by: view v'))
  t.ok(steps?.up.includes('// Times without a zone are taken for UTC: is that what t.at holds?'))
  t.ok(steps?.up.includes('// t: own is not of table(), and goes with its column'))
  t.ok(steps?.up.includes('// t.b: 1 of 1 rows hold something (here, when this was written); down makes it again, not what it holds'))
  await t.rejects(run(db, steps?.up ?? []), { code: '0A000' })
  await sql`drop view v`.execute(db)
  await run(db, steps?.up ?? [])
  t.match((await sql`select at from t`.execute(db)).rows, [{ at: new Date('2026-01-02T12:00:00Z') }])
  t.equal(await diff(now), undefined)
  await run(db, steps?.down ?? [])
  t.equal(await diff(old), undefined)
})

t.test('postgres: labels of enums are added, dropped and put in another order', { skip: !hasPostgres && 'no PostgreSQL here' }, async t => {
  const url = await emptyDatabase(t, 'postgres')
  const of = (...values: [string, ...string[]]) => declaring(t, url, [table('t', { id: column.id(), mood: column.enum(values, { native: 'Mood', default: 'ok' }) })])
  const first = of('sad', 'ok')
  await run(first, (await diff(first))?.up ?? [])
  t.equal(await diff(first), undefined)
  await stamp(first)
  await sql`insert into t default values`.execute(first)
  for (const next of [of('sad', 'ok', 'happy'), of('mad', 'sad', 'ok'), of('ok', 'sad')]) {
    const steps = await diff(next)
    await run(next, steps?.up ?? [])
    t.equal(await diff(next), undefined)
    await stamp(next)
  }
  t.same((await sql`select mood from t`.execute(first)).rows, [{ mood: 'ok' }])
  const none = declaring(t, url, [table('t', { id: column.id(), mood: column.text({ default: 'ok' }) })])
  const steps = await diff(none)
  t.ok(steps?.up.includes("await schema.dropEnum('Mood')"))
  await run(none, steps?.up ?? [])
  await run(none, steps?.down ?? [])
  t.equal(await diff(of('ok', 'sad')), undefined)
})

t.test('postgres: an enum goes with the last table that has it, and stays for a column of somebody else', { skip: !hasPostgres && 'no PostgreSQL here' }, async t => {
  const url = await emptyDatabase(t, 'postgres')
  const kept = table('kept', { id: column.id() })
  const moody = (name: string) => table(name, { id: column.id(), mood: column.enum(['sad', 'ok'], { native: 'Mood' }) })
  const first = declaring(t, url, [kept, moody('moods')])
  await run(first, (await diff(first))?.up ?? [])
  await stamp(first)
  const without = declaring(t, url, [kept])
  const steps = await diff(without)
  t.ok(steps?.up.includes("await schema.dropEnum('Mood')"))
  await run(without, steps?.up ?? [])
  t.equal(await diff(without), undefined)
  await run(without, steps?.down ?? [])
  t.equal(await diff(first), undefined)

  await sql`alter table kept add foreign_mood "Mood"`.execute(first)
  const left = await diff(without)
  t.notOk(left?.up.includes("await schema.dropEnum('Mood')"))
  await run(without, left?.up ?? [])
  t.same((await diff(without))?.up.filter(line => !line.startsWith('//')) ?? [], [])
})

t.test('postgres: tables of other schemas', { skip: !hasPostgres && 'no PostgreSQL here' }, async t => {
  const url = await emptyDatabase(t, 'postgres')
  const other = `apikit_other_${process.pid}`
  const db = await filled(t, url, [`create schema ${other}`, `create table ${other}.items (id serial primary key, name text)`, `create index named on ${other}.items (name)`, `create table mine (id serial primary key, item_id integer references ${other}.items)`])
  t.teardown(async () => { await sql.raw(`drop schema ${other} cascade`).execute(db) })
  const { tables, text } = await pull(db, { schemas: [other] })
  t.match(text, `'${other}.items'`)
  t.equal(await diff(declaring(t, url, tables)), undefined)
  t.equal(await diff(declaring(t, url, (await pull(db)).tables)), undefined, 'and what is referenced alone need not be declared')
  const items = table(`${other}.items`, { id: column.id(), name: column.varchar(9, { nullable: true, unique: true }) })
  const typed = declaring(t, url, [items]).of([items])
  const steps = await diff(typed)
  await run(typed as unknown as Database, steps?.up ?? [])
  t.equal(await diff(typed), undefined)
  await typed.insertInto(`${other}.items`).values({ name: 'a' }).execute()
  await t.rejects(typed.insertInto(`${other}.items`).values({ name: 'a' }).execute(), { name: 'UniqueViolation' })
})

t.test('postgres: tables of two schemas have the same names, and so have their keys and indexes', { skip: !hasPostgres && 'no PostgreSQL here' }, async t => {
  const url = await emptyDatabase(t, 'postgres')
  const other = `apikit_twin_of_schemas_${process.pid}`
  const long = 'an_index_whose_name_is_as_long_as_a_name_can_be'
  const madeIn = (place: string): string[] => [
    `create table ${place}items (id serial primary key, code text unique, room integer, constraint apart exclude (room with =))`,
    `create index by_room on ${place}items (room)`, `create index ${long} on ${place}items (code, room)`
  ]
  const db = await filled(t, url, [`create schema ${other}`, ...madeIn(''), ...madeIn(`${other}.`), 'create table by_code (id integer primary key)', `create index by_code on ${other}.items (code) where room > 1`])
  t.teardown(async () => { await sql.raw(`drop schema ${other} cascade`).execute(db) })
  const { tables, text } = await pull(db, { schemas: [other] })
  for (const part of ['apart', 'by_room', long]) t.equal(text.split(part).length, 3, `${part} is told of both`)
  const { up } = await both(t, url, tables, tables.map(one => one.name === 'by_code' ? one : withColumns(one, { code: column.varchar(9, { nullable: true, unique: true }) }, { indexes: [{ name: 'room.new', on: ['room'] }] })))
  t.ok(up.includes(`await schema.renameIndex('${other}.by_room', '${other}.room.new')`), 'of the schema of the table')
  await db.session(async session => new MigrationSchema(session as unknown as Session<unknown>).renameIndex(`${other}.by_code`, 'by_code.new'), { maintenance: true })
  t.match((await pull(db, { schemas: [other] })).text, /name: 'by_code\.new'/, 'a new name needs no schema')
})

t.test('postgres: tables whose names are too long together with that of their schema are told apart', { skip: !hasPostgres && 'no PostgreSQL here' }, async t => {
  const url = await emptyDatabase(t, 'postgres')
  const other = `apikit_long_of_schemas_${process.pid}`
  const name = (nr: number): string => `${other}.a_table_whose_name_is_long_${'x'.repeat(30)}_${nr}`
  const [one, two] = [name(1), name(2)]
  const db = await filled(t, url, [
    `create schema ${other}`, `create table ${one} (id serial primary key, code text default lower('A') check (code <> '') unique)`,
    `create table ${two} (id serial primary key, one_id integer references ${one}, code text)`, `create index on ${two} (code) where one_id > 0`, `create table own (id integer primary key, two_id integer references ${two})`
  ])
  t.teardown(async () => { await sql.raw(`drop schema ${other} cascade`).execute(db) })
  const { tables, text } = await pull(db, { schemas: [other] })
  for (const part of [`references: '${two}.id'`, `references: { table: '${one}', `]) t.match(text, part)
  t.equal(await diff(declaring(t, url, (await pull(db)).tables)), undefined, 'also where only the other schema has it')
  const code = column.varchar(9, { nullable: true, unique: true, default: raw("lower('A')") })
  const { up } = await both(t, url, tables, tables.map(table => table.name === one ? withColumns(table, { code }) : table))
  t.ok(up.some(line => line.startsWith(`await schema.alterColumn('${one}', 'code'`)), 'by its own name')
})

onBoth('names that the code gives are given', async (t, dialect) => {
  const columns = { id: column.id(), email: column.text(), age: column.integer({ nullable: true }) }
  const { db, url } = await made(t, dialect, [
    `create table users (id integer ${dialect === 'sqlite' ? '' : 'generated by default as identity'} not null primary key, email text not null unique, age integer check (age > 0), constraint "old (name" check (age < 200))`,
    'create unique index "odd ( index" on users (lower(email))', 'create index plain on users (age)'
  ])
  const named = declaring(t, url, [table('users', columns, {
    unique: [{ name: 'uq_email', columns: ['email'] }],
    constraints: { old: 'check (age < 200)' },
    checks: { positive: 'age > 0' },
    indexes: [{ name: 'ix_email', on: ['lower(email)'], unique: true }, { name: 'ix_age', on: ['age'] }]
  })])
  const steps = await diff(named)
  await run(named, steps?.up ?? [])
  t.equal(await diff(named), undefined)
  const names = (await pull(db)).text
  for (const name of ['ix_email', 'ix_age', ...dialect === 'postgres' ? ['uq_email', 'old: '] : []]) t.match(names, name)
  await run(named, steps?.down ?? [])

  const schema = async (step: (schema: MigrationSchema) => Promise<void>): Promise<void> => { await db.session(async session => step(new MigrationSchema(session as unknown as Session<unknown>)), { maintenance: true }) }
  await schema(async one => {
    await one.renameIndex('odd ( index', 'even')
    await one.renameConstraint('users', 'old (name', 'older')
    await one.renameConstraint('users', 'users_age_check', 'positive')
    await one.addConstraint('users', { name: 'few', check: 'age < 150' })
    await one.addConstraint('users', { name: 'raw', definition: raw({ postgres: 'check (age < 140)', sqlite: 'check (age < 140)' }) })
    await one.createIndex('users', { on: ['email', 'age'], name: 'both' })
  })
  const text = (await pull(db)).text
  for (const name of ['even', 'older', 'positive', 'few', 'raw', 'both']) t.match(text, name)
  await t.rejects(schema(one => one.addConstraint('users', { definition: 'check (age > 1)' })), { message: /with a definition needs a name/ })
  await t.rejects(schema(one => one.renameIndex('none', 'x')))
})

t.test('postgres: what stands on a column of another type is made anew, also what the code does not say', { skip: !hasPostgres && 'no PostgreSQL here' }, async t => {
  const { url } = await made(t, 'postgres', [
    'create table parents (a varchar(9) primary key)', "create table t (id serial primary key, a varchar(9) references parents check (a in ('x', 'y')), long integer generated always as (length(a)) stored)",
    'create index odd on t (lower(a))', "insert into parents values ('x')", "insert into t (a) values ('x')"
  ])
  const of = (a: AnyTable['columns'][string], key: AnyTable['columns'][string]) => declaring(t, url, [
    table('parents', { a: key }), table('t', { id: column.id(), a, long: column.integer({ nullable: true, generated: { as: 'length(a)' } }) })
  ])
  const before = of(column.varchar(9, { nullable: true, references: 'parents.a' }), column.varchar(9, { primaryKey: true }))
  t.equal(await diff(before), undefined)
  const after = of(column.text({ nullable: true, references: 'parents.a' }), column.text({ primaryKey: true }))
  const steps = await diff(after)
  await run(after, steps?.up ?? [])
  t.equal(await diff(after), undefined)
  t.match(steps?.up.join('\n'), /dropConstraint\('t', 't_a_check'\)[^]*dropIndex\('odd'\)[^]*addConstraint\('t', \{ name: 't_a_check'[^]*createIndex\('t', \{ name: 'odd'/)
  t.same((await sql`select a, long from t`.execute(after)).rows, [{ a: 'x', long: 1 }])
  await run(after, steps?.down ?? [])
  t.equal(await diff(before), undefined)
})

onBoth('lists, times and spans are added to a table', async (t, dialect) => {
  const url = await emptyDatabase(t, dialect)
  const few = declaring(t, url, [table('t', { id: column.id() })])
  await few.createTables()
  await stamp(few)
  const many = declaring(t, url, [table('t', {
    id: column.id(),
    tags: column.array(column.text(), { default: ["it's", 'b'] }),
    mail: column.email({ nullable: true }),
    at: column.time({ default: '12:00' }),
    span: column.interval({ nullable: true }),
    code: column.char(2, { default: 'ab' }),
    big: column.bigint({ default: 5n }),
    own: column.of({ postgres: 'inet', sqlite: 'text' }, Type.String(), { nullable: true }),
    other: column.of('numeric', Type.Unknown(), { nullable: true })
  })])
  const steps = await diff(many)
  await run(many, steps?.up ?? [])
  t.equal(await diff(many), undefined)
  await stamp(many)
  const back = await diff(few)
  await run(few, back?.up ?? [])
  await run(few, back?.down ?? [])
  t.equal(await diff(many), undefined)
})

onBoth('a table that cannot be made as it is declared is named', async (t, dialect) => {
  const url = await emptyDatabase(t, dialect)
  await t.rejects(diff(declaring(t, url, [table('t', { id: column.id() }, { checks: { bad: 'nothing > 1' } })])), { code: 'APIKIT_ERR_MIGRATION', message: /cannot create t as table\(\) declares it: .*nothing/ })
  await t.rejects(diff(declaring(t, url, [table('t', { id: column.id() }, { checks: { bad: "id = 'open" } })])), { code: 'APIKIT_ERR_MIGRATION' })
})

t.test('sqlite: what was wrong before a migration may stay so', async t => {
  const { db, url } = await made(t, 'sqlite', ['create table a (id integer primary key, n integer)', 'create table b (id integer primary key, a_id integer references a)'])
  await db.session(async session => { await session.run('insert into b (a_id) values (5)') }, { maintenance: true }).catch(() => {})
  const broken = await filled(t, url, [])
  const { DatabaseSync } = process.getBuiltinModule('node:sqlite')
  const file = new DatabaseSync(url.slice('sqlite:'.length), { enableForeignKeyConstraints: false })
  file.exec('insert into b (a_id) values (5)')
  const schema = async (step: (schema: MigrationSchema) => Promise<void>): Promise<void> => { await broken.session(async session => step(new MigrationSchema(session as unknown as Session<unknown>)), { maintenance: true }) }
  await schema(one => one.addColumn('a', 'm', column.integer({ nullable: true, unique: true })))
  file.exec('create table c (id integer primary key, n integer references a (n))')
  await schema(one => one.alterColumn('a', 'm', column.text({ nullable: true }), { only: ['type'] }))
  file.close()
  await t.rejects(schema(one => one.addColumn('b', 'm', column.integer({ unique: true }))), { message: /b\.m must be nullable or have a default, since b has rows/ })
  await t.rejects(schema(one => one.alterColumn('a', 'none', column.text())), { message: /unknown column a\.none/ })
  await t.rejects(schema(one => one.alterColumn('a', 'm', column.text({ generated: { as: 'n' } }), { only: ['computed'] })), { message: /Drop the column and add it again/ })
})

onBoth('keys of several columns, and a key that others reference, change', async (t, dialect) => {
  const { db, url } = await made(t, dialect, [
    'create table if not exists parents (a integer not null, b integer not null, c integer, primary key (a, b), constraint by_c unique (c))',
    'create table children (a integer, b integer, c integer references parents (c), constraint pair foreign key (a, b) references parents (a, b) on update cascade, constraint again foreign key (c) references parents (c) on delete cascade)',
    'insert into parents values (1, 2, 3)', 'insert into children values (1, 2, 3)'
  ])
  const { tables, text } = await pull(db)
  t.match(text, "foreignKeys: [{ name: 'pair', columns: ['a', 'b'], references: { table: 'parents', columns: ['a', 'b'] }, onUpdate: 'cascade' }")
  const own = declaring(t, url, tables)
  await stamp(own)
  const [children, parents] = [tables.find(({ name }) => name === 'children'), tables.find(({ name }) => name === 'parents')] as [AnyTable, AnyTable]
  const wider = declaring(t, url, [children, table('parents', parents.columns, { primaryKey: ['a', 'b'], unique: [{ name: 'by_c', columns: ['c'], include: ['a'] }] })])
  const steps = await diff(wider)
  if (dialect === 'sqlite') t.equal(steps, undefined, 'it has no include')
  else {
    await run(wider, steps?.up ?? [])
    t.equal(await diff(wider), undefined)
    await run(wider, steps?.down ?? [])
  }
  t.equal(await diff(own), undefined)
})

t.test('sqlite: a key begins and ends to be counted', async t => {
  const { db, url } = await made(t, 'sqlite', ['create table t (id integer not null, a json_text default \'no JSON\', constraint pk primary key (id))', 'insert into t (id) values (4)'])
  t.match((await pull(db)).text, "default: raw(\"'no JSON'\")")
  const counted = declaring(t, url, [table('t', { id: column.id(), a: column.json(Type.Unknown(), { nullable: true, default: raw("'no JSON'") }) })])
  t.equal(await diff(counted), undefined, 'SQLite counts it as it is')
  const schema = async (step: (schema: MigrationSchema) => Promise<void>): Promise<void> => { await db.session(async session => step(new MigrationSchema(session as unknown as Session<unknown>)), { maintenance: true }) }
  await schema(one => one.alterColumn('t', 'id', column.id(), { only: ['identity'] }))
  t.match((await sql<{ sql: string }>`select sql from sqlite_schema where name = 't'`.execute(db)).rows[0]?.sql, 'autoincrement')
  await stamp(counted)
  const plain = declaring(t, url, [table('t', { id: column.integer({ primaryKey: true }), a: column.json(Type.Unknown(), { nullable: true }) })])
  const steps = await diff(plain)
  await run(plain, steps?.up ?? [])
  t.equal(await diff(plain), undefined)
  await run(plain, steps?.down ?? [])
  t.equal(await diff(counted), undefined)
})

t.test('postgres: spans of two signs are read as one', { skip: !hasPostgres && 'no PostgreSQL here' }, async t => {
  const spans = table('spans', { id: column.id(), a: column.interval() })
  const db = declaring(t, await emptyDatabase(t, 'postgres'), [spans]).of([spans])
  await db.createTables()
  for (const text of ['1 day -1 hour', '-1 day -2 hours', '1 year 2 mons', '0', '-1.25 seconds']) await sql`insert into spans (a) values (${text})`.execute(db)
  t.same((await db.selectFrom('spans').select('a').orderBy('id').execute()).map(({ a }) => String(a)), ['PT23H', '-P1DT2H', 'P425D', 'PT0S', '-PT1.25S'])
  t.same((await sql`select interval '1 day' as a`.execute(db)).rows, [{ a: { days: 1 } }], 'that of an expression is as pg reads it')
})
