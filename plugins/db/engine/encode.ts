/**
 * Values of the domain → what a driver takes.
 *
 * @module
 */

import {
  ColumnNode, ColumnUpdateNode, type InsertQueryNode, type KyselyPlugin, type OperationNode, type PluginTransformQueryArgs,
  type PluginTransformResultArgs, PrimitiveValueListNode, type QueryResult, type RootOperationNode, type UnknownRow,
  type UpdateQueryNode, ValueListNode, ValueNode, ValuesNode
} from 'kysely'
import { encodeDecimal } from '../../types/decimal.ts'
import type { Constraints } from './constraints.ts'
import { instantText } from './instant-text.ts'
import { Parameter } from './parameter.ts'
import { LongDecimals } from './long-decimals.ts'
import { columnOf, tableOf } from './nodes.ts'
import { storedForm } from '../tables/decimal-form.ts'
import type { Dialect } from '../tables/dialect.ts'
import { isFiniteThroughout } from '../tables/storable.ts'
import type { AnyTable, Column } from '../tables/table-types.ts'
import { type Broken, ValueViolation } from './violations.ts'

/** What drivers themselves do wrong or not at all: dates of the domain, decimals; objects and lists are JSON. */
export function encodeObject (value: object): unknown {
  if (value instanceof Date) return instantText(value)
  if (ArrayBuffer.isView(value)) return value
  const tag = Reflect.get(value, Symbol.toStringTag)
  if (typeof tag === 'string') {
    if (tag.endsWith('Decimal')) return encodeDecimal(value as never)
    if (tag.startsWith('Temporal.')) return String(value)
  }
  return undefined
}

/** What goes into a column → what a driver takes. Never called with `null`. */
export type Encode = (value: unknown) => unknown

/** What is known of a table whose columns are written. */
interface Written {
  readonly encoders: ReadonlyMap<string, Encode>
  /** A column that can be set to itself: not the key, which may not be set at all. */
  readonly idle: string | undefined
}

function encoderOf ({ kind, conversion, digits }: Column, dialect: Dialect, place: () => Broken): Encode | undefined {
  if (kind === 'json') return value => jsonText(value, place)
  // SQLite knows no scale, and keeps what PostgreSQL rounds.
  if (kind === 'decimal' && dialect === 'sqlite') return value => storedForm(value, digits?.[1] as number)
  return conversion?.encode as Encode | undefined
}

/**
 * A value of a JSON column as JSON text.
 *
 * @throws ValueViolation for NaN and infinite numbers, of which JSON makes `null`
 */
function jsonText (value: unknown, place: () => Broken): string {
  const text = JSON.stringify(value)
  // Looked for only where one may be.
  if (String(text).includes('null') && !isFiniteThroughout(value)) throw new ValueViolation(place(), 'out_of_range')
  return text
}

/**
 * Writes what goes into a JSON column as JSON text: a driver would make a PostgreSQL array of a list, and leave a string as it is.
 * So it does with columns that encode their values themselves, with decimals in SQLite, and with rows of defaults alone and changes of nothing, which no
 * database takes as Kysely writes them.
 */
export class JsonColumns implements KyselyPlugin {
  readonly #constraints: Constraints
  readonly #dialect: Dialect
  readonly #tables = new Map<unknown, Written>()
  readonly #longDecimals = new LongDecimals()

  constructor (constraints: Constraints, dialect: Dialect) {
    this.#constraints = constraints
    this.#dialect = dialect
  }

  add (table: AnyTable): void {
    const { name, columns } = table
    if (this.#dialect === 'sqlite') this.#longDecimals.add(table)
    const all = Object.entries(columns)
    const idle = all.find(([, { made, primaryKey }]) => made === undefined && !primaryKey) ?? all.find(([, { made }]) => made === undefined)
    this.#tables.set(name, {
      encoders: new Map(all.flatMap(([column, definition]) => {
        const encode = encoderOf(definition, this.#dialect, () => this.#constraints.broken(undefined, { table: name, columns: [column] }))
        return encode === undefined ? [] : [[column, encode] as const]
      })),
      idle: idle?.[0]
    })
  }

  transformQuery ({ node: given }: PluginTransformQueryArgs): RootOperationNode {
    const node = this.#longDecimals.transform(given)
    if (node.kind === 'InsertQueryNode') return this.#insert(isEmptyRow(node) ? withDefaults(node) : node)
    if (node.kind === 'UpdateQueryNode') return this.#update(node)
    return node
  }

  async transformResult ({ result }: PluginTransformResultArgs): Promise<QueryResult<UnknownRow>> {
    return result
  }

  #insert (node: InsertQueryNode): InsertQueryNode {
    const { encoders } = this.#tables.get(tableOf(node.into)) ?? NOTHING
    if (encoders.size === 0) return node
    const { onConflict, values, columns = [] } = node
    const at = columns.map(({ column }) => encoders.get(column.name))
    return {
      ...node,
      ...values !== undefined && ValuesNode.is(values) && at.some(encode => encode !== undefined) ? { values: ValuesNode.create(values.values.map(list => encodeList(list, at))) } : {},
      ...onConflict?.updates === undefined ? {} : { onConflict: { ...onConflict, updates: onConflict.updates.map(update => encodeUpdate(update, encoders)) } }
    }
  }

  #update (node: UpdateQueryNode): UpdateQueryNode {
    const { encoders, idle } = this.#tables.get(tableOf(node.table)) ?? NOTHING
    // A PATCH without a field changes nothing, and finds its row.
    if (node.updates?.length === 0 && idle !== undefined) return { ...node, updates: [ColumnUpdateNode.create(ColumnNode.create(idle), ColumnNode.create(idle))] }
    if (encoders.size === 0 || node.updates === undefined) return node
    return { ...node, updates: node.updates.map(update => encodeUpdate(update, encoders)) }
  }
}

const NOTHING: Written = { encoders: new Map(), idle: undefined }

/** `values({})`, as a body of which everything is optional may be: neither database takes `() values ()`. */
function isEmptyRow ({ columns, values }: InsertQueryNode): boolean {
  return columns?.length === 0 && values !== undefined && ValuesNode.is(values) && values.values.length === 1
}

function withDefaults ({ columns, values, ...node }: InsertQueryNode): InsertQueryNode {
  return { ...node, defaultValues: true }
}

type List = ValuesNode['values'][number]

function encodeList (list: List, at: ReadonlyArray<Encode | undefined>): List {
  return list.kind === 'PrimitiveValueListNode'
    ? PrimitiveValueListNode.create(list.values.map((value, index) => encodeWith(at[index], value)))
    : ValueListNode.create(list.values.map((value, index) => encodeNode(value, at[index])))
}

function encodeUpdate (update: ColumnUpdateNode, encoders: ReadonlyMap<unknown, Encode>): ColumnUpdateNode {
  const encode = encoders.get(columnOf(update.column))
  return encode === undefined ? update : { ...update, value: encodeNode(update.value, encode) }
}

function encodeNode (node: OperationNode, encode: Encode | undefined): OperationNode {
  return encode !== undefined && ValueNode.is(node) ? { ...node, value: encodeWith(encode, node.value) } as OperationNode : node
}

function encodeWith (encode: Encode | undefined, value: unknown): unknown {
  if (encode === undefined || value === null || value === undefined) return value
  return value instanceof Parameter ? new Parameter(value.name, encode) : encode(value)
}
