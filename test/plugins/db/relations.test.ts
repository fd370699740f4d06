import { Type } from '@fastify/type-provider-typebox'
import { Decimal } from 'decimal.js'
import { CamelCasePlugin } from 'kysely'
import t from 'tap'
import { Temporal } from 'temporal-polyfill'
import { column, prepare, raw, table, withMany, withOne } from '../../../plugins/db/index.ts'
import { databaseWith, emptyDatabase, onBoth } from './databases.ts'

const users = table('users', { id: column.id(), email: column.text(), boss_id: column.integer({ nullable: true }) })
const upper = { decode: (value: string) => value.toUpperCase(), encode: (value: string) => value.toLowerCase() }
const items = table('items', {
  id: column.id(),
  owner_id: column.integer({ references: 'users.id' }),
  small: column.smallint({ nullable: true }),
  big: column.bigint({ nullable: true }),
  real: column.real({ nullable: true }),
  price: column.decimal(10, 2, { nullable: true }),
  exact: column.decimal(30, 2, { nullable: true }),
  text: column.text({ nullable: true }),
  short: column.varchar(10, { nullable: true }),
  filled: column.char(3, { nullable: true }),
  email: column.email({ nullable: true }),
  flag: column.boolean({ nullable: true }),
  json: column.json(Type.Unknown(), { nullable: true }),
  at: column.dateTime({ nullable: true }),
  day: column.date({ nullable: true }),
  time: column.time({ nullable: true }),
  span: column.interval({ nullable: true }),
  kind: column.enum(['a', "b'c"], { nullable: true }),
  uuid: column.uuid({ nullable: true }),
  bytes: column.bytes({ nullable: true }),
  list: column.array(column.text(), { nullable: true }),
  reals: column.array(column.real(), { nullable: true }),
  own: column.of('text', Type.String(), { nullable: true, ...upper }),
  own_big: column.of('bigint', Type.String(), { nullable: true, decode: (value: unknown) => `n${String(value)}` }),
  own_bytes: column.of({ sqlite: 'blob', postgres: 'bytea' }, Type.String(), { nullable: true, decode: (value: unknown) => typeof value === 'string' ? value : `\\x${Buffer.from(value as Buffer).toString('hex')}` }),
  yes: column.of('boolean', Type.Boolean(), { nullable: true }),
  other: column.of({ sqlite: 'text', postgres: 'character varying(20)' }, Type.String(), { nullable: true }),
  moment: column.of('timestamp without time zone', Type.Unknown(), { nullable: true, default: raw("'2026-01-02 03:04:05'") })
})
const tags = table('tags', { id: column.id(), item_id: column.integer(), n: column.bigint() })
const tables = [users, items, tags] as const

const full = {
  owner_id: 1,
  small: -32768,
  big: 9007199254740993n,
  real: 0.1 + 0.2,
  price: new Decimal('12345678.10'),
  exact: new Decimal('1234567890123456789.50'),
  text: 'é😀\'";--\n\u{1}',
  short: 'x',
  filled: 'ab',
  email: 'a@example.com',
  flag: false,
  json: { a: [1, 'x', null, true, { b: 1e300 }] },
  at: new Date('2026-01-02T03:04:05.678Z'),
  day: Temporal.PlainDate.from('2026-02-28'),
  time: Temporal.PlainTime.from('01:02:03.5'),
  span: Temporal.Duration.from('P1DT2H'),
  kind: "b'c" as const,
  uuid: '0b2b0f0e-4f70-4c5b-9d6c-0d6d8f7c1a2b',
  bytes: Buffer.from([0, 255, 128]),
  list: ['x', 'y"'],
  reals: [0.5, 1e300],
  own: 'ABC',
  own_big: '9007199254740993' as string,
  own_bytes: Buffer.from([1, 2]) as never,
  yes: true,
  other: 'word'
}

/** What can be compared. */
function plain (row: object): object {
  return Object.fromEntries(Object.entries(row).map(([name, value]) => [name,
    Decimal.isDecimal(value) ? `decimal ${value.toFixed()}` : Object.prototype.toString.call(value).startsWith('[object Temporal') ? String(value) : value]))
}

async function filled (t: Parameters<typeof databaseWith>[0], dialect: Parameters<typeof emptyDatabase>[1]) {
  const db = (await databaseWith(t, await emptyDatabase(t, dialect), tables)).of(tables)
  await db.insertInto('users').values([{ id: 1, email: 'ann', boss_id: null }, { id: 2, email: 'bob', boss_id: 1 }]).execute()
  await db.insertInto('items').values({ id: 1, ...full }).execute()
  await db.insertInto('items').values([{ id: 2, owner_id: 1, moment: null }, { id: 3, owner_id: 1, real: -1.5, json: 'text' }]).execute()
  await db.insertInto('tags').values([{ item_id: 1, n: 1n }, { item_id: 1, n: 2n ** 62n + 1n }, { item_id: 2, n: 3n }]).execute()
  return db
}

onBoth('every kind of value of a relation is that of a plain query', async (t, dialect) => {
  const db = await filled(t, dialect)
  const all = await db.selectFrom('items').selectAll().orderBy('id').execute()
  const row = await db.selectFrom('users').select(withMany(items, { on: { owner_id: 'users.id' }, query: q => q.orderBy('id') }).as('items')).where('id', '=', 1).executeTakeFirstOrThrow()
  t.equal(row.items.length, 3)
  for (const [index, item] of row.items.entries()) t.strictSame(plain(item), plain(all[index] ?? {}))
  t.equal(row.items[0]?.exact?.toFixed(), '1234567890123456789.5')
  t.ok(Decimal.isDecimal(row.items[0]?.price) && Buffer.isBuffer(row.items[0].bytes) && row.items[0].at instanceof Date)
  t.equal(row.items[0]?.big, 9007199254740993n)
})

onBoth('relations are nested, filtered, ordered, limited and picked; one that is not there is null, or empty', async (t, dialect) => {
  const db = await filled(t, dialect)
  const rows = await db.selectFrom('users').select(['email']).select([
    withMany(items, {
      on: { owner_id: 'users.id' },
      pick: ['id', 'big'],
      with: { tags: withMany(tags, { on: { item_id: 'items.id' }, pick: ['n'], query: q => q.orderBy('n', 'desc') }), owner: withOne(users, { on: { id: 'items.owner_id' }, pick: ['email'] }) },
      query: q => q.where('id', '<', 3).orderBy('id', 'desc').limit(2)
    }).as('items'),
    withOne(items, { on: { owner_id: 'users.id' }, pick: ['id'], query: q => q.orderBy('id') }).as('first')
  ]).orderBy('id').execute()
  t.strictSame(rows, [
    {
      email: 'ann',
      items: [
        { id: 2, big: null, tags: [{ n: 3n }], owner: { email: 'ann' } },
        { id: 1, big: 9007199254740993n, tags: [{ n: 2n ** 62n + 1n }, { n: 1n }], owner: { email: 'ann' } }
      ],
      first: { id: 1 }
    },
    { email: 'bob', items: [], first: null }
  ])
  const staff = await db.selectFrom('users as staff').select('email').select(withOne(users, { on: { id: 'staff.boss_id' }, pick: ['email'] }).as('boss')).orderBy('staff.id').execute()
  t.strictSame(staff, [{ email: 'ann', boss: null }, { email: 'bob', boss: { email: 'ann' } }], 'of the same table, under an alias')
})

onBoth('relations work in sessions, prepared statements, behind returning, and with plugins that rename', async (t, dialect) => {
  const db = await filled(t, dialect)
  const owner = withOne(users, { on: { id: 'items.owner_id' }, pick: ['email'] })
  const byId = prepare(tables, (db, { id }: { id: number }) => db.selectFrom('items').select('items.id').select(owner.as('the_owner')).where('items.id', '=', id))
  await db.session(async session => {
    for (const id of [1, 2]) t.strictSame(await byId.execute(session, { id }), [{ id, the_owner: { email: 'ann' } }])
  })
  t.strictSame(await db.transaction().execute(async trx => byId.execute(trx, { id: 3 })), [{ id: 3, the_owner: { email: 'ann' } }], "in Kysely's own")
  const camel = db.withPlugin(new CamelCasePlugin({ maintainNestedObjectKeys: true }))
  t.strictSame(await camel.selectFrom('items').select(owner.as('theOwner' as 'owner')).where('items.id', '=', 1).execute(), [{ theOwner: { email: 'ann' } }] as never)
  const changed = await db.updateTable('items').set({ text: 'new' }).where('id', '=', 1).returning(withMany(tags, { on: { item_id: 'items.id' }, pick: ['n'], query: q => q.orderBy('id') }).as('tags')).executeTakeFirst()
  t.strictSame(changed, { tags: [{ n: 1n }, { n: 2n ** 62n + 1n }] })
  t.strictSame(await db.selectFrom('users').select(withMany(items, { on: { owner_id: 'users.id' } }).as('items')).where('id', '=', 99).execute(), [])
})

onBoth('a relation of more columns than a function takes arguments', async (t, dialect) => {
  const wide = table('wide', { id: column.id(), ...Object.fromEntries(Array.from({ length: 250 }, (_, nr) => [`c${nr}`, column.bigint({ nullable: true })] as const)) })
  const db = (await databaseWith(t, await emptyDatabase(t, dialect), [users, wide])).of([users, wide])
  await db.insertInto('users').values({ email: 'x' }).execute()
  await db.insertInto('wide').values({ c0: 1n, c99: 2n, c100: 3n, c249: 4n } as never).execute()
  const [row] = await db.selectFrom('users').select([withMany(wide, { on: { id: 'users.id' } }).as('many'), withOne(wide, { on: { id: 'users.id' } }).as('one')]).execute()
  t.strictSame([row?.one, row?.many], [await db.selectFrom('wide').selectAll().executeTakeFirst(), await db.selectFrom('wide').selectAll().execute()])
})

onBoth('a relation where nothing would decode it is refused', async (t, dialect) => {
  const db = await filled(t, dialect)
  const relation = withMany(tags, { on: { item_id: 'items.id' } })
  const misplaced = { code: 'APIKIT_ERR_RELATION', message: /must be selected, under a name, by the outermost query/ }
  await t.rejects(async () => db.selectFrom(eb => eb.selectFrom('items').select(relation.as('tags')).as('i')).selectAll().execute(), misplaced)
  await t.rejects(async () => db.selectFrom('items').select('id').where(relation as never, '=', null as never).execute(), misplaced)
  await t.rejects(async () => db.selectFrom('items').select(relation.as('t')).unionAll(db.selectFrom('items').select(withMany(users, { on: { id: 'items.owner_id' } }).as('t')) as never).execute(), misplaced)
})

t.test('columns that are not there, and aliases that are no names, are refused when the relation is made', async t => {
  t.throws(() => withMany(tags, { on: { nope: 'items.id' } } as never), { code: 'APIKIT_ERR_TABLE', message: /"tags": unknown column "nope" in a relation. Expected: id, item_id, n/ })
  t.throws(() => withMany(tags, { on: {}, pick: ['toString'] } as never), { code: 'APIKIT_ERR_TABLE' })
  const relation = withOne(tags, { on: { item_id: 'items.id' } })
  t.equal(relation.expressionType, undefined)
  t.throws(() => relation.as(relation as never), { message: /the alias of a relation must be a string/ })
})

onBoth('a list of another type needs a decode of its own', async (t, dialect) => {
  const rows = table('rows', { id: column.id(), list: column.of({ postgres: 'bigint[]', sqlite: 'text' }, Type.Unknown()) })
  const db = (await databaseWith(t, await emptyDatabase(t, dialect), [rows])).of([rows])
  await db.insertInto('rows').values({ list: '{1,2}' }).execute()
  const query = db.selectFrom('rows as outer_rows').select(withMany(rows, { on: { id: 'outer_rows.id' } }).as('same'))
  if (dialect === 'sqlite') t.strictSame(await query.execute(), [{ same: [{ id: 1, list: '{1,2}' }] }])
  else await t.rejects(query.execute(), { code: 'APIKIT_ERR_RELATION', message: /a column of bigint\[\] needs a decode of its own/ })
})
