import t from 'tap'
import { column } from '../../../plugins/db/index.ts'
import { hasPostgres } from './databases.ts'
import { of, thereAndBack, withColumns } from './hanging.ts'

const onPostgres = { skip: !hasPostgres && 'no PostgreSQL here' }

/** Lines of what hangs on something, whatever the type of a text. */
function hangingIn (lines: readonly string[]): string[] {
  return lines.filter(line => /^comment|statistics|policy|TRIGGER|STATISTICS|^relation|storage|distinct|clustered/.test(line)).map(line => line.replaceAll(/::text|[()]|character varying\(9\)|\btext\b/g, '').replaceAll('  ', ' ')).sort()
}

t.test('postgres: what hangs on parts under another type, and on what is computed, is there again', onPostgres, async t => {
  const { there, before, steps } = await thereAndBack(t, [
    'create table t (id integer primary key, a varchar(9) not null, b integer, sum integer generated always as (length(a)) stored, constraint long check (length(a) < 9), constraint u unique (sum) with (fillfactor = 70))',
    "comment on constraint long on t is 'not too long'", "comment on constraint u on t is 'one each'", "comment on index u is 'an index'", "comment on column t.sum is 'computed'", "comment on column t.a is 'a text'",
    'create unique index mine on t (a)', 'create index lowered on t ((lower(a)), b)', 'alter index lowered alter column 1 set statistics 77', "comment on index lowered is 'in small'", 'alter table t replica identity using index mine', 'alter table t cluster on lowered',
    'alter table t alter a set storage external, alter a set compression pglz, alter a set statistics 5, alter sum set statistics 55, alter sum set (n_distinct = 7)',
    'grant select (sum), update (a) on t to public', 'create statistics pair (dependencies) on a, b from t', 'alter statistics pair set statistics 33', "comment on statistics pair is 'two'", 'create statistics computed on sum, b from t',
    'alter table t enable row level security', "create policy own on t as restrictive for update using (a = current_user) with check (a <> '')", "comment on policy own on t is 'own rows'", "create policy added on t for insert with check (a <> '')",
    'create function nothing() returns trigger language plpgsql as $$ begin return new; end $$', "create trigger touched before update of a on t for each row when (new.a <> '') execute function nothing()", "comment on trigger touched on t is 'touches'", 'alter table t disable trigger touched'
  ], tables => [withColumns(of(tables, 't'), { a: column.text() })])
  t.match(steps.up.join('\n'), /dropColumn\('t', 'sum'\)/)
  t.same(hangingIn(there), hangingIn(before), 'there, too')
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
