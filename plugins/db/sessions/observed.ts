/**
 * A driver that reports its statements to an observer. Without listeners and with the log off, it only passes them on.
 *
 * @module
 */

import { CompiledQuery, type DatabaseIntrospector, type DialectAdapter, type QueryCompiler, type QueryResult } from 'kysely'
import type { FastifyRequest } from 'fastify'
import type { Connection, Driver, HoldSettings, Pool } from '../engine/driver.ts'
import { guarded } from '../engine/guarded.ts'
import type { RequestStatements } from '../engine/request-statements.ts'
import { transactionRefusal } from '../engine/transaction-words.ts'
import type { Dialect } from '../tables/dialect.ts'
import { APIKIT_ERR_TEST_TRANSACTION } from '../errors.ts'
import type { Observer } from './observer.ts'
import { TestDriver, type TestTransaction } from './test-transaction.ts'

/** Whose statements they are. */
export interface ObservedSettings extends HoldSettings {
  readonly request?: FastifyRequest | undefined
}

const BEGIN = CompiledQuery.raw('begin')
const COMMIT = CompiledQuery.raw('commit')
const ROLLBACK = CompiledQuery.raw('rollback')

export class ObservedDriver implements Driver {
  readonly dialect: Dialect
  readonly maxParameters: number
  readonly poolSize: number
  readonly compiler: QueryCompiler
  readonly adapter: DialectAdapter
  #driver: Driver
  /** Of a test, from its first statement on. */
  #isTesting = false
  #transaction: TestTransaction | undefined
  readonly observer: Observer

  constructor (driver: Driver, observer: Observer) {
    this.#driver = driver
    this.observer = observer
    this.dialect = driver.dialect
    this.maxParameters = driver.maxParameters
    this.poolSize = driver.poolSize
    this.compiler = driver.compiler
    this.adapter = driver.adapter
  }

  get isShared (): boolean {
    return this.#driver.isShared
  }

  get pool (): Pool {
    return this.#driver.pool
  }

  execute<R> (query: CompiledQuery): Promise<QueryResult<R>> {
    const refusal = transactionRefusal(query, this.dialect)
    if (refusal !== undefined) return Promise.reject(refusal)
    if (!this.observer.isOnFor(undefined)) return this.#driver.execute(query)
    return this.observer.run(query, undefined, () => this.#driver.execute<R>(query))
  }

  read<R> (query: CompiledQuery, statements?: RequestStatements, request?: FastifyRequest): Promise<QueryResult<R>> {
    const refusal = transactionRefusal(query, this.dialect)
    if (refusal !== undefined) return Promise.reject(refusal)
    if (!this.observer.isOnFor(request)) return this.#driver.read(query, statements)
    return this.observer.run(query, request, () => this.#driver.read<R>(query, statements))
  }

  async hold ({ request, ...settings }: ObservedSettings = {}): Promise<Connection> {
    const connection = guarded(await this.#driver.hold(settings), this.dialect)
    return this.observer.isOnFor(request) ? observed(connection, this.observer, request) : connection
  }

  /** All runs in one transaction of a test. */
  get isTesting (): boolean {
    return this.#isTesting
  }

  /**
   * Runs all that comes in one transaction, which is undone.
   *
   * @param timeout milliseconds to wait for the connection of the transaction
   * @throws APIKIT_ERR_TEST_TRANSACTION when there is one already
   */
  async beginTest (timeout: number): Promise<TestTransaction> {
    if (this.#isTesting) throw new APIKIT_ERR_TEST_TRANSACTION()
    this.#isTesting = true
    const driver = this.#driver
    let test: TestDriver
    try {
      this.#driver = test = await TestDriver.begin(driver, timeout)
    } catch (error) {
      this.#isTesting = false
      throw error
    }
    let end: Promise<void> | undefined
    const rollback = async (): Promise<void> => {
      await test.close()
      this.#driver = driver
      this.#isTesting = false
    }
    return (this.#transaction = { rollback: () => (end ??= rollback()) })
  }

  check (): Promise<void> {
    return this.#driver.check()
  }

  async close (): Promise<void> {
    await this.#transaction?.rollback()
    await this.#driver.close()
  }

  introspector (db: Parameters<Driver['introspector']>[0]): DatabaseIntrospector {
    return this.#driver.introspector(db)
  }
}

function observed (connection: Connection, observer: Observer, request: FastifyRequest | undefined): Connection {
  return {
    ...connection,
    executeQuery: <R>(query: CompiledQuery) => observer.run(query, request, () => connection.executeQuery<R>(query)),
    async * streamQuery<R> (query: CompiledQuery, size: number) {
      const { promise, resolve, reject } = Promise.withResolvers<{ rows: { length: number } }>()
      // It fails where the rows are read.
      observer.run(query, request, () => promise).catch(() => {})
      let count = 0
      try {
        for await (const batch of connection.streamQuery<R>(query, size)) {
          count += batch.rows.length
          yield batch
        }
      } catch (error) {
        reject(error)
        throw error
      } finally {
        resolve({ rows: { length: count } })
      }
    },
    begin: settings => observer.run(BEGIN, request, () => connection.begin(settings)),
    commit: () => observer.run(COMMIT, request, () => connection.commit()),
    rollback: () => observer.run(ROLLBACK, request, () => connection.rollback())
  }
}
