/**
 * The statements that insert many rows.
 *
 * @module
 */

import type { CompiledQuery, InsertQueryBuilder, InsertResult, Kysely } from 'kysely'
import type { Encode } from '../engine/encode.ts'
import { columnNode, expressionOf } from '../engine/nodes.ts'
import { type Filled, Parameter } from '../engine/parameter.ts'
import { elementText, elementType, unnestNode } from '../engine/unnest.ts'
import type { AnyTable, Column } from '../tables/table-types.ts'
import type { Batch, Given } from './batches.ts'
import type { Conflict } from './conflict.ts'

/** Any database: names are checked at the door. */
export type Loose = Kysely<Record<string, Record<string, unknown>>>
type Builder = InsertQueryBuilder<Record<string, Record<string, unknown>>, string, InsertResult>

/** Rows of a batch, from `start` up to `end`. */
export interface Part {
  readonly batch: Batch
  readonly start: number
  readonly end: number
}

/** One statement. */
export interface Step {
  readonly part: Part
  readonly query: CompiledQuery
}

export interface Statement {
  readonly table: AnyTable
  readonly conflict: Conflict | undefined
  readonly returning: true | readonly string[] | undefined
}

/** Of the arrays of one statement: more rows are not faster, and take longer at a time. */
const UNNESTED = 10_000
/** Characters of texts in them, or a little more. */
const CHARACTERS = 8_000_000
/** Rows of a statement of SQLite, the largest that a batch has enough of: each size is one text, which is prepared once. */
const SIZES = [100, 10, 1]
/** Rows of a statement without arrays. */
const LISTED = 1000
/** What both databases take in one statement. */
const PARAMETERS = 32_766

function builderOf (db: Loose, { table, conflict, returning }: Statement, fields: readonly string[], values: (builder: Builder) => Builder): Builder {
  const begun = values(db.insertInto(table.name) as unknown as Builder)
  const told = conflict === undefined ? begun : begun.onConflict(builder => conflict.build(builder as never, fields) as never)
  if (returning === undefined) return told
  return (returning === true ? told.returningAll() : told.returning(returning.map(name => expressionOf(columnNode(undefined, name))) as never)) as unknown as Builder
}

function listed (rows: readonly Given[], fields: readonly string[]): (builder: Builder) => Builder {
  return builder => builder.values(rows.map(row => Object.fromEntries(fields.map(name => [name, row[name]]))) as never)
}

function listedQuery (db: Loose, statement: Statement, { batch: { fields, rows }, start, end }: Part): CompiledQuery {
  return builderOf(db, statement, fields, listed(rows.slice(start, end), fields)).compile()
}

/** Rows of a statement. */
function sizeOf ({ length }: readonly string[], most: number): number {
  // Kysely takes no row without a field beside others.
  return length === 0 ? 1 : Math.max(1, Math.min(most, Math.floor(PARAMETERS / length)))
}

/** A row of places for values. */
function placesOf (fields: readonly string[]): Given {
  return Object.fromEntries(fields.map(name => [name, new Parameter(name)]))
}

/** What columns do to their values, in the order of the fields. */
function encodersOf (parameters: readonly unknown[]): Array<Encode | undefined> {
  return parameters.map(parameter => (parameter as Parameter).encode)
}

/** The arrays of as many rows as one statement takes, from one on: none where it has a value that only Kysely can write. */
function arraysOf ({ fields, rows }: Batch, start: number, encoders: ReadonlyArray<Encode | undefined>): { readonly texts: readonly string[], readonly end: number } {
  const arrays = fields.map((): string[] => [])
  let characters = 0
  let at = start
  for (; at < rows.length && at - start < UNNESTED && characters < CHARACTERS; at++) {
    const row = rows[at] as Given
    let length = 0
    for (const name of fields) {
      const value = row[name]
      const encode = encoders[length]
      const text = elementText(encode === undefined || value === null ? value : encode(value))
      if (text === undefined) break
      arrays[length++]?.push(text)
      characters += text.length
    }
    if (length < fields.length) break
  }
  return { texts: arrays.map(array => `{${array.slice(0, at - start).join(',')}}`), end: at }
}

/** Of PostgreSQL: arrays, where all columns have them. */
function * arraySteps (db: Loose, statement: Statement, batch: Batch): Generator<Step> {
  const { fields, rows } = batch
  const { columns } = statement.table
  const types = fields.flatMap(name => Object.hasOwn(columns, name) ? elementType(columns[name] as Column) ?? [] : [])
  const hasArrays = fields.length > 0 && types.length === fields.length
  const encoders = hasArrays ? encodersOf(builderOf(db, statement, fields, listed([placesOf(fields)], fields)).compile().parameters) : []
  for (let start = 0; start < rows.length;) {
    let { texts, end } = hasArrays ? arraysOf(batch, start, encoders) : { texts: [], end: start }
    if (end === start) {
      end = Math.min(start + sizeOf(fields, LISTED), rows.length)
      const part = { batch, start, end }
      yield { part, query: listedQuery(db, statement, part) }
    } else {
      const node = unnestNode(types, texts)
      const query = builderOf(db, statement, fields, builder => builder.columns(fields as never).expression({ toOperationNode: () => node } as never)).compile()
      yield { part: { batch, start, end }, query }
    }
    start = end
  }
}

/** Of SQLite: statements of a few sizes, which are built and prepared once. */
function * listSteps (db: Loose, statement: Statement, batch: Batch): Generator<Step> {
  const { fields, rows } = batch
  const plans = new Map<number, CompiledQuery>()
  let encoders: ReadonlyArray<Encode | undefined> | undefined
  // SQLite does not say in which order it returns the rows of one statement.
  const most = statement.returning === undefined ? sizeOf(fields, Infinity) : 1
  for (let start = 0, end = 0; start < rows.length; start = end) {
    const size = SIZES.find(size => size <= Math.min(most, rows.length - start)) as number
    let plan = plans.get(size)
    if (plan === undefined) plans.set(size, plan = builderOf(db, statement, fields, listed(Array.from({ length: size }, () => placesOf(fields)), fields)).compile())
    encoders ??= encodersOf(plan.parameters.slice(0, fields.length))
    end = start + size
    const part = { batch, start, end }
    yield { part, query: filled(plan, valuesOf(part, encoders), () => listedQuery(db, statement, part)) }
  }
}

/** @param whole the same with the values in its tree */
function filled ({ query, queryId, sql }: CompiledQuery, parameters: readonly unknown[] | undefined, whole: () => CompiledQuery): CompiledQuery | Filled {
  return parameters === undefined ? whole() : { query, queryId, sql, name: '', parameters, whole }
}

/** The values of rows, one row after the other; `undefined` where one is an expression. */
function valuesOf ({ batch: { fields, rows }, start, end }: Part, encoders: ReadonlyArray<Encode | undefined>): unknown[] | undefined {
  const values: unknown[] = []
  for (let at = start; at < end; at++) {
    const row = rows[at] as Given
    for (let index = 0; index < fields.length; index++) {
      const value = row[fields[index] as string]
      if (typeof value === 'function' || (typeof value === 'object' && value !== null && 'toOperationNode' in value)) return undefined
      const encode = encoders[index]
      values.push(encode === undefined || value === null ? value : encode(value))
    }
  }
  return values
}

/** @returns statements, made when they are asked for */
export function * stepsOf (db: Loose, statement: Statement, batches: readonly Batch[], isSqlite: boolean): Generator<Step, void> {
  for (const batch of batches) yield * isSqlite ? listSteps(db, statement, batch) : arraySteps(db, statement, batch)
}
