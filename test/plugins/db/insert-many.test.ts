import { Type } from '@fastify/type-provider-typebox'
import { Decimal } from 'decimal.js'
import { CamelCasePlugin, sql } from 'kysely'
import t from 'tap'
import { Temporal } from 'temporal-polyfill'
import { column, insertMany, raw, sessionOf, table } from '../../../plugins/db/index.ts'
import { appWith, databaseWith, emptyDatabase, hasPostgres, onBoth } from './databases.ts'

const users = table('users', {
  id: column.id(),
  email: column.text({ unique: true }),
  name: column.text({ default: 'nobody' }),
  n: column.integer({ nullable: true }),
  code: column.varchar(3, { nullable: true }),
  secret: column.text({ nullable: true, hidden: true })
}, {
  title: 'User',
  unique: [['name', 'n'], { name: 'code_of_name', columns: ['code', 'name'] }],
  indexes: [{ name: 'users_lower', on: ['lower(email)'], unique: true }, { on: ['n'], unique: true, where: "name = 'only'", name: 'users_only' }, { name: 'users_n', on: ['n'] }, { name: 'users_secret', on: [{ column: 'secret', desc: true }], unique: true }]
})
const tables = [users] as const

const kinds = table('kinds', {
  key: column.integer({ primaryKey: true }),
  small: column.smallint({ nullable: true }),
  big: column.bigint({ nullable: true }),
  real: column.real({ nullable: true }),
  price: column.decimal(10, 2, { nullable: true }),
  text: column.text({ nullable: true }),
  short: column.varchar(10, { nullable: true }),
  filled: column.char(3, { nullable: true }),
  flag: column.boolean({ nullable: true }),
  json: column.json(Type.Unknown(), { nullable: true }),
  at: column.dateTime({ nullable: true }),
  day: column.date({ nullable: true }),
  time: column.time({ nullable: true }),
  span: column.interval({ nullable: true }),
  kind: column.enum(['a', "b'c"], { nullable: true }),
  mood: column.enum(['sad', 'ok'], { native: 'Mood "x"', nullable: true }),
  uuid: column.uuid({ nullable: true }),
  bytes: column.bytes({ nullable: true }),
  own: column.of('text', Type.String(), { nullable: true, decode: (value: string) => value.toUpperCase(), encode: (value: string) => value.toLowerCase() })
})
const full = {
  small: -32768,
  big: 9007199254740993n,
  real: 0.1 + 0.2,
  price: new Decimal('12345678.10'),
  text: '{"a\\b",NULL}\n\u{1}é😀\'',
  short: 'null',
  filled: 'ab',
  flag: false,
  json: [{ a: 'x"y\\z' }, [1, null]],
  at: new Date('2026-01-02T03:04:05.678Z'),
  day: Temporal.PlainDate.from('2026-02-28'),
  time: Temporal.PlainTime.from('01:02:03.5'),
  span: Temporal.Duration.from('P1DT2H'),
  kind: "b'c" as const,
  mood: 'ok' as const,
  uuid: '0b2b0f0e-4f70-4c5b-9d6c-0d6d8f7c1a2b',
  bytes: Buffer.from([0, 255, 92, 34]),
  own: 'ABC'
}

onBoth('values of every kind are stored as those of one row are', async (t, dialect) => {
  const db = (await databaseWith(t, await emptyDatabase(t, dialect), [kinds])).of([kinds])
  const names = Object.keys(full)
  const some = Array.from({ length: 25 }, (_, nr) => ({ ...full, ...Object.fromEntries(names.map((name, index) => [name, (nr + index) % 3 === 0 ? null : full[name as keyof typeof full]])) }))
  t.equal(await insertMany(db, kinds, some.map((row, nr) => ({ key: nr, ...row }))), 25)
  for (const [nr, row] of some.entries()) await db.insertInto('kinds').values({ key: nr + 100, ...row }).execute()
  const read = async (first: number): Promise<object[]> => (await db.selectFrom('kinds').selectAll().where('key', '>=', first).where('key', '<', first + 100).orderBy('key').execute()).map(({ key, ...row }) => JSON.parse(JSON.stringify(row, (_, value) => typeof value === 'bigint' ? `${value}n` : value)))
  const [many, single] = [await read(0), await read(100)]
  t.strictSame(many, single)
  t.match(many[0], { text: full.text })
  t.match(many[2], { json: full.json })
})

onBoth('rows come back in their order, whatever their fields', async (t, dialect) => {
  const db = (await databaseWith(t, await emptyDatabase(t, dialect), tables)).of(tables)
  const rows = Array.from({ length: 250 }, (_, nr) => nr % 3 === 0 ? { n: nr, email: `e${nr}` } : { email: `e${nr}`, name: undefined as never })
  const back = await insertMany(db, users, rows, { returning: ['email', 'n'] })
  t.strictSame(back, rows.map(({ email, n = null }: { email: string, n?: number | null }) => ({ email, n })))
  const [whole] = await insertMany(db, users, [{ email: 'whole' }], { returning: true })
  t.strictSame({ ...whole, id: 0 }, { id: 0, email: 'whole', name: 'nobody', n: null, code: null, secret: null })
  t.strictSame(await insertMany(db, users, [], { returning: ['id'] }), [])
})

onBoth('rows that are there already are left out, or changed', async (t, dialect) => {
  const db = (await databaseWith(t, await emptyDatabase(t, dialect), tables)).of(tables)
  const all = () => db.selectFrom('users').select(['email', 'name', 'n']).orderBy('id').execute()
  await insertMany(db, users, [{ email: 'a', name: 'Ann', n: 1 }, { email: 'b', name: 'Bob', n: 2 }])
  t.equal(await insertMany(db, users, [{ email: 'a', n: 9 }, { email: 'c', n: 3 }], { onConflict: 'nothing' }), 1)
  t.strictSame(await insertMany(db, users, [{ email: 'a' }, { email: 'd' }], { onConflict: { columns: ['email'], do: 'nothing' }, returning: ['email'] }), [{ email: 'd' }])
  await t.rejects(insertMany(db, users, [{ id: 1, email: 'new' }], { onConflict: { columns: ['email'], do: 'nothing' } }), { name: 'UniqueViolation' }, 'another conflict is one still')
  t.equal(await insertMany(db, users, [{ email: 'a', name: 'Anna' }, { email: 'e' }, { email: 'b', n: 22 }], { onConflict: { columns: ['email'], do: 'update' } }), 3)
  t.strictSame(await all(), [
    { email: 'a', name: 'Anna', n: 1 }, { email: 'b', name: 'Bob', n: 22 }, { email: 'c', name: 'nobody', n: 3 }, { email: 'd', name: 'nobody', n: null }, { email: 'e', name: 'nobody', n: null }
  ], 'fields that a row does not have stay as they are')
  const told = await insertMany(db, users, [{ email: 'c', name: 'Cleo', n: 33 }, { email: 'f', n: 6 }, { email: 'e' }], { onConflict: { constraint: 'users_email_key', do: 'update', set: ['name'] }, returning: ['email', 'name', 'n'] })
  t.strictSame(told, [{ email: 'c', name: 'Cleo', n: 3 }, { email: 'f', name: 'nobody', n: 6 }, { email: 'e', name: 'nobody', n: null }])
  t.equal(await insertMany(db, users, [{ id: 1, email: 'first' }], { onConflict: { columns: ['id'], do: 'update' } }), 1)
  t.equal(await insertMany(db, users, [{ email: 'x', name: 'Bob', n: 22, code: 'abc' }], { onConflict: { columns: ['n', 'name'], do: 'update', set: ['code'] } }), 1)
  t.equal(await insertMany(db, users, [{ email: 'y', name: 'Bob', code: 'abc' }], { onConflict: { constraint: 'code_of_name', do: 'nothing' } }), 0)
  t.equal(await insertMany(db, users, [{ email: 'FIRST' }], { onConflict: { constraint: 'users_lower', do: 'nothing' } }), 0)
  t.equal(await insertMany(db, users, [{ email: 'o1', name: 'only', n: 5, secret: 's' }], { onConflict: { constraint: 'users_only', do: 'update', set: ['email'] } }), 1)
  t.equal(await insertMany(db, users, [{ email: 'o2', name: 'other', secret: 's' }], { onConflict: { columns: ['secret'], do: 'nothing' } }), 0)
})

onBoth('rows of one call that conflict with each other are as if one came after the other', async (t, dialect) => {
  const db = (await databaseWith(t, await emptyDatabase(t, dialect), tables)).of(tables)
  const rows = [{ email: 'a', n: 1 }, { email: 'b', n: 2 }, { email: 'a', name: 'Ann' }, { email: 'a', n: 3 }, { name: 'Bob', email: 'b' }]
  t.strictSame(await insertMany(db, users, rows, { onConflict: { columns: ['email'], do: 'update' }, returning: ['email', 'n', 'name'] }), [
    { email: 'a', n: 1, name: 'nobody' }, { email: 'b', n: 2, name: 'nobody' }, { email: 'a', n: 1, name: 'Ann' }, { email: 'a', n: 3, name: 'Ann' }, { email: 'b', n: 2, name: 'Bob' }
  ])
  t.equal(await insertMany(db, users, [{ email: 'x', secret: null }, { email: 'y', secret: null }], { onConflict: { columns: ['secret'], do: 'update' } }), 2, 'nulls are not equal')
  const alike = insertMany(db, users, [{ email: 'new', n: 70 }, { email: 'NEW', n: 71 }], { onConflict: { constraint: 'users_lower', do: 'update' } })
  if (dialect === 'postgres') await t.rejects(alike, { name: 'UniqueViolation', table: 'users' }, 'what is equal to an index alone PostgreSQL refuses')
  else t.equal(await alike, 2)
})

onBoth('the index of a conflict may have a collation', async (t, dialect) => {
  const collate = dialect === 'sqlite' ? 'nocase' : '"C"'
  const names = table('names', { id: column.id(), name: column.text() }, { indexes: [{ name: 'names_key', on: [{ column: 'name', collate }], unique: true }] })
  const db = (await databaseWith(t, await emptyDatabase(t, dialect), [names])).of([names])
  const onConflict = { constraint: 'names_key', do: 'nothing' } as const
  t.equal(await insertMany(db, names, [{ name: 'Ann' }, { name: 'Bob' }], { onConflict }), 2)
  t.equal(await insertMany(db, names, [{ name: 'ann' }, { name: 'Bob' }], { onConflict }), dialect === 'sqlite' ? 0 : 1)
})

onBoth('onConflict is checked against the table', async (t, dialect) => {
  const loose = table('loose', { a: column.integer() }, { key: false })
  const db = (await databaseWith(t, await emptyDatabase(t, dialect), [...tables, loose])).of([...tables, loose])
  const refused = async (onConflict: unknown, message: RegExp, of: typeof users | typeof loose = users): Promise<unknown> => t.rejects(insertMany(db, of as typeof users, [], { onConflict: onConflict as 'nothing' }), { code: 'APIKIT_ERR_TABLE', message })
  await refused({ columns: ['name'], do: 'nothing' }, /"users": onConflict: no key and no unique constraint is of the columns name\. Expected: id; email; name, n; code, name; secret$/)
  await refused({ constraint: 'users_n', do: 'nothing' }, /no key and no unique constraint or index has the name "users_n"\. Expected: users_pkey, users_email_key, users_name_n_key, code_of_name, users_lower, users_only, users_secret$/)
  await refused({ columns: ['email'], do: 'update', set: ['nmae'] }, /unknown column nmae in set\. Expected: id, email/)
  await refused({ columns: ['a'], do: 'nothing' }, /Expected: a table with one$/, loose)
  await refused({ constraint: 'a', do: 'nothing' }, /Expected: a table with one$/, loose)
})

onBoth('in a session nothing is left of what failed, also where the error is caught', async (t, dialect) => {
  const app = await appWith(t, await emptyDatabase(t, dialect), tables)
  const db = app.db.of(tables)
  const bad = Array.from({ length: 12_000 }, (_, nr) => ({ email: nr === 11_999 ? 'e0' : `e${nr}` }))
  await db.session(async session => {
    await insertMany(session, users, [{ email: 'before' }])
    const insert = () => t.rejects(insertMany(session, users, bad), { name: 'UniqueViolation' })
    await (dialect === 'sqlite' ? insert() : session.savepoint(async () => { await insert(); throw new Error('undo') }).catch(() => {}))
    t.equal(await insertMany(session, users, bad.slice(0, 11_999)), 11_999)
  })
  t.same(await db.selectFrom('users').select(eb => eb.fn.countAll().as('n')).executeTakeFirst(), { n: 12_000 })
  await t.rejects(insertMany(db.reading, users, [{ email: 'x' }]), { code: 'APIKIT_ERR_READ_ONLY' })

  app.post('/users', { config: { depends: { db: sessionOf(tables) } } as never }, async request => {
    const { db } = (request as unknown as { deps: { db: typeof app.db } }).deps
    return insertMany(db as unknown as ReturnType<typeof app.db.of<typeof tables>>, users, request.body as never, { returning: ['email'] })
  })
  const send = async (body: object) => (await app.inject({ method: 'POST', url: '/users', body })).json()
  t.same(await send([{ email: 'r1' }, { email: 'r2' }]), [{ email: 'r1' }, { email: 'r2' }])
  t.same(await send([{ email: 'r3' }, { email: 'r1' }]), { detail: dialect === 'postgres' ? 'email: already taken' : 'Conflict' })
  t.same(await send([{ email: 'r4', n: 2 ** 40 }]), dialect === 'postgres' ? { detail: [{ type: 'out_of_range', loc: ['body', 'n'], msg: 'Value is out of range' }] } : [{ email: 'r4' }], 'the column of an array is told')
  if (dialect === 'postgres') t.match(await send([{ email: 'r5', code: 'abcd' }]), { detail: [{ type: 'too_long' }] }, 'no text is cut off')
  t.equal((await db.selectFrom('users').select('id').where('email', 'in', ['r3', 'r5']).execute()).length, 0)
})

onBoth('lists, expressions, types with bounds and unknown columns are written as by Kysely', async (t, dialect) => {
  const odd = table('odd', {
    id: column.id(),
    tags: column.array(column.text(), { nullable: true }),
    bits: column.of({ postgres: 'bit(3)', sqlite: 'text' }, Type.String(), { nullable: true }),
    n: column.integer({ default: raw('5') }),
    list: column.of({ postgres: 'text', sqlite: 'text' }, Type.Unknown(), { nullable: true })
  })
  const db = (await databaseWith(t, await emptyDatabase(t, dialect), [odd])).of([odd])
  await insertMany(db, odd, [{ tags: ['a', 'b"'] }, { tags: [] }, {}, { bits: '101' }])
  t.strictSame(await db.selectFrom('odd').select(['tags', 'bits', 'n']).orderBy('id').execute(), [{ tags: ['a', 'b"'], bits: null, n: 5 }, { tags: [], bits: null, n: 5 }, { tags: null, bits: null, n: 5 }, { tags: null, bits: '101', n: 5 }])
  await t.rejects(insertMany(db, odd, [{ bits: '1' }, { bits: dialect === 'postgres' ? '10101' : Symbol('x') as never }]))
  t.equal(await insertMany(db, odd, [{ n: 6 }, { n: sql`3 + 4` as never }, { n: 8 }]), 3)
  t.equal(await insertMany(db, odd, [{ n: (() => sql`9`) as never }]), 1)
  t.strictSame((await db.selectFrom('odd').select('n').where('n', '>', 5).orderBy('n').execute()).map(({ n }) => n), [6, 7, 8, 9])
  if (dialect === 'postgres') await insertMany(db, odd, [{ list: 'x' }, { list: { a: 1 } }])
  await t.rejects(insertMany(db, odd, [{ nothing: 1 } as never]), /nothing/)
  await t.rejects(insertMany(db, odd, [{ nothing: 1, n: 1 } as never]), /nothing/)
  const camel = db.withPlugin(new CamelCasePlugin())
  t.equal(await insertMany(camel as typeof db, odd, [{ n: 100 }, { n: 101 }]), 2)
})

t.test('any number of rows has one text of a statement in PostgreSQL, of arrays that are not too long', { skip: !hasPostgres && 'no PostgreSQL here' }, async t => {
  const texts = table('texts', { id: column.id(), text: column.text(), name: column.text() })
  const db = (await databaseWith(t, await emptyDatabase(t, 'postgres'), [...tables, texts])).of([...tables, texts])
  for (const step of [
    'create table told (q text, rows int)',
    'create function tell() returns trigger language plpgsql as $$ begin insert into told select current_query(), count(*) from new_rows; return null; end $$',
    'create trigger tell after insert on users referencing new table as new_rows for each statement execute function tell()',
    'create trigger tell after insert on texts referencing new table as new_rows for each statement execute function tell()'
  ]) await sql.raw(step).execute(db)
  await insertMany(db, users, [{ email: 'one', n: 1 }])
  await insertMany(db, users, Array.from({ length: 25_000 }, (_, nr) => ({ email: `e${nr}`, n: nr + 10 })))
  await insertMany(db, texts, Array.from({ length: 20 }, (_, nr) => ({ name: 'n', text: `${nr}${'x'.repeat(1_000_000)}` })))
  const told = await sql<{ q: string, rows: number }>`select * from told`.execute(db)
  const [text, long] = ['insert into "users" ("email", "n") select * from unnest($1::text[], $2::integer[])', 'insert into "texts" ("name", "text") select * from unnest($1::text[], $2::text[])']
  t.strictSame(told.rows.map(({ q, rows }) => [q, rows]), [[text, 1], [text, 10_000], [text, 10_000], [text, 5000], [long, 8], [long, 8], [long, 4]])
})

t.test('an exclusion constraint is one to conflict with in PostgreSQL', { skip: !hasPostgres && 'no PostgreSQL here' }, async t => {
  const stays = table('stays', { id: column.id(), during: column.of({ postgres: 'int4range', sqlite: 'text' }, Type.String()) }, { constraints: { no_overlap: raw({ postgres: 'exclude using gist (during with &&)', sqlite: 'check (true)' }) } })
  const db = (await databaseWith(t, await emptyDatabase(t, 'postgres'), [stays])).of([stays])
  const onConflict = { constraint: 'no_overlap', do: 'nothing' } as const
  t.equal(await insertMany(db, stays, [{ during: '[1,3)' }, { during: '[2,4)' }, { during: '[3,5)' }], { onConflict }), 2)
  const lite = (await databaseWith(t, 'sqlite::memory:', [stays])).of([stays])
  await t.rejects(insertMany(lite, stays, [], { onConflict }), { code: 'APIKIT_ERR_TABLE' })
})
