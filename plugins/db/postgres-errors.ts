/**
 * Errors of PostgreSQL → ours.
 *
 * @module
 * @see https://www.postgresql.org/docs/current/errcodes-appendix.html
 */

import type { Constraints } from './constraints.ts'
import {
  type Broken, CheckViolation, DatabaseUnavailable, ForeignKeyViolation, NotNullViolation, SerializationFailure, UniqueViolation
} from './violations.ts'

/** As much of pg's `DatabaseError` as is read. */
interface Told {
  readonly code?: unknown
  readonly message?: unknown
  readonly detail?: string
  readonly table?: string
  readonly column?: string
  readonly constraint?: string
  readonly routine?: string
}

/** The server goes, starts, or has no connection left; connections that break, or cannot be made. */
const AWAY = /^(?:08...|57P0[1235]|53[0-4]..|ECONN(?:REFUSED|RESET|ABORTED)|EPIPE|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH|ENOTFOUND|EAI_AGAIN|ENOENT)$/
const AWAY_WORDS = /^(?:Connection terminated|Client has encountered a connection error|timeout exceeded when trying to connect|Cannot use a pool after calling end|Client was closed)/

/** Whether the connection, and not the statement, is at fault. */
export function isAway (error: unknown): boolean {
  const { code, message }: Told = Object(error)
  return (typeof code === 'string' && AWAY.test(code)) || AWAY_WORDS.test(String(message))
}

/** Whether a statement that the server keeps is of no use any more: what it reads has other columns by now, or it was thrown away. */
export function isStale (error: unknown): boolean {
  const { code, routine }: Told = Object(error)
  return code === '26000' || (code === '0A000' && routine === 'RevalidateCachedQuery')
}

export function translatePostgres (error: unknown, constraints: Constraints): unknown {
  const { code, message, detail = '', table, column, constraint }: Told = Object(error)
  const options = { cause: error }
  const broken = (): Broken => constraints.broken(constraint, {
    ...table !== undefined && { table },
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
    case '40001': case '40P01': return new SerializationFailure('Another transaction was in the way of this one', options)
    default:
      if (isStale(error)) return new SerializationFailure('A table changed while this transaction ran', options)
      return isAway(error) ? new DatabaseUnavailable('PostgreSQL cannot be reached', options) : error
  }
}

/** Of constraints that no table here declares, `Key (email)=(…) already exists.` names the columns. */
function withDetail (broken: Broken, detail: string, constraints: Constraints): Broken {
  const names = /^Key \((.+?)\)=/.exec(detail)?.[1]
  if (broken.columns.length > 0 || names === undefined) return broken
  return constraints.broken(broken.constraint, { ...broken.table !== undefined && { table: broken.table }, columns: names.split(', ').map(name => name.replace(/^"(.*)"$/, '$1')) })
}
