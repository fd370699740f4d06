import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { join, relative } from 'node:path'
import { sql } from 'kysely'
import t, { type Test } from 'tap'
import { type AnyTable, column, type Database, diff, leftAlone, raw, readMigrations, stamp, type Steps, table, up, writeMigration } from '../../../plugins/db/index.ts'
import { ask, emptyDatabase, hasPostgres } from './databases.ts'
import { declaring, run, step } from './made.ts'

const onPostgres = { timeout: 120_000, skip: !hasPostgres && 'no PostgreSQL here' }

t.setTimeout(300_000)

type Labels = readonly [string, ...string[]]

/** An enum in columns, lists, defaults, checks, partial and expression indexes, a foreign key, and in a table of somebody else. */
function moody (labels: Labels, initial: string): AnyTable[] {
  const mood = (): ReturnType<typeof column.enum> => column.enum(labels as [string, ...string[]], { native: 'Mood' })
  return [
    table('moods', { mood: { ...mood(), primaryKey: true } }),
    table('people', {
      id: column.id(),
      mood: column.enum(labels as [string, ...string[]], { native: 'Mood', default: initial, references: 'moods.mood' }),
      moods: column.of('"Mood"[]', mood().schema, { nullable: true, default: raw(`'{${initial}}'::"Mood"[]`) })
    }, {
      checks: { known: `mood <> 'ok' or id > 0 or mood = '${initial}'` },
      indexes: [{ on: ['id'], where: `mood = '${initial}'` }, { on: [{ expression: `(mood = '${initial}')` }], name: 'people_is_initial' }]
    })
  ]
}

const ROWS = ["insert into moods values ('ok')", "insert into people (mood, moods) values ('ok', '{ok,ok}'), ('ok', null)"]
const FOREIGN = [
  'create table theirs (id int primary key, mood "Mood" default \'ok\' check (mood is distinct from null or mood = \'ok\'))', "create index theirs_ok on theirs (id) where mood = 'ok'", 'insert into theirs values (1), (2)',
  'create table parted (id int, mood "Mood" default \'ok\') partition by range (id)', 'create table parted_1 partition of parted for values from (0) to (9)', 'insert into parted values (1)'
]

async function dump (db: Database): Promise<unknown> {
  const ask = async (text: string): Promise<unknown> => (await sql.raw(text).execute(db)).rows
  return [
    await ask("select enumlabel::text from pg_enum e where enumtypid = '\"Mood\"'::regtype order by enumsortorder"),
    await ask("select c.relname::text, a.attname::text, format_type(a.atttypid, a.atttypmod) as type, pg_get_expr(d.adbin, d.adrelid) as value from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 left join pg_attrdef d on d.adrelid = c.oid and d.adnum = a.attnum where c.relnamespace = current_schema()::regnamespace and c.relkind in ('r', 'p') and c.relname not like 'apikit%' order by 1, 2"),
    await ask('select conrelid::regclass::text as of, conname::text, pg_get_constraintdef(oid) as text from pg_constraint where connamespace = current_schema()::regnamespace and conrelid::regclass::text not like \'apikit%\' order by 1, 2'),
    await ask("select indexname::text, indexdef from pg_indexes where schemaname = current_schema() and tablename not like 'apikit%' order by 1")
  ]
}

async function rows (db: Database): Promise<unknown> {
  return (await sql`select (select json_agg(p order by id) from people p) as people, (select json_agg(m) from moods m) as moods, (select json_agg(x order by id) from theirs x) as theirs, (select json_agg(x order by id) from parted x) as parted`.execute(db)).rows
}

async function thereAndBack (t: Test, from: AnyTable[], to: AnyTable[], before: readonly string[] = ROWS): Promise<Steps> {
  const url = await emptyDatabase(t, 'postgres')
  const [old, now] = [declaring(t, url, from), declaring(t, url, to)]
  await run(old, (await diff(old))?.up ?? [])
  await stamp(old)
  for (const statement of [...FOREIGN, ...before]) await sql.raw(statement).execute(old)
  const [schema, held] = [await dump(old), await rows(old)]
  const steps = await diff(now) ?? { up: [], down: [] }
  await run(now, steps.up)
  t.equal(await diff(now), undefined, 'there')
  t.equal(JSON.stringify(await rows(now)).length > 0, true)
  await run(now, steps.down)
  t.equal(await diff(old), undefined, 'and back')
  t.same(await dump(old), schema, 'all is as it was')
  t.same(await rows(old), held, 'and the rows')
  return steps
}

const CHANGES: ReadonlyArray<readonly [name: string, from: readonly [Labels, string], to: readonly [Labels, string], calls: readonly string[], transaction?: 'own']> = [
  ['a label in the middle', [['sad', 'ok'], 'ok'], [['sad', 'calm', 'ok'], 'ok'], ["await schema.alterEnum('Mood', ['sad', 'calm', 'ok'])"], 'own'],
  ['labels at both ends', [['sad', 'ok'], 'ok'], [['mad', 'sad', 'ok', 'happy'], 'ok'], ["await schema.alterEnum('Mood', ['mad', 'sad', 'ok', 'happy'])"], 'own'],
  ['another order', [['sad', 'ok', 'happy'], 'ok'], [['happy', 'sad', 'ok'], 'ok'], ["await schema.alterEnum('Mood', ['happy', 'sad', 'ok'])"]],
  ['a label less', [['sad', 'ok', 'happy'], 'ok'], [['sad', 'ok'], 'ok'], ["await schema.alterEnum('Mood', ['sad', 'ok'])"]],
  ['one less and one more', [['sad', 'ok', 'happy'], 'ok'], [['ok', 'sad', 'calm'], 'ok'], ["await schema.alterEnum('Mood', ['ok', 'sad', 'calm'])"]],
  ['labels with commas and quotes', [['sad', 'ok', 'a,b'], 'ok'], [['sad', 'ok', 'a', "b's"], 'ok'], ["await schema.alterEnum('Mood', ['sad', 'ok', 'a', \"b's\"])"]]
]

for (const [name, from, to, calls, transaction] of CHANGES) {
  t.test(`postgres: ${name} of an enum in use is one step there and back, and rows are kept`, onPostgres, async t => {
    const steps = await thereAndBack(t, moody(...from), moody(...to))
    t.same(steps.up.filter(line => !line.startsWith('//')), calls)
    t.equal(steps.down.length, 1)
    t.equal(steps.transaction, transaction)
  })
}

t.test('postgres: a label in the place of another is renamed: rows, defaults, conditions and lists follow', onPostgres, async t => {
  const [moods, people] = moody(['sad', "o'k"], "o''k") as [AnyTable, AnyTable]
  const mood = column.enum(['sad', "o'k"], { native: 'Mood', default: "o'k", references: 'moods.mood' })
  const steps = await thereAndBack(t, moody(['sad', 'ok'], 'ok'), [moods, table('people', { ...people.columns, mood }, { ...people.options as object, checks: { known: "mood <> 'o''k' or id > 0 or mood = 'o''k'" } })])
  t.same(steps.up.filter(line => !line.startsWith('//')), ['await schema.renameEnumLabel(\'Mood\', \'ok\', "o\'k")'])
  t.same(steps.down, ['await schema.renameEnumLabel(\'Mood\', "o\'k", \'ok\')'])
  t.match(steps.up[0], /Mood: the label 'ok' seems to be called "o'k" now/)
})

t.test('postgres: of several enums, only the one with another label is renamed', onPostgres, async t => {
  const shirts = table('shirts', { id: column.id(), cut: column.enum(['slim', 'wide'], { native: 'Cut' }) })
  const steps = await thereAndBack(t, [...moody(['sad', 'ok'], 'ok'), shirts], [...moody(['sad', 'fine'], 'fine'), shirts])
  t.same(steps.up.filter(line => !line.startsWith('//')), ["await schema.renameEnumLabel('Mood', 'ok', 'fine')"])
})

const simple = (labels: Labels, initial?: string): AnyTable[] => [...moody(labels, 'ok'), table('extra', { id: column.id(), mood: column.enum(labels as [string, ...string[]], { native: 'Mood', ...initial !== undefined && { default: initial } }) })]
const DEFAULTS: ReadonlyArray<readonly [from: readonly [Labels, string?], to: readonly [Labels, string?]]> = [
  [[['sad', 'ok'], 'ok'], [['sad', 'ok', 'new'], 'new']],
  [[['sad', 'ok', 'old'], 'old'], [['sad', 'ok'], 'ok']],
  [[['sad', 'ok', 'old', 'x'], 'old'], [['sad', 'ok', 'new'], 'new']],
  [[['sad', 'ok', 'old'], 'old'], [['sad', 'ok']]],
  [[['sad', 'ok']], [['sad', 'ok', 'new'], 'new']]
]

for (const [from, to] of DEFAULTS) {
  t.test(`postgres: labels ${String(from[0])} with the default ${from[1] ?? 'none'} become ${String(to[0])} with ${to[1] ?? 'none'}`, onPostgres, async t => {
    const { up, transaction } = await thereAndBack(t, simple(...from), simple(...to))
    t.equal(up.some(line => line.endsWith("'new'], { replace: true })")), !from[0].includes('old') && to[1] === 'new', 'a label that is used at once')
    t.equal(transaction, undefined)
  })
}

t.test('postgres: labels that rows, defaults or conditions of others hold stay, and what uses the type is named', onPostgres, async t => {
  const url = await emptyDatabase(t, 'postgres')
  const [old, now] = [declaring(t, url, moody(['sad', 'ok', 'gone'], 'ok')), declaring(t, url, moody(['sad', 'ok'], 'ok'))]
  await run(old, (await diff(old))?.up ?? [])
  await stamp(old)
  for (const statement of [...FOREIGN, ...ROWS]) await sql.raw(statement).execute(old)
  const alter = (): Promise<void> => step(now, schema => schema.alterEnum('Mood', ['sad', 'ok']))

  await sql`insert into people (mood, moods) values ('ok', '{ok,gone}')`.execute(old)
  await sql`update theirs set mood = 'gone' where id = 2`.execute(old)
  await t.rejects(alter(), { message: "Migrations: people.moods holds 'gone' in 1 rows; theirs.mood holds 'gone' in 1 rows: the new labels do not have it. Change these rows first, or use renameEnumLabel()" })
  await sql`update people set moods = null`.execute(old)
  await sql`update theirs set mood = 'ok'`.execute(old)

  await sql`alter table theirs alter mood set default 'gone'`.execute(old)
  await t.rejects(alter(), { message: /^Migrations: the default 'gone'::"Mood" of theirs\.mood cannot be kept: invalid input value .* Change it before alterEnum\(\)$/ })
  await sql`alter table theirs alter mood drop default, add constraint not_gone check (mood <> 'gone')`.execute(old)
  await t.rejects(alter(), { message: /the constraint not_gone of theirs cannot be kept/ })
  await sql`alter table theirs drop constraint not_gone`.execute(old)
  await sql`create index not_gone on theirs (id) where mood <> 'gone'`.execute(old)
  await t.rejects(alter(), { message: /the index not_gone cannot be kept/ })
  await sql`drop index not_gone`.execute(old)

  const blockers = [
    'create view seen as select mood from theirs', 'create materialized view kept as select moods from people', 'create function cheer("Mood") returns int language sql as \'select 1\'',
    'create type pair as (a "Mood", b int)', 'create domain fine as "Mood"', 'alter table theirs add short int generated always as (length(mood::text)) stored'
  ]
  for (const statement of blockers.slice(0, 5)) await sql.raw(statement).execute(old)
  await sql.raw('alter table theirs add is_ok bool generated always as (mood = \'ok\') stored').execute(old)
  await sql`create function noop() returns trigger language plpgsql as 'begin return new; end'`.execute(old)
  await sql`create trigger watch before update of mood on theirs for each row execute function noop()`.execute(old)
  await sql`create policy only_ok on theirs using (mood = 'ok')`.execute(old)
  const steps = await diff(now)
  t.ok(steps?.up.includes('// PostgreSQL refuses that while it is read by: view kept, view seen'))
  await t.rejects(alter(), { message: 'Migrations: the type Mood cannot be replaced while it is used by: composite type pair; function cheer("Mood"); generated column is_ok of table theirs; materialized view kept; policy only_ok on table theirs; trigger watch on table theirs; type fine; view seen. Drop them before alterEnum(), and create them again after it' })
  const { rows: labels } = await sql`select enumlabel::text as label from pg_enum where enumtypid = '"Mood"'::regtype order by enumsortorder`.execute(old)
  t.same(labels, ['sad', 'ok', 'gone'].map(label => ({ label })), 'nothing was changed')
})

t.test('postgres: an enum of another schema, and one without labels, get labels', onPostgres, async t => {
  const url = await emptyDatabase(t, 'postgres')
  const other = `apikit_enums_${process.pid}`
  t.teardown(() => ask(`drop schema if exists ${other} cascade`))
  const of = (labels: Labels) => declaring(t, url, [table('t', { id: column.id(), mood: column.enum(labels as [string, ...string[]], { native: `${other}.mood`, nullable: true }) })])
  const db = of(['a'])
  await sql.raw(`create schema ${other}`).execute(db)
  await sql.raw(`create type ${other}.mood as enum ()`).execute(db)
  for (const labels of [['a', 'b'], ['a', 'c', 'b'], ['c', 'a']] as const) {
    const now = of(labels)
    const steps = await diff(now)
    await run(now, steps?.up ?? [])
    t.equal(await diff(now), undefined, String(labels))
  }
})

t.test('postgres: an enum that no column has gets other labels, and then its first column, beside one that is computed', onPostgres, async t => {
  const url = await emptyDatabase(t, 'postgres')
  const old = declaring(t, url, [])
  await sql.raw("create type mood as enum ('sad', 'ok', 'gone')").execute(old)
  const now = declaring(t, url, [table('t', {
    id: column.id(), mood: column.enum(['ok', 'sad'], { native: 'mood', default: 'ok' }), twice: column.integer({ nullable: true, generated: { as: 'id * 2', stored: true } })
  })])
  const steps = await diff(now)
  t.same(steps?.up.filter(line => line.includes('Enum(') || line.startsWith('//')), ["await schema.alterEnum('mood', ['ok', 'sad'])"], 'no table is written again')
  await run(now, steps?.up ?? [])
  t.equal(await diff(now), undefined)
  await run(now, steps?.down ?? [])
  t.same((await sql`select enumlabel::text as label from pg_enum where enumtypid = 'mood'::regtype order by enumsortorder`.execute(old)).rows, ['sad', 'ok', 'gone'].map(label => ({ label })))
})

t.test('postgres: the file of a migration that adds labels has a transaction of its own, so that the next one can use them', onPostgres, async t => {
  const fixtures = join(import.meta.dirname, '..', '..', '..', '.tap', 'fixtures')
  mkdirSync(fixtures, { recursive: true })
  const folder = mkdtempSync(join(fixtures, 'enums-'))
  t.teardown(() => { rmSync(folder, { recursive: true }) })
  const specifier = relative(folder, join(import.meta.dirname, '..', '..', '..', 'plugins', 'db', 'index.ts'))
  const url = await emptyDatabase(t, 'postgres')
  const of = (labels: Labels): Database => declaring(t, url, [table('t', { id: column.id(), mood: column.enum(labels as [string, ...string[]], { native: 'mood' }) })])
  const old = of(['ok'])
  await run(old, (await diff(old))?.up ?? [])
  await stamp(old)
  await sql.raw('create view left_as_it_is as select 1 as one').execute(old)
  await sql.raw('create table theirs (id int)').execute(old)
  const now = of(['ok', 'new'])
  t.same(await leftAlone(now), ["table theirs: schema.dropTable('theirs')"])
  const steps = await diff(now) ?? { up: [], down: [] }
  const path = await writeMigration({ title: 'labels', folder, specifier, steps, now: new Date('2026-01-01T00:00:00Z') })
  t.match(readFileSync(path, 'utf8'), "\n// New labels of an enum can be used once they are committed.\nexport const transaction = 'own'\n")
  await writeMigration({ title: 'use', folder, specifier, steps: { up: ["await schema.run(\"insert into t (mood) values ('new')\")"], down: [] }, now: new Date('2026-01-02T00:00:00Z') })
  now.register({ name: 'app', migrations: await readMigrations(folder) })
  t.equal((await up(now)).length, 2)
  t.same((await sql`select mood::text from t`.execute(now)).rows, [{ mood: 'new' }])
})

t.test('postgres: who may not rename a label is told of one that goes and one that comes', onPostgres, async t => {
  const url = await emptyDatabase(t, 'postgres')
  const role = `apikit_role_${process.pid}`
  const of = (labels: Labels) => table('t', { id: column.id(), mood: column.enum(labels as [string, ...string[]], { native: 'mood' }) })
  const db = declaring(t, url, [of(['a', 'b'])])
  await run(db, (await diff(db))?.up ?? [])
  await ask(`create role ${role} login; grant usage on schema ${String(new URL(url).searchParams.get('options')).split('=')[1]} to ${role}`)
  t.teardown(() => ask(`drop owned by ${role}; drop role ${role}`))
  const theirs = new URL(url)
  theirs.username = role
  const steps = await diff(declaring(t, theirs.href, [of(['a', 'c'])]))
  t.same(steps?.up.filter(line => !line.startsWith('//')), ["await schema.alterEnum('mood', ['a', 'c'])"])
})
