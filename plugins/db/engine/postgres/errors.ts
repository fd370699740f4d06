/**
 * Errors of PostgreSQL → ours.
 *
 * @module
 * @see https://www.postgresql.org/docs/current/errcodes-appendix.html
 */

import type { CompiledQuery } from 'kysely'
import { APIKIT_ERR_READ_ONLY } from '../../errors.ts'
import type { Constraints } from '../constraints.ts'
import { valueFault } from './data-exceptions.ts'
import { wholeOf } from '../parameter.ts'
import { placeOf, targetOf } from '../statement.ts'
import {
  type Broken, CheckViolation, DatabaseUnavailable, ForeignKeyViolation, NotNullViolation, QueryCanceled, SerializationFailure, UniqueViolation, ValueViolation
} from '../violations.ts'

/** As much of pg's `DatabaseError` as is read. */
interface Told {
  readonly code?: unknown
  readonly message?: unknown
  readonly detail?: string
  readonly schema?: string
  readonly table?: string
  readonly column?: string
  readonly constraint?: string
  readonly where?: string
  readonly routine?: string
}

/** The server goes, starts, or has no connection left; connections that break, or cannot be made. A breach of the protocol, 08P01, is a mistake. */
const AWAY = /^(?:08(?!P01)...|57P0[1235]|53[0-4]..|ECONN(?:REFUSED|RESET|ABORTED)|EPIPE|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH|ENOTFOUND|EAI_AGAIN|ENOENT)$/
const AWAY_WORDS = /^(?:Connection terminated|Client has encountered a connection error|timeout exceeded when trying to connect|Query read timeout|Cannot use a pool after calling end|Client was closed)/

/** Of pg's pool: none has become free, which says nothing about the server. */
const EXHAUSTED = 'timeout exceeded when trying to connect'

/** Whether the connection, and not the statement, is at fault. */
export function isAway (error: unknown): boolean {
  const { code, message }: Told = Object(error)
  return (typeof code === 'string' && AWAY.test(code)) || AWAY_WORDS.test(String(message))
}

/** Whether an error of ours says that the server is away; not that all connections are in use. */
export function isUnreachable (error: unknown): boolean {
  return error instanceof DatabaseUnavailable && Object(error.cause).message !== EXHAUSTED
}

/** Whether a replica has canceled a statement to go on with what the primary has written. */
export function isOfReplica (error: unknown): boolean {
  return error instanceof SerializationFailure && /conflict with recovery/.test(String(Object(error.cause).message))
}

/** Whether a statement that the server keeps is of no use any more: what it reads has other columns by now, or it was thrown away. */
export function isStale (error: unknown): boolean {
  const { code, routine }: Told = Object(error)
  return code === '26000' || (code === '0A000' && routine === 'RevalidateCachedQuery')
}

/** @param query that failed, if it was one of Kysely's */
export function translatePostgres (error: unknown, constraints: Constraints, query?: CompiledQuery): unknown {
  const { code, message, detail = '', schema, table, column, constraint, routine }: Told = Object(error)
  const options = { cause: error }
  const broken = (): Broken => constraints.broken(constraint, {
    ...table !== undefined && { table: constraints.nameOf(table, schema) },
    ...column !== undefined ? { columns: [column] } : {}
  })
  switch (code) {
    case '23505': return new UniqueViolation(withDetail(broken(), detail, constraints), options)
    case '23503': {
      const missing = !/^update or delete /.test(String(message))
      return new ForeignKeyViolation(missing ? withDetail(broken(), detail, constraints) : broken(), missing, options)
    }
    case '23514': return new CheckViolation(broken(), options)
    case '23502': return new NotNullViolation(broken(), options)
    // Two of the rows of an insert are the same to a unique index, and were to change one another.
    case '21000': {
      const target = query === undefined || routine !== 'ExecOnConflictUpdate' ? undefined : targetOf(query.query)
      return target === undefined ? error : new UniqueViolation(constraints.broken(undefined, { table: target }), options)
    }
    case '40001': case '40P01': return new SerializationFailure('Another transaction was in the way of this one', options)
    case '25006': return Object.assign(new APIKIT_ERR_READ_ONLY(), options)
    case '57014': return new QueryCanceled(/statement timeout/.test(String(message)), options)
    default:
      if (message === EXHAUSTED) return new DatabaseUnavailable('No connection became free within acquireTimeout: all of the pool (poolSize) are in use', options)
      if (isStale(error)) return new SerializationFailure('A table changed while this transaction ran', options)
      if (isAway(error)) return new DatabaseUnavailable('PostgreSQL cannot be reached', options)
      return valueViolation(error, constraints, query) ?? error
  }
}

/** A statement without parameters has no value from outside: what is wrong with it is its own fault. */
function valueViolation (error: unknown, constraints: Constraints, query: CompiledQuery | undefined): ValueViolation | undefined {
  const { code, where = '' }: Told = Object(error)
  const fault = valueFault(code)
  const whole = wholeOf(query)
  if (fault === undefined || whole === undefined || whole.parameters.length === 0) return undefined
  const parameter = /\bparameter \$(\d+)/.exec(where)?.[1]
  // It names neither table nor column then, but often the parameter.
  return new ValueViolation(constraints.broken(undefined, placeOf(whole, parameter === undefined ? undefined : Number(parameter))), fault, { cause: error })
}

/** As PostgreSQL writes a column, quoted where it must be. */
const COLUMN = /^(?:[\p{L}_][\p{L}\p{N}_$]*|".+")$/u

/** Of constraints that no table here declares, `Key (email)=(…) already exists.` names the columns. */
function withDetail (broken: Broken, detail: string, constraints: Constraints): Broken {
  const names = /^Key \((.+?)\)=/.exec(detail)?.[1]
  if (broken.columns.length > 0 || names === undefined) return broken
  const columns = names.split(', ')
  // An expression may name columns that are hidden.
  if (!columns.every(name => COLUMN.test(name))) return broken
  return constraints.broken(broken.constraint, { ...broken.table !== undefined && { table: broken.table }, columns: columns.map(name => name.replace(/^"(.*)"$/, '$1')) })
}
