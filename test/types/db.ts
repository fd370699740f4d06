// Compiled, never run.
import { type TypeBoxTypeProvider, Type } from '@fastify/type-provider-typebox'
import type { Decimal } from 'decimal.js'
import Fastify from 'fastify'
import type { Temporal } from 'temporal-polyfill'
import db, { column, cursorPaging, DatabaseRefreshTokenStore, find, fromPath, insertMany, type NewRow, offsetPaging, page, patch, prepare, type Row, type RowUpdate, session, sessionOf, table, type TablesOf, withMany, withOne } from '../../plugins/db/index.ts'
import { RefreshTokens } from '../../plugins/jwt/index.ts'
import type {} from '../../schemas/tables.ts' // fills in Tables

const things = table('things', {
  id: column.id(),
  name: column.text(),
  note: column.text({ nullable: true }),
  n: column.integer({ default: 1 }),
  big: column.bigint(),
  price: column.decimal(10, 2),
  at: column.dateTime({ default: 'now' }),
  day: column.date(),
  kind: column.enum(['a', 'b']),
  tags: column.json(Type.Array(Type.String())),
  secret: column.text({ hidden: true })
})

type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends (<T>() => T extends B ? 1 : 2) ? true : false
const same = <A, B>(_same: Same<A, B>): void => {}

type Thing = Row<typeof things>
same<Thing['id'], number>(true)
same<Thing['note'], string | null>(true)
same<Thing['big'], bigint>(true)
same<Thing['price'], Decimal>(true)
same<Thing['at'], Date>(true)
same<Thing['day'], Temporal.PlainDate>(true)
same<Thing['kind'], 'a' | 'b'>(true)
same<Thing['tags'], string[]>(true)
same<keyof typeof things.Public.properties, Exclude<keyof Thing, 'secret'>>(true)
same<keyof typeof things.Create.properties, Exclude<keyof Thing, 'secret' | 'id'>>(true)
same<NewRow<typeof things>['n'], number | undefined>(true)
export const flags = table('flags', { id: column.id(), on: column.boolean({ default: false }) })
same<NewRow<typeof flags>['on'], boolean | undefined>(true)
same<RowUpdate<typeof things>['name'], string | undefined>(true)

// @ts-expect-error -- there is no such column
table('x', { id: column.id() }, { unique: [['y']] })
// @ts-expect-error -- an enum has members
column.enum([])

const app = Fastify().withTypeProvider<TypeBoxTypeProvider>()
app.register(db, { url: 'sqlite::memory:', tables: [things] })
// @ts-expect-error -- url is a string
app.register(db, { url: 5 })

app.get('/', { config: { depends: { db: sessionOf([things]), all: session } } }, async ({ deps: { db, all } }) => {
  const row = await db.selectFrom('things').selectAll().executeTakeFirstOrThrow()
  same<typeof row, Thing>(true)
  // @ts-expect-error -- there is no such table
  db.selectFrom('nothing')
  // @ts-expect-error -- there is no such column
  db.selectFrom('things').select('nothing')
  // @ts-expect-error -- a text is no number
  db.insertInto('things').values({ name: 5 })
  const user = await all.selectFrom('users').select('email').executeTakeFirstOrThrow()
  const email: string = user.email
  // @ts-expect-error -- there is no such column
  app.db.selectFrom('users').select('nothing')
  return { ...row, email }
})

export const refreshTokens = new RefreshTokens(new DatabaseRefreshTokenStore(app.db))

// @ts-expect-error -- there is no such level
app.get('/level', { config: { transaction: { isolationLevel: 'none' } } }, async () => 'x')
app.get('/retries', { config: { transaction: { isolationLevel: 'serializable', retries: 3, readOnly: true } } }, async () => 'x')

const byName = prepare([things], (db, { name }: { name: string }) => db.selectFrom('things').select(['at', 'tags']).where('name', '=', name))
export const named = await byName.executeTakeFirst(app.db, { name: 'x' })
same<typeof named, { at: Date, tags: string[] } | undefined>(true)
// @ts-expect-error -- a text is no number
await byName.execute(app.db, { name: 5 })
// @ts-expect-error -- it has a parameter
await byName.execute(app.db, {})
// @ts-expect-error -- there is no such column
prepare([things], (db, { name }: { name: string }) => db.selectFrom('things').selectAll().where('nothing', '=', name))
export const byEmail = prepare((db, { email }: { email: string }) => db.selectFrom('users').select('email').where('email', '=', email))
same<Awaited<ReturnType<typeof byEmail.execute>>, Array<{ email: string }>>(true)

const parts = table('parts', { id: column.id(), thing_id: column.integer(), n: column.bigint({ nullable: true }), price: column.decimal(10, 2) })
const related = await app.db.of([things, parts]).selectFrom('things').select('name').select([
  withMany(parts, {
    on: { thing_id: 'things.id' },
    pick: ['n', 'price'],
    with: { thing: withOne(things, { on: { id: 'parts.thing_id' }, pick: ['at'] }) },
    query: parts => parts.where('n', '>', 3n).orderBy('id').limit(3)
  }).as('parts'),
  withOne(parts, { on: { thing_id: 'things.id' } }).as('part')
]).executeTakeFirstOrThrow()
same<typeof related, {
  name: string
  parts: Array<{ n: bigint | null, price: Decimal, thing: { at: Date } | null }>
  part: { id: number, thing_id: number, n: bigint | null, price: Decimal } | null
}>(true)
// @ts-expect-error -- price is no column of things
related.parts[0]?.thing?.price.toFixed()
// @ts-expect-error -- there is no such column
withMany(parts, { on: { nothing: 'things.id' } })
// @ts-expect-error -- the outer column has its table before it
withMany(parts, { on: { thing_id: 'id' } })
// @ts-expect-error -- there is no such column
withMany(parts, { on: { thing_id: 'things.id' }, pick: ['nothing'] })
// @ts-expect-error -- there is no such column
withMany(parts, { on: { thing_id: 'things.id' }, query: parts => parts.where('nothing', '=', 1) })
// @ts-expect-error -- parts have no such column that their own relation could be of
withMany(parts, { on: { thing_id: 'things.id' }, with: { thing: withOne(things, { on: { id: 'parts.nothing' } }) } })

const some = app.db.of([things, parts])
export const found = await find(some, parts, 1)
same<typeof found, Row<typeof parts> | undefined>(true)
await patch(some, parts, 1, { n: null })
await insertMany(some, parts, [{ thing_id: 1, price: '1.50' as unknown as Decimal }])
// @ts-expect-error -- the key is a number
await find(some, parts, 'x')
// @ts-expect-error -- there is no such table in the database
await find(app.db.of([parts]), things, 1)
// @ts-expect-error -- there is no such column
await patch(some, parts, 1, { nothing: 1 })
// @ts-expect-error -- price is required
await insertMany(some, parts, [{ thing_id: 1 }])
export const inserted = await insertMany(some, parts, [], { onConflict: { columns: ['id'], do: 'update', set: ['price'] } })
same<typeof inserted, number>(true)
export const wholeRows = await insertMany(some, parts, [], { returning: true, onConflict: 'nothing' })
same<typeof wholeRows, Array<Row<typeof parts>>>(true)
export const someFields = await insertMany(some, parts, [], { returning: ['id', 'price'], onConflict: { constraint: 'parts_pkey', do: 'nothing' } })
same<typeof someFields, Array<{ id: number, price: Decimal }>>(true)
// @ts-expect-error -- there is no such column
await insertMany(some, parts, [], { returning: ['nothing'] })
// @ts-expect-error -- there is no such column
await insertMany(some, parts, [], { onConflict: { columns: ['nothing'], do: 'nothing' } })
// @ts-expect-error -- there is no such column
await insertMany(some, parts, [], { onConflict: { columns: ['id'], do: 'update', set: ['nothing'] } })
// @ts-expect-error -- what is left out has nothing to set
await insertMany(some, parts, [], { onConflict: { columns: ['id'], do: 'nothing', set: ['price'] } })

app.get('/parts/:id', { config: { depends: { part: fromPath(parts) } } }, async ({ deps: { part } }) => {
  same<typeof part, Row<typeof parts>>(true)
  return part
})

const paging = offsetPaging(parts, { sort: ['price'], order: '-id', filter: ['thing_id'] })
const byCursor = cursorPaging(parts)
app.get('/parts', { config: { depends: { db: sessionOf([parts, things]), paging, byCursor } } }, async ({ deps: { db, paging, byCursor } }) => {
  const query = db.selectFrom('parts').select(['id', 'price'])
  const { items, total } = await page(db, query, paging)
  same<typeof items, Array<{ id: number, price: Decimal }>>(true)
  const { next } = await page(db, query, byCursor)
  same<typeof next, string | null>(true)
  return { items, total, next }
})
// @ts-expect-error -- there is no such column
offsetPaging(parts, { sort: ['nothing'] })
// @ts-expect-error -- there is no such column
cursorPaging(parts, { order: '-nothing' })

// Databases by their names.
declare module '../../plugins/db/index.ts' {
  interface Databases { reports: TablesOf<[typeof things]> }
}
app.get('/reports', { config: { depends: { reports: sessionOf('reports'), archive: sessionOf('archive', [parts]), none: sessionOf('none') } } }, async ({ deps: { reports, archive, none } }) => {
  const row = await reports.selectFrom('things').selectAll().executeTakeFirstOrThrow()
  same<typeof row, Thing>(true)
  archive.selectFrom('parts')
  // @ts-expect-error -- another one's table
  archive.selectFrom('things')
  // @ts-expect-error -- nothing is known of its tables
  none.selectFrom('things')
  app.database('reports').selectFrom('things')
  app.database('default').selectFrom('users')
  // @ts-expect-error -- nothing is known of its tables
  app.database('archive').selectFrom('parts')
  return row.id
})
app.register(db, { name: 'reports', replica: { url: ['postgres://a/b'], gets: true }, log: { slow: 200 } })
app.get('/replica', { config: { replica: request => request.headers.host === 'a' } }, async () => null)
// @ts-expect-error -- a level is one of four
app.register(db, { log: { queries: 'loud' } })
// @ts-expect-error -- a replica has a url
app.register(db, { replica: { gets: true } })
