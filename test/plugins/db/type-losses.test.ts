import { Type } from '@sinclair/typebox'
import t from 'tap'
import { type AnyTable, type Column, column, diff, leftAlone, pull, stamp } from '../../../plugins/db/index.ts'
import { holdsAll } from '../../../plugins/db/migrations/postgres/type-losses.ts'
import { ask, hasPostgres, onBoth } from './databases.ts'
import { of, thereAndBack, withColumns } from './hanging.ts'
import { declaring, made, run } from './made.ts'

const onPostgres = { skip: !hasPostgres && 'no PostgreSQL here' }
const anything = (type: string): Column => column.of(type, Type.Unknown(), { nullable: true })

t.test('postgres: a type that holds less has a comment with the rows that would change; a wider one has none', onPostgres, async t => {
  const cases: ReadonlyArray<readonly [from: string, values: string, to: string, said: string | undefined]> = [
    ['bigint', '(1), (5000000000)', 'integer', 'bigint becomes integer, and at least one row does not fit: integer out of range (here, when this was written)'],
    ['numeric(10,4)', '(1.5), (1.2345)', 'numeric(10,2)', 'numeric(10,4) becomes numeric(10,2), which changes or refuses values that do not fit: 1 of 2 rows (here, when this was written)'],
    ['double precision', '(0.5), (0.1)', 'real', 'which changes or refuses values that do not fit: 1 of 2 rows'],
    ['timestamp with time zone', "('2026-01-01T00:00Z'), ('2026-01-01T10:00Z')", 'timestamp(0) without time zone', 'values that do not fit: 0 of 2 rows'],
    ['timestamp without time zone', "('2026-01-01 00:00'), ('2026-01-01 10:00')", 'date', 'values that do not fit: 1 of 2 rows'],
    ['text', "('short'), ('long and wide'), (null)", 'character varying(5)', 'values that do not fit: 1 of 3 rows'],
    ['text', "('x')", 'integer', 'at least one row does not fit: invalid input syntax for type integer: "x"'],
    ['jsonb', "('1')", 'json', undefined],
    ['json', "('{\"a\":1}'), ('2')", 'jsonb', 'values that do not fit: 1 of 2 rows'],
    ['text', "('ok')", 'mood', 'text becomes mood, which may change or refuse values'],
    ['integer', '(1)', 'bigint', undefined],
    ['int4range', "('[1,2)')", 'int8range', 'int4range becomes int8range, which PostgreSQL cannot convert. Give alterColumn() using']
  ]
  const { db, url } = await made(t, 'postgres', cases.flatMap(([from, values], at) => [`create table t${at} (a ${from})`, `insert into t${at} values ${values}`]))
  const { tables } = await pull(db)
  const now = declaring(t, url, tables.map(one => {
    const to = String(cases[Number(one.name.slice(1))]?.[2])
    return withColumns(one, { a: to === 'mood' ? column.enum(['ok'], { native: 'mood', nullable: true }) : anything(to) })
  }))
  await stamp(now)
  const { up = [] } = await diff(now) ?? {}
  for (const [at, [, , to, said]] of cases.entries()) {
    const comments = up.filter(line => line.startsWith(`// t${at}.a: `))
    if (said === undefined) t.same(comments, [], to)
    else t.ok(comments.length === 1 && String(comments[0]).includes(said), `${comments.join()} has: ${said}`)
  }
})

t.test('postgres: a column that is renamed, and made wider, says so on the way back', onPostgres, async t => {
  const { steps } = await thereAndBack(t, ['create table t (id integer primary key, a text)', "insert into t values (1, '7')"], tables => tables.map(one => withColumns(one, { a: undefined, b: column.integer({ nullable: true, renamedFrom: 'a' }) })))
  t.match(steps.up.join('\n'), /\/\/ t\.b: text becomes integer, which changes or refuses values that do not fit: 0 of 1 rows/)
  const wider = await thereAndBack(t, ['create table t (id integer primary key, a integer)'], tables => tables.map(one => withColumns(one, { a: column.bigint({ nullable: true }) })))
  t.match(wider.steps.down.join('\n'), /\/\/ t\.a: bigint becomes integer, which may change or refuse values/)
  t.notMatch(wider.steps.up.join('\n'), /\/\//)
})

t.test('types that hold all values of another', async t => {
  for (const [from, to] of [
    ['smallint', 'bigint'], ['text[]', 'text[]'], ['integer', 'numeric'], ['integer', 'numeric(12,2)'], ['numeric(5,2)', 'numeric(6,3)'], ['numeric(5,2)', 'numeric'], ['character varying(3)', 'character varying(4)'], ['character(3)', 'character(4)'], ['uuid', 'text'], ['text', 'character varying'],
    ['real', 'double precision'], ['integer', 'double precision'], ['date', 'timestamp with time zone'], ['timestamp(3) without time zone', 'timestamp with time zone'], ['time(1) without time zone', 'time(2) without time zone'], ['integer[]', 'bigint[]'], ['jsonb', 'json']
  ] as const) t.ok(holdsAll(from, to), `${from} → ${to}`)
  for (const [from, to] of [
    ['bigint', 'smallint'], ['bigint', 'numeric(12,2)'], ['numeric', 'numeric(6,3)'], ['numeric(5,2)', 'numeric(5,3)'], ['integer', 'numeric(3,-8)'], ['text', 'character varying(4)'], ['character(3)', 'text'], ['bigint', 'double precision'], ['integer', 'real'], ['timestamp with time zone', 'date'],
    ['timestamp without time zone', 'timestamp(3) without time zone'], ['time with time zone', 'time without time zone'], ['text', 'uuid'], ['character varying', 'character varying(4)'], ['text', 'numeric'], ['bigint[]', 'integer[]']
  ] as const) t.notOk(holdsAll(from, to), `${from} → ${to}`)
})

t.test('postgres: a table that rows reference goes, and down makes its foreign keys though they fit no more; where none do, all is as it was', onPostgres, async t => {
  const statements = ['create table users (id integer primary key)', 'create table posts (id integer primary key, user_id integer references users)', 'create table pairs (id integer primary key, user_id integer references users)']
  const without = (tables: Parameters<typeof of>[0]): AnyTable[] => ['posts', 'pairs'].map(name => withColumns(of(tables, name), { user_id: column.integer({ nullable: true }) }))
  const { steps } = await thereAndBack(t, statements, without)
  t.match(steps.down.join('\n'), /\/\/ users has no rows then: rows of posts that reference it are not checked, and the constraint is NOT VALID until/)
  const { db, url } = await made(t, 'postgres', [...statements, 'insert into users values (1)', 'insert into posts values (1, 1)'])
  const { tables } = await pull(db)
  await stamp(declaring(t, url, tables))
  const now = declaring(t, url, without(tables))
  await run(now, steps.up)
  await run(now, steps.down)
  t.same(await ask('select conname::text as name, convalidated as valid from pg_constraint where contype = \'f\' and connamespace = current_schema()::regnamespace order by 1', url), [{ name: 'pairs_user_id_fkey', valid: true }, { name: 'posts_user_id_fkey', valid: false }])
  t.equal(await diff(declaring(t, url, tables)), undefined, 'and diff is quiet')
})

t.test('postgres: rows of a partitioned table that reference a dropped one make down fail, which it says', onPostgres, async t => {
  const { db, url } = await made(t, 'postgres', ['create table r (id integer primary key)', 'create table t (id integer, r_id integer references r) partition by list (id)', 'create table t1 partition of t for values in (1)', 'insert into r values (1)', 'insert into t values (1, 1)'])
  const { tables } = await pull(db)
  await stamp(declaring(t, url, tables))
  const now = declaring(t, url, [withColumns(of(tables, 't'), { r_id: column.integer({ nullable: true }) })])
  const { up, down } = await diff(now) ?? { up: [], down: [] }
  t.ok(down.includes('// r has no rows then: rows of t that reference it make this fail, as PostgreSQL allows NOT VALID on no partitioned table before version 18'))
  await run(now, up)
  await t.rejects(run(now, down), { name: 'ForeignKeyViolation' })
  await ask('delete from t', url)
  await run(now, down)
  t.equal(await diff(declaring(t, url, tables)), undefined)
})

onBoth('a column that is computed from now on, or no more, has a comment with the rows that it does not keep', async (t, dialect) => {
  const { db, url } = await made(t, dialect, ['create table t (id integer primary key, a integer, b integer, c integer generated always as (a * 2) stored, d integer generated always as (a * 2) stored)', 'insert into t (id, a, b) values (1, 2, 3), (2, 2, null)'])
  const computed = (as: string) => column.integer({ nullable: true, generated: { as } })
  const { tables } = await pull(db)
  await stamp(declaring(t, url, tables))
  const steps = await diff(declaring(t, url, tables.map(one => withColumns(one, { b: computed('a * 2'), c: column.integer({ nullable: true }), d: computed('a * 3') }))))
  t.same(steps?.up.filter(line => /\/\/ t\./.test(line)).map(line => line.trim()), ['b: 1 of 2', ...dialect === 'sqlite' ? ['c: 2 of 2'] : []].map(what => `// t.${what} rows hold something (here, when this was written); the column is made anew, and does not keep it`))
})

t.test('postgres: what PostgreSQL refuses is said before', onPostgres, async t => {
  const { db, url } = await made(t, 'postgres', [
    'create table t (id integer primary key, a varchar(9), b integer)', 'create view v as select a from t', 'create policy own on t using (b > 0)', 'create table gone (id integer primary key)', 'create view w as select id from gone',
    'create table theirs (id integer references gone)'
  ])
  const { tables } = await pull(db)
  await stamp(declaring(t, url, tables.filter(({ name }) => name !== 'theirs')))
  const { up = [] } = await diff(declaring(t, url, [withColumns(of(tables, 't'), { a: column.text({ nullable: true }), b: undefined })])) ?? {}
  for (const said of ['// PostgreSQL refuses another type while it is read by: view v', '// PostgreSQL refuses to drop a column while it is read by: policy own of t', '// PostgreSQL refuses to drop gone before: foreign key theirs_id_fkey of theirs, view w']) t.ok(up.includes(said), said)
  t.match(await leftAlone(declaring(t, url, [withColumns(of(tables, 't'), { b: undefined })])), [/^t: policy own$/, /^t: view v$/, /^table theirs/], 'and what only the database has is listed without it')
})

t.test('sqlite: a table that is referenced goes, and down says that rows make it fail', async t => {
  const { db, url } = await made(t, 'sqlite', ['create table users (id integer primary key)', 'create table posts (id integer primary key, user_id integer references users)'])
  const { tables } = await pull(db)
  await stamp(declaring(t, url, tables))
  const { down = [] } = await diff(declaring(t, url, [withColumns(of(tables, 'posts'), { user_id: column.integer({ nullable: true }) })])) ?? {}
  t.ok(down.some(line => line.includes('// users has no rows then: rows of posts that reference it make this fail')), down.join('\n'))
})
