/**
 * Decimals that SQLite keeps as text, in statements of Kysely's: compared and sorted as numbers.
 *
 * @module
 */

import {
  type AggregateFunctionNode, AliasNode, AndNode, BinaryOperationNode, CaseNode, ColumnNode, FunctionNode, IdentifierNode, type OperationNode, OperationNodeTransformer, OperatorNode,
  type OrderByItemNode, ParensNode, PrimitiveValueListNode, type QueryId, ReferenceNode, type SelectQueryNode, UnaryOperationNode, ValueListNode, ValueNode
} from 'kysely'
import { APIKIT_ERR_LONG_DECIMAL } from '../errors.ts'
import { comparedForm, textScale } from '../tables/decimal-form.ts'
import type { AnyTable } from '../tables/table-types.ts'
import { tableOf } from './nodes.ts'
import { Parameter } from './parameter.ts'
import { Template, templateNode } from './template.ts'

/** The function of SQLite that our connections have. */
export const SORT_FUNCTION = 'apikit_decimal_order'

const ORDERED = new Template({ postgres: ['', ''], sqlite: [`${SORT_FUNCTION}(`, ')'] })

/** An expression by which such decimals are sorted and compared. */
export function orderNode (operand: OperationNode): OperationNode {
  return templateNode(ORDERED, [operand])
}

const ORDER: ReadonlySet<unknown> = new Set(['<', '<=', '>', '>='])
const BETWEEN: ReadonlySet<unknown> = new Set(['between', 'not between'])
const ARITHMETIC: ReadonlySet<unknown> = new Set(['+', '-', '*', '/', '%'])
const AGGREGATES: ReadonlySet<string> = new Set(['min', 'max', 'sum', 'avg', 'total'])

/** Functions whose value is one of what they are given, but for its sign and its last digits. */
const SAME: ReadonlySet<string> = new Set(['coalesce', 'ifnull', 'nullif', 'abs', 'round'])

/** The tables of a query, by the names that they have in it; of others, what they select. */
type Frame = ReadonlyMap<string, OperationNode>

type Parts = Partial<Pick<SelectQueryNode, 'from' | 'joins' | 'with' | 'selections'>> & {
  readonly into?: OperationNode
  readonly table?: OperationNode
}

const QUERIES: ReadonlySet<string> = new Set(['SelectQueryNode', 'InsertQueryNode', 'UpdateQueryNode', 'DeleteQueryNode'])

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
  return frame
}

export class LongDecimals extends OperationNodeTransformer {
  readonly #tables = new Map<string, AnyTable>()
  #isNeeded = false
  #frames: Frame[] = []

  add (table: AnyTable): void {
    this.#tables.set(table.name, table)
    this.#isNeeded ||= Object.values(table.columns).some(column => textScale(column) !== undefined)
  }

  /** Returns the statement itself where no table has such a column. */
  transform<N extends OperationNode> (node: N): N {
    if (!this.#isNeeded) return node
    this.#frames = []
    return this.transformNode(node)
  }

  protected override transformNodeImpl<T extends OperationNode> (node: T, queryId?: QueryId): T {
    if (!QUERIES.has(node.kind)) return super.transformNodeImpl(node, queryId)
    this.#frames.unshift(frameOf(node))
    try {
      return super.transformNodeImpl(node, queryId)
    } finally {
      this.#frames.shift()
    }
  }

  /** The digits behind the point of the decimal that an expression is; `undefined` where it is none of these. */
  #scaleOf (node: OperationNode, frames: readonly Frame[] = this.#frames): number | undefined {
    const inner = ReferenceNode.is(node) ? node.column : node
    if (!ColumnNode.is(inner)) return undefined
    const column = inner.column.name
    const table = ReferenceNode.is(node) && node.table !== undefined ? tableOf(node.table) : undefined
    for (const [index, frame] of frames.entries()) {
      for (const [name, source] of frame) {
        if (table === undefined ? name.startsWith('as ') : name !== table) continue
        const found = this.#scaleIn(source, column, frames.slice(index))
        if (found !== undefined) return found.scale
      }
      const named = table === undefined ? frame.get(`as ${column}`) : undefined
      if (named !== undefined) return this.#scaleOf(named, frames)
    }
    return undefined
  }

  /** Whether a table, or a query in its place, has a column, and of how many digits. */
  #scaleIn (source: OperationNode, column: string, frames: readonly Frame[]): { readonly scale: number | undefined } | undefined {
    if (QUERIES.has(source.kind)) return { scale: this.#scaleOf(ColumnNode.create(column), [frameOf(source)]) }
    const name = String(tableOf(source))
    const cte = frames.map(frame => frame.get(name)).find(found => found !== undefined && QUERIES.has(found.kind))
    if (cte !== undefined) return this.#scaleIn(cte, column, [])
    const definition = this.#tables.get(name)?.columns
    return definition !== undefined && Object.hasOwn(definition, column) ? { scale: textScale(definition[column] as never) } : undefined
  }

  /** Whether the value of an expression is such a decimal: also one that is chosen among others. */
  #isLong (node: OperationNode | undefined): boolean {
    if (node === undefined) return false
    if (ParensNode.is(node)) return this.#isLong(node.node)
    if (UnaryOperationNode.is(node)) return this.#isLong(node.operand)
    if (CaseNode.is(node)) return [...node.when?.map(({ result }) => result) ?? [], node.else].some(one => this.#isLong(one))
    if (FunctionNode.is(node)) return SAME.has(node.func.toLowerCase()) && node.arguments.some(one => this.#isLong(one))
    return this.#scaleOf(node) !== undefined
  }

  protected override transformBinaryOperation (node: BinaryOperationNode, queryId?: QueryId): BinaryOperationNode {
    const { leftOperand, operator, rightOperand } = node
    const [left, right] = [this.#scaleOf(leftOperand), this.#scaleOf(rightOperand)]
    const scale = left ?? right
    const word = OperatorNode.is(operator) ? operator.operator : undefined
    if (ARITHMETIC.has(word) && (this.#isLong(leftOperand) || this.#isLong(rightOperand))) throw new APIKIT_ERR_LONG_DECIMAL(`calculates by "${word}"`)
    if (scale === undefined || word === undefined) return super.transformBinaryOperation(node, queryId)
    const make = (one: OperationNode, other: OperationNode): BinaryOperationNode => ({ ...node, leftOperand: one, rightOperand: other })
    const ordered = (operand: OperationNode): OperationNode => orderNode(this.transformNode(operand))
    if (BETWEEN.has(word) && AndNode.is(rightOperand)) return make(ordered(leftOperand), AndNode.create(ordered(rightOperand.left), ordered(rightOperand.right)))
    // Of two columns with as many digits, equal numbers are equal texts.
    if (ORDER.has(word) || (left !== undefined && right !== undefined && left !== right)) return make(ordered(leftOperand), ordered(rightOperand))
    return make(this.transformNode(comparedNode(leftOperand, scale)), this.transformNode(comparedNode(rightOperand, scale)))
  }

  protected override transformOrderByItem (node: OrderByItemNode, queryId?: QueryId): OrderByItemNode {
    return this.#scaleOf(node.orderBy) === undefined ? super.transformOrderByItem(node, queryId) : { ...node, orderBy: orderNode(node.orderBy) }
  }

  protected override transformAggregateFunction (node: AggregateFunctionNode, queryId?: QueryId): AggregateFunctionNode {
    const { func, aggregated: [first] } = node
    if (AGGREGATES.has(func.toLowerCase()) && this.#isLong(first)) throw new APIKIT_ERR_LONG_DECIMAL(`has ${func}()`)
    return super.transformAggregateFunction(node, queryId)
  }

  /** As `eb.fn('sum', …)` makes it. */
  protected override transformFunction (node: FunctionNode, queryId?: QueryId): FunctionNode {
    if (AGGREGATES.has(node.func.toLowerCase()) && node.arguments.some(one => this.#isLong(one))) throw new APIKIT_ERR_LONG_DECIMAL(`has ${node.func}()`)
    return super.transformFunction(node, queryId)
  }

  protected override transformUnaryOperation (node: UnaryOperationNode, queryId?: QueryId): UnaryOperationNode {
    if (OperatorNode.is(node.operator) && ARITHMETIC.has(node.operator.operator) && this.#isLong(node.operand)) throw new APIKIT_ERR_LONG_DECIMAL(`calculates by "${node.operator.operator}"`)
    return super.transformUnaryOperation(node, queryId)
  }
}

function comparedNode (node: OperationNode, scale: number): OperationNode {
  const form = (value: unknown): unknown => value === null ? null : value instanceof Parameter ? new Parameter(value.name, given => comparedForm(given, scale)) : comparedForm(value, scale)
  if (ValueNode.is(node)) return { ...node, value: form(node.value) } as OperationNode
  if (PrimitiveValueListNode.is(node)) return PrimitiveValueListNode.create(node.values.map(form))
  return ValueListNode.is(node) ? ValueListNode.create(node.values.map(value => comparedNode(value, scale))) : node
}
