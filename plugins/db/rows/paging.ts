/**
 * Pages: their query parameters, as a dependency, and what they do to a query.
 *
 * @module
 */

import type { TArray, TInteger, TNull, TObject, TSchema, TString, TUnion } from '@fastify/type-provider-typebox'
import { Type } from '@sinclair/typebox'
import { type Dependency, dependency } from '../../dependencies/index.ts'
import { Enum } from '../../types/index.ts'
import { APIKIT_ERR_PAGING } from '../errors.ts'
import type { AnyTable, Row } from '../tables/table.ts'
import type { Column } from '../tables/table-types.ts'
import { Cursor, type Position } from './cursor.ts'
import { keyOf } from './keys.ts'
import { parameterSchema } from './parameter-schema.ts'

type Name<T extends AnyTable> = keyof T['columns'] & string

/** What clients may ask for. Nothing else of the query string reaches the statement. */
export interface PagingOptions<T extends AnyTable> {
  /** Columns that clients may sort by: `?sort=price`, `?sort=-price` for descending. Default: none */
  readonly sort?: ReadonlyArray<Name<T>>
  /** The order without `sort`: a column, `-` before it for descending. Default: the key */
  readonly order?: Name<T> | `-${Name<T>}`
  /** Columns that clients may filter by, each a parameter of its name: `?owner_id=3`. Default: none */
  readonly filter?: ReadonlyArray<Name<T>>
  /** Rows of a page without `limit`. Default: 50 */
  readonly limit?: number
  /** Rows of a page at most. Default: 100 */
  readonly maxLimit?: number
}

/** The order of rows: a column, and behind it the key. */
export interface Order {
  readonly columns: readonly string[]
  readonly direction: 'asc' | 'desc'
}

/** What a request asks for. */
export interface Paging<T extends AnyTable = AnyTable> {
  readonly table: T
  readonly limit: number
  readonly order: Order
  /** Columns and the values that they must have. */
  readonly filters: Partial<Row<T>>
}

/** A page by its offset. */
export interface OffsetPaging<T extends AnyTable = AnyTable> extends Paging<T> {
  readonly kind: 'offset'
  readonly offset: number
}

/** A page behind a row. */
export interface CursorPaging<T extends AnyTable = AnyTable> extends Paging<T> {
  readonly kind: 'cursor'
  readonly after: Position | undefined
}

/** The parameters of a page, without those that say where it begins. */
interface Declared {
  readonly query: Record<string, TSchema>
  readonly paging: (query: Readonly<Record<string, unknown>>) => Paging
}

const OWN = new Set(['limit', 'offset', 'cursor', 'sort'])

function declare (table: AnyTable, { sort = [], order, filter = [], limit = 50, maxLimit = Math.max(100, limit) }: PagingOptions<AnyTable>, isCursor: boolean): Declared {
  const key = keyOf(table)
  const byDefault = order ?? key[0] as string
  const orders = [...new Set([byDefault, ...sort.flatMap(name => [name, `-${name}`])])]
  const problems = [...problemsOf(table, { sorted: [sortedBy(byDefault, table)[0], ...sort], filter, limit, maxLimit }, isCursor)]
  if (problems.length > 0) throw new APIKIT_ERR_PAGING(`${JSON.stringify(table.name)}: ${problems.join('; ')}`)

  const filters = filter.map(name => [name, Type.Optional(parameterSchema(table.columns[name] as Column))] as const)
  return {
    query: {
      limit: Type.Integer({ minimum: 1, maximum: maxLimit, default: limit, description: 'Number of items' }),
      ...sort.length > 0 && { sort: Enum(orders as [string, ...string[]], { default: byDefault, description: 'Order of the items. A leading - means descending' }) },
      ...Object.fromEntries(filters)
    },
    paging: query => ({
      table,
      limit: query.limit as number,
      order: orderOf(String(query.sort ?? byDefault), table, key),
      // Own ones: a column may be called as what every object has.
      filters: Object.fromEntries(filter.flatMap(name => Object.hasOwn(query, name) && query[name] !== undefined ? [[name, query[name]]] : []))
    })
  }
}

/** The column of an order, and whether it descends: `-` stands before it, unless a column is called so. */
function sortedBy (order: string, { columns }: AnyTable): readonly [column: string, isDescending: boolean] {
  return order.startsWith('-') && !Object.hasOwn(columns, order) ? [order.slice(1), true] : [order, false]
}

function orderOf (order: string, table: AnyTable, key: readonly string[]): Order {
  const [column, isDescending] = sortedBy(order, table)
  return { columns: [...new Set([column, ...key])], direction: isDescending ? 'desc' : 'asc' }
}

function * problemsOf ({ columns }: AnyTable, { sorted, filter, limit, maxLimit }: { sorted: readonly string[], filter: readonly string[], limit: number, maxLimit: number }, isCursor: boolean): Generator<string> {
  const has = (name: string): boolean => Object.hasOwn(columns, name)
  for (const name of [...sorted, ...filter]) {
    if (!has(name)) yield `unknown column ${JSON.stringify(name)}. Expected: ${Object.keys(columns).join(', ')}`
    else if (columns[name]?.hidden) yield `the hidden column ${JSON.stringify(name)} must not be sorted or filtered by, since that would reveal its values`
  }
  for (const name of filter) if (OWN.has(name)) yield `the filter ${JSON.stringify(name)} is a parameter of pages itself. Choose another column`
  if (isCursor) {
    for (const name of sorted) if (has(name) && columns[name]?.nullable) yield `pages by cursor cannot be sorted by ${JSON.stringify(name)}, which may be null; use offsetPaging`
  }
  if (!Number.isSafeInteger(limit) || limit < 1 || !Number.isSafeInteger(maxLimit) || maxLimit < limit) yield `limit must be an integer ≥ 1, and maxLimit one ≥ limit, got ${limit} and ${maxLimit}`
}

/**
 * Returns a dependency: a page by `limit` and `offset`, with the total.
 *
 * ```ts
 * const paging = offsetPaging(items, { sort: ['price'], filter: ['owner_id'] })
 * app.get('/items', {
 *   config: { depends: { db: session, paging } },
 *   schema: { response: { 200: Page(items.Public) } }
 * }, async ({ deps: { db, paging } }) => page(db, db.selectFrom('items').selectAll(), paging))
 * ```
 *
 * @throws APIKIT_ERR_PAGING, one error that names all that is wrong with the options
 */
export function offsetPaging<T extends AnyTable> (table: T, options: PagingOptions<T> = {}): Dependency<OffsetPaging<T>> {
  const { query, paging } = declare(table, options, false)
  const parameters: TObject = Type.Object({ ...query, offset: Type.Integer({ minimum: 0, maximum: 2_147_483_647, default: 0, description: 'Number of items before the first' }) })
  return dependency({ name: 'paging', query: parameters }, ({ query }: { query: Record<string, unknown> }) =>
    ({ ...paging(query), kind: 'offset', offset: query.offset }) as OffsetPaging<T>) as Dependency<OffsetPaging<T>>
}

/**
 * Returns a dependency: a page by `limit` and `cursor`, which is where the page before ended. However far, a page costs the
 * same, and rows that come or go meanwhile neither repeat others nor leave them out.
 *
 * ```ts
 * const paging = cursorPaging(items, { order: '-created_at', filter: ['owner_id'] })
 * app.get('/items', {
 *   config: { depends: { db: session, paging } },
 *   schema: { response: { 200: CursorPage(items.Public) } }
 * }, async ({ deps: { db, paging } }) => page(db, db.selectFrom('items').selectAll(), paging))
 * ```
 *
 * @throws APIKIT_ERR_PAGING, one error that names all that is wrong with the options
 */
export function cursorPaging<T extends AnyTable> (table: T, options: PagingOptions<T> = {}): Dependency<CursorPaging<T>> {
  const { query, paging } = declare(table, options, true)
  const parameters: TObject = Type.Object({ ...query, cursor: Type.Optional(Cursor({ description: 'Value of `next` of the previous page' })) })
  return dependency({ name: 'paging', query: parameters }, ({ query }: { query: Record<string, unknown> }) =>
    ({ ...paging(query), kind: 'cursor', after: query.cursor }) as CursorPaging<T>) as Dependency<CursorPaging<T>>
}

type PageOf<S extends TSchema> = TObject<{ items: TArray<S>, total: TInteger, limit: TInteger, offset: TInteger }>
type CursorPageOf<S extends TSchema> = TObject<{ items: TArray<S>, next: TUnion<[TString, TNull]> }>

/** Returns the schema of a page by its offset: `{ items, total, limit, offset }`. */
export function Page<S extends TSchema> (item: S): PageOf<S> {
  return Type.Object({ items: Type.Array(item), total: Type.Integer(), limit: Type.Integer(), offset: Type.Integer() })
}

const nextSchema = (): TUnion<[TString, TNull]> => Type.Union([Type.String(), Type.Null()], { description: 'Cursor of the next page, null on the last page' })

/** Returns the schema of a page by a cursor: `{ items, next }`. */
export function CursorPage<S extends TSchema> (item: S): CursorPageOf<S> {
  return Type.Object({ items: Type.Array(item), next: nextSchema() })
}
