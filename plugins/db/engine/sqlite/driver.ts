/**
 * SQLite: one connection that writes, one at a time, and others that read beside it (WAL). Nothing ever waits for a
 * lock of another process inside of SQLite, which would stop the event loop: it is asked again.
 *
 * @module
 * @see https://www.sqlite.org/wal.html
 */

import { mkdirSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { type CompiledQuery, type DialectAdapter, type QueryResult, SqliteAdapter, SqliteIntrospector } from 'kysely'
import type { Driver, Connection, HoldSettings, Pool } from '../driver.ts'
import { APIKIT_ERR_DB_OPEN, APIKIT_ERR_RAW_TRANSACTION, APIKIT_ERR_STREAM_CLOSED } from '../../errors.ts'
import type { Conversions } from '../conversions.ts'
import { wholeOf } from '../parameter.ts'
import { isRead } from '../reads.ts'
import { SqliteCompiler } from './compiler.ts'
import { SqliteConnection, type Step } from './connection.ts'
import { isBusy, type TranslateSqlite } from './errors.ts'
import { again } from './lock.ts'
import { maintaining } from './maintenance.ts'
import { loadSqlite } from './module.ts'
import { Turns } from '../turns.ts'

/** Milliseconds that a migration waits for another process's. */
const PATIENCE = 600_000

const BUSY = (timeout: number): string =>
  `SQLite has one writer, and it was not free within ${timeout} ms: is a session open that waits for another, as app.db does inside of one?`

export interface SqliteOptions {
  readonly path: string
  readonly memory: boolean
  /** Milliseconds to wait for the writer, ours or another process's. */
  readonly acquireTimeout: number
  readonly synchronous: 'normal' | 'full'
  readonly translate: TranslateSqlite
  readonly conversions: Conversions
}

export class SqliteDriver implements Driver {
  readonly dialect = 'sqlite'
  readonly maxParameters = 32_766
  readonly isShared: boolean
  readonly poolSize = 1
  readonly compiler = new SqliteCompiler()
  readonly adapter: DialectAdapter = new SqliteAdapter()
  readonly #options: SqliteOptions
  readonly #turns: Turns
  readonly #writer: SqliteConnection
  /** In memory there is one connection, for all. */
  readonly #reader: SqliteConnection
  /** For transactions that only read, each of which sees one state of all. */
  readonly #idle: SqliteConnection[] = []
  readonly #busyReaders = new Set<SqliteConnection>()
  /** Told when no reader is busy any more. */
  #readersIdle: (() => void) | undefined

  constructor (options: SqliteOptions) {
    this.#options = options
    this.isShared = options.memory
    this.#turns = new Turns(options.acquireTimeout, BUSY)
    this.#writer = this.#open()
    this.#reader = options.memory ? this.#writer : this.#open(true)
  }

  #open (readOnly = false): SqliteConnection {
    const { path, memory, synchronous } = this.#options
    try {
      if (!memory) mkdirSync(dirname(resolve(path)), { recursive: true })
      const Database = loadSqlite()
      const connection = new SqliteConnection(new Database(path), this.#options.conversions)
      // Only here, before anybody is served, may a lock be waited for.
      connection.exec(`pragma busy_timeout = 5000; pragma journal_mode = wal; pragma synchronous = ${synchronous}; pragma foreign_keys = on; pragma query_only = ${Number(readOnly)}; pragma busy_timeout = 0`)
      return connection
    } catch (cause) {
      throw Object.assign(new APIKIT_ERR_DB_OPEN(`cannot open the SQLite database ${path}: ${Object(cause).message}`), { cause })
    }
  }

  execute<R> (query: CompiledQuery): Promise<QueryResult<R>> {
    return this.#reader !== this.#writer && isRead(query, 'sqlite') ? this.read(query) : this.#inTurn(query)
  }

  read<R> (query: CompiledQuery): Promise<QueryResult<R>> {
    // In memory, what another transaction has not committed would be seen, out of turn.
    if (this.#reader === this.#writer) return this.#inTurn(query)
    return this.#run(this.#reader, query)
  }

  async #inTurn<R> (query: CompiledQuery): Promise<QueryResult<R>> {
    await this.#turns.take()
    try {
      const result = await this.#run<R>(this.#writer, query)
      if (!this.#writer.db.isTransaction) return result
      // A savepoint outside of a transaction begins one. It would never end, and would block all other writers.
      this.#writer.exec('rollback')
      throw new APIKIT_ERR_RAW_TRANSACTION('savepoint')
    } finally {
      this.#turns.give()
    }
  }

  async #run<R> (connection: SqliteConnection, query: CompiledQuery): Promise<QueryResult<R>> {
    try {
      return connection.run(query)
    } catch (error) {
      if (!isBusy(error)) throw this.#translate(error, query, connection)
    }
    // A statement of its own that was refused so has done nothing.
    return again(() => connection.run<R>(query), error => this.#translate(error, query, connection), this.#options.acquireTimeout)
  }

  #translate (error: unknown, query: CompiledQuery | undefined, connection: SqliteConnection): unknown {
    return this.#options.translate(error, wholeOf(query), sql => connection.run<never>(sql).rows)
  }

  async hold ({ accessMode, maintenance = false }: HoldSettings = {}): Promise<Connection> {
    if (accessMode === 'read only' && !this.#options.memory) return this.#holdReader()
    await this.#turns.take()
    const held = this.#held(this.#writer, () => { this.#turns.give() }, maintenance ? PATIENCE : this.#options.acquireTimeout)
    return maintenance ? maintaining(held, this.#writer) : held
  }

  #holdReader (): Connection {
    const reader = this.#idle.pop() ?? this.#open(true)
    this.#busyReaders.add(reader)
    return this.#held(reader, () => {
      this.#busyReaders.delete(reader)
      this.#idle.push(reader)
      if (this.#busyReaders.size === 0) this.#readersIdle?.()
    })
  }

  #held (connection: SqliteConnection, release: () => void, timeout = this.#options.acquireTimeout): Connection {
    // Once: it may be another's then.
    let giveBack: (() => void) | undefined = () => {
      giveBack = undefined
      // As by a savepoint on a connection without a transaction.
      if (connection.db.isOpen && connection.db.isTransaction) connection.exec('rollback')
      release()
    }
    const run = async <R>(query: CompiledQuery): Promise<QueryResult<R>> => {
      try {
        return connection.run<R>(query)
      } catch (error) {
        throw this.#translate(error, query, connection)
      }
    }
    const step = async (sql: Step): Promise<void> => {
      try {
        connection.step(sql)
      } catch (error) {
        if (!isBusy(error)) throw this.#translate(error, undefined, connection)
        await again(() => { connection.step(sql) }, error => this.#translate(error, undefined, connection), timeout)
      }
    }
    return {
      executeQuery: run,
      streamQuery: <R>(query: CompiledQuery, size: number) => this.#stream<R>(connection, query, size),
      // IMMEDIATE: who reads first and writes then would be refused, when another has written meanwhile.
      begin: ({ accessMode }) => step(accessMode === 'read only' ? 'begin' : 'begin immediate'),
      // It tells of deferred keys in the commit, and not before.
      async prepareCommit () {},
      commit: () => step('commit'),
      async rollback () {
        // A full disk, or an I/O error, has rolled back already.
        if (connection.db.isTransaction) connection.exec('rollback')
      },
      release () {
        giveBack?.()
      }
    }
  }

  async * #stream<R> (connection: SqliteConnection, query: CompiledQuery, size: number): AsyncGenerator<QueryResult<R>, void> {
    if (!isRead(query, 'sqlite')) {
      yield await this.#run<R>(connection, query)
      return
    }
    const isReader = this.#busyReaders.has(connection)
    try {
      for (const rows of isReader ? connection.stream<R>(query, size) : connection.streamCopy<R>(query, size)) yield { rows }
    } catch (error) {
      if (!connection.db.isOpen) throw new APIKIT_ERR_STREAM_CLOSED('the database was closed')
      throw this.#translate(error, query, connection)
    }
  }

  /** Of those that write, of which there is one. */
  get pool (): Pool {
    return { total: 1, idle: this.#turns.free ? 1 : 0, waiting: this.#turns.length }
  }

  async check (): Promise<void> {
    this.#reader.exec('select 1')
  }

  /** Waits for those who read, as a reply that is a stream does, but not for ever. */
  async close (): Promise<void> {
    if (this.#busyReaders.size > 0) {
      await new Promise<void>(resolve => {
        const timer = setTimeout(resolve, this.#options.acquireTimeout)
        this.#readersIdle = () => {
          clearTimeout(timer)
          resolve()
        }
      })
    }
    const connections = new Set([this.#reader, ...this.#idle, ...this.#busyReaders, this.#writer])
    if (!this.#options.memory && this.#turns.length === 0 && !this.#writer.db.isTransaction) this.#optimize()
    for (const connection of connections) connection.close()
  }

  /** Statistics for the next start. Without them, on a disk that is full or gone, it starts as well. */
  #optimize (): void {
    try {
      this.#writer.exec('pragma optimize')
    } catch {}
  }

  introspector (db: Parameters<Driver['introspector']>[0]): SqliteIntrospector {
    return new SqliteIntrospector(db)
  }
}
