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
import { encodeDecimal } from '../../types/index.ts'
import { Parameter } from './parameter.ts'
import type { AnyTable } from '../tables/table.ts'

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
  readonly #columns = new Map<unknown, ReadonlySet<string>>()

  add ({ name, columns }: AnyTable): void {
    const json = Object.entries(columns).flatMap(([column, { kind }]) => kind === 'json' ? [column] : [])
    if (json.length > 0) this.#columns.set(name, new Set(json))
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
    const at = columns.map(({ column }) => json.has(column.name))
    return {
      ...node,
      ...values !== undefined && ValuesNode.is(values) && at.includes(true) ? { values: ValuesNode.create(values.values.map(list => encodeList(list, at))) } : {},
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

function encodeList (list: ValuesNode['values'][number], at: readonly boolean[]): ValuesNode['values'][number] {
  return list.kind === 'PrimitiveValueListNode'
    ? PrimitiveValueListNode.create(list.values.map((value, index) => at[index] === true ? toJson(value) : value))
    : ValueListNode.create(list.values.map((value, index) => at[index] === true ? encodeNode(value) : value))
}

function encodeUpdate (update: ColumnUpdateNode, json: ReadonlySet<unknown>): ColumnUpdateNode {
  return json.has(columnOf(update.column)) ? { ...update, value: encodeNode(update.value) } : update
}

function encodeNode (node: OperationNode): OperationNode {
  return ValueNode.is(node) ? { ...node, value: toJson(node.value) } as OperationNode : node
}

function toJson (value: unknown): unknown {
  if (value instanceof Parameter) return new Parameter(value.name, true)
  return value === null ? null : JSON.stringify(value)
}
