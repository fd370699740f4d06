import { Type } from '@fastify/type-provider-typebox'
import { Decimal } from 'decimal.js'
import { sql } from 'kysely'
import t from 'tap'
import { Temporal } from 'temporal-polyfill'
import { BigInteger, column, insertMany, table } from '../../../plugins/db/index.ts'
import { kCodec, Refusal } from '../../../plugins/types/codec.ts'
import { databaseWith, emptyDatabase, onBoth } from './databases.ts'

const things = table('things', {
  id: column.id(),
  integer: column.integer({ nullable: true }),
  big: column.bigint({ nullable: true }),
  real: column.real({ nullable: true }),
  price: column.decimal(10, 2, { nullable: true }),
  exact: column.decimal(30, 10, { nullable: true }),
  text: column.text({ nullable: true }),
  flag: column.boolean({ nullable: true }),
  json: column.json(Type.Unknown(), { nullable: true }),
  at: column.dateTime({ nullable: true }),
  day: column.date({ nullable: true }),
  kind: column.enum(['a', "b'c"], { nullable: true }),
  uuid: column.uuid({ nullable: true }),
  bytes: column.bytes({ nullable: true })
})

const full = {
  integer: -2147483648,
  big: 9223372036854775807n,
  real: 0.1,
  price: new Decimal('12345678.10'),
  exact: new Decimal('12345678901234567890.0123456789'),
  text: 'é😀\'";--',
  flag: false,
  json: { a: [1, 'x', null, true, { b: 2 }] },
  at: new Date('2026-01-02T03:04:05.678Z'),
  day: Temporal.PlainDate.from('2026-02-28'),
  kind: "b'c" as const,
  uuid: '0b2b0f0e-4f70-4c5b-9d6c-0d6d8f7c1a2b',
  bytes: Buffer.from([0, 255, 128])
}

/** What can be compared. */
function plain (row: object): object {
  return Object.fromEntries(Object.entries(row).map(([name, value]) => [name,
    Decimal.isDecimal(value) ? `decimal ${value.toFixed()}` : value instanceof Temporal.PlainDate ? `day ${String(value)}` : value]))
}

onBoth('every kind of value comes back as what it was', async (t, dialect) => {
  const db = (await databaseWith(t, await emptyDatabase(t, dialect), [things])).of([things])
  const row = await db.insertInto('things').values(full).returningAll().executeTakeFirstOrThrow()
  t.same(plain(row), { id: 1, ...plain(full) })
  t.ok(row.day instanceof Temporal.PlainDate)
  t.ok(row.at instanceof Date && Buffer.isBuffer(row.bytes))
  t.equal(typeof row.id, 'number', 'beside a bigint, too')
  t.equal(Object.getPrototypeOf(row), Object.prototype)
  t.same(plain(await db.selectFrom('things as t').selectAll('t').where('flag', '=', false).executeTakeFirstOrThrow()), plain(row), 'under an alias, asked for by a boolean')

  t.test('and all of them can be null', async t => {
    const { id, ...empty } = await db.insertInto('things').values({ id: 7 }).returningAll().executeTakeFirstOrThrow()
    t.equal(id, 7)
    t.ok(Object.values(empty).every(value => value === null))
  })

  t.test('and be changed', async t => {
    const changed = await db.updateTable('things').set({ ...full, flag: true, integer: 1 }).where('id', '=', 7).returningAll().executeTakeFirstOrThrow()
    t.same(plain(changed), { id: 7, ...plain(full), flag: true, integer: 1 })
  })
})

onBoth('JSON of every kind comes back as it was, also through an upsert, and beside expressions', async (t, dialect) => {
  const db = (await databaseWith(t, await emptyDatabase(t, dialect), [things])).of([things])
  for (const [index, json] of [{}, [], [[1]], 'text', '5', '', 0, -1.5, true, false, { null: null }].entries()) {
    const id = index + 1
    const inserted = await db.insertInto('things').values({ id, json }).returning('json').executeTakeFirstOrThrow()
    const updated = await db.updateTable('things').set({ json }).where('id', '=', id).returning('json').executeTakeFirstOrThrow()
    const upserted = await db.insertInto('things').values({ id, json: 'other' })
      .onConflict(conflict => conflict.column('id').doUpdateSet({ json })).returning('json').executeTakeFirstOrThrow()
    t.same([inserted.json, updated.json, upserted.json], [json, json, json])
  }
  const two = await db.insertInto('things').values([{ id: 50, json: [1] }, { id: 51, json: 'x', real: sql<number>`1.5` }]).returning(['json', 'real']).execute()
  t.same(two, [{ json: [1], real: null }, { json: 'x', real: 1.5 }])
  const one = db.updateTable('things').where('id', '=', 50).returning('json')
  t.same(await one.set('json', 'y').executeTakeFirst(), { json: 'y' }, 'one column at a time, too')
  t.same(await one.set({ json: null }).executeTakeFirst(), { json: null }, 'null is the column’s own')
  t.same(await one.set(sql.ref<unknown>('json'), sql`${'[1]'}`).executeTakeFirst(), { json: [1] }, 'of a column or a table in SQL it is not known that it holds JSON')
  t.same(await db.updateTable(sql<{ id: number, json: unknown }>`things`.as('t')).set({ json: '[1]' }).where('t.id', '=', 50).returning('json').executeTakeFirst(), { json: [1] })
  const kept = await db.updateTable('things as t').set(({ ref }) => ({ json: ref('t.json'), text: 'y' })).where('t.id', '=', 50).returning('json').executeTakeFirstOrThrow()
  t.same(kept.json, [1])
  await db.insertInto('things').columns(['id', 'text']).expression(db.selectFrom('things').select([sql<number>`60`.as('id'), 'text']).where('id', '=', 50)).execute()
  t.same(await db.selectFrom('things').select('text').where('id', '=', 60).executeTakeFirst(), { text: 'y' })
})

onBoth('counts and sums are numbers as long as they can be, decimals keep their zeros and their order', async (t, dialect) => {
  const db = (await databaseWith(t, await emptyDatabase(t, dialect), [things])).of([things])
  await db.insertInto('things').values([
    { integer: 2, price: new Decimal('9.10'), big: 1n }, { integer: 3, price: new Decimal('10'), big: 2n }, { integer: 4, price: new Decimal('-1'), big: null }
  ]).execute()
  const { n, total, big } = await db.selectFrom('things').select(({ fn, val }) => [fn.countAll().as('n'), fn.sum('integer').as('total'), val(9007199254740993n).as('big')]).executeTakeFirstOrThrow()
  t.same([n, total, dialect === 'sqlite' ? big : BigInt(String(big))], [3, 9, 9007199254740993n])

  const rows = await db.selectFrom('things').select(['price', 'big']).orderBy('price').execute()
  t.same(rows.map(({ price }) => price?.toFixed(2)), ['-1.00', '9.10', '10.00'])
  t.same(rows.map(({ big }) => big), [null, 1n, 2n])
  const above = await db.selectFrom('things').select('integer').where('price', '>', new Decimal('9.1')).execute()
  t.same(above, [{ integer: 3 }])
  // Not more than a transport: what stands in the schema is printed.
  const codec = (things.Row.properties.price as { anyOf: Array<{ [kCodec]?: { encode (value: unknown): unknown } }> }).anyOf[0]?.[kCodec]
  t.same(rows.map(({ price }) => codec?.encode(price)), ['-1.00', '9.10', '10.00'])
})

onBoth('of two columns of one name the last one stays, and any name is a name', async (t, dialect) => {
  const db = await databaseWith(t, await emptyDatabase(t, dialect))
  const { rows: [row] } = await sql`select 1 as x, 2 as x, 3 as "__proto__", 4 as "a""b"`.execute(db)
  t.same(Object.entries(row as object), [['x', 2], ['__proto__', 3], ['a"b', 4]])
  const { rows: [same] } = await sql`select 1 as x, 2 as x, 3 as "__proto__", 4 as "a""b"`.execute(db)
  t.same(same, row)
  t.same((await sql`select 1 as x where 1 = 0`.execute(db)).rows, [])
})

onBoth('what cannot be stored is refused', async (t, dialect) => {
  const db = (await databaseWith(t, await emptyDatabase(t, dialect), [things])).of([things])
  if (dialect === 'sqlite') await t.rejects(db.insertInto('things').values({ text: Symbol('x') as never }).execute(), TypeError)
  await t.rejects(db.insertInto('things').values({ at: new Date(NaN) }).execute(), RangeError)
  t.same(await db.insertInto('things').values([{ text: undefined as never }, { text: 'x' }]).returning('text').execute(), [{ text: null }, { text: 'x' }])
})

onBoth('in SQL an object is JSON as text, and undefined is null', async (t, dialect) => {
  const db = await databaseWith(t, await emptyDatabase(t, dialect))
  const { rows } = await sql`select cast(${{ a: [1] }} as text) as object, cast(${undefined} as text) as none`.execute(db)
  t.same(rows, [{ object: '{"a":[1]}', none: null }])
})

t.test('a big integer is read whole, and refused beyond 64 bits or where its last digits are lost', async t => {
  const schema: object & { [kCodec]?: { parse (input: unknown): unknown, is (value: unknown): boolean, encode (value: unknown): unknown } } = BigInteger()
  const parse = (input: unknown) => {
    const value = schema[kCodec]?.parse(input)
    return value instanceof Refusal ? value.type : value
  }
  t.same([5, '5', ' +9223372036854775807 ', '-9223372036854775808', 7n, '1.0', true].map(parse), [5n, 5n, 9223372036854775807n, -9223372036854775808n, 7n, 1n, 1n])
  t.same([2 ** 53, '9223372036854775808', 2n ** 64n, '1'.repeat(100)].map(parse), Array(4).fill('int_parsing_size'))
  t.same([1.5, null, 'x', '1.5', ''].map(parse), ['int_from_float', 'int_type', 'int_parsing', 'int_parsing', 'int_parsing'])
  t.ok(schema[kCodec]?.is(1n))
  t.equal(schema[kCodec]?.encode(1n), 1n)
})

t.test('SQLite reads what others have written into its columns', async t => {
  const db = await databaseWith(t, await emptyDatabase(t, 'sqlite'))
  await sql`create table old (at timestamp, at2 datetime, n numeric, d decimal(5,2), b bool, data blob, big int8, j json)`.execute(db)
  await sql`insert into old values ('2026-01-02 03:04:05', '2026-01-02', 1.5, 2, 1, 'text', 5, '{"a":1}')`.execute(db)
  await sql`insert into old values (1000, '2026-01-02T03:04:05+01:00', 2, 2.5, 0, x'00', 6, '1')`.execute(db)
  const { rows } = await sql<any>`select * from old`.execute(db)
  t.same(rows.map(plain), [
    { at: new Date('2026-01-02T03:04:05Z'), at2: new Date('2026-01-02T00:00:00Z'), n: 'decimal 1.5', d: 'decimal 2', b: true, data: 'text', big: 5n, j: { a: 1 } },
    { at: new Date(1000), at2: new Date('2026-01-02T02:04:05Z'), n: 'decimal 2', d: 'decimal 2.5', b: false, data: Buffer.from([0]), big: 6n, j: 1 }
  ])
  const { rows: mixed } = await sql`select 1 as one, big, cast(9007199254740993 as integer) as large, 0.5 as half from old limit 1`.execute(db)
  t.same(mixed, [{ one: 1, big: 5n, large: 9007199254740993n, half: 0.5 }])
})

onBoth('days are read right, however many there are', async (t, dialect) => {
  const holidays = table('holidays', { id: column.id(), day: column.date() })
  const db = (await databaseWith(t, await emptyDatabase(t, dialect), [holidays])).of([holidays])
  const first = Temporal.PlainDate.from('2020-01-01')
  const all = Array.from({ length: 2500 }, (_, nr) => first.add({ days: nr }))
  await insertMany(db, holidays, all.map(day => ({ day })))
  for (let round = 0; round < 2; round++) {
    const rows = await db.selectFrom('holidays').select('day').orderBy('id').execute()
    t.strictSame(rows.map(({ day }) => String(day)), all.map(String))
  }
})
