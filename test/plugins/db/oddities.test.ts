import { sql } from 'kysely'
import t, { type Test } from 'tap'
import { type AnyTable, column, type Database, diff, openDatabase, pull, raw, stamp, table } from '../../../plugins/db/index.ts'
import { ask, type DialectName, emptyDatabase, hasPostgres, onBoth } from './databases.ts'
import { both, declaring, filled, made, step } from './made.ts'

const onPostgres = { skip: !hasPostgres && 'no PostgreSQL here' }

/** Pulls a database: with its tables `diff` is quiet. */
async function quiet (t: Test, dialect: DialectName, statements: readonly string[]): Promise<{ readonly text: string, readonly url: string, readonly db: Database }> {
  const { db, url } = await made(t, dialect, statements)
  const { text, tables } = await pull(db)
  t.equal(await diff(declaring(t, url, tables)), undefined)
  return { text, url, db }
}

t.test('postgres: what tables seldom have is pulled, or left alone by its name', onPostgres, async t => {
  const { db, url } = await made(t, 'postgres', [
    'create domain whole as bigint', 'create domain large as whole',
    'create table parents (a integer, b integer, primary key (a, b))', 'create table "empty one" ()',
    `create table t (
      a integer, b integer, c whole, d integer, unique (a, b), foreign key (a, b) references parents match full,
      constraint partial foreign key (c, d) references parents on delete set null (d)) with (fillfactor = 70)`,
    'create table "default" (id integer primary key)', 'create unlogged table loose (id integer primary key)', 'alter table "default" enable row level security',
    'create table "a b" (id integer primary key, parent_id integer references "default")', 'create table "a-b" (id integer primary key)', 'create index on "a b" (parent_id)',
    "create table lists (id integer generated always as identity (start with 100) primary key, tags text[] not null default '{}', codes varchar(5)[], flags boolean[], spans int4range[], sums numeric(5,2)[], names varchar[])",
    'create unique index one on "a b" (parent_id) nulls not distinct', 'create index first on t (b nulls first)', 'create index on t (b, a)', 'insert into t (d) values (1), (1)'
  ])
  // An index that failed is there, and does nothing.
  await t.rejects(ask('create unique index concurrently twice on t (d)', url), { code: '23505' })
  const { text, tables } = await pull(db)
  t.equal(await diff(declaring(t, url, tables)), undefined)
  for (const part of [
    "match: 'full'", 'ON DELETE SET NULL (d)', "unique: [['a', 'b']]", 'nullsNotDistinct: true', "{ column: 'b', nulls: 'first' }", "['b', 'a']", 'BigInteger()', 'Left alone: invalid index twice',
    'Left alone: with (fillfactor=70)', 'Left alone: unlogged', '\n// Left alone: table empty one, which has no columns\n', 'Left alone: sequence of id, with options',
    "tags: column.array(column.text(), { default: raw(\"'{}'::text[]\") })", 'column.array(column.varchar(5), {', 'column.array(column.boolean(), {', "column.of('int4range[]', ", "column.of('numeric(5,2)[]', ", "column.of('character varying[]', Type.Array(Type.String())",
    'Left alone: row level security', 'export const default_ =', 'export const a_b =', 'export const a_b_2 =', "references: 'default.id', index: true"
  ]) t.ok(text.includes(part), part)
})

t.test('sqlite: what tables seldom have is pulled', async t => {
  const { text } = await quiet(t, 'sqlite', [
    'create table parents (id integer primary key)',
    `create table t (
      id integer primary key, a integer unique constraint dangling, b text unique on conflict replace, c odd, d integer references parents deferrable check (d > 0),
      e integer references parents on delete set null not deferrable not null, f integer references parents (id) on update set default default -1, g text default x'01', h, unique (a), check (a > 1), check (a > 1))`,
    'create index by_b on t (b collate nocase desc)', 'create index plain on t (d)', 'create table ghostly (id integer primary key, a integer references ghosts (x))', 'create table keyed (id text primary key desc) without rowid'
  ])
  for (const part of ['unique ("b") on conflict replace', 'primary key ("id" desc)', "column.of('odd', Type.Unknown()", 'deferrable: true', "onDelete: 'set null'", "onUpdate: 'set default'", "collate: 'nocase', desc: true", "references: 'ghosts.x'", "raw(\"x'01'\")"]) {
    t.ok(text.toLowerCase().includes(part.toLowerCase()), part)
  }
})

onBoth('a column may be called as nothing else', async (t, dialect) => {
  const { text } = await quiet(t, dialect, ['create table t (id integer not null primary key, "__proto__" integer, "it\'s" integer)'])
  t.match(text, "['__proto__']: column.integer(")
})

t.test('what cannot be said so that diff is quiet is not pulled', async t => {
  await t.rejects(pull((await made(t, 'sqlite', ['create table t (id integer primary key, a "not null")'])).db), { code: 'APIKIT_ERR_MIGRATION', message: /without a remaining difference:\nawait schema\.alterColumn\('t', 'a'/ })
  if (!hasPostgres) return
  const { db } = await made(t, 'postgres', ['create sequence s', "create table t (id integer primary key, n numeric not null default nextval('s'))", 'alter sequence s owned by t.n'])
  await t.rejects(pull(db), { code: 'APIKIT_ERR_MIGRATION', message: /without a remaining difference/ })
})

t.test('postgres: without a current schema others can be pulled', onPostgres, async t => {
  const url = await emptyDatabase(t, 'postgres')
  const schema = String(/apikit_\d+_\d+/.exec(url))
  await filled(t, url, ['create table t (id integer primary key)'])
  const none = openDatabase({ url: url.replace(schema, 'nowhere') })
  t.teardown(() => none.destroy())
  t.match((await pull(none, { schemas: [schema] })).text, `table('${schema}.t'`)
})

onBoth('a table with a foreign key of two columns is made; a key of its own is added to one without', async (t, dialect) => {
  const parents = table('parents', { a: column.integer(), b: column.integer() }, { primaryKey: ['a', 'b'] })
  const children = table('children', { id: column.id(), a: column.integer(), b: column.integer() }, { foreignKeys: [{ columns: ['a', 'b'], references: { table: 'parents', columns: ['a', 'b'] }, match: 'full' }] })
  await both(t, await emptyDatabase(t, dialect), [], [parents, children])

  const { url } = await made(t, dialect, ['create table t (a integer not null)', 'insert into t values (7)'])
  const keyed = { a: column.integer() }
  const steps = await both(t, url, [table('t', keyed, { key: false })], [table('t', { ...keyed, id: column.id() })])
  t.same(steps.up, ["await schema.addColumn('t', 'id', column.id())"])
})

onBoth('a column that becomes the counted key of its table', async (t, dialect) => {
  const { url, db } = await made(t, dialect, ['create table t (id integer not null, a integer)', 'insert into t values (4, 1)'])
  await both(t, url, [table('t', { id: column.integer(), a: column.integer({ nullable: true }) }, { key: false })], [table('t', { id: column.id(), a: column.integer({ nullable: true }) })])
  t.same((await sql`select * from t`.execute(db)).rows, [{ id: 4, a: 1 }])
})

onBoth('another type keeps a default that the code does not say; what is computed changes by its words', async (t, dialect) => {
  const { url, db } = await made(t, dialect, [
    `create table t (id integer not null primary key, a varchar(5) default 'x', n integer, m integer generated always as (n * 2) stored, k integer default ${dialect === 'sqlite' ? '(1)' : '1'})`, 'insert into t (id, n) values (1, 2)'
  ])
  const of = (as: string, a: AnyTable['columns'][string]) => [table('t', {
    id: column.integer({ primaryKey: true }), a, n: column.integer({ nullable: true }), m: column.integer({ nullable: true, generated: { as } }), k: column.integer({ nullable: true, default: 1 })
  })]
  const [short, long] = [column.varchar(5, { nullable: true }), column.text({ nullable: true })]
  t.equal(await diff(declaring(t, url, of('(n)*2', short))), undefined)
  const steps = await both(t, url, of('n * 2', short), of('n * 3', long))
  t.ok(steps.up.some(line => line.includes("default: raw(\"'x'")), steps.up.join('\n'))
  t.same((await sql`select a, m from t`.execute(db)).rows, [{ a: 'x', m: 4 }])
})

t.test('sqlite: a default of a table of one column is compared by what it means; bytes by their text', async t => {
  const { url } = await made(t, 'sqlite', ['create table one (a integer default (1))', "create table two (a blob default x'0a')"])
  t.equal(await diff(declaring(t, url, [table('one', { a: column.integer({ nullable: true, default: 1 }) }, { key: false })])), undefined)
  const steps = await both(t, url, [table('two', { a: column.bytes({ nullable: true, default: raw("x'0a'") }) }, { key: false })], [table('two', { a: column.bytes({ nullable: true, default: raw("X'0A'") }) }, { key: false })])
  t.equal(steps.up.filter(line => !line.startsWith('//')).length, 1)
})

t.test('postgres: what the database says of a column that the code has otherwise is another', onPostgres, async t => {
  const { url } = await made(t, 'postgres', ["create table t (id integer primary key, a text default 'x', b integer, constraint c check (b > 0))"])
  const steps = await diff(declaring(t, url, [table('t', { id: column.integer({ primaryKey: true }), a: column.integer({ nullable: true, default: 5 }) }, { constraints: { c: 'check (a > 0)' } })]))
  t.ok(steps?.up.some(line => line.includes("only: ['type', 'default']")))
  t.ok(steps?.up.includes("await schema.dropConstraint('t', 'c')"))
  t.ok(steps?.up.some(line => line.startsWith("await schema.addConstraint('t', { name: 'c'")))
})

t.test('postgres: a unique index under a column of another type stays an index; a foreign key is made anew', onPostgres, async t => {
  const { url } = await made(t, 'postgres', [
    'create table users (id integer primary key, email varchar(9))', 'create unique index ix on users (email)', 'create table posts (id integer primary key, user_id integer references users)', 'insert into users values (1)', 'insert into posts values (1, 1)'
  ])
  const posts = table('posts', { id: column.integer({ primaryKey: true }), user_id: column.integer({ nullable: true }) })
  const of = (id: AnyTable['columns'][string], email: AnyTable['columns'][string]) => [table('users', { id, email }), posts]
  const steps = await both(t, url, of(column.integer({ primaryKey: true }), column.varchar(9, { nullable: true, unique: true })), of(column.bigint({ primaryKey: true }), column.text({ nullable: true, unique: true })))
  t.match(steps.up.join('\n'), /dropConstraint\('posts', 'posts_user_id_fkey'\)[^]*dropIndex\('ix'\)[^]*createIndex\('users', \{ name: 'ix', on: \['email'\], unique: true \}\)[^]*addConstraint\('posts', \{ name: 'posts_user_id_fkey'/)
})

onBoth('columns on both ends of a foreign key are renamed', async (t, dialect) => {
  const { url, db } = await made(t, dialect, [
    'create table parents (id integer not null primary key, nr integer unique)', 'create table children (id integer not null primary key, nr integer references parents (nr), constraint positive check (nr > 0))',
    'insert into parents values (1, 5)', 'insert into children values (1, 5)'
  ])
  const from = (await pull(db)).tables
  const steps = await both(t, url, from, [
    table('parents', { id: column.integer({ primaryKey: true }), number: column.integer({ nullable: true, unique: true, renamedFrom: 'nr' }) }),
    table('children', { id: column.integer({ primaryKey: true }), parent: column.integer({ nullable: true, references: 'parents.number', renamedFrom: 'nr' }) }, { constraints: { positive: 'check (parent > 0)' } })
  ])
  t.same(steps.up, ["await schema.renameColumn('parents', 'nr', 'number')", "await schema.renameColumn('children', 'nr', 'parent')"])
})

onBoth('a table goes with what is on it, which is said', async (t, dialect) => {
  const { url } = await made(t, dialect, [
    'create table t (id integer not null primary key)',
    ...dialect === 'sqlite' ? ['create trigger touched after insert on t begin select 1; end'] : ['create rule touched as on delete to t do also select 1']
  ])
  await stamp(declaring(t, url, [table('t', { id: column.integer({ primaryKey: true }) })]))
  t.same((await diff(declaring(t, url, [])))?.up[0], `// t goes with its ${dialect === 'sqlite' ? 'trigger' : 'rule'} touched`)
})

onBoth('a list of what was declared that is not there, or not ours', async (t, dialect) => {
  const tables = [table('t', { id: column.id() })]
  const url = await emptyDatabase(t, dialect)
  const db = declaring(t, url, tables)
  await db.createTables()
  await stamp(db)
  await sql`delete from apikit_migrations_declared`.execute(db)
  t.equal(await diff(declaring(t, url, [])), undefined, 'nothing is dropped')
  await sql`drop table apikit_migrations_declared`.execute(db)
  await sql`create table apikit_migrations_declared (x integer)`.execute(db)
  await t.rejects(stamp(db), { message: /parts/ })
})

t.test('postgres: enums and counted columns of another schema', onPostgres, async t => {
  const url = await emptyDatabase(t, 'postgres')
  const other = `${/apikit_\d+_\d+/.exec(url)}_other`
  const db = await filled(t, url, [`create schema ${other}`, `create type ${other}.mood as enum ('sad', 'ok')`, `create table ${other}.t (id integer primary key, mood ${other}.mood)`, `insert into ${other}.t values (3, 'ok')`])
  t.teardown(() => ask(`drop schema ${other} cascade`))
  await step(db, async schema => {
    await schema.alterEnum(`${other}.mood`, ['mad', 'sad', 'ok'])
    await schema.alterEnum(`${other}.mood`, ['ok'])
    await schema.alterColumn(`${other}.t`, 'id', column.integer({ primaryKey: true, generated: 'serial' }), { only: ['identity'] })
  })
  t.same(await ask(`insert into ${other}.t default values returning *`, url), [{ id: 4, mood: null }])
  t.same(await ask(`select enum_range(null::${other}.mood)::text as labels`, url), [{ labels: '{ok}' }])
})

onBoth('a check without a name is called after its table', async (t, dialect) => {
  const { db } = await made(t, dialect, ['create table t (id integer not null primary key)'])
  await step(db, schema => schema.addConstraint('t', { check: 'id > 0' }))
  t.match((await pull(db)).text, 't_check')
})

onBoth('a table that references one which is not there', async (t, dialect) => {
  const db = declaring(t, await emptyDatabase(t, dialect), [table('t', { id: column.id(), ghost_id: column.integer({ references: 'ghosts.id' }) })])
  if (dialect === 'postgres') await t.rejects(diff(db), { code: 'APIKIT_ERR_MIGRATION', message: /cannot create t as table\(\) declares it: relation "ghosts" does not exist/ })
  else t.match((await diff(db))?.up[0], /createTable\('t'/)
})

onBoth('keys, indexes and defaults of other kinds are made', async (t, dialect) => {
  const tables = [table('t', {
    id: column.id(),
    small: column.smallint(),
    two: column.char(2),
    at: column.time(),
    list: column.array(column.integer(), { default: [1, 2] }),
    texts: column.array(column.text()),
    nr: column.integer({ generated: dialect === 'sqlite' ? 'identity' : 'serial', nullable: dialect === 'sqlite' })
  }, { indexes: [{ on: ["lower('x')", '(small + 1) * (small + 2)'] }, { on: ['small'], unique: true, nullsNotDistinct: true }, { on: ["lower('x')"] }], checks: { odd: 'small > 0 /* small */' } })]
  const db = declaring(t, await emptyDatabase(t, dialect), tables)
  await db.createTables()
  t.equal(await diff(db), undefined)
  await t.rejects(diff(declaring(t, await emptyDatabase(t, dialect), [table('t', { id: column.id() }, { checks: { open: 'id > 0 /* open' } })])), { code: 'APIKIT_ERR_MIGRATION', message: /cannot create/ })
})

t.test('mistakes of a table are named', async t => {
  t.throws(() => table('t', { id: column.id(), a: column.integer({ generated: 'identity', default: 1 } as object) }), { message: /a must have either generated or default/ })
  t.throws(() => table('t', { id: column.id(), a: column.varchar(0) }), { message: /a is a text of 0 characters/ })
  t.throws(() => table('t', { id: column.id() }, { key: false }), { message: /it has a key, and key: false/ })
})

t.test('sqlite: columns are altered in ways that SQLite has not', async t => {
  const { db } = await made(t, 'sqlite', ['create table t (id integer primary key, a)', 'create index plain on t (a)', "insert into t (a) values (1), ('x')"])
  await step(db, async schema => {
    await schema.renameIndex('plain', 'by_a')
    await schema.run('analyze')
    await schema.addColumn('t', 'plus', column.integer({ default: raw('+5') }))
    await schema.alterColumn('t', 'a', column.text({ nullable: true }), { only: ['type'], using: "a || '!'" })
  })
  t.same((await sql`select a, plus from t`.execute(db)).rows, [{ a: '1!', plus: 5 }, { a: 'x!', plus: 5 }])
  await step(db, schema => schema.alterColumn('t', 'a', column.bytes({ nullable: true }), { only: ['type'] }))
  t.same((await sql`select idx from sqlite_stat1 where tbl = 't'`.execute(db)).rows.length, 1, 'what ANALYZE knows is kept')
})

t.test('sqlite: a change that would lose something is refused', async t => {
  const { db } = await made(t, 'sqlite', [
    'create table t (id integer primary key, a text unique on conflict replace)', "insert into t (a) values ('1'), ('01')", 'create table parents (a text primary key)', 'create table children (a text references parents)',
    "insert into parents values ('01')", "insert into children values ('01')"
  ])
  await t.rejects(step(db, schema => schema.alterColumn('t', 'a', column.integer({ nullable: true }), { only: ['type'] })), { code: 'APIKIT_ERR_MIGRATION', message: /the change of t would lose: rows of t, which has 2/ })
  await t.rejects(step(db, schema => schema.alterColumn('parents', 'a', column.text({ primaryKey: true }), { only: ['type'], using: "a || '!'" })), { code: 'APIKIT_ERR_MIGRATION', message: /the change of parents would lose: 1 rows of children reference rows of parents that are not there/ })
  t.same((await sql`select a from t`.execute(db)).rows, [{ a: '1' }, { a: '01' }])
})

t.test('sqlite: a column type of any name has a schema', async t => {
  const { text } = await quiet(t, 'sqlite', ['create table t (id integer primary key, a, b "my type")'])
  t.match(text, "column.of('my type', Type.Unknown()")
})
