/**
 * Related rows in the rows of a query: one statement, decoded by their columns.
 *
 * @module
 */

import { AliasNode, type AliasableExpression, type AliasedExpression, expressionBuilder, type Expression, IdentifierNode, type OperationNode, type SelectQueryBuilder } from 'kysely'
import { APIKIT_ERR_TABLE } from '../errors.ts'
import { arrayNode, cellNode, namedNode, nestedCellNode } from '../engine/cells.ts'
import { Relation } from '../engine/relation.ts'
import { columnNode, expressionOf, tableNode } from '../engine/nodes.ts'
import { templateNode } from '../engine/template.ts'
import type { AnyTable, Row, TablesOf } from '../tables/table.ts'
import type { Column } from '../tables/table-types.ts'

type Name<T extends AnyTable> = keyof T['columns'] & string
type Query<T extends AnyTable> = SelectQueryBuilder<TablesOf<[T]>, T['name'], {}>
type OuterOf<On> = On[keyof On] & string

/** Relations by the names that they get. */
export type Relations<Outer extends string = string> = Readonly<Record<string, Related<unknown, Outer>>>

/** Which rows of another table, and what of them. */
export interface RelationOptions<T extends AnyTable, On, Picked extends Name<T>, With> {
  /** Columns of this table, and those of the outer query that they are equal to: `{ owner_id: 'users.id' }`. */
  readonly on: On & { readonly [column in Exclude<keyof On, Name<T>>]: never }
  /** Columns. Default: all. */
  readonly pick?: readonly Picked[]
  /** Relations of these rows, in turn. */
  readonly with?: With
  /** Filters, orders and limits the rows: a query of Kysely's, which selects nothing. */
  readonly query?: (query: Query<T>) => Query<T>
}

type RelatedRow<T extends AnyTable, Picked, With> = {
  [name in (keyof Row<T> & Picked) | keyof With]: name extends keyof With ? With[name] extends Related<infer O> ? O : never : name extends keyof Row<T> ? Row<T>[name] : never
}

/** Related rows as a value: select it under a name, `withMany(…).as('items')`. */
export class Related<out O, out Outer extends string = string> implements AliasableExpression<O> {
  /** For the types: columns of the outer query. */
  declare readonly outer: Outer
  readonly relation: Relation
  readonly #node: OperationNode

  constructor (relation: Relation, node: OperationNode) {
    this.relation = relation
    this.#node = node
  }

  get expressionType (): O | undefined {
    return undefined
  }

  toOperationNode (): OperationNode {
    return this.#node
  }

  as<const A extends string> (alias: A): AliasedExpression<O, A>
  as<A extends string> (alias: Expression<unknown>): AliasedExpression<O, A>
  as (alias: string | Expression<unknown>): AliasedExpression<O, string> {
    if (typeof alias !== 'string') throw new APIKIT_ERR_TABLE('the alias of a relation must be a string')
    return { expression: this, alias, toOperationNode: () => AliasNode.create(this.#node, IdentifierNode.create(alias)) }
  }
}

type On = { readonly [column: string]: `${string}.${string}` }

function related (kind: 'many' | 'one', { name, columns }: AnyTable, options: RelationOptions<AnyTable, On, string, Relations>): Related<never, never> {
  const { on, pick = Object.keys(columns), with: nested = {}, query = same => same } = options
  const column = (key: string): Column => {
    const found = Object.hasOwn(columns, key) ? columns[key] : undefined
    if (found === undefined) throw new APIKIT_ERR_TABLE(`${JSON.stringify(name)}: unknown column ${JSON.stringify(key)} in a relation. Expected: ${Object.keys(columns).join(', ')}`)
    return found
  }
  const builder = expressionBuilder<Record<string, Record<string, unknown>>, string>()
  const picked = pick.map(key => [key, column(key)] as const)
  const inner = Object.entries(nested)
  const cells = [
    ...picked.map(([key, definition]) => cellNode(definition, columnNode(name, key))),
    ...inner.map(([, one]) => nestedCellNode(one.toOperationNode()))
  ]
  const array = namedNode(arrayNode(cells))
  let rows = builder.selectFrom(expressionOf(tableNode(name)) as never).select(expressionOf(array) as never) as unknown as SelectQueryBuilder<Record<string, Record<string, unknown>>, string, {}>
  for (const [key, outer] of Object.entries(on)) {
    column(key)
    rows = rows.where(expressionOf(columnNode(name, key)), '=', builder.ref(outer) as never)
  }
  rows = query(rows as never) as unknown as typeof rows
  const relation = new Relation(name, kind, picked, inner.map(([key, one]) => [key, one.relation]))
  return new Related(relation, templateNode(relation, [(kind === 'one' ? rows.limit(1) : rows).toOperationNode()]))
}

/**
 * Selects the rows of another table that belong to a row, as a list: one statement, in which the values are decoded as those of
 * a query of their own. Without any it is empty.
 *
 * ```ts
 * const users = await db.selectFrom('users').select('email')
 *   .select(withMany(items, {
 *     on: { owner_id: 'users.id' },
 *     pick: ['id', 'title'],
 *     with: { tags: withMany(tags, { on: { item_id: 'items.id' } }) },
 *     query: items => items.where('items.price', '>', 5).orderBy('items.id').limit(10)
 *   }).as('items'))
 *   .execute()
 * ```
 *
 * @throws APIKIT_ERR_TABLE when the table has no such column
 * @throws APIKIT_ERR_RELATION, when the query runs, unless the outermost select, or `returning`, selects it
 * @see https://docs.sqlalchemy.org/en/20/orm/queryguide/relationships.html
 */
export function withMany<T extends AnyTable, const O extends On, const P extends Name<T> = Name<T>, const W extends Relations<`${T['name']}.${Name<T>}`> = {}> (
  table: T, options: RelationOptions<T, O, P, W>): Related<Array<RelatedRow<T, P, W>>, OuterOf<O>> {
  return related('many', table, options as never)
}

/**
 * Selects the row of another table that belongs to a row: `null` where there is none, the first where there are several. As
 * `withMany` besides.
 *
 * ```ts
 * const items = await db.selectFrom('items').selectAll()
 *   .select(withOne(users, { on: { id: 'items.owner_id' }, pick: ['email'] }).as('owner'))
 *   .execute()
 * ```
 *
 * @throws APIKIT_ERR_TABLE when the table has no such column
 * @throws APIKIT_ERR_RELATION, when the query runs, unless the outermost select, or `returning`, selects it
 */
export function withOne<T extends AnyTable, const O extends On, const P extends Name<T> = Name<T>, const W extends Relations<`${T['name']}.${Name<T>}`> = {}> (
  table: T, options: RelationOptions<T, O, P, W>): Related<RelatedRow<T, P, W> | null, OuterOf<O>> {
  return related('one', table, options as never)
}
