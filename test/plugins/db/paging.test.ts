import type { FastifyInstance } from 'fastify'
import { Decimal } from 'decimal.js'
import { sql } from 'kysely'
import { Type } from '@sinclair/typebox'
import { Value } from '@sinclair/typebox/value'
import t, { type Test } from 'tap'
import { Temporal } from 'temporal-polyfill'
import { Cursor, Position } from '../../../plugins/db/rows/cursor.ts'
import docs from '../../../plugins/docs/index.ts'
import {
  column, CursorPage, cursorPaging, type CursorPaging, insertMany, offsetPaging, type OffsetPaging, Page, page, type PagingOptions, sessionOf, table, withOne
} from '../../../plugins/db/index.ts'
import { appWith, databaseWith, type DialectName, emptyDatabase, onBoth } from './databases.ts'

const users = table('users', { id: column.id(), name: column.text() })
const items = table('items', {
  id: column.id(),
  owner_id: column.integer({ references: 'users.id' }),
  kind: column.enum(['a', 'b'], { default: 'a' }),
  price: column.decimal(10, 2),
  big: column.bigint(),
  at: column.dateTime({ default: 'now' }),
  note: column.text({ nullable: true }),
  secret: column.text({ hidden: true, default: 's' })
}, { title: 'Item' })
const tables = [users, items] as const

async function appOf (t: Test, dialect: DialectName, paging: object, response: object): Promise<FastifyInstance> {
  const app = await appWith(t, await emptyDatabase(t, dialect), tables)
  await app.register(docs)
  app.get('/items', { config: { depends: { db: sessionOf(tables), paging } } as never, schema: { response: { 200: response } } }, async request => {
    const { db, paging } = (request as unknown as { deps: { db: ReturnType<typeof app.db.of<typeof tables>>, paging: OffsetPaging } }).deps
    return page(db, db.selectFrom('items').selectAll('items').select(withOne(users, { on: { id: 'items.owner_id' } }).as('owner')), paging)
  })
  const db = app.db.of(tables)
  await db.insertInto('users').values([{ name: 'ann' }, { name: 'bob' }]).execute()
  await db.insertInto('items').values(Array.from({ length: 25 }, (_, nr) => ({
    owner_id: nr % 2 + 1,
    kind: nr < 20 ? 'a' as const : 'b' as const,
    price: new Decimal(`${nr % 3}.10`),
    big: 9007199254740993n + BigInt(nr % 4),
    at: new Date(1e12),
    note: nr % 5 === 0 ? null : 'x'
  }))).execute()
  return app
}

async function get (app: FastifyInstance, query: string): Promise<any> {
  return (await app.inject(`/items?${query}`)).json()
}

const ids = ({ items }: { items: Array<{ id: number }> }): number[] => items.map(({ id }) => id)

onBoth('a page by its offset has the total, in the order and with the filters that are declared', async (t, dialect) => {
  const app = await appOf(t, dialect, offsetPaging(items, { sort: ['price', 'big'], filter: ['owner_id', 'kind', 'big'], limit: 10, maxLimit: 20 }), Page(items.Public))
  const first = await get(app, '')
  t.same([ids(first), first.total, first.limit, first.offset], [[1, 2, 3, 4, 5, 6, 7, 8, 9, 10], 25, 10, 0])
  t.same((await get(app, 'offset=20')).total, 25, 'the last page says it')
  t.same(await get(app, 'offset=30'), { items: [], total: 25, limit: 10, offset: 30 })
  const filtered = await get(app, 'owner_id=2&kind=b&sort=-price')
  t.same([ids(filtered), filtered.total], [[24, 22], 2])
  t.same((await get(app, 'big=9007199254740993&limit=1')).total, 7)
  t.same(ids(await get(app, 'sort=price&limit=3')), [1, 4, 7])
  t.same((await get(app, 'secret=x&note=y')).total, 25, 'others are ignored')
  for (const query of ['limit=0', 'limit=21', 'offset=-1', 'sort=secret', 'kind=c', 'big=x']) t.equal((await app.inject(`/items?${query}`)).statusCode, 422, query)

  const { parameters } = (await app.inject('/openapi.json')).json().paths['/items'].get
  t.same(parameters.map(({ name }: { name: string }) => name).sort(), ['big', 'kind', 'limit', 'offset', 'owner_id', 'sort'])
  t.match(parameters.find(({ name }: { name: string }) => name === 'sort').schema, { enum: ['id', 'price', '-price', 'big', '-big'], default: 'id' })
})

for (const order of ['id', '-id', 'price', '-price', 'big', '-big', '-at'] as const) {
  onBoth(`pages by a cursor have each row once, by ${order}`, async (t, dialect) => {
    const app = await appOf(t, dialect, cursorPaging(items, { order, sort: ['id'], filter: ['owner_id'], limit: 4 }), CursorPage(items.Public))
    // Microseconds, which a Date has not.
    if (dialect === 'postgres') await sql`update items set at = at + id % 3 * interval '1 microsecond'`.execute(app.db)
    const seen: number[] = []
    let pages = 0
    for (let next: string | null = ''; next !== null; pages++) {
      const one: any = await get(app, `limit=4${next === '' ? '' : `&cursor=${next}`}`)
      t.notOk('apikit_place' in one.items[0])
      seen.push(...ids(one))
      next = one.next
    }
    t.equal(pages, 7)
    const column = order.replace('-', '')
    const direction = order.startsWith('-') ? 'desc' : 'asc'
    const all = await app.db.of(tables).selectFrom('items').select('id').orderBy(column as 'id', direction).orderBy('id', direction).execute()
    t.same(seen, all.map(({ id }) => id))
    t.same((await get(app, 'owner_id=2&limit=100')).next, null)
  })
}

onBoth('a cursor that is none, or of another order, is a 422', async (t, dialect) => {
  const app = await appOf(t, dialect, cursorPaging(items, { order: '-price', sort: ['id'] }), CursorPage(items.Public))
  const { next } = await get(app, 'limit=1')
  const made = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url')
  t.equal((await app.inject(`/items?cursor=${next}`)).statusCode, 200)
  for (const cursor of ['', '!', 'x', made({}), made([1]), made(['desc price', {}]), made(['desc price', '1']), 'x'.repeat(5000)]) {
    const response = await app.inject(`/items?cursor=${cursor}`)
    t.equal(response.statusCode, 422, cursor.slice(0, 50))
    t.same(response.json().detail[0].loc, ['query', 'cursor'])
  }
  t.match((await app.inject(`/items?sort=id&cursor=${next}`)).json().detail, [{ type: 'value_error', loc: ['query', 'cursor'], msg: 'Value error, the cursor is of a list in another order' }])
  const own = JSON.parse(Buffer.from(next, 'base64url').toString())
  const foreign = [['x', 'y'], [own[1], 'x'], [own[1], 1.5], [own[1], '99999999999999999999'], [own[1], 2 ** 33], ['1,5', 1], [own[1]], [own[1], 1, 1], []]
  for (const values of foreign) {
    const cursor = made(['desc price', ...values])
    const response = await app.inject(`/items?cursor=${cursor}`)
    t.same([response.statusCode, response.json()], [422, { detail: [{ type: 'value_error', loc: ['query', 'cursor'], msg: 'Value error, not a cursor of this list', input: cursor, ctx: { error: {} } }] }], JSON.stringify(values))
  }
})

onBoth('a cursor has values that its column can have, whatever its type', async (t, dialect) => {
  const kinds = table('kinds', {
    id: column.id(),
    small: column.smallint(),
    real: column.real(),
    flag: column.boolean(),
    day: column.date(),
    time: column.time(),
    at: column.dateTime(),
    uuid: column.uuid(),
    bytes: column.bytes(),
    text: column.text(),
    other: column.of('text', Type.String())
  })
  const rows = [1, 2, 3].map(nr => ({
    small: nr,
    real: nr / 10,
    flag: nr > 1,
    day: Temporal.PlainDate.from(`2026-01-0${nr}`),
    time: Temporal.PlainTime.from(`10:00:0${nr}`),
    at: new Date(nr),
    uuid: `0000000${nr}-0000-4000-8000-000000000000`,
    bytes: Buffer.from([nr]),
    text: `${nr}`,
    other: `${nr}`
  }))
  const db = (await databaseWith(t, await emptyDatabase(t, dialect), [kinds])).of([kinds])
  await insertMany(db, kinds, rows as never)
  const wrong: Record<string, ReadonlyArray<string | number>> = {
    small: [2 ** 16, 'x'],
    real: ['x', '1e'],
    flag: [dialect === 'sqlite' ? 'true' : 1, 'x', 2],
    day: ['2026-02-30', 'x'],
    time: ['25:00:00', 'x'],
    at: ['x', '2026-99-01T00:00:00Z'],
    uuid: ['x', 5],
    bytes: ['x', ...dialect === 'sqlite' ? [5] : ['\\xZ']],
    text: [5, '\0', '\ud800'],
    other: []
  }
  for (const [name, values] of Object.entries(wrong)) {
    const paging = (after: Position | undefined): CursorPaging<typeof kinds> => ({ kind: 'cursor', table: kinds, limit: 2, order: { columns: [name, 'id'], direction: 'asc' }, filters: {}, after })
    const after = (cursor: string | null): Position => {
      const [order, ...values] = JSON.parse(Buffer.from(String(cursor), 'base64url').toString())
      return new Position(order, values)
    }
    const first = await page(db, db.selectFrom('kinds').select('id'), paging(undefined))
    t.same((await page(db, db.selectFrom('kinds').select('id'), paging(after(first.next)))).items, [{ id: 3 }], name)
    for (const value of values) {
      await t.rejects(page(db, db.selectFrom('kinds').select('id'), paging(new Position(`asc ${name}`, [value, 1]))), { statusCode: 422, issues: [{ msg: 'Value error, not a cursor of this list' }] } as never, `${name}: ${value}`)
    }
  }
  await t.rejects(page(db, db.selectFrom('kinds').select('id').where('nothing' as 'id', '=', 1), { kind: 'cursor', table: kinds, limit: 2, order: { columns: ['id'], direction: 'asc' }, filters: {}, after: new Position('asc id', [1]) }), /nothing/)
})

onBoth('distinct rows are counted as such, null is found', async (t, dialect) => {
  const app = await appOf(t, dialect, offsetPaging(items), Page(items.Public))
  const db = app.db.of(tables)
  const paging: OffsetPaging<typeof items> = { kind: 'offset', table: items, limit: 1, offset: 0, order: { columns: ['owner_id'], direction: 'asc' }, filters: {} }
  t.equal((await get(app, '')).total, 25)
  await db.deleteFrom('users').where('id', '>', 2).execute()
  t.same(await page(db, db.selectFrom('items').select('owner_id').distinct(), paging), { items: [{ owner_id: 1 }], total: 2, limit: 1, offset: 0 })
  if (dialect === 'postgres') t.equal((await page(db, db.selectFrom('items').select('owner_id').distinctOn('owner_id'), paging)).total, 2)
  t.equal((await page(db, db.selectFrom('items').select('id'), { ...paging, filters: { note: null } })).total, 5)
  t.equal((await page(db, db.selectFrom('items').select('owner_id').groupBy('owner_id'), paging)).total, 2, 'groups, too')
  const behind: CursorPaging<typeof items> = { kind: 'cursor', table: items, limit: 30, order: { columns: ['id'], direction: 'asc' }, filters: {}, after: undefined }
  t.equal((await page(db, db.selectFrom('items').select('id'), behind)).items.length, 25)
})

t.test('a cursor is a type of the domain', async t => {
  const schema = Cursor()
  t.ok(Value.Check(schema, new Position('asc id', [1])))
  t.notOk(Value.Check(schema, 'x'))
})

t.test('what a table cannot be paged by is refused when it is declared', async t => {
  const refused = (options: object, message: RegExp, make: (table: typeof items, options: PagingOptions<typeof items>) => unknown = offsetPaging): unknown =>
    t.throws(() => make(items, options as never), { code: 'APIKIT_ERR_PAGING', message })
  refused({ sort: ['nope'] }, /"items": unknown column "nope". Expected: id, owner_id/)
  refused({ filter: ['secret'] }, /the hidden column "secret" must not be sorted or filtered by/)
  refused({ limit: 0 }, /limit must be an integer ≥ 1/)
  refused({ limit: 5, maxLimit: 4 }, /got 5 and 4/)
  refused({ order: '-note' }, /pages by cursor cannot be sorted by "note", which may be null/, cursorPaging)
  refused({ order: 'nope' }, /unknown column/, cursorPaging)
  const odd = table('odd', { id: column.id(), limit: column.integer() })
  t.throws(() => offsetPaging(odd, { filter: ['limit'] }), { message: /the filter "limit" is a parameter of pages itself/ })
  t.doesNotThrow(() => offsetPaging(items, { limit: 500 }))
})
