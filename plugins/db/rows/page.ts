/**
 * Pages of a query.
 *
 * @module
 */

import { AliasNode, type Expression, IdentifierNode, type Kysely, type OperationNode, type SelectQueryBuilder, type SelectQueryNode, sql } from 'kysely'
import { RequestValidationError } from '../../validation/request-validation-error.ts'
import { arrayNode, castNode, comparableNode, textNode } from '../engine/cells.ts'
import { columnNode, columnOf as nodeColumn, expressionOf } from '../engine/nodes.ts'
import { ValueViolation } from '../engine/violations.ts'
import type { Dialect } from '../tables/dialect.ts'
import type { AnyTable, Column } from '../tables/table-types.ts'
import { Position } from './cursor.ts'
import type { CursorPaging, OffsetPaging, Order, Paging } from './paging.ts'
import { placeValue } from './places.ts'
import { dialectOf, type Source } from './rows.ts'

/** A page by its offset. */
export interface OffsetPage<O> {
  readonly items: O[]
  /** Of all pages. */
  readonly total: number
  readonly limit: number
  readonly offset: number
}

/** A page behind a row. */
export interface CursorPage<O> {
  readonly items: O[]
  /** The cursor of the next page; `null`: there is none. */
  readonly next: string | null
}

/** A query of Kysely's that selects. */
export interface Selecting<O> {
  execute (): Promise<O[]>
  toOperationNode (): SelectQueryNode
}

type Names = Record<string, Record<string, unknown>>
type Query = SelectQueryBuilder<Names, string, Record<string, unknown>>

/** The name of the row's place in its order: none that a column has, of the table or among what is selected. */
function placeName (query: Query, { columns }: AnyTable): string {
  const { selections = [] } = query.toOperationNode() as SelectQueryNode
  const taken = new Set([...Object.keys(columns), ...selections.map(({ selection }) => nameOfSelection(selection))])
  let name = 'apikit_place'
  while (taken.has(name)) name += '_'
  return name
}

function nameOfSelection (node: OperationNode): string | undefined {
  return AliasNode.is(node) && IdentifierNode.is(node.alias) ? node.alias.name : nodeColumn(node)
}

/**
 * Returns a page of a query, as the request asks for it: filtered, sorted and cut. The query selects from the table of `paging`
 * under its own name, and has no order and no limit of its own.
 *
 * The total of a page by its offset is a statement of its own, and saved where the page says it. Pages by a cursor have none.
 *
 * ```ts
 * const { items, total } = await page(db, db.selectFrom('items').selectAll('items').where('owner_id', '=', user.id), paging)
 * ```
 *
 * @param db a session, or `app.db`
 * @param paging the value of `offsetPaging` or `cursorPaging`
 * @throws RequestValidationError (422) for a cursor of another order, or with values that its columns cannot have
 */
export async function page<DB, O> (db: Source<DB>, query: Selecting<O>, paging: OffsetPaging): Promise<OffsetPage<O>>
export async function page<DB, O> (db: Source<DB>, query: Selecting<O>, paging: CursorPaging): Promise<CursorPage<O>>
export async function page (db: Source<unknown>, query: Selecting<unknown>, paging: OffsetPaging | CursorPaging): Promise<OffsetPage<unknown> | CursorPage<unknown>> {
  const filtered = filter(query as unknown as Query, paging)
  return paging.kind === 'offset' ? pageAt(db as unknown as Kysely<Names>, filtered, paging) : pageBehind(filtered, paging, dialectOf(db))
}

function filter (query: Query, { table, filters }: Paging): Query {
  return Object.entries(filters).reduce((query, [name, value]) => query.where(expressionOf(reference(table, name)), value === null ? 'is' : '=', value as never), query)
}

function ordered (query: Query, { table, order: { columns, direction } }: Paging): Query {
  return columns.reduce((query, name) => query.orderBy(expressionOf(reference(table, name)), direction), query)
}

async function pageAt (db: Kysely<Names>, query: Query, paging: OffsetPaging): Promise<OffsetPage<unknown>> {
  const { limit, offset } = paging
  const items = await ordered(query, paging).limit(limit).offset(offset).execute()
  const isLast = items.length < limit && (items.length > 0 || offset === 0)
  return { items, total: isLast ? offset + items.length : await count(db, query), limit, offset }
}

async function count (db: Kysely<Names>, query: Query): Promise<number> {
  const { distinctOn, frontModifiers } = query.toOperationNode() as SelectQueryNode
  // What is selected decides how many rows there are only if they are to be distinct.
  const rows = distinctOn === undefined && frontModifiers === undefined ? query.clearSelect().select(sql.lit(1).as('one')) : query
  const { total } = await db.selectFrom(rows.as('rows')).select(eb => eb.fn.countAll<number>().as('total')).executeTakeFirstOrThrow()
  return total
}

async function pageBehind (query: Query, paging: CursorPaging, dialect: Dialect): Promise<CursorPage<unknown>> {
  const { table, limit, order, after } = paging
  const name = placeName(query, table)
  const place = expressionOf(AliasNode.create(arrayNode(order.columns.map(name => textNode(columnOf(table, name), reference(table, name)))), IdentifierNode.create(name)))
  const begun = after === undefined ? query : query.where(behind(paging, after, dialect) as never)
  const rows = await ordered(begun, paging).select(place as never).limit(limit + 1).execute().catch((error: unknown) => {
    // Values of a cursor that was forged with more care.
    throw after !== undefined && error instanceof ValueViolation ? Object.assign(refusal(after, FOREIGN), { cause: error }) : error
  })
  const items = rows.slice(0, limit).map(({ [name]: _, ...item }) => item)
  const last = rows.length > limit ? rows[limit - 1]?.[name] : undefined
  return { items, next: last === undefined ? null : String(new Position(nameOf(order), valuesOf(last))) }
}

function valuesOf (place: unknown): Array<string | number> {
  return (typeof place === 'string' ? JSON.parse(place) : place) as Array<string | number>
}

function nameOf ({ columns: [first], direction }: Order): string {
  return `${direction} ${String(first)}`
}

const FOREIGN = 'not a cursor of this list'

function refusal (after: Position, what: string): Error {
  return new RequestValidationError([{ type: 'value_error', loc: ['query', 'cursor'], msg: `Value error, ${what}`, input: String(after), ctx: { error: {} } }])
}

/** The rows behind a place: rows are compared as a whole, which an index of these columns serves. */
function behind ({ table, order }: CursorPaging, after: Position, dialect: Dialect): Expression<unknown> {
  const { columns, direction } = order
  if (after.order !== nameOf(order)) throw refusal(after, 'the cursor is of a list in another order')
  const places = after.values.length === columns.length ? columns.map((name, index) => placeValue(columnOf(table, name), after.values[index] as string | number, dialect)) : []
  if (places.length === 0 || places.includes(undefined)) throw refusal(after, FOREIGN)
  const own = sql.join(columns.map(name => expressionOf(comparableNode(columnOf(table, name), reference(table, name)))))
  const values = sql.join(columns.map((name, index) => expressionOf(comparableNode(columnOf(table, name), castNode(columnOf(table, name), places[index])))))
  return sql`(${own}) ${sql.raw(direction === 'asc' ? '>' : '<')} (${values})`
}

function columnOf ({ columns }: AnyTable, name: string): Column {
  return columns[name] as Column
}

function reference ({ name: table }: AnyTable, name: string): OperationNode {
  return columnNode(table, name)
}
