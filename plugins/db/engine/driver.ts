/**
 * What is asked of a database, whichever it is.
 *
 * @module
 */

import type { CompiledQuery, DatabaseConnection, DialectAdapter, DatabaseIntrospector, Dialect as KyselyDialect, QueryCompiler, QueryResult, TransactionSettings } from 'kysely'
import type { RequestStatements } from './request-statements.ts'
import type { Dialect } from '../tables/dialect.ts'

export interface HoldSettings extends TransactionSettings {
  /** For migrations: patient, and with foreign keys that are looked at in the end. */
  readonly maintenance?: boolean
  /** No transaction. Settings apply to all statements that follow, because the connection is closed afterwards. */
  readonly alone?: boolean
  /** Of whose request the statements are: cancelled, where the database can, when its client leaves. */
  readonly statements?: RequestStatements | undefined
}

/** A connection that is one caller's until it is released. */
export interface Connection extends DatabaseConnection {
  executeQuery<R> (query: CompiledQuery): Promise<QueryResult<R>>
  /** The rows of a statement that reads, in batches of so many; of others all at once. */
  streamQuery<R> (query: CompiledQuery, size: number): AsyncIterableIterator<QueryResult<R>>
  begin (settings: TransactionSettings): Promise<void>
  /** Fails where a commit surely would, as far as the database can tell before. */
  prepareCommit (): Promise<void>
  /** Fails when nothing was committed. */
  commit (): Promise<void>
  /** Never fails: a connection that cannot roll back is given up, which rolls back. */
  rollback (): Promise<void>
  release (): void
}

/** Connections, and those who wait for one. */
export interface Pool {
  readonly total: number
  readonly idle: number
  readonly waiting: number
}

export interface Driver {
  readonly dialect: Dialect
  /** Of one statement. */
  readonly maxParameters: number
  /** Whether all sessions share one connection, so that a stream must not hold it. */
  readonly isShared: boolean
  /** One statement, in no transaction. */
  execute<R> (query: CompiledQuery): Promise<QueryResult<R>>
  /** One statement that reads, in no transaction; of a request, it is cancelled, where the database can, when its client leaves. */
  read<R> (query: CompiledQuery, statements?: RequestStatements): Promise<QueryResult<R>>
  hold (settings?: HoldSettings): Promise<Connection>
  /** As it is at the moment. */
  readonly pool: Pool
  /** Connections at most. */
  readonly poolSize: number
  /** Fails when the database cannot be reached. */
  check (): Promise<void>
  close (): Promise<void>
  /** One for all: making one takes longer than many a statement. */
  readonly compiler: QueryCompiler
  readonly adapter: DialectAdapter
  introspector (db: Parameters<KyselyDialect['createIntrospector']>[0]): DatabaseIntrospector
}
