import t from 'tap'
import { type AnyTable, column, diff, leftAlone, pull, raw, stamp, table } from '../../../plugins/db/index.ts'
import { ask, hasPostgres } from './databases.ts'
import { of, thereAndBack, withColumns } from './hanging.ts'
import { declaring, made, run, step } from './made.ts'
import { wholeOf } from './whole.ts'

const onPostgres = { skip: !hasPostgres && 'no PostgreSQL here' }

const PARTED = [
  "create table t (id integer, a varchar(9) default 'x', b integer default 1, c integer not null, constraint u unique (id, b)) partition by range (id)", 'create table p1 partition of t for values from (0) to (10)', 'create table p2 partition of t for values from (10) to (20) partition by range (id)', 'create table p2_1 partition of p2 for values from (10) to (15)',
  'create index named on t (a)', 'alter index p1_a_idx rename to swapped', 'alter index p2_a_idx rename to p1_a_idx', 'alter index swapped rename to p2_a_idx', "comment on index p2_a_idx is 'of p1'", "comment on index named is 'of all'", 'alter table p1 rename constraint p1_id_b_key to u1', "comment on constraint u1 on p1 is 'first'",
  "alter table only p1 alter a set default 'y', alter b set default 7, alter a set storage external, alter a set statistics 7", 'alter table only p2_1 alter a drop default', "comment on column p1.a is 'its own'", 'grant select (a) on p2_1 to public',
  "insert into t values (1, 'a', 1, 1), (12, 'b', 2, 2)"
]

t.test('postgres: partitions keep their own defaults, and the names and comments of their indexes', onPostgres, async t => {
  const { there } = await thereAndBack(t, PARTED, tables => tables.map(one => withColumns(one, { a: column.text({ nullable: true, default: 'z' }), b: column.bigint({ nullable: true, default: 7 }), c: column.integer({ nullable: true }) })))
  for (const line of ['comment on index p2_a_idx: of p1', 'comment on constraint u1 on table p1: first', 'comment on column a of table p1: its own']) t.ok(there.includes(line), line)
  t.match(there.filter(line => /^column (?:t|p\w+) [ab]/.test(line)).map(line => line.replace(/ (?:null|local|inherited|storage|statistics|\{).*default/, ' default').replace(/ null.*/, '')), [
    "column p1 a text default 'y'::", 'column p1 b bigint default 7', "column p2 a text default 'z'::text", 'column p2 b bigint default 7', 'column p2_1 a text', 'column p2_1 b bigint default 7', "column t a text default 'z'::text", 'column t b bigint default 7'
  ])
  await thereAndBack(t, PARTED, tables => tables.map(one => withColumns(one, { a: column.varchar(9, { nullable: true, default: 'x' }) }, { indexes: undefined, unique: undefined })))
  await thereAndBack(t, [...PARTED, 'alter table p1 alter b set not null'], tables => tables.map(one => withColumns(one, { b: column.integer({ default: 1 }) })))
})

t.test('postgres: triggers of partitions that are off there alone, or have a comment, stay so under another type', onPostgres, async t => {
  const { before, there } = await thereAndBack(t, [
    'create table t (id integer, a integer) partition by range (id)', 'create table p1 partition of t for values from (0) to (10)', 'create table p2 partition of t for values from (10) to (20) partition by range (id)', 'create table p2_1 partition of p2 default',
    'create function nothing() returns trigger language plpgsql as $$ begin return new; end $$', 'create trigger touched before update of a on t for each row execute function nothing()', 'alter table t disable trigger touched',
    'alter table only p1 enable always trigger touched', 'alter table only p2 enable trigger touched', "comment on trigger touched on p2_1 is 'of p2_1'"
  ], tables => tables.map(one => withColumns(one, { a: column.bigint({ nullable: true }) })))
  const triggers = (lines: readonly string[]): string[] => lines.filter(line => /TRIGGER|comment/.test(line))
  t.equal(triggers(before).length, 5)
  t.same(triggers(there), triggers(before))
})

t.test('postgres: an enum in the place of another keeps defaults and indexes of partitions', onPostgres, async t => {
  const { there } = await thereAndBack(t, [
    "create type mood as enum ('sad', 'ok')", "create table t (id integer, m mood default 'ok') partition by range (id)", 'create table p1 partition of t for values from (0) to (100)', "alter table only p1 alter m set default 'sad', alter m set not null",
    "create index named on t (id) where m = 'ok'", 'alter index p1_id_idx rename to mine', "comment on index mine is 'of p1'"
  ], tables => tables.map(one => withColumns(one, { m: column.enum(['ok', 'sad', 'new'], { native: 'mood', default: 'ok', nullable: true }) })))
  t.ok(there.includes('comment on index mine: of p1'))
})

const HEIRS = [
  "create table parents (id integer primary key, a varchar(9) default 'x', gone integer, size integer not null)", 'create table children (size integer, own text, constraint long check (length(a) < 9)) inherits (parents)', 'create table theirs (extra integer) inherits (parents)',
  "alter table children alter a set default 'y'", 'create index on children (a)', "comment on column children.a is 'a text'", 'grant select (a) on children to public', "insert into children (id, a, own, size) values (1, 'a', 'own', 2)", 'insert into theirs (id, size) values (2, 2)'
]
const both = (tables: readonly AnyTable[], parents: Parameters<typeof withColumns>[1], children: Parameters<typeof withColumns>[1]): AnyTable[] => [withColumns(of(tables, 'children'), children), withColumns(of(tables, 'parents'), parents), of(tables, 'theirs')]

t.test('postgres: columns of tables that inherit are changed in the parent, once, there and back', onPostgres, async t => {
  const a = (value: string) => column.text({ nullable: true, default: value })
  const { steps } = await thereAndBack(t, HEIRS, tables => [
    ...both(tables, { a: a('z'), gone: undefined, added: column.integer({ default: 3 }), more: column.text({ nullable: true }) }, { a: a('y'), gone: undefined, added: column.integer({ default: 4, index: true }), more: column.text({ nullable: true }) }).slice(0, 2),
    withColumns(of(tables, 'theirs'), { a: a('x'), gone: undefined, added: column.integer({ default: 3 }), more: column.text({ nullable: true }) })
  ])
  t.equal(steps.up.filter(line => /addColumn\('(?:children|theirs)'|dropColumn\('(?:children|theirs)'/.test(line)).length, 0)
  const set = await thereAndBack(t, HEIRS, tables => both(tables, { a: column.varchar(9, { default: 'x' }), size: column.integer({ nullable: true }) }, {}))
  t.match(set.there.filter(line => / (?:a|size) /.test(line)).join('\n'), /column children a [^\n]*null: true[^]*column children size [^\n]*null: false[^]*column parents a [^\n]*null: false/)
})

t.test('postgres: renames, and columns that a table keeps which its parent loses', onPostgres, async t => {
  const renamed = { a: undefined, letters: column.varchar(9, { nullable: true, default: 'x', renamedFrom: 'a' }) }
  const { steps } = await thereAndBack(t, HEIRS, tables => [
    ...both(tables, renamed, { ...renamed, letters: column.varchar(9, { nullable: true, default: 'y', renamedFrom: 'a' }) }).slice(0, 2).map(one => one.name === 'children' ? withColumns(one, {}, { constraints: { long: 'check (length(letters) < 9)' }, checks: undefined, indexes: undefined }) : one), withColumns(of(tables, 'theirs'), renamed)
  ])
  t.equal(steps.up.filter(line => line.includes('renameColumn')).length, 1)
  const seeming = { gone: undefined, stays: column.integer({ nullable: true }) }
  await thereAndBack(t, HEIRS, tables => [...both(tables, seeming, seeming).slice(0, 2), withColumns(of(tables, 'theirs'), seeming)])

  const { db, url } = await made(t, 'postgres', HEIRS)
  const { tables } = await pull(db)
  const own = declaring(t, url, tables)
  await stamp(own)
  const now = declaring(t, url, both(tables, { gone: undefined, size: undefined }, {}))
  const kept = await diff(now)
  t.match(kept?.up.join('\n'), /alter table only "parents" drop column "gone"/)
  const alone = await thereAndBack(t, HEIRS, tables => [withColumns(of(tables, 'children'), { a: column.varchar(9, { nullable: true, default: 'other', index: true }) }), of(tables, 'theirs')].concat(of(tables, 'parents')), ['children', 'theirs'])
  t.equal(alone.steps.up[0], "await schema.alterColumn('children', 'a', column.varchar(9, { nullable: true, default: 'other' }), { only: ['default'] })", 'also where the code does not declare the parent')
  const fewer = await diff(declaring(t, url, both(tables, {}, { gone: undefined })))
  t.equal(fewer, undefined, 'what is inherited stays')
  t.match(await leftAlone(declaring(t, url, both(tables, {}, { gone: undefined }))), [/^children: column gone, which it inherits from parents$/])
})

t.test('postgres: what cannot be changed where it is inherited is refused, with what to declare', onPostgres, async t => {
  const { db, url } = await made(t, 'postgres', HEIRS)
  const { tables } = await pull(db)
  await stamp(declaring(t, url, tables))
  const [text, computed] = [column.text({ nullable: true, default: 'y' }), column.integer({ nullable: true, generated: { as: 'id * 2' } })]
  for (const [changed, message] of [
    [both(tables, {}, { a: text }), 'Migrations: children.a is text in table(), and inherits character varying(9) from parents. Declare both alike'],
    [both(tables, { a: text }, {}), /children\.a is character varying\(9\) in table\(\), and inherits text from parents\. Declare both alike; theirs\.a is/],
    [both(tables, { n: computed }, { n: column.integer({ nullable: true }) }), /children\.n is integer in table\(\), and would inherit integer generated as id \* 2 from parents\. Declare both alike/],
    [[withColumns(of(tables, 'children'), { a: column.text({ nullable: true, default: 'y', collate: raw('"C"') }) })], 'Migrations: children.a is text collate "C" in table(), and inherits character varying(9) from parents. Declare it as it is, or change it in parents'],
    [both(tables, {}, { gone: undefined, left: column.integer({ nullable: true, renamedFrom: 'gone' }) }), /children\.gone is inherited from parents: rename it there, too, or not at all/],
    [both(tables, { a: undefined, letters: column.varchar(9, { nullable: true, default: 'x', renamedFrom: 'a' }) }, {}), /children\.a is inherited, and renamed to letters in its parent\. Give it that name, and renamedFrom: 'a', in children, too/]
  ] as const) await t.rejects(diff(declaring(t, url, changed)), { code: 'APIKIT_ERR_MIGRATION', message })
})

t.test('postgres: tables that inherit go, and inherit again after down; the columns of a parent go from those that the code does not declare', onPostgres, async t => {
  const statements = ['create table others (id integer primary key)', ...HEIRS, 'alter table children add primary key (id), add foreign key (size) references others not valid, add foreign key (id) references others not valid', 'alter table children validate constraint children_id_fkey'].filter(sql => !sql.startsWith('insert'))
  await thereAndBack(t, statements, tables => [of(tables, 'parents'), of(tables, 'others')])
  await thereAndBack(t, statements, () => [])

  const { db, url } = await made(t, 'postgres', HEIRS)
  const { tables } = await pull(db)
  const parents = of(tables, 'parents')
  await stamp(declaring(t, url, [parents]))
  const { up = [] } = await diff(declaring(t, url, [withColumns(parents, { gone: undefined })])) ?? {}
  for (const heir of ['children', 'theirs']) t.ok(up.includes(`// It goes from ${heir}, too, which inherits it`), heir)
  t.match((await diff(declaring(t, url, [])))?.up.join('\n'), '// PostgreSQL refuses to drop parents before: table children, which inherits from it, table theirs, which inherits from it')
})

t.test('postgres: a table with parents of other names, and a parent that gets another name', onPostgres, async t => {
  const statements = ['create table a (id integer primary key, n integer)', 'create table b (m integer)', 'create table c (x integer) inherits (a, b)']
  await thereAndBack(t, statements, tables => [
    table('a2', { id: column.integer({ primaryKey: true }), n: column.bigint({ nullable: true }) }, { renamedFrom: 'a' }), withColumns(of(tables, 'b'), { m: column.bigint({ nullable: true }) }), withColumns(of(tables, 'c'), { n: column.bigint({ nullable: true }), m: column.bigint({ nullable: true }) })
  ])
  const { db, url } = await made(t, 'postgres', [...statements, 'insert into c values (1, 2, 3, 4)'])
  t.match((await pull(db)).text, '// Left alone: inherits a\n// Left alone: inherits b')
  t.same(await ask('select n from a', url), [{ n: 2 }])
})

t.test('postgres: a partitioned table goes, and comes back as an ordinary one', onPostgres, async t => {
  const { db, url } = await made(t, 'postgres', [...PARTED, 'alter table t drop constraint u', "comment on column t.a is 'a text'"])
  const { tables } = await pull(db)
  await stamp(declaring(t, url, tables))
  const none = declaring(t, url, [])
  const steps = await diff(none)
  t.match(steps?.up.join('\n'), /down makes the table again, not its rows, and without partitions/)
  await run(none, steps?.up ?? [])
  await run(none, steps?.down ?? [])
  t.equal(await diff(declaring(t, url, tables)), undefined)
  const whole = await wholeOf(url)
  for (const line of ['comment on column a of table t: a text', 'comment on index named: of all']) t.ok(whole.includes(line), line)
})

t.test('postgres: a table that inherits a serial is pulled', onPostgres, async t => {
  const { steps } = await thereAndBack(t, ['create table p (id serial primary key)', 'create table c (x integer) inherits (p)', 'insert into c values (1)'], tables => tables.map(one => withColumns(one, { id: column.bigint({ ...one.columns.id, generated: one.name === 'p' ? 'serial' : undefined } as object) })))
  t.ok(steps.up.length > 0)
})

t.test('postgres: partitions and tables that inherit go on asking a sequence that becomes that of an identity', onPostgres, async t => {
  const { there } = await thereAndBack(t, [
    'create table t (id serial, a text) partition by range (id)', 'create table p1 partition of t for values from (0) to (100)', 'create sequence other', 'create table p2 partition of t default', "alter table only p2 alter id set default nextval('other')",
    'create table p (id serial primary key)', 'create table c (x integer) inherits (p)', 'insert into p1 (a) values (1)'
  ], tables => tables.filter(({ name }) => name !== 'c').map(one => withColumns(one, { id: column.integer({ generated: 'identity always', primaryKey: one.name === 'p' }) })), ['t', 'p'])
  for (const [name, sequence] of [['p1', 't_id_seq'], ['p2', 'other'], ['c', 'p_id_seq']] as const) t.ok(there.some(line => line.startsWith(`column ${name} id `) && line.includes(`nextval('${sequence}'::regclass)`)), name)
})

t.test('postgres: indexes and constraints that partitions and tables that inherit have of their own come back with their column', onPostgres, async t => {
  const statements = [
    'create table t (id integer, n integer, m integer, s integer generated always as (id + 1) stored) partition by range (id)', 'create table p1 partition of t for values from (0) to (10)', 'create index on t (n)',
    'create table p2 partition of t for values from (10) to (20) partition by range (id)', 'create table p2_1 partition of p2 default',
    'create index "own 1" on p1 (n) where n > 1', "comment on index \"own 1\" is 'own'", 'alter table p1 add constraint above check (n > id), add constraint once unique (n), add constraint doubled check (n > s)', "comment on constraint above on p1 is 'above'",
    'create unique index own_2 on p2 (id, n)', 'alter index p2_1_id_n_idx rename to other', 'create index own_s on p2 (s, id)', 'create index own_sm on p1 (s, m)',
    'create table parents (id integer primary key, n integer)', 'create table theirs (extra integer) inherits (parents)', 'create index own_3 on theirs (n, extra)',
    'create table kept (n integer) inherits (parents)', 'create index own_4 on kept (n)'
  ]
  const going = await thereAndBack(t, statements, tables => tables.map(one => one.name === 'kept' ? one : withColumns(one, { n: undefined }, { indexes: undefined })), ['t', 'parents'])
  t.same(going.steps.up.filter(line => line.includes(' goes with it;')).sort(), [
    'parents.n: index own_3 of theirs', ...['constraint above of p1', 'constraint doubled of p1', 'constraint once of p1', 'index "own 1" of p1', 'index own_2 of p2'].map(what => `t.n: ${what.replaceAll('"', '')}`)
  ].map(line => `// ${line} goes with it; down creates it again`))
  t.ok(going.there.some(line => line.includes('own_4')), 'a column of its own stays')
  const computed = (as: string) => column.integer({ nullable: true, generated: { as } })
  const { there } = await thereAndBack(t, statements, tables => tables.map(one => one.name === 't' ? withColumns(one, { s: computed('id + 2'), m: undefined }) : one), ['t', 'parents'])
  t.same(['doubled', 'own_s', 'own_sm'].map(name => there.some(line => line.includes(name))), [true, true, false], 'a column that is made anew has them again at once')
})

t.test('postgres: indexes and keys that partitions had before those of their table are there after down', onPostgres, async t => {
  const { steps } = await thereAndBack(t, [
    'create table r (id integer primary key)', 'create table t (id integer, n integer, r integer) partition by range (id)', 'create table p1 partition of t for values from (0) to (10)', 'create table p2 partition of t default', 'insert into t values (1, 2)',
    'create index "own 1" on p1 (n)', "comment on index \"own 1\" is 'own'", 'create index other on p2 (n) where n > 7', 'create index lowered on p2 (abs(n), r)', 'alter table p1 add constraint once unique (n, id), add check (n > 0)', 'alter table p2 add constraint own_r foreign key (r) references r'
  ], tables => tables.map(one => one.name === 'r' ? one : withColumns(one, { n: column.integer({ nullable: true, index: true }), r: column.integer({ nullable: true, references: 'r.id' }) }, { unique: [['id', 'n']] })))
  t.ok(steps.down.every(line => !line.includes('lowered')), 'what has other columns is not told of')
})

t.test('postgres: a partition that goes between has nothing to put back', onPostgres, async t => {
  const { db, url } = await made(t, 'postgres', PARTED)
  await step(db, async schema => {
    await schema.dropIndex('named')
    await schema.run('drop table p1')
    await schema.createIndex('t', { name: 'named', on: ['b'] })
  })
  const whole = await wholeOf(url)
  t.ok(whole.includes('comment on index named: of all'))
  t.ok(whole.some(line => line.startsWith('relation p1_a_idx I ')), 'the others have their names')
})
