/**
 * Decimals that SQLite keeps as text, in statements of Kysely's: compared and sorted as numbers, and stored with as many digits as
 * their column has.
 *
 * @module
 */

import {
  type AggregateFunctionNode, AliasNode, AndNode, BinaryOperationNode, DefaultInsertValueNode, type FunctionNode, InsertQueryNode, type OperationNode, OperationNodeTransformer,
  OperatorNode, type OrderByItemNode, ParensNode, PrimitiveValueListNode, type QueryId, RawNode, ReferenceNode, SelectAllNode, SelectionNode, SelectQueryNode, TupleNode,
  type UnaryOperationNode, UpdateQueryNode, ValueListNode, ValueNode, ValuesNode
} from 'kysely'
import { APIKIT_ERR_LONG_DECIMAL } from '../errors.ts'
import { comparedForm } from '../tables/decimal-form.ts'
import type { AnyTable } from '../tables/table-types.ts'
import { DecimalScales, MIXED, QUERIES } from './decimal-scales.ts'
import { columnOf } from './nodes.ts'
import { Parameter } from './parameter.ts'
import { Template, templateNode } from './template.ts'

/** The function of SQLite that our connections have. */
export const SORT_FUNCTION = 'apikit_decimal_order'
/** A number as text with so many digits behind the point. */
export const STORE_FUNCTION = 'apikit_decimal'

const ORDERED = new Template({ postgres: ['', ''], sqlite: [`${SORT_FUNCTION}(`, ')'] })

/** An expression by which such decimals are sorted and compared. */
export function orderNode (operand: OperationNode): OperationNode {
  return templateNode(ORDERED, [operand])
}

const ORDER: ReadonlySet<unknown> = new Set(['<', '<=', '>', '>='])
const BETWEEN: ReadonlySet<unknown> = new Set(['between', 'not between'])
const IN: ReadonlySet<unknown> = new Set(['in', 'not in'])
const COMPARED: ReadonlySet<unknown> = new Set([...ORDER, ...BETWEEN, ...IN, '=', '==', '!=', '<>', 'is', 'is not', 'is distinct from', 'is not distinct from'])
const ARITHMETIC: ReadonlySet<unknown> = new Set(['+', '-', '*', '/', '%'])
const AGGREGATES: ReadonlySet<string> = new Set(['min', 'max', 'sum', 'avg', 'total'])

export class LongDecimals extends OperationNodeTransformer {
  readonly #scales = new DecimalScales()

  add (table: AnyTable): void {
    this.#scales.add(table)
  }

  /** Returns the statement itself where no table has such a column. */
  transform<N extends OperationNode> (node: N): N {
    return this.#scales.isNeeded ? this.transformNode(node) : node
  }

  protected override transformNodeImpl<T extends OperationNode> (node: T, queryId?: QueryId): T {
    if (!QUERIES.has(node.kind)) return super.transformNodeImpl(node, queryId)
    return this.#scales.within(node, () => super.transformNodeImpl(this.#query(node) as T, queryId))
  }

  #query (node: OperationNode): OperationNode {
    if (InsertQueryNode.is(node)) return this.#insert(node)
    if (UpdateQueryNode.is(node)) return { ...node, updates: node.updates?.map(update => ({ ...update, value: this.#written(update.value, this.#scales.ofTarget(node.table, columnOf(update.column))) })) } as UpdateQueryNode
    if (SelectQueryNode.is(node)) this.#checkUnion(node)
    return node
  }

  #insert (node: InsertQueryNode): InsertQueryNode {
    const { into, columns, values, onConflict } = node
    const target = (column: string | undefined): number | undefined => this.#scales.ofTarget(into, column)
    const scales = columns?.map(({ column: { name } }) => target(name)) ?? []
    return {
      ...node,
      ...values !== undefined && { values: this.#values(values, scales, columns === undefined && this.#scales.isIn(into)) },
      ...onConflict?.updates !== undefined && { onConflict: { ...onConflict, updates: onConflict.updates.map(update => ({ ...update, value: this.#written(update.value, target(columnOf(update.column))) })) } }
    }
  }

  #values (values: OperationNode, scales: ReadonlyArray<number | undefined>, isUnnamed: boolean): OperationNode {
    if (ValuesNode.is(values)) return ValuesNode.create(values.values.map(list => ValueListNode.is(list) ? ValueListNode.create(list.values.map((value, at) => this.#written(value, scales[at]))) : list))
    // What is no query of Kysely's is raw SQL.
    if (!SelectQueryNode.is(values) || (!isUnnamed && scales.every(scale => scale === undefined))) return values
    if (isUnnamed) throw new APIKIT_ERR_LONG_DECIMAL('inserts the rows of a query without naming the columns, into a table')
    return this.#selecting(values, (selected, at, scale) => this.#stored(selected, scales[at], scale))
  }

  /** What goes into a column with so many digits behind the point. */
  #stored (node: OperationNode, scale: number | undefined, own = this.#scales.of(node)): OperationNode {
    if (scale === undefined || DefaultInsertValueNode.is(node) || own === scale) return node
    return templateNode(new Template({ postgres: ['', ''], sqlite: [`${STORE_FUNCTION}(`, `, ${scale})`] }), [node])
  }

  /** The same of an expression; values themselves are written so by what encodes them. */
  #written (node: OperationNode, scale: number | undefined): OperationNode {
    return ValueNode.is(node) ? node : this.#stored(node, scale)
  }

  /** A query, and what it is combined with, that selects something made of what it selected. */
  #selecting (query: SelectQueryNode, make: (selected: OperationNode, at: number, scale: number | undefined) => OperationNode): SelectQueryNode {
    const { selections = [], setOperations } = query
    return {
      ...query,
      selections: selections.map(({ selection }, at) => {
        if (isAll(selection)) throw new APIKIT_ERR_LONG_DECIMAL('needs the columns of a query one by one, where it selects all,')
        const scale = this.#scales.ofSelection(query, at)
        return SelectionNode.create((AliasNode.is(selection) ? { ...selection, node: make(selection.node, at, scale) } : make(selection, at, scale)) as never)
      }),
      ...setOperations !== undefined && { setOperations: setOperations.map(one => ({ ...one, expression: this.#selecting(queryOf(one.expression), make) })) }
    }
  }

  /** Of equal numbers, a union would keep both. */
  #checkUnion (query: SelectQueryNode): void {
    for (const { operator, all, expression } of query.setOperations ?? []) {
      if (all || !SelectQueryNode.is(expression)) continue
      query.selections?.forEach((_, at) => {
        const [one, other] = [this.#scales.ofSelection(query, at), this.#scales.ofSelection(expression, at)]
        if (one !== other || one === MIXED) throw new APIKIT_ERR_LONG_DECIMAL(`has ${operator} of values with different decimal places,`)
      })
    }
  }

  #isLong (node: OperationNode | undefined): boolean {
    return this.#scales.of(node) !== undefined
  }

  #ordered (operand: OperationNode): OperationNode {
    return orderNode(this.transformNode(operand))
  }

  /** Values, or lists of them, of which some are such decimals. */
  #orderedList (node: OperationNode, long: readonly boolean[]): OperationNode {
    if (TupleNode.is(node)) return TupleNode.create(node.values.map((value, at) => long[at] === true ? this.#ordered(value) : this.transformNode(value)))
    if (PrimitiveValueListNode.is(node)) return ValueListNode.create(node.values.map(value => orderNode(ValueNode.create(value))))
    if (ValueListNode.is(node)) return ValueListNode.create(node.values.map(value => TupleNode.is(value) ? this.#orderedList(value, long) : this.#ordered(value)))
    if (ParensNode.is(node)) return ParensNode.create(this.#orderedList(node.node, long))
    if (SelectQueryNode.is(node)) return this.transformNode(this.#selecting(node, (selected, at) => long[at] === true ? orderNode(selected) : selected))
    throw new APIKIT_ERR_LONG_DECIMAL('compares raw SQL')
  }

  /** `undefined` where no value is such a decimal. */
  #tuples (node: BinaryOperationNode, left: TupleNode, right: OperationNode): BinaryOperationNode | undefined {
    const long = left.values.map((value, at) => this.#isLong(value) || (TupleNode.is(right) && this.#isLong(right.values[at])))
    return long.includes(true) ? { ...node, leftOperand: this.#orderedList(left, long), rightOperand: this.#orderedList(right, long) } : undefined
  }

  protected override transformBinaryOperation (node: BinaryOperationNode, queryId?: QueryId): BinaryOperationNode {
    const { leftOperand, operator, rightOperand } = node
    const word = OperatorNode.is(operator) ? operator.operator : undefined
    if (ARITHMETIC.has(word) && (this.#isLong(leftOperand) || this.#isLong(rightOperand))) throw new APIKIT_ERR_LONG_DECIMAL(`calculates by "${word}"`)
    const make = (one: OperationNode, other: OperationNode): BinaryOperationNode => ({ ...node, leftOperand: one, rightOperand: other })
    if (TupleNode.is(leftOperand) && COMPARED.has(word)) return this.#tuples(node, leftOperand, rightOperand) ?? super.transformBinaryOperation(node, queryId)
    const [left, right] = [this.#scales.of(leftOperand), this.#scales.of(rightOperand)]
    const scale = left ?? right
    if (scale === undefined || word === undefined || !COMPARED.has(word)) return super.transformBinaryOperation(node, queryId)
    if (BETWEEN.has(word) && AndNode.is(rightOperand)) return make(this.#ordered(leftOperand), AndNode.create(this.#ordered(rightOperand.left), this.#ordered(rightOperand.right)))
    // Raw SQL sees the text.
    if (IN.has(word) && RawNode.is(rightOperand)) return super.transformBinaryOperation(node, queryId)
    // Of two columns with as many digits, equal numbers are equal texts; an index is of use there.
    const isPlain = scale !== MIXED && !ORDER.has(word) && [leftOperand, rightOperand].every((operand, index) => isLiteral(operand) || [left, right][index] === scale)
    if (isPlain) return make(this.transformNode(comparedNode(leftOperand, scale)), this.transformNode(comparedNode(rightOperand, scale)))
    return make(this.#ordered(leftOperand), IN.has(word) ? this.#orderedList(rightOperand, [true]) : this.#ordered(rightOperand))
  }

  protected override transformOrderByItem (node: OrderByItemNode, queryId?: QueryId): OrderByItemNode {
    return this.#isLong(node.orderBy) ? { ...node, orderBy: this.#ordered(node.orderBy) } : super.transformOrderByItem(node, queryId)
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

function queryOf (node: OperationNode): SelectQueryNode {
  if (!SelectQueryNode.is(node)) throw new APIKIT_ERR_LONG_DECIMAL('needs the columns of a query one by one, where it goes on with raw SQL,')
  return node
}

function comparedNode (node: OperationNode, scale: number): OperationNode {
  const form = (value: unknown): unknown => value === null ? null : value instanceof Parameter ? new Parameter(value.name, given => comparedForm(given, scale)) : comparedForm(value, scale)
  if (ValueNode.is(node)) return { ...node, value: form(node.value) } as OperationNode
  if (PrimitiveValueListNode.is(node)) return PrimitiveValueListNode.create(node.values.map(form))
  return ValueListNode.is(node) ? ValueListNode.create(node.values.map(value => comparedNode(value, scale))) : node
}

function isLiteral (node: OperationNode): boolean {
  return ValueNode.is(node) || PrimitiveValueListNode.is(node) || (ValueListNode.is(node) && node.values.every(value => ValueNode.is(value)))
}

function isAll (node: OperationNode): boolean {
  return SelectAllNode.is(node) || (ReferenceNode.is(node) && SelectAllNode.is(node.column))
}
