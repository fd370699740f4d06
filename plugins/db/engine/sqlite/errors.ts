/**
 * Errors of SQLite → ours.
 *
 * @module
 * @see https://www.sqlite.org/rescode.html
 */

import { CompiledQuery } from 'kysely'
import type { Constraints } from '../constraints.ts'
import { quoted } from '../../tables/shape.ts'
import { placeOf, targetOf, type Values, writtenValues } from '../statement.ts'
import { CheckViolation, ForeignKeyViolation, NotNullViolation, SerializationFailure, UniqueViolation, type ValueFault, ValueViolation } from '../violations.ts'

/** Runs a statement that reads, on the connection on which the error came. */
type Ask = (query: CompiledQuery) => readonly Row[]
type Row = Readonly<Record<string, unknown>>

/** @param query that failed; `undefined` for a commit */
export type TranslateSqlite = (error: unknown, query: CompiledQuery | undefined, ask: Ask) => unknown

const BUSY = 5
const BUSY_SNAPSHOT = 517
const CHECK = 275
const FOREIGN_KEY = 787
/** Also of `on delete restrict`, which SQLite does by a trigger. */
const TRIGGER = 1811
const NOT_NULL = 1299
const KEYS: readonly unknown[] = [1555, 2067, 2579]
/** Text or bytes; a value of another type than a key or a limit has; what Node itself cannot hand over, a large `bigint`. */
const VALUES: ReadonlyMap<unknown, ValueFault> = new Map<unknown, ValueFault>([[18, 'too_long'], [20, 'invalid_value'], ['ERR_INVALID_ARG_VALUE', 'out_of_range']])

function codeOf (error: unknown): number | undefined {
  const { errcode } = Object(error)
  return typeof errcode === 'number' ? errcode : undefined
}

/** Whether another connection has a lock; asked again, it may be free. */
export function isBusy (error: unknown): boolean {
  const code = codeOf(error)
  return code !== undefined && (code & 0xff) === BUSY && code !== BUSY_SNAPSHOT
}

export function sqliteTranslator (constraints: Constraints): TranslateSqlite {
  return (error, query, ask) => {
    const code = codeOf(error)
    const options = { cause: error }
    const subject = /failed: (.*)$/s.exec(String(Object(error).message))?.[1] ?? ''
    const fault = VALUES.get(code ?? Object(error).code)
    if (fault !== undefined && query !== undefined && query.parameters.length > 0) return new ValueViolation(constraints.broken(undefined, placeOf(query, undefined)), fault, options)
    if (KEYS.includes(code)) return new UniqueViolation(constraints.broken(undefined, columnsIn(subject)), options)
    switch (code) {
      case NOT_NULL: return new NotNullViolation(constraints.broken(undefined, columnsIn(subject)), options)
      case CHECK: return new CheckViolation(constraints.broken(subject), options)
      case BUSY_SNAPSHOT: return new SerializationFailure('Another has written what this transaction has read', options)
      case FOREIGN_KEY: case TRIGGER: {
        if (!/FOREIGN KEY/.test(String(Object(error).message))) return error
        const { missing, table, columns } = (query === undefined ? undefined : guiltyKey(query, ask)) ?? { missing: true }
        return new ForeignKeyViolation(constraints.broken(undefined, table === undefined ? {} : { table, ...columns && { columns } }), missing, options)
      }
      default: return error
    }
  }
}

/** `users.email, users.name` → the table and its columns; of an index of expressions SQLite gives the name alone. */
function columnsIn (subject: string): { table?: string, columns?: readonly string[] } {
  const dot = subject.indexOf('.')
  return dot < 0 ? {} : { table: subject.slice(0, dot), columns: subject.split(', ').map(pair => pair.slice(dot + 1)) }
}

interface Guilty {
  readonly missing: boolean
  readonly table?: string
  readonly columns?: readonly string[]
}

interface Key {
  readonly table: string
  readonly columns: readonly string[]
  readonly target: string
  readonly targets: readonly string[]
}

/**
 * SQLite does not say which key was broken. Of a row that goes in, its values are looked up; of one that goes, it can
 * be told where one table alone references it.
 */
function guiltyKey ({ query }: CompiledQuery, ask: Ask): Guilty | undefined {
  const table = targetOf(query)
  if (table === undefined) return undefined
  if (query.kind === 'InsertQueryNode' || query.kind === 'UpdateQueryNode') {
    const lost = keysOf(table, ask).find(key => writtenValues(query).some(row => isLost(key, row, ask)))
    if (lost !== undefined || query.kind === 'InsertQueryNode') return { missing: true, table, ...lost && { columns: lost.columns } }
  }
  const tables = ask(CompiledQuery.raw("select name from sqlite_master where type = 'table'"))
  const keys = tables.flatMap(({ name }) => keysOf(String(name), ask)).filter(({ target }) => target.toLowerCase() === table.toLowerCase())
  const [key] = keys
  return keys.length === 1 && key !== undefined ? { missing: false, table: key.table, columns: key.columns } : { missing: false }
}

export function keysOf (table: string, ask: Ask): Key[] {
  const keys = new Map<unknown, Key & { columns: string[], targets: string[] }>()
  for (const row of ask(CompiledQuery.raw('select * from pragma_foreign_key_list(?) order by id, seq', [table]))) {
    let key = keys.get(row.id)
    if (key === undefined) keys.set(row.id, key = { table, columns: [], target: String(row.table), targets: [] })
    key.columns.push(String(row.from))
    key.targets.push(String(row.to))
  }
  return [...keys.values()]
}

function isLost ({ columns, target, targets }: Key, row: Values, ask: Ask): boolean {
  const values = columns.map(column => row.get(column))
  if (values.some(value => value === undefined || value === null)) return false
  const where = targets.map(name => `${quoted(name)} = ?`).join(' and ')
  return ask(CompiledQuery.raw(`select 1 from ${quoted(target)} where ${where}`, values)).length === 0
}
