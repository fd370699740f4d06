import t from 'tap'
import { type AnyTable, column, diff, pull, stamp } from '../../../plugins/db/index.ts'
import { ask, hasPostgres } from './databases.ts'
import { of, thereAndBack, withColumns } from './hanging.ts'
import { declaring, made, run, step } from './made.ts'

const onPostgres = { skip: !hasPostgres && 'no PostgreSQL here' }

/** Lines of what hangs on something, whatever the type of a text. */
function hangingIn (lines: readonly string[]): string[] {
  return lines.filter(line => /^comment|statistics|policy|TRIGGER|STATISTICS|^relation|storage|distinct|clustered/.test(line)).map(line => line.replaceAll(/::text|[()]|character varying\(9\)|\btext\b/g, '').replaceAll('  ', ' ')).sort()
}

t.test('postgres: what hangs on parts under another type, and on what is computed, is there again', onPostgres, async t => {
  const { there, before, steps } = await thereAndBack(t, [
    'create table t (id integer primary key, a varchar(9) not null, b integer, sum integer generated always as (length(a)) stored, big text generated always as (a || a) stored, constraint long check (length(a) < 9), constraint u unique (sum) with (fillfactor = 70))',
    "comment on constraint long on t is 'not too long'", "comment on constraint u on t is 'one each'", "comment on index u is 'an index'", "comment on column t.sum is 'computed'", "comment on column t.a is 'a text'",
    'create unique index mine on t (a)', 'create index lowered on t ((lower(a)), b)', 'alter index lowered alter column 1 set statistics 77', "comment on index lowered is 'in small'", 'alter table t replica identity using index mine', 'alter table t cluster on lowered',
    'alter table t alter a set storage external, alter a set compression pglz, alter a set statistics 5, alter sum set statistics 55, alter sum set (n_distinct = 7)',
    'grant select (sum), update (a) on t to public', 'create statistics pair (dependencies) on a, b from t', 'alter statistics pair set statistics 33', "comment on statistics pair is 'two'", 'create statistics computed on sum, b from t', 'create statistics computed_alone on sum, big from t', 'alter table t alter big set storage main',
    'alter table t enable row level security', "create policy own on t as restrictive for update using (a = current_user) with check (a <> '')", "comment on policy own on t is 'own rows'", "create policy added on t for insert with check (a <> '')",
    'create function nothing() returns trigger language plpgsql as $$ begin return new; end $$', "create trigger touched before update of a on t for each row when (new.a <> '') execute function nothing()", "comment on trigger touched on t is 'touches'", 'alter table t disable trigger touched'
  ], tables => [withColumns(of(tables, 't'), { a: column.text() })])
  t.match(steps.up.join('\n'), /dropColumn\('t', 'sum'\)/)
  t.same(hangingIn(there), hangingIn(before), 'there, too')
})

t.test('postgres: a column that is computed no more keeps its values, its parts and what hangs on it, and is computed again after down', onPostgres, async t => {
  const statements = [
    "create table t (id integer primary key, a integer, b integer generated always as (a * 2) stored, c text generated always as ('c' || a) stored, constraint positive check (b > 0), constraint u unique (b))", 'create table p (id integer, a integer, b integer generated always as (a * 2) stored) partition by range (id)', 'create table p1 partition of p default', 'create index own on p1 (b)',
    "comment on column t.b is 'twice'", "comment on constraint u on t is 'one each'", 'create index on t (c, id)', 'create table r (b integer references t (b))', 'insert into t values (1, 5)', 'insert into r values (10)', 'insert into p values (1, 5)'
  ]
  const { url, db } = await made(t, 'postgres', statements)
  const { tables } = await pull(db)
  const change = (tables: readonly AnyTable[]) => tables.map(one => one.name === 'r'
    ? one
    : withColumns(one, { b: column.integer({ default: 7, index: true }), ...one.name === 't' ? { c: column.text({ nullable: true, unique: true }), a: undefined } : {} }))
  const now = declaring(t, url, change(tables))
  await stamp(declaring(t, url, tables))
  const steps = await diff(now)
  await run(now, steps?.up ?? [])
  t.same([await ask('select b, c from t', url), await ask('select b from p', url)], [[{ b: 10, c: 'c5' }], [{ b: 10 }]])
  t.equal(await diff(now), undefined)
  t.match(steps?.down.join('\n'), '// t.b is made anew: it is computed, and does not keep what it holds')
  await thereAndBack(t, statements.filter(sql => !sql.startsWith('insert')), change)
})

t.test('postgres: what hangs on an enum that is made anew, and on what uses it, is there again', onPostgres, async t => {
  const { there, before } = await thereAndBack(t, [
    "create type mood as enum ('sad', 'ok')", "comment on type mood is 'a mood'", 'revoke usage on type mood from public', 'grant usage on type mood to pg_monitor with grant option', 'alter type mood owner to pg_read_all_data',
    "create table t (id integer primary key, mood mood not null default 'ok', moods mood[], n integer, constraint known check (mood <> 'sad'))", "comment on constraint known on t is 'not sad'",
    "create index ok on t (id) where mood = 'ok'", "comment on index ok is 'those'", "create index one on t ((mood = 'ok'))", 'alter index one alter column 1 set statistics 9', 'alter table t cluster on one',
    'create statistics pair on mood, n from t', 'alter statistics pair set statistics 3', 'alter table t alter mood set statistics 4, alter moods set storage external', "comment on column t.mood is 'how'", 'grant select (mood) on t to public'
  ], tables => [withColumns(of(tables, 't'), { mood: column.enum(['ok', 'sad', 'calm'], { native: 'mood', default: 'ok' }), moods: column.of('mood[]', column.enum(['ok']).schema, { nullable: true }) })])
  const without = (lines: readonly string[]): string[] => lines.filter(line => /^comment|^type|statistics|clustered|^relation|STATISTICS/.test(line)).map(line => line.replace(/(sad,ok|ok,sad,calm)$/, ''))
  t.same(without(there), without(before))
})

t.test('postgres: what hangs on what goes for good is there again after down', onPostgres, async t => {
  const { there, steps } = await thereAndBack(t, [
    "create type mood as enum ('sad')", "comment on type mood is 'a mood'",
    'create sequence counts start with 7 increment by 3 cycle', "create table gone (id integer primary key default nextval('counts'), a text, mood mood, back integer generated always as identity (increment by -1), constraint few check (id < 99)) with (fillfactor = 60)", 'alter sequence counts owned by gone.id', 'grant usage on sequence counts to public',
    "comment on table gone is 'a table'", "comment on constraint few on gone is 'few'", "comment on column gone.a is 'a text'", 'grant select, insert on gone to public', 'grant update (a) on gone to pg_monitor with grant option', 'alter table gone owner to pg_monitor', 'alter table gone replica identity full',
    'alter table gone enable row level security, force row level security', 'create policy own on gone for select to public, pg_monitor using (a = current_user)', "comment on policy own on gone is 'own rows'", 'alter table gone alter a set storage main',
    'create function nothing() returns trigger language plpgsql as $$ begin return new; end $$', 'create trigger touched before update on gone for each row execute function nothing()', "comment on trigger touched on gone is 'touches'", 'alter table gone enable always trigger touched', 'create rule ruled as on delete to gone do also select 1',
    'create statistics pair on id, a from gone', 'insert into gone (a) values (1), (2)', 'delete from gone',
    'create unlogged table kept (id integer generated by default as identity (start 5) primary key, a text, b text, n integer generated always as identity (increment by 2), constraint long check (length(b) > 0))',
    "comment on constraint long on kept is 'not empty'", "insert into kept (b) values ('x'), ('y')", 'delete from kept', "comment on column kept.a is 'a text'", 'alter table kept alter a set statistics 8', 'create index lowered on kept ((lower(b)))', 'alter index lowered alter column 1 set statistics 5', "comment on index lowered is 'in small'", 'alter table kept cluster on lowered'
  ], tables => [withColumns(of(tables, 'kept'), { a: undefined, n: column.integer() }, { checks: undefined, constraints: undefined, indexes: undefined })])
  t.notOk(there.some(line => line.includes(' gone')))
  t.match(steps.up.join('\n'), /\/\/ kept\.n counts no more: its sequence goes\. Down counts on from where it is now, or behind the largest value/)
})

t.test('postgres: a table that comes back is published again, and has no grants that new tables get', onPostgres, async t => {
  const [some, all] = [`apikit_some_${process.pid}`, `apikit_all_${process.pid}`]
  t.teardown(() => ask(`drop publication if exists ${some}, ${all}`))
  const { there } = await thereAndBack(t, [
    'create table gone (id integer primary key, a text, b text)', 'create table kept (id integer primary key)', `create publication ${some} for table gone (id, a) where (id > 3), kept`, `create publication ${all} for table gone`, 'grant insert on gone to pg_monitor',
    "do 'begin execute format(''alter default privileges in schema %I grant select on tables to public'', current_schema()); end'"
  ], tables => [of(tables, 'kept')])
  t.same(there.filter(line => line.startsWith('publication')), [`publication ${some} kept {id}`])
})

t.test('postgres: what hangs on a part of another definition stays, and what cannot stay is said', onPostgres, async t => {
  const statements = ['create table t (id integer primary key, a integer not null, b integer not null)', 'create unique index one on t (a)', "comment on index one is 'one each'", 'alter table t replica identity using index one']
  const indexed = (on: object) => (tables: readonly AnyTable[]) => tables.map(each => withColumns(each, { a: column.integer() }, { indexes: [{ name: 'one', ...on }] }))
  const { there } = await thereAndBack(t, statements, indexed({ on: ['a', 'b'], unique: true }))
  t.ok(there.includes('comment on index one: one each'))
  const { db, url } = await made(t, 'postgres', statements)
  const now = declaring(t, url, indexed({ on: ['a'] })((await pull(db)).tables))
  await stamp(now)
  await t.rejects(step(db, schema => schema.dropConstraint('t', 'none')), { message: /constraint "none" of relation "t" does not exist/ })
  await t.rejects(run(now, (await diff(now))?.up ?? []), { code: 'APIKIT_ERR_MIGRATION', message: /made anew cannot have all that it had: .*non-unique index "one" as replica identity \(alter table t replica identity using index one\)\. Take that off/ })
})

t.test('postgres: a column that is renamed and what hangs on parts under it; a unique constraint that is an index now', onPostgres, async t => {
  await thereAndBack(t, ['create table t (id integer primary key, a varchar(9), b integer, constraint u unique (b))', 'create index named on t (a)', "comment on index named is 'of a'", "comment on constraint u on t is 'one each'", 'create statistics pair on a, b from t'],
    tables => tables.map(one => withColumns(one, { a: undefined, c: column.text({ nullable: true, renamedFrom: 'a' }), b: column.integer({ nullable: true }) }, { unique: undefined, indexes: [{ name: 'other', on: ['c'] }, { name: 'u', on: [{ column: 'b', desc: true }], unique: true }] })))
})
