import t from 'tap'
import { column, diff, leftAlone, pull } from '../../../plugins/db/index.ts'
import { ask, hasPostgres } from './databases.ts'
import { of, thereAndBack, withColumns } from './hanging.ts'
import { declaring, made } from './made.ts'

const onPostgres = { skip: !hasPostgres && 'no PostgreSQL here' }

t.test('postgres: constraints whose rows were not checked are pulled, and stay so under another type and with their table', onPostgres, async t => {
  const statements = [
    'create table parents (id integer primary key)', 'create table t (id integer primary key, parent integer, a integer)', 'insert into t values (1, 7, -1)',
    'alter table t add constraint positive check (a > 0) not valid', 'alter table t add constraint reference foreign key (parent) references parents not valid'
  ]
  const { db, url } = await made(t, 'postgres', statements)
  const { text, tables } = await pull(db)
  t.match(text, '// Left alone: constraint positive, which is not valid: older rows are not checked\n// Left alone: constraint reference, which is not valid')
  t.match(text, "references: { table: 'parents', column: 'id', name: 'reference' }")
  t.equal(await diff(declaring(t, url, tables)), undefined)
  t.same(await ask('select count(*)::int as n from pg_constraint where not convalidated and connamespace = current_schema()::regnamespace', url), [{ n: 2 }])
  const { there } = await thereAndBack(t, statements, tables => tables.map(one => one.name === 't' ? withColumns(one, { a: column.bigint({ nullable: true }), parent: column.bigint({ nullable: true, references: { table: 'parents', column: 'id', name: 'reference' } }) }) : one))
  t.equal(there.filter(line => line.endsWith('NOT VALID')).length, 2)
  await thereAndBack(t, statements.filter(sql => !sql.startsWith('insert')), () => [])
  const renamed = await thereAndBack(t, statements, tables => [withColumns(of(tables, 'parents'), {}), withColumns(of(tables, 't'), { b: column.integer({ nullable: true, renamedFrom: 'a' }), a: undefined }, { checks: undefined, constraints: { positive: 'check (b > 0)' } })])
  t.equal(renamed.steps.up.filter(line => !line.startsWith('//')).length, 1)
})

t.test('postgres: decimals of another scale, and names with a dot, are pulled as they are or left alone by their name', onPostgres, async t => {
  const { db, url } = await made(t, 'postgres', [
    'create table "a.b" (id integer primary key)', 'create table t (id integer primary key, small numeric(3,5), round numeric(3,-2), ab integer constraint ab references "a.b", "x.y" integer unique, other integer references t ("x.y"))',
    "create type \"so.so\" as enum ('ok')", 'alter table t add mood "so.so"', 'insert into t values (1, 0.00123, 12345)'
  ])
  const { text, tables } = await pull(db)
  for (const part of ["column.of('numeric(3,5)', Decimal(), ", "column.of('numeric(3,-2)', Decimal(), ", 'Left alone: foreign key ab to the table a.b, whose name has a dot', "references: { table: 't', column: 'x.y' }", "column.of('\"so.so\"', Type.String()"]) t.ok(text.includes(part), part)
  t.match(text, /\n\/\/ Left alone: table apikit_\d+_\d+\."a\.b", whose name has a dot\n/)
  t.same(tables.map(({ name }) => name), ['t'])
  const own = declaring(t, url, tables)
  t.equal(await diff(own), undefined)
  t.ok((await leftAlone(own)).some(what => what.endsWith('."a.b", whose name has a dot')))
})
