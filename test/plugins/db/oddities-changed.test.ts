import { Type } from '@sinclair/typebox'
import { sql } from 'kysely'
import t from 'tap'
import { type AnyTable, column, diff, openDatabase, pull, raw, readMigrations, table, up } from '../../../plugins/db/index.ts'
import { hasPostgres, onBoth } from './databases.ts'
import { both, declaring, made, run, step } from './made.ts'

const onPostgres = { skip: !hasPostgres && 'no PostgreSQL here' }
const id = column.integer({ primaryKey: true })

t.test('postgres: constraints and indexes of all kinds are pulled, and keep their words when a column is renamed', onPostgres, async t => {
  const { db, url } = await made(t, 'postgres', [
    'create table parents (a integer, b integer, primary key (a, b))',
    `create table t (
      id integer primary key, a integer, b integer, spans int4range[], span int4range, name text, unique nulls not distinct (a), unique (b) deferrable, exclude using gist (span with &&),
      constraint partial foreign key (a, b) references parents on delete set null (b), foreign key (a, b) references parents)`,
    'create index by_name on t (name text_pattern_ops)'
  ])
  const { text, tables } = await pull(db)
  for (const part of ['nullsNotDistinct: true', 'deferrable: true', 'EXCLUDE USING gist (span WITH &&)', "opclass: 'text_pattern_ops'", "column.of('int4range[]', Type.Unknown()"]) t.ok(text.includes(part), part)
  t.equal(await diff(declaring(t, url, tables)), undefined)
  const [parents, own] = [tables.find(({ name }) => name === 'parents'), tables.find(({ name }) => name === 't')] as [AnyTable, AnyTable]
  const { name, ...rest } = own.columns
  const steps = await diff(declaring(t, url, [parents, table('t', { ...rest, called: column.text({ nullable: true, renamedFrom: 'name' }) }, { ...own.options, indexes: [] } as object)]))
  t.equal(steps?.up[0], "await schema.renameColumn('t', 'name', 'called')")
  t.notOk(steps?.up.some(line => line.includes('fkey') || line.includes('partial')))
})

onBoth('one column of a foreign key of two is renamed', async (t, dialect) => {
  const { db, url } = await made(t, dialect, [
    'create table parents (a integer not null, b integer not null, primary key (a, b))', 'create table t (id integer not null primary key, a integer, b integer, constraint pair foreign key (a, b) references parents (a, b))'
  ])
  const { tables: [parents] } = await pull(db)
  const key = (a: string) => table('t', { id, [a]: column.integer({ nullable: true, ...a !== 'a' && { renamedFrom: 'a' } }), b: column.integer({ nullable: true }) }, { foreignKeys: [{ name: 'pair', columns: [a, 'b'], references: { table: 'parents', columns: ['a', 'b'] } }] })
  const steps = await both(t, url, [parents as AnyTable, key('a')], [parents as AnyTable, key('first')])
  t.same(steps.up, ["await schema.renameColumn('t', 'a', 'first')"])
})

onBoth('an order of letters comes and goes', async (t, dialect) => {
  const { url } = await made(t, dialect, ['create table t (id integer not null primary key, a text)'])
  const steps = await both(t, url, [table('t', { id, a: column.text({ nullable: true }) })], [table('t', { id, a: column.text({ nullable: true, collate: raw({ postgres: '"C"', sqlite: 'nocase' }) }) })])
  t.match(steps.up[0], /only: \['collate'\]/)

  const ordered = await made(t, dialect, [`create table t (id integer not null primary key, a text collate ${dialect === 'sqlite' ? 'nocase' : '"C"'})`])
  const was = [table('t', { id, a: column.text({ nullable: true }) })]
  t.equal(await diff(declaring(t, ordered.url, was)), undefined, 'and stays where the code has never said it')
  const shorter = declaring(t, ordered.url, [table('t', { id, a: column.varchar(20, { nullable: true }) })])
  await run(shorter, (await diff(shorter))?.up ?? [])
  t.match((await pull(ordered.db)).text, /a: column\.varchar\(20, \{ nullable: true, collate: '("C"|nocase)' \}\)/, 'also under another type')
  const number = declaring(t, ordered.url, [table('t', { id, a: column.array(column.text(), { nullable: true }) })])
  t.notMatch((await diff(number))?.up.join('\n'), /alterColumn.*collate/, 'that has letters')
})

onBoth('what is computed is left alone where the code does not say so, and is the same in other words', async (t, dialect) => {
  const { url } = await made(t, dialect, [`create table t (id integer not null primary key, m integer generated always as (id * 2) ${dialect === 'sqlite' ? 'virtual' : 'stored'})`])
  t.equal(await diff(declaring(t, url, [table('t', { id, m: column.integer({ nullable: true }) })])), undefined)
  t.equal(await diff(declaring(t, url, [table('t', { id, m: column.integer({ nullable: true, generated: { as: '(id*2)', stored: dialect === 'postgres' } }) })])), undefined)
})

onBoth('what is computed and unique is computed otherwise, under the name that it has', async (t, dialect) => {
  const statementsOf = (as: string, name: string) => [`create table ${name} (id integer not null primary key, n integer, m integer generated always as (${as}) stored, constraint named_${name} unique (m))`, `create index on_${name} on ${name} (m)`]
  const { url } = await made(t, dialect, [...statementsOf('n * 2', 'a'), "create table b (id integer not null primary key, n integer, m integer generated always as (n * 2) stored unique, k text generated always as (case when n * 2 > 2 then 'x' else 'y' end) stored constraint b_k_check check (k in ('x', 'y')))"])
  const of = (as: string) => ['a', 'b'].map(name => table(name, { id, n: column.integer({ nullable: true }), m: column.integer({ nullable: true, unique: true, generated: { as } }), ...name === 'b' && { k: column.enum(['x', 'y'], { nullable: true, generated: { as: `case when ${as} > 2 then 'x' else 'y' end` } }) } }))
  const steps = await both(t, url, of('n * 2'), of('n * 3'))
  t.notMatch(steps.up.join('\n'), /addColumn\([^\n]*unique/)
})

onBoth('a table with a key of two columns goes, and comes back', async (t, dialect) => {
  const { url } = await made(t, dialect, ['create table t (a integer not null, b integer not null, primary key (a, b))'])
  const pair = table('t', { a: column.integer(), b: column.integer() }, { primaryKey: ['a', 'b'] })
  const steps = await both(t, url, [pair], [])
  t.match(steps.down[0], /createTable\('t', [^]*\{ primaryKey: \['a', 'b'\] \}\)/)
})

t.test('sqlite: a condition on a column that the code does not have is another', async t => {
  const { url } = await made(t, 'sqlite', ['create table t (id integer primary key, a integer, b integer, constraint c check (b > 0))'])
  const steps = await diff(declaring(t, url, [table('t', { id: column.id(), a: column.integer({ nullable: true }) }, { constraints: { c: 'check (a > 0)' } })]))
  t.ok(steps?.up.includes("  await schema.dropConstraint('t', 'c')"))
})

t.test('sqlite: constraints without a comma, the first column, and types of all storages', async t => {
  const { db } = await made(t, 'sqlite', ['create table t (gone integer, a text, b text, c text, constraint one check (a > 0) constraint two check (b > 0))', "insert into t values (1, '1', '2', '3')", 'analyze'])
  await step(db, async schema => {
    await schema.dropConstraint('t', 'one')
    await schema.dropColumn('t', 'gone')
    await schema.alterColumn('t', 'a', column.real({ nullable: true }), { only: ['type'] })
    await schema.alterColumn('t', 'b', column.decimal(8, 2, { nullable: true }), { only: ['type'] })
    await schema.alterColumn('t', 'c', column.of('', Type.Unknown(), { nullable: true }), { only: ['type'] })
  })
  t.same((await sql`select typeof(a) as a, typeof(b) as b, typeof(c) as c from t`.execute(db)).rows, [{ a: 'real', b: 'integer', c: 'text' }])
  t.same((await sql`select idx from sqlite_stat1 where tbl = 't'`.execute(db)).rows, [{ idx: null }])
  await t.rejects(sql`insert into t (b) values (-1)`.execute(db), { name: 'CheckViolation' })
})

t.test('a file may ask for a transaction of its own', async t => {
  const folder = t.testdir({ '1_a.ts': "export const transaction = 'own'\nexport const up = async schema => { await schema.run('create table a (id integer primary key)') }" })
  t.match(await readMigrations(folder), { '1_a': { transaction: 'own' } })
  const db = openDatabase({ url: 'sqlite::memory:', migrations: folder })
  t.teardown(() => db.destroy())
  t.same(await up(db), ['1_a'])
})
