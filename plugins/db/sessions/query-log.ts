/**
 * The log of statements.
 *
 * @module
 */

import type { FastifyBaseLogger } from 'fastify'
import type { AnyTable } from '../tables/table.ts'
import type { QueryEvent } from './query-event.ts'

export type QueryLevel = 'trace' | 'debug' | 'info' | 'warn'

export interface QueryLogOptions {
  readonly queries: boolean | QueryLevel
  readonly slow: number
  readonly parameters: boolean
}

/** As much of a logger as is used. */
export type Logger = Pick<FastifyBaseLogger, QueryLevel>

/** Characters of a parameter. */
const LONGEST = 200
/** Parameters of a statement, and items of a list. */
const MOST = 100

const NOT_SHOWN = 'not shown: the statement has a hidden column'

/** One that is over. */
export type Timed = QueryEvent & { readonly duration: number }

export class QueryLog {
  readonly #level: QueryLevel | undefined
  readonly #slow: number
  readonly #hasParameters: boolean
  readonly #log: Logger
  readonly #tables: ReadonlyMap<string, AnyTable>

  /** @returns `undefined` where nothing is to be logged */
  static of ({ queries, slow, parameters }: QueryLogOptions, log: Logger | undefined, tables: ReadonlyMap<string, AnyTable>): QueryLog | undefined {
    const level = queries === true ? 'debug' : queries || undefined
    return log === undefined || (level === undefined && slow === 0) ? undefined : new QueryLog(level, slow, parameters, log, tables)
  }

  private constructor (level: QueryLevel | undefined, slow: number, hasParameters: boolean, log: Logger, tables: ReadonlyMap<string, AnyTable>) {
    this.#level = level
    this.#slow = slow
    this.#hasParameters = hasParameters
    this.#log = log
    this.#tables = tables
  }

  write ({ database, role, operation, table, sql, rows, error, request, duration }: Timed, parameters: readonly unknown[]): void {
    const isSlow = this.#slow > 0 && duration >= this.#slow
    const level = isSlow ? 'warn' : this.#level
    if (level === undefined) return
    const log: Logger = request?.log ?? this.#log
    log[level]({
      database,
      ...role === 'replica' && { role },
      operation,
      ...table !== undefined && { table },
      sql,
      // Its error is logged where it is handled, and may show values.
      ...error === undefined ? { rows } : { failed: true },
      duration: Math.round(duration * 1000) / 1000,
      ...this.#hasParameters && { parameters: this.#hides(sql) ? NOT_SHOWN : firstOf(parameters) }
    }, isSlow ? 'slow query' : 'query')
  }

  /** Whether a statement names a hidden column, of whichever table. */
  #hides (sql: string): boolean {
    return [...this.#tables.values()].some(({ columns }) => Object.entries(columns).some(([name, { hidden }]) => hidden && sql.includes(name)))
  }
}

function firstOf (values: readonly unknown[]): unknown[] {
  const first = values.slice(0, MOST).map(shown)
  return values.length > MOST ? [...first, `… and ${values.length - MOST} more`] : first
}

function shown (value: unknown): unknown {
  if (ArrayBuffer.isView(value)) return `${value.byteLength} bytes`
  if (Array.isArray(value)) return firstOf(value)
  return typeof value === 'string' && value.length > LONGEST ? `${value.slice(0, LONGEST)}…` : value
}
