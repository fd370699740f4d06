/**
 * Which expressions of a statement are decimals that SQLite keeps as text, and with how many digits behind the point.
 *
 * @module
 */

import {
  AliasNode, CaseNode, ColumnNode, FunctionNode, IdentifierNode, type InsertQueryNode, type OperationNode, ParensNode, ReferenceNode, SelectQueryNode, UnaryOperationNode, type WhenNode
} from 'kysely'
import { textScale } from '../tables/decimal-form.ts'
import type { AnyTable, Column } from '../tables/table-types.ts'
import { columnOf, tableOf } from './nodes.ts'

/** Functions whose value is one of what they are given, but for its sign and its last digits. */
const SAME: ReadonlySet<string> = new Set(['coalesce', 'ifnull', 'nullif', 'abs', 'round'])

/** The digits of a decimal that has now these, now those: less than any scale. */
export const MIXED = -1

/** What the value of an expression may be. */
function partsOf (node: OperationNode): ReadonlyArray<OperationNode | undefined> {
  if (UnaryOperationNode.is(node)) return [node.operand]
  if (CaseNode.is(node)) return [...(node.when as readonly WhenNode[]).map(({ result }) => result), node.else]
  return FunctionNode.is(node) && SAME.has(node.func.toLowerCase()) ? node.arguments : []
}

/** The tables of a query, by the names that they have in it; of others, what they select. */
type Frame = ReadonlyMap<string, OperationNode>

type Parts = Partial<Pick<SelectQueryNode, 'from' | 'joins' | 'with' | 'selections'>> & {
  readonly into?: OperationNode
  readonly table?: OperationNode
}

export const QUERIES: ReadonlySet<string> = new Set(['SelectQueryNode', 'InsertQueryNode', 'UpdateQueryNode', 'DeleteQueryNode'])

function frameOf (node: OperationNode): Frame {
  const { from, joins = [], into, table, with: ctes, selections = [] } = node as Parts
  const frame = new Map<string, OperationNode>()
  for (const { name, expression } of ctes?.expressions ?? []) frame.set(String(tableOf(name.table)), expression)
  for (const one of [...from?.froms ?? [], ...joins.map(join => join.table), into, table]) {
    if (one === undefined) continue
    const name = AliasNode.is(one) && IdentifierNode.is(one.alias) ? one.alias.name : tableOf(one)
    // A common table expression is known by its name already.
    if (name !== undefined && !frame.has(name)) frame.set(name, AliasNode.is(one) ? one.node : one)
  }
  // What is selected under another name may be sorted by it.
  for (const { selection } of selections) if (AliasNode.is(selection) && IdentifierNode.is(selection.alias)) frame.set(`as ${selection.alias.name}`, selection.node)
  // The row that an insert could not add.
  if ((node as InsertQueryNode).onConflict !== undefined) frame.set('excluded', into as OperationNode)
  return frame
}

export class DecimalScales {
  readonly #tables = new Map<string, AnyTable>()
  #isNeeded = false
  #frames: Frame[] = []

  add (table: AnyTable): void {
    this.#tables.set(table.name, table)
    this.#isNeeded ||= Object.values(table.columns).some(column => textScale(column) !== undefined)
  }

  /** Whether any table has such a column. */
  get isNeeded (): boolean {
    return this.#isNeeded
  }

  /** Does something within a query, whose names are known then. */
  within<T> (query: OperationNode, work: () => T): T {
    this.#frames.unshift(frameOf(query))
    try {
      return work()
    } finally {
      this.#frames.shift()
    }
  }

  /** The digits of a column that is written. */
  ofTarget (table: OperationNode | undefined, column: string | undefined): number | undefined {
    const columns = this.#tables.get(String(tableOf(table)))?.columns
    return columns !== undefined && column !== undefined && Object.hasOwn(columns, column) ? textScale(columns[column] as Column) : undefined
  }

  /** Whether a table has a decimal that is stored as text. */
  isIn (table: OperationNode | undefined): boolean {
    return Object.values(this.#tables.get(String(tableOf(table)))?.columns ?? {}).some(column => textScale(column) !== undefined)
  }

  /**
   * The digits behind the point of the decimal that the value of an expression is, also of one that is chosen among others;
   * `MIXED` where they differ from row to row, `undefined` where it is no such decimal.
   */
  of (node: OperationNode | undefined, frames: readonly Frame[] = this.#frames, aliases = true): number | undefined {
    if (node === undefined) return undefined
    if (ReferenceNode.is(node) || ColumnNode.is(node)) return this.#ofColumn(node, frames, aliases)
    if (ParensNode.is(node)) return this.of(node.node, frames, aliases)
    if (SelectQueryNode.is(node)) return this.ofSelection(node, 0, frames)
    return partsOf(node).some(part => this.of(part, frames, aliases) !== undefined) ? MIXED : undefined
  }

  /** The same of what a query selects at a place, without what it is combined with by `union` and the like. */
  ofSelection (query: SelectQueryNode, at: number, frames: readonly Frame[] = this.#frames): number | undefined {
    const selection = query.selections?.[at]?.selection
    return this.of(selection !== undefined && AliasNode.is(selection) ? selection.node : selection, [frameOf(query), ...frames], false)
  }

  #ofColumn (node: ReferenceNode | ColumnNode, frames: readonly Frame[], aliases: boolean): number | undefined {
    const column = columnOf(node)
    if (column === undefined) return undefined
    const table = ReferenceNode.is(node) && node.table !== undefined ? tableOf(node.table) : undefined
    for (const [index, frame] of frames.entries()) {
      for (const [name, source] of frame) {
        if (table === undefined ? name.startsWith('as ') : name !== table) continue
        const found = this.#in(source, column, frames.slice(index))
        if (found !== undefined) return found.scale
      }
      // An alias stands for what is selected, which cannot itself be of aliases.
      const named = table === undefined && aliases ? frame.get(`as ${column}`) : undefined
      if (named !== undefined) return this.of(named, frames.slice(index), false)
    }
    return undefined
  }

  /** Whether a table, or a query in its place, has a column, and of how many digits. */
  #in (source: OperationNode, column: string, frames: readonly Frame[]): { readonly scale: number | undefined } | undefined {
    if (QUERIES.has(source.kind)) {
      const scale = this.of(ColumnNode.create(column), [frameOf(source)])
      const { setOperations } = source as Partial<SelectQueryNode>
      return { scale: scale !== undefined && setOperations !== undefined ? MIXED : scale }
    }
    const name = String(tableOf(source))
    const cte = frames.map(frame => frame.get(name)).find(found => found !== undefined && QUERIES.has(found.kind))
    if (cte !== undefined) return this.#in(cte, column, [])
    const definition = this.#tables.get(name)?.columns
    return definition !== undefined && Object.hasOwn(definition, column) ? { scale: textScale(definition[column] as Column) } : undefined
  }
}
