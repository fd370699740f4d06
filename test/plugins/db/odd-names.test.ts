import { Type } from '@sinclair/typebox'
import { sql } from 'kysely'
import { column, cursorPaging, CursorPage, type Database, find, findOr404, fromPath, insertMany, offsetPaging, Page, page, patch, sessionOf, table, type TablesOf, withMany, withOne } from '../../../plugins/db/index.ts'
import { appWith, databaseWith, emptyDatabase, hasPostgres, onBoth } from './databases.ts'
import t from 'tap'

const odd = table('odd as "table"', {
  'my key': column.integer({ primaryKey: true }),
  'a.b': column.text({ unique: true }),
  'quo"te': column.integer({ nullable: true }),
  'x as y': column.integer({ default: 0 }),
  '-minus': column.integer({ default: 0 }),
  'a, b': column.json(Type.String(), { default: 'j' }),
  amount: column.decimal(20, 2, { default: '0' })
}, { title: 'Odd', unique: [['x as y', '-minus']], indexes: [{ name: 'odd index', on: ['quo"te'] }] })
const parts = table('parts of', { 'the id': column.id(), 'odd.key': column.integer() })
const tables = [odd, parts] as const

type Db = Database<TablesOf<typeof tables>>

const ROWS = [1, 2, 3, 4].map(nr => ({ 'my key': nr, 'a.b': `t${nr}`, 'quo"te': 10 - nr, 'x as y': nr, '-minus': -nr }))

onBoth('rows are written and read whatever their table and columns are called', async (t, dialect) => {
  const db: Db = (await databaseWith(t, await emptyDatabase(t, dialect), tables)).of(tables)
  t.same(await insertMany(db, odd, ROWS, { returning: ['a.b', 'x as y', 'quo"te', '-minus', 'a, b'] }), ROWS.map(({ 'my key': _, ...row }) => ({ ...row, 'a, b': 'j' })))
  t.same(await insertMany(db, odd, [{ 'my key': 1, 'a.b': 't1', 'quo"te': 5, 'x as y': 9 }], { onConflict: { columns: ['a.b'], do: 'update' }, returning: ['quo"te', 'x as y'] }), [{ 'quo"te': 5, 'x as y': 9 }])
  t.equal(await insertMany(db, odd, [{ 'my key': 1, 'a.b': 't1' }], { onConflict: { columns: ['a.b'], do: 'update', set: [] } }), 1)
  t.equal(await insertMany(db, odd, [{ 'my key': 7, 'a.b': 'x', 'x as y': 2, '-minus': -2 }], { onConflict: { columns: ['-minus', 'x as y'], do: 'nothing' } }), 0)
  await t.rejects(insertMany(db, odd, ROWS, { onConflict: { columns: ['-minus,x as y' as never], do: 'nothing' } }), { code: 'APIKIT_ERR_TABLE' })
  t.match(await find(db, odd, 1), { 'a.b': 't1', 'quo"te': 5 })
  t.match(await patch(db, odd, 2, { 'a.b': 'two', 'a, b': 'k' }), { 'my key': 2, 'a.b': 'two', 'a, b': 'k' })
  t.match(await findOr404(db, odd, 2), { 'a.b': 'two' })
  await insertMany(db, parts, [{ 'odd.key': 1 }, { 'odd.key': 1 }, { 'odd.key': 3 }])
  const query = db.selectFrom('parts of as p').select('p.the id').select(withOne(odd, { on: { 'x as y': 'p.the id' }, pick: ['a.b', 'my key'] }).as('odd.one')).orderBy(sql.id('the id'))
  t.same((await query.execute())[1], { 'the id': 2, 'odd.one': { 'a.b': 'two', 'my key': 2 } })
  const many = await db.selectFrom('parts of as p').select(withMany(parts, { on: { 'odd.key': 'p.the id' } }).as('all')).where('p.the id', '=', 1).execute()
  t.same(many, [{ all: [{ 'the id': 1, 'odd.key': 1 }, { 'the id': 2, 'odd.key': 1 }] }])
})

onBoth('pages and paths know columns by any name', async (t, dialect) => {
  const app = await appWith(t, await emptyDatabase(t, dialect), tables)
  await insertMany(app.db.of(tables), parts, ROWS.map(() => ({ 'odd.key': 1 })))
  const offset = offsetPaging(parts, { sort: ['odd.key', 'the id'], filter: ['odd.key'] })
  const plain = table('plain', { id: column.id(), 'a.b': column.integer(), '-minus': column.integer(), minus: column.integer() })
  app.db.of([plain])
  await app.db.createTables([plain])
  await insertMany(app.db.of([plain]), plain, [1, 2, 3].map(nr => ({ 'a.b': 5 - nr, '-minus': nr, minus: -nr })))
  const cursor = cursorPaging(plain, { sort: ['a.b', '-minus'], order: '-a.b', limit: 2 })
  const route = (url: string, depends: object, schema: object, handler: (deps: any) => unknown): void => {
    app.get(url, { config: { depends } as never, schema: { response: { 200: schema } } }, (async ({ deps }: any) => handler(deps)) as never)
  }
  route('/offset', { db: sessionOf(tables), paging: offset }, Page(parts.Public), ({ db, paging }) => page(db, db.selectFrom('parts of').selectAll(), paging))
  route('/cursor', { db: sessionOf([plain]), paging: cursor }, CursorPage(plain.Public), ({ db, paging }) => page(db, db.selectFrom('plain').selectAll(), paging))
  route('/parts/:id', { part: fromPath(parts, { parameter: 'id' }) }, parts.Public, ({ part }) => part)
  t.match((await app.inject('/offset?sort=-the%20id&odd.key=1&limit=1')).json(), { items: [{ 'the id': 4 }], total: 4 })
  t.same((await app.inject('/parts/2')).json(), { 'the id': 2, 'odd.key': 1 })
  const first = (await app.inject('/cursor')).json()
  t.match(first.items, [{ 'a.b': 4 }, { 'a.b': 3 }])
  t.match((await app.inject(`/cursor?cursor=${first.next}`)).json(), { items: [{ 'a.b': 2 }], next: null })
  t.match((await app.inject('/cursor?sort=-minus')).json(), { items: [{ '-minus': 1 }, { '-minus': 2 }] }, 'a column, and not the other way round')
  t.match((await app.inject('/cursor?sort=--minus')).json(), { items: [{ '-minus': 3 }, { '-minus': 2 }] })
})

t.test('postgres: a table of a named schema is found by its whole name', { skip: !hasPostgres && 'no PostgreSQL here' }, async t => {
  const url = await emptyDatabase(t, 'postgres')
  const shop = table(`${/search_path%3D(\w+)/.exec(url)?.[1]}.items`, { id: column.id(), 'the name': column.text({ unique: true }) })
  const db = (await databaseWith(t, url, [shop])).of([shop])
  const change = { onConflict: { columns: ['the name'], do: 'update', set: [] }, returning: true } as const
  t.same(await insertMany(db as never, shop as never, [{ 'the name': 'a' }] as never, change as never), [{ id: 1, 'the name': 'a' }])
  t.match(await insertMany(db as never, shop as never, [{ 'the name': 'a' }] as never, change as never), [{ id: 1 }])
  t.match(await patch(db as never, shop as never, 1 as never, { 'the name': 'b' } as never), { 'the name': 'b' })
  t.match(await find(db as never, shop as never, 1 as never), { 'the name': 'b' })
  const paging = { kind: 'offset', table: shop, limit: 5, offset: 0, order: { columns: ['the name'], direction: 'asc' }, filters: { 'the name': 'b' } } as const
  t.match(await page(db as never, db.selectFrom(shop.name as never).selectAll() as never, paging as never), { items: [{ id: 1 }], total: 1 })
})

onBoth('a column that is called as what every object has is no filter that each request gives', async (t, dialect) => {
  const named = table('named', { id: column.id(), constructor: column.text() })
  const app = await appWith(t, await emptyDatabase(t, dialect), [named])
  await insertMany(app.db.of([named]), named, [{ constructor: 'a' }, { constructor: 'b' }] as never)
  const paging = offsetPaging(named, { sort: ['constructor'], filter: ['constructor'] })
  app.get('/', { config: { depends: { paging } } }, async ({ deps: { paging } }) => page(app.db.of([named]), app.db.of([named]).selectFrom('named').selectAll(), paging))
  t.match((await app.inject('/?sort=-constructor')).json(), { items: [{ id: 2 }, { id: 1 }], total: 2 })
  t.match((await app.inject('/?constructor=a')).json(), { items: [{ id: 1 }], total: 1 })
})

onBoth('a page by a cursor keeps a column whatever it is called', async (t, dialect) => {
  const places = table('places', { id: column.id(), apikit_place: column.text(), other: column.text() })
  const app = await appWith(t, await emptyDatabase(t, dialect), [places])
  const db = app.db.of([places])
  await insertMany(db, places, ['a', 'b', 'c'].map(text => ({ apikit_place: text, other: text })))
  const depends = { db: sessionOf([places]), paging: cursorPaging(places, { order: 'apikit_place', limit: 2 }) }
  app.get('/', { config: { depends } as never, schema: { response: { 200: CursorPage(places.Public) } } }, (async ({ deps: { db, paging } }: any) => page(db, db.selectFrom('places').selectAll(), paging)) as never)
  const alias = CursorPage(Type.Object({ apikit_place_: Type.String(), id: Type.Integer() }))
  app.get('/alias', { config: { depends } as never, schema: { response: { 200: alias } } }, (async ({ deps: { db, paging } }: any) => page(db, db.selectFrom('places').select(['other as apikit_place_', 'id']), paging)) as never)
  const first = (await app.inject('/')).json()
  t.same(first.items, [{ id: 1, apikit_place: 'a', other: 'a' }, { id: 2, apikit_place: 'b', other: 'b' }])
  t.match((await app.inject(`/?cursor=${first.next}`)).json(), { items: [{ apikit_place: 'c' }], next: null })
  t.same((await app.inject('/alias')).json().items, [{ apikit_place_: 'a', id: 1 }, { apikit_place_: 'b', id: 2 }])
})
