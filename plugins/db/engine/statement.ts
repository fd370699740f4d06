/**
 * What a statement of Kysely's is about: its table, and the values for its columns.
 *
 * @module
 */

import type { CompiledQuery, InsertQueryNode, OperationNode, RootOperationNode, UpdateQueryNode } from 'kysely'
import { columnOf, tableOf } from './nodes.ts'
import { isUnnest } from './unnest.ts'

/** The values of a row that goes in, by columns; `undefined` for an expression. */
export type Values = ReadonlyMap<unknown, unknown>

/** The table that a statement writes to; `undefined` of a query, and of SQL. */
export function targetOf (query: RootOperationNode): string | undefined {
  switch (query.kind) {
    case 'InsertQueryNode': return tableOf(query.into)
    case 'UpdateQueryNode': return tableOf(query.table)
    case 'DeleteQueryNode': return tableOf(query.from.froms[0])
    default: return undefined
  }
}

/** The rows that a statement writes: all of an insert, one of an update. */
export function writtenValues (query: RootOperationNode): Values[] {
  if (query.kind === 'InsertQueryNode') return insertedValues(query)
  return query.kind === 'UpdateQueryNode' ? [updatedValues(query)] : []
}

function insertedValues ({ columns = [], values }: InsertQueryNode): Values[] {
  if (values?.kind !== 'ValuesNode') return []
  const lists = (values as unknown as { values: ReadonlyArray<{ kind: string, values: readonly unknown[] }> }).values
  return lists.map(list => new Map(columns.map(({ column }, index) => [
    column.name, list.kind === 'PrimitiveValueListNode' ? list.values[index] : valueOf(list.values[index] as OperationNode | undefined)
  ])))
}

function updatedValues ({ updates = [] }: UpdateQueryNode): Values {
  return new Map(updates.map(({ column, value }) => [columnOf(column), valueOf(value)]))
}

function valueOf (node: OperationNode | undefined): unknown {
  return node?.kind === 'ValueNode' ? (node as unknown as { value: unknown }).value : undefined
}

/** Where a parameter goes. */
export interface Place {
  readonly table?: string
  readonly columns?: readonly string[]
}

/**
 * The table that a statement writes to, and the column that a parameter goes into, where it can be told.
 *
 * @param parameter from 1, as databases count them; `undefined` where they do not say which
 */
export function placeOf ({ query, parameters }: CompiledQuery, parameter: number | undefined): Place {
  const table = targetOf(query)
  if (table === undefined) return {}
  if (parameter !== undefined && query.kind === 'InsertQueryNode' && isUnnest(query.values)) {
    const column = query.columns?.[parameter - 1]
    return { table, ...column !== undefined && { columns: [column.column.name] } }
  }
  const value = parameter === undefined ? undefined : parameters[parameter - 1]
  const columns = value === undefined ? [] : columnsOf(value, writtenValues(query))
  // Two columns of one value could both be meant.
  return { table, ...columns.length === 1 && { columns } }
}

function columnsOf (value: unknown, rows: readonly Values[]): string[] {
  return [...new Set(rows.flatMap(row => [...row].flatMap(([column, given]) => given === value ? [String(column)] : [])))]
}
