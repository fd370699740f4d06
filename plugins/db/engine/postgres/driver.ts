/**
 * PostgreSQL, by a pool of connections of `pg`.
 *
 * @module
 */

import { type CompiledQuery, type DialectAdapter, PostgresAdapter, type PostgresIntrospector, type QueryResult } from 'kysely'
import type { ClientBase, Pool as PgPool, PoolClient, PoolConfig, QueryArrayConfig, QueryArrayResult } from 'pg'
import { optionalPeer } from '../../../core/peer.ts'
import type { Conversions } from '../conversions.ts'
import { encodeObject } from '../encode.ts'
import type { Driver, Connection, HoldSettings, Pool } from '../driver.ts'
import { APIKIT_ERR_ABORTED_COMMIT } from '../../errors.ts'
import type { Filled } from '../parameter.ts'
import { portal } from './portal.ts'
import { isRead } from '../reads.ts'
import { readRelations } from '../relation.ts'
import { Introspector } from './dialect.ts'
import { cancelStatement } from './cancel.ts'
import { PostgresCompiler } from './compiler.ts'
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

interface Pg {
  readonly Pool: new (config: PoolConfig) => PgPool
  readonly types: TypeParsers
}

/** A statement before has failed. */
const ABORTED = '25P02'

/** Types of result, read as text: what we make of it depends on the field. */
const RAW = { getTypeParser: () => (text: unknown) => text }

export class PostgresDriver implements Driver {
  readonly dialect = 'postgres'
  readonly maxParameters = 65_535
  readonly isShared = false
  readonly poolSize: number
  readonly compiler = new PostgresCompiler()
  readonly adapter: DialectAdapter = new PostgresAdapter()
  readonly #pool: PgPool
  readonly #options: PostgresOptions
  readonly #rows: PostgresRows
  /** Counts what made the statements that the server keeps useless: tables that have changed. */
  #age = 0

  constructor (options: PostgresOptions) {
    const { url, poolSize, acquireTimeout, statementTimeout, idleTransactionTimeout, readOnly = false, lost } = options
    this.#options = options
    this.poolSize = poolSize
    const { Pool, types } = optionalPeer<Pg>('fastify-apikit/db: PostgreSQL', 'pg')
    this.#rows = new PostgresRows(types, options.conversions)
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
    this.#pool.on('connect', client => { client.on('error', () => {}) })
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
      return await this.#run(client, query)
    } catch (error) {
      if (!isStale(error)) throw error
      this.#age++
      return this.#run(client, query)
    }
  }

  async #run<R> (client: PoolClient, query: CompiledQuery | Filled, patient = false): Promise<QueryResult<R>> {
    const { sql, parameters } = query
    const { namedStatements, statementTimeout } = this.#options
    const isNamed = namedStatements && 'name' in query
    const result = await client.query<unknown[]>({
      text: sql,
      ...isNamed && { name: `${query.name}_${this.#age}` },
      values: parameters.map(encode),
      rowMode: 'array',
      types: RAW,
      // The server's own limit comes first; this one is for a server that is gone without a word.
      ...!patient && statementTimeout > 0 && { query_timeout: statementTimeout + 1000 }
    } as QueryArrayConfig) as QueryArrayResult<unknown[]>
    const { command, rowCount, rows, fields } = result
    if (rows.length > 0 && this.#rows.mustLearn) await this.#rows.learn(fields, async text => (await client.query(text)).rows)
    const isWrite = command === 'INSERT' || command === 'UPDATE' || command === 'DELETE' || command === 'MERGE'
    return {
      rows: rows.length === 0 ? [] : readRelations(query.query, rows.map(this.#rows.reader(sql, fields) as never), this.#rows.cellDecoder),
      ...isWrite && { numAffectedRows: BigInt(Number(rowCount)) }
    }
  }

  async hold ({ maintenance = false, statements }: HoldSettings = {}): Promise<Connection> {
    const client = await this.#connect()
    const { translate } = this.#options
    let broken: Error | boolean = false
    let held = true
    const attempt = async <T>(work: () => Promise<T>, query?: CompiledQuery): Promise<T> => {
      try {
        return await work()
      } catch (error) {
        if (isAway(error)) broken = true
        if (isStale(error)) this.#age++
        throw translate(error, query)
      }
    }
    const cancel = (): Promise<void> => cancelStatement(client)
    const run = <R>(query: CompiledQuery): Promise<QueryResult<R>> => attempt(() => {
      const work = (): Promise<QueryResult<R>> => this.#run<R>(client, query, maintenance)
      return statements === undefined ? work() : statements.run(cancel, work)
    }, query)
    const watched = (done: Promise<void>): Promise<void> => statements === undefined ? done : statements.run(cancel, () => done)
    const rowsOf = this.#rows
    let inTransaction = false
    const connection: Connection = {
      executeQuery: run,
      async * streamQuery<R> (query: CompiledQuery, size: number) {
        if (!isRead(query)) {
          yield await run<R>(query)
          return
        }
        const isOwn = !inTransaction
        if (isOwn) await connection.begin({})
        try {
          const values = query.parameters.map(encode)
          const batches = portal(client, { text: query.sql, values }, size, done => attempt(() => watched(done), query))
          for await (const { fields, rows } of batches) {
            if (rowsOf.mustLearn) await rowsOf.learn(fields, async text => (await client.query(text)).rows)
            yield { rows: readRelations<R>(query.query, rows.map(rowsOf.reader(query.sql, fields) as never), rowsOf.cellDecoder) }
          }
        } finally {
          // Nothing was written.
          if (isOwn) await connection.rollback()
        }
      },
      begin: ({ isolationLevel, accessMode }) => attempt(async () => {
        inTransaction = true
        // In one message: the server's limits hold from the first word on.
        const unlimited = maintenance ? '; set local statement_timeout = 0; set local idle_in_transaction_session_timeout = 0' : ''
        await client.query(`begin${isolationLevel === undefined ? '' : ` isolation level ${isolationLevel}`}${accessMode === undefined ? '' : ` ${accessMode}`}${unlimited}`)
      }),
      prepareCommit: () => attempt(async () => {
        await client.query('set constraints all immediate').catch((error: unknown) => { throw Object(error).code === ABORTED ? new APIKIT_ERR_ABORTED_COMMIT() : error })
      }),
      commit: () => attempt(async () => {
        inTransaction = false
        const { command } = await client.query('commit')
        if (command === 'ROLLBACK') throw new APIKIT_ERR_ABORTED_COMMIT()
      }),
      async rollback () {
        inTransaction = false
        if (broken !== false) return
        try {
          await client.query('rollback')
        } catch {
          // A connection that is closed rolls back.
          broken = true
        }
      },
      release () {
        if (held) client.release(broken)
        held = false
      }
    }
    return connection
  }

  async check (): Promise<void> {
    const client = await this.#connect()
    try {
      await client.query('select 1')
    } finally {
      client.release()
    }
  }

  async close (): Promise<void> {
    await this.#pool.end()
  }

  get pool (): Pool {
    const { totalCount, idleCount, waitingCount } = this.#pool
    return { total: totalCount, idle: idleCount, waiting: waitingCount }
  }

  introspector (db: Parameters<Driver['introspector']>[0]): PostgresIntrospector {
    return new Introspector(db)
  }
}

function encode (value: unknown): unknown {
  // A list that goes into no JSON column is a PostgreSQL array, which pg writes.
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? encodeObject(value) ?? value : value
}
