/**
 * PostgreSQL, by a pool of connections of `pg`.
 *
 * @module
 */

import { setTimeout as delay } from 'node:timers/promises'
import { type CompiledQuery, type DialectAdapter, PostgresAdapter, type PostgresIntrospector, type QueryResult } from 'kysely'
import type { ClientBase, Pool as PgPool, PoolClient, PoolConfig } from 'pg'
import { optionalPeer } from '../../../core/peer.ts'
import type { Conversions } from '../conversions.ts'
import type { Driver, Connection, HoldSettings, Pool } from '../driver.ts'
import { Introspector } from './introspector.ts'
import { cancelStatement } from './cancel.ts'
import { PostgresCompiler } from './compiler.ts'
import { held, run, send, type Shared } from './connection.ts'
import { isAway, isStale } from './errors.ts'
import { PostgresRows, type TypeParsers } from './rows.ts'
import type { RequestStatements } from '../request-statements.ts'

export interface PostgresOptions {
  readonly url: string
  /** Connections at most. */
  readonly poolSize: number
  /** Milliseconds to wait for a connection. */
  readonly acquireTimeout: number
  /** Milliseconds that a statement may take; 0: as long as it wants. */
  readonly statementTimeout: number
  /** Milliseconds that a transaction may wait for its next statement; 0: as long as it wants. */
  readonly idleTransactionTimeout: number
  /** The server keeps the statements of `prepare`, for each connection. */
  readonly namedStatements: boolean
  /** The server refuses to write. */
  readonly readOnly?: boolean
  readonly conversions: Conversions
  readonly translate: (error: unknown, query?: CompiledQuery) => unknown
  /** Told of connections that broke while nobody used them. */
  readonly lost: (error: Error) => void
}

/** Milliseconds that a driver which is closed waits, where statements have no limit. */
const PATIENCE = 30_000

interface Pg {
  readonly Pool: new (config: PoolConfig) => PgPool
  readonly types: TypeParsers
}

export class PostgresDriver implements Driver {
  readonly dialect = 'postgres'
  readonly maxParameters = 65_535
  readonly isShared = false
  readonly poolSize: number
  readonly compiler = new PostgresCompiler()
  readonly adapter: DialectAdapter = new PostgresAdapter()
  readonly #pool: PgPool
  readonly #options: PostgresOptions
  readonly #shared: Shared
  readonly #clients = new Set<ClientBase>()

  constructor (options: PostgresOptions) {
    const { url, poolSize, acquireTimeout, statementTimeout, idleTransactionTimeout, readOnly = false, lost } = options
    this.#options = options
    this.poolSize = poolSize
    const { Pool, types } = optionalPeer<Pg>('fastify-apikit/db: PostgreSQL', 'pg')
    const { namedStatements, conversions, translate } = options
    this.#shared = { namedStatements, statementTimeout, translate, rows: new PostgresRows(types, conversions), age: 0, holders: new WeakMap() }
    this.#pool = new Pool({
      connectionString: url,
      max: poolSize,
      connectionTimeoutMillis: acquireTimeout,
      keepAlive: true,
      ...readOnly && { onConnect: async (client: ClientBase) => { await client.query('set default_transaction_read_only = on') } },
      ...statementTimeout > 0 && { statement_timeout: statementTimeout },
      ...idleTransactionTimeout > 0 && { idle_in_transaction_session_timeout: idleTransactionTimeout }
    })
    this.#pool.on('error', lost)
    // Of one that is in use the pool says nothing; its next statement fails. Without a listener the process would end.
    this.#pool.on('connect', client => {
      this.#clients.add(client)
      client.on('error', () => {}).on('end', () => { this.#shared.holders.get(client)?.() })
    })
    this.#pool.on('remove', client => { this.#clients.delete(client) })
  }

  async execute<R> (query: CompiledQuery, statements?: RequestStatements): Promise<QueryResult<R>> {
    const statement = statements?.begin()
    let client: PoolClient | undefined
    let broken = false
    let result: QueryResult<R>
    try {
      const connected = client = await this.#connect()
      statement?.run(() => cancelStatement(connected))
      result = await this.#runFresh<R>(client, query)
    } catch (error) {
      broken = isAway(error)
      throw this.#options.translate(statement?.failure(error) ?? error, query)
    } finally {
      await statement?.end()
      client?.release(broken)
    }
    return result
  }

  read<R> (query: CompiledQuery, statements?: RequestStatements): Promise<QueryResult<R>> {
    return this.execute(query, statements)
  }

  async #connect (): Promise<PoolClient> {
    try {
      return await this.#pool.connect()
    } catch (error) {
      throw this.#options.translate(error)
    }
  }

  /** Outside of a transaction, where a statement that could not be run has left nothing behind. */
  async #runFresh<R> (client: PoolClient, query: CompiledQuery): Promise<QueryResult<R>> {
    try {
      return await run(client, this.#shared, query)
    } catch (error) {
      if (!isStale(error)) throw error
      this.#shared.age++
      return run(client, this.#shared, query)
    }
  }

  async hold ({ maintenance = false, alone = false, statements }: HoldSettings = {}): Promise<Connection> {
    return held(await this.#connect(), this.#shared, { maintenance, alone, statements })
  }

  async check (): Promise<void> {
    const client = await this.#connect()
    let broken = true
    try {
      await send(client, this.#shared, 'select 1')
      broken = false
    } catch (error) {
      throw this.#options.translate(error)
    } finally {
      client.release(broken)
    }
  }

  /** Waits for those who have a connection as long as a statement may take, and then cuts them off. */
  async close (): Promise<void> {
    const { statementTimeout, lost } = this.#options
    const patience = statementTimeout > 0 ? statementTimeout : PATIENCE
    const waiting = new AbortController()
    const ended = this.#pool.end()
    const late = delay(patience, true, { signal: waiting.signal }).catch(() => false)
    if (await Promise.race([ended, late]) === true) {
      lost(new Error(`Connections that were in use ${patience} ms after the database was closed were cut: ${this.#clients.size}`))
      for (const client of this.#clients) (client as unknown as { connection: { stream: { destroy (): void } } }).connection.stream.destroy()
    }
    waiting.abort()
    await ended
  }

  get pool (): Pool {
    const { totalCount, idleCount, waitingCount } = this.#pool
    return { total: totalCount, idle: idleCount, waiting: waitingCount }
  }

  introspector (db: Parameters<Driver['introspector']>[0]): PostgresIntrospector {
    return new Introspector(db)
  }
}
