/**
 * Values of the domain → what a driver takes.
 *
 * @module
 */

import {
  AliasNode, ColumnNode, type ColumnUpdateNode, type InsertQueryNode, type KyselyPlugin, type OperationNode, type PluginTransformQueryArgs,
  type PluginTransformResultArgs, PrimitiveValueListNode, type QueryResult, ReferenceNode, type RootOperationNode, TableNode, type UnknownRow,
  type UpdateQueryNode, ValueListNode, ValueNode, ValuesNode
} from 'kysely'
import { encodeDecimal } from '../types/decimal.ts'
import type { Constraints } from './constraints.ts'
import { Parameter } from './parameter.ts'
import { isFiniteThroughout } from './storable.ts'
import type { AnyTable } from './table.ts'
import { type Broken, ValueViolation } from './violations.ts'

/** Writes a value of a JSON column. */
type Write = (value: unknown) => unknown

/** By the names of columns. */
type Writers = ReadonlyMap<unknown, Write>

/** What drivers themselves do wrong or not at all: dates of the domain, decimals; objects and lists are JSON. */
export function encodeObject (value: object): unknown {
  if (value instanceof Date) return value.toISOString()
  if (ArrayBuffer.isView(value)) return value
  const tag = Reflect.get(value, Symbol.toStringTag)
  if (typeof tag === 'string') {
    if (tag.endsWith('Decimal')) return encodeDecimal(value as never)
    if (tag.startsWith('Temporal.')) return String(value)
  }
  return undefined
}

/**
 * Writes what goes into a JSON column as JSON text: a driver would make a PostgreSQL array of a list, and leave a string as it is.
 * And a row of defaults alone so that a database takes it.
 */
export class JsonColumns implements KyselyPlugin {
  readonly #constraints: Constraints
  readonly #columns = new Map<unknown, Writers>()

  constructor (constraints: Constraints) {
    this.#constraints = constraints
  }

  add ({ name, columns }: AnyTable): void {
    const json = Object.entries(columns).flatMap(([column, { kind }]) => kind === 'json' ? [column] : [])
    const writer = (column: string): Write => value => toJson(value, () => this.#constraints.broken(undefined, { table: name, columns: [column] }))
    if (json.length > 0) this.#columns.set(name, new Map(json.map(column => [column, writer(column)])))
  }

  transformQuery ({ node }: PluginTransformQueryArgs): RootOperationNode {
    if (node.kind === 'InsertQueryNode') return this.#insert(isEmptyRow(node) ? withDefaults(node) : node)
    if (node.kind === 'UpdateQueryNode') return this.#update(node)
    return node
  }

  async transformResult ({ result }: PluginTransformResultArgs): Promise<QueryResult<UnknownRow>> {
    return result
  }

  #insert (node: InsertQueryNode): InsertQueryNode {
    const json = this.#columns.get(tableOf(node.into))
    if (json === undefined) return node
    const { onConflict, values, columns = [] } = node
    const at = columns.map(({ column }) => json.get(column.name))
    return {
      ...node,
      ...values !== undefined && ValuesNode.is(values) && at.some(Boolean) ? { values: ValuesNode.create(values.values.map(list => encodeList(list, at))) } : {},
      ...onConflict?.updates === undefined ? {} : { onConflict: { ...onConflict, updates: onConflict.updates.map(update => encodeUpdate(update, json)) } }
    }
  }

  #update (node: UpdateQueryNode): UpdateQueryNode {
    const json = this.#columns.get(tableOf(node.table))
    if (json === undefined || node.updates === undefined) return node
    return { ...node, updates: node.updates.map(update => encodeUpdate(update, json)) }
  }
}

/** The table that a node names, under an alias or not. */
export function tableOf (node: OperationNode | undefined): string | undefined {
  const inner = node !== undefined && AliasNode.is(node) ? node.node : node
  return inner !== undefined && TableNode.is(inner) ? inner.table.identifier.name : undefined
}

/** The column that a node names: `set({ name: … })` and `set('name', …)` do so in two ways. */
export function columnOf (node: OperationNode): string | undefined {
  const inner = ReferenceNode.is(node) ? node.column : node
  return ColumnNode.is(inner) ? inner.column.name : undefined
}

/** `values({})`, as a body of which everything is optional may be: neither database takes `() values ()`. */
function isEmptyRow ({ columns, values }: InsertQueryNode): boolean {
  return columns?.length === 0 && values !== undefined && ValuesNode.is(values) && values.values.length === 1
}

function withDefaults ({ columns, values, ...node }: InsertQueryNode): InsertQueryNode {
  return { ...node, defaultValues: true }
}

function encodeList (list: ValuesNode['values'][number], at: ReadonlyArray<Write | undefined>): ValuesNode['values'][number] {
  return list.kind === 'PrimitiveValueListNode'
    ? PrimitiveValueListNode.create(list.values.map((value, index) => at[index] === undefined ? value : at[index](value)))
    : ValueListNode.create(list.values.map((value, index) => encodeNode(value, at[index])))
}

function encodeUpdate (update: ColumnUpdateNode, json: Writers): ColumnUpdateNode {
  const write = json.get(columnOf(update.column))
  return write === undefined ? update : { ...update, value: encodeNode(update.value, write) }
}

function encodeNode (node: OperationNode, write: Write | undefined): OperationNode {
  return write !== undefined && ValueNode.is(node) ? { ...node, value: write(node.value) } as OperationNode : node
}

function toJson (value: unknown, place: () => Broken): unknown {
  if (value instanceof Parameter) return new Parameter(value.name, true)
  return value === null ? null : jsonText(value, place)
}

const NOWHERE: Broken = { table: undefined, columns: [], constraint: undefined, shown: [] }

/**
 * A value of a JSON column as JSON text.
 *
 * @throws ValueViolation for NaN and infinite numbers, of which JSON makes `null`
 */
export function jsonText (value: unknown, place: () => Broken = () => NOWHERE): string {
  const text = JSON.stringify(value)
  // Looked for only where one may be.
  if (String(text).includes('null') && !isFiniteThroughout(value)) throw new ValueViolation(place(), 'out_of_range')
  return text
}
