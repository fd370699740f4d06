/**
 * One transaction for all that a database is asked, which is never committed: for tests. Transactions are savepoints in it.
 *
 * @module
 */

import { CompiledQuery, type DatabaseIntrospector, type DialectAdapter, type QueryCompiler, type QueryResult } from 'kysely'
import type { Connection, Driver, HoldSettings, Pool } from '../engine/driver.ts'
import { Turns } from '../engine/turns.ts'
import { DatabaseUnavailable } from '../engine/violations.ts'
import { APIKIT_ERR_ABORTED_COMMIT } from '../errors.ts'
import type { Dialect } from '../tables/dialect.ts'

/** PostgreSQL: a statement before has failed. */
const ABORTED = '25P02'

const BUSY = (timeout: number): string =>
  `The test transaction has one connection, and a session held it for more than ${timeout} ms: does a session wait for another one, or for a statement of app.db?`

const OVER = 'The test transaction was rolled back while this session was open: let the test wait for all that it has begun'

export class TestDriver implements Driver {
  readonly dialect: Dialect
  readonly maxParameters: number
  readonly poolSize = 1
  /** A stream alone reads all rows at once, so that its reader can do something else in between. */
  readonly isShared = true
  readonly compiler: QueryCompiler
  readonly adapter: DialectAdapter
  readonly #outer: Driver
  readonly #connection: Connection
  readonly #turns: Turns
  #savepoints = 0
  /** The connection is given back, and may be another's. */
  #isOver = false

  /**
   * @param outer is asked for one connection
   * @param timeout milliseconds to wait for it, when another has it
   */
  static async begin (outer: Driver, timeout: number): Promise<TestDriver> {
    const connection = await outer.hold()
    try {
      await connection.begin({})
      // A test may take its time between two requests.
      if (outer.dialect === 'postgres') await connection.executeQuery(CompiledQuery.raw('set local idle_in_transaction_session_timeout = 0'))
    } catch (error) {
      connection.release()
      throw error
    }
    return new TestDriver(outer, connection, timeout)
  }

  private constructor (outer: Driver, connection: Connection, timeout: number) {
    this.#outer = outer
    this.#connection = connection
    this.#turns = new Turns(timeout, BUSY)
    this.dialect = outer.dialect
    this.maxParameters = outer.maxParameters
    this.compiler = outer.compiler
    this.adapter = outer.adapter
  }

  async execute<R> (query: CompiledQuery): Promise<QueryResult<R>> {
    const held = await this.hold()
    try {
      return await held.executeQuery<R>(query)
    } finally {
      held.release()
    }
  }

  read<R> (query: CompiledQuery): Promise<QueryResult<R>> {
    return this.execute(query)
  }

  /** @throws DatabaseUnavailable when the test is over */
  get #open (): Connection {
    if (this.#isOver) throw new DatabaseUnavailable(OVER)
    return this.#connection
  }

  /** One after the other has it. */
  async hold (_settings?: HoldSettings): Promise<Connection> {
    await this.#turns.take()
    if (this.#isOver) {
      this.#turns.give()
      throw new DatabaseUnavailable(OVER)
    }
    const { dialect } = this
    const open = (): Connection => this.#open
    const execute = async <R>(query: CompiledQuery): Promise<QueryResult<R>> => open().executeQuery<R>(query)
    const name = `apikit_test_${++this.#savepoints}`
    const run = async (...steps: readonly string[]): Promise<void> => { for (const sql of steps) await execute(CompiledQuery.raw(sql)) }
    const begin = (): Promise<void> => run(`savepoint ${name}`)
    const undo = async (): Promise<void> => this.#isOver ? undefined : run(`rollback to savepoint ${name}`, `release savepoint ${name}`)
    /** A statement outside of a transaction undoes itself when it fails. */
    const alone = async <T>(work: () => Promise<T>): Promise<T> => {
      await begin()
      try {
        const result = await work()
        await run(`release savepoint ${name}`)
        return result
      } catch (error) {
        await undo()
        throw error
      }
    }
    let state: 'alone' | 'begun' | 'reading' = 'alone'
    let held = true
    const setReadOnly = (isOn: boolean): Promise<void> => {
      if (dialect === 'sqlite') return run(`pragma query_only = ${Number(isOn)}`)
      // Undone with its savepoint.
      return isOn ? run('set transaction read only') : Promise.resolve()
    }
    const end = async (): Promise<void> => {
      if (state === 'reading' && !this.#isOver) await setReadOnly(false)
      state = 'alone'
      await undo()
    }
    return {
      executeQuery: <R>(query: CompiledQuery) => state === 'alone' ? alone(() => execute<R>(query)) : execute<R>(query),
      async * streamQuery<R> (query: CompiledQuery, size: number) {
        if (state === 'alone') yield await alone(() => execute<R>(query))
        // SQLite makes a copy of the rows, which would be a write.
        else if (state === 'reading' && dialect === 'sqlite') yield await execute<R>(query)
        else {
          for await (const batch of open().streamQuery<R>(query, size)) {
            yield batch
            open()
          }
        }
      },
      async begin ({ accessMode }) {
        await begin()
        state = accessMode === 'read only' ? 'reading' : 'begun'
        if (state === 'reading') await setReadOnly(true)
      },
      prepareCommit: async () => open().prepareCommit(),
      async commit () {
        if (state === 'reading') return end()
        try {
          // Constraints that are deferred are checked, and stay deferred.
          await run(`savepoint ${name}_check`)
          await open().prepareCommit()
          await run(`rollback to savepoint ${name}_check`, `release savepoint ${name}_check`, `release savepoint ${name}`)
        } catch (error) {
          throw Object(error).code === ABORTED ? new APIKIT_ERR_ABORTED_COMMIT() : error
        }
        state = 'alone'
      },
      async rollback () {
        if (state !== 'alone') await end()
      },
      release: () => {
        if (held) this.#turns.give()
        held = false
      }
    }
  }

  get pool (): Pool {
    return { total: 1, idle: this.#turns.free ? 1 : 0, waiting: this.#turns.length }
  }

  check (): Promise<void> {
    return this.#outer.check()
  }

  /** Undoes all, behind what is under way. */
  async close (): Promise<void> {
    // What holds it for longer finds it gone.
    await Promise.resolve(this.#turns.take()).catch(() => {})
    this.#isOver = true
    // A session that reads may have been left open.
    if (this.dialect === 'sqlite') await this.#connection.executeQuery(CompiledQuery.raw('pragma query_only = 0'))
    await this.#connection.rollback()
    this.#connection.release()
    this.#turns.give()
  }

  introspector (db: Parameters<Driver['introspector']>[0]): DatabaseIntrospector {
    return this.#outer.introspector(db)
  }
}

/** A test transaction that is open. */
export interface TestTransaction {
  /** Undoes all that was done since it began. Called again, it does nothing. */
  rollback (): Promise<void>
}
