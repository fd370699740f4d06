/**
 * A statement, as it is told of.
 *
 * @module
 */

import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { Dialect } from '../tables/dialect.ts'

/** `primary` is the database itself. */
export type Role = 'primary' | 'replica'

/** A statement, as subscribers of `fastify-apikit:db.query` get it: one object from `start` to `asyncEnd`. It has no parameters and no rows. */
export interface QueryEvent {
  /** The app that has registered the database; `undefined` for one that a script has opened. */
  readonly app: FastifyInstance | undefined
  /** Name of the database: `default`, or the option `name`. */
  readonly database: string
  readonly dialect: Dialect
  readonly role: Role
  /** The statement with places for its parameters. */
  readonly sql: string
  /** `select`, `insert`, `update`, `delete`, `merge`, `begin`, `commit`, `rollback`; of SQL its first word, in lower case. */
  readonly operation: string
  /** The table that is written to, or the first that is read; `undefined` where it cannot be told, as of SQL. */
  readonly table: string | undefined
  /** The request whose session it is; `undefined` for statements of `app.db` and of sessions outside of requests. */
  readonly request: FastifyRequest | undefined
  /** Milliseconds, with the wait for a connection where the statement has none yet. Set when it is over. */
  duration?: number
  /** Number of rows that were returned, or written. Set when it succeeded. */
  rows?: number
  /** What it failed with. Set before `error` is published. */
  error?: unknown
}
