/**
 * `app.db`: Kysely on one of the engines, with sessions.
 *
 * @module
 */

import type { ServerResponse } from 'node:http'
import type { FastifyRequest } from 'fastify'
import { Kysely } from 'kysely'
import { type Core, propsOf } from './core.ts'
import { createMissing } from './create-tables.ts'
import { addMigrations, know } from './known.ts'
import type { Pool } from '../engine/driver.ts'
import type { MigrationSet } from '../migrations/types.ts'
import { RequestStatements } from '../engine/request-statements.ts'
import { APIKIT_ERR_STREAM_CLOSED } from '../errors.ts'
import type { Role } from './query-event.ts'
import { idempotently, type Idempotence } from './retry.ts'
import { Session, sessionProps } from './session.ts'
import type { Dialect } from '../tables/dialect.ts'
import type { AnyTable, TablesOf } from '../tables/table.ts'
import type { TestTransaction } from './test-transaction.ts'
import type { OwnOptions } from './unit.ts'

/**
 * The tables of the app, for the type of `app.db` and `session`:
 *
 * ```ts
 * declare module 'fastify-apikit/db' {
 *   interface Tables extends TablesOf<[typeof users, typeof posts]> {}
 * }
 * ```
 */
export interface Tables {}

/** What a plugin, or the app itself, has in the database. */
export interface Registration {
  /** For messages and for `migrate`; the app itself is `app`. */
  readonly name: string
  readonly tables?: readonly AnyTable[]
  /** Run before those of the app, in the order of their names. */
  readonly migrations?: MigrationSet['migrations']
}

/** A pool of connections: how many it may have, how many there are, how many of these are free, and how many callers wait for one. */
export interface NamedPool extends Pool {
  /** Name of the database. */
  readonly database: string
  readonly role: Role
  readonly max: number
}

/**
 * The database. A statement of `app.db` itself is a transaction of its own; several that belong together go into a session.
 */
export class Database<DB = Tables> extends Kysely<DB> {
  /** For the types: the tables. */
  declare readonly $tables?: DB
  readonly #core: Core
  #reading: Session<DB> | undefined
  #closed: Promise<void> | undefined

  constructor (core: Core) {
    super(propsOf(core))
    this.#core = core
  }

  /** Which database it is. */
  get dialect (): Dialect {
    return this.#core.driver.dialect
  }

  /** The tables that are known, of the app and of plugins. */
  get tables (): readonly AnyTable[] {
    return [...this.#core.tables.values()]
  }

  /** The migrations that are known, of plugins and of the app. */
  get migrations (): readonly MigrationSet[] {
    return this.#core.migrations
  }

  /**
   * Typed for some tables, such as a plugin's own: the same database.
   *
   * ```ts
   * app.db.of([jobs]).selectFrom('jobs')
   * ```
   */
  of<const T extends readonly AnyTable[]> (tables: T): Database<TablesOf<T>> {
    know(this.#core, tables)
    return this as unknown as Database<TablesOf<T>>
  }

  /**
   * Makes tables and migrations known: before the app is ready. A plugin brings its own so.
   *
   * @throws APIKIT_ERR_DB_REGISTER when a name is taken
   */
  register ({ name, tables = [], migrations }: Registration): void {
    know(this.#core, tables)
    if (migrations !== undefined) addMigrations(this.#core, { name, migrations })
  }

  /**
   * Makes the tables that are not there yet, as SQLAlchemy's `create_all`: for tests and sketches. What is there is left
   * as it is; an app with a past has migrations.
   */
  async createTables (tables: readonly AnyTable[] = this.tables): Promise<void> {
    know(this.#core, tables)
    await this.session(session => createMissing(session, tables))
  }

  /** A session that the caller ends: by `commit` or `rollback`, and then `end`. */
  open (options: OwnOptions = {}): Session<DB> {
    return new Session<DB>(sessionProps(this.#core), this.#core, options)
  }

  /** A session of statements that only read, each for itself; what requests that only read have. */
  get reading (): Session<DB> {
    return (this.#reading ??= this.open({ transaction: false }))
  }

  /**
   * The same for a request: in PostgreSQL, its statements are cancelled when its client leaves. Those of SQLite are done
   * before anybody can leave. Its streams end with the response.
   *
   * @param options `isBodiless`: the end of the request is that of its client; `replica`: read from one
   */
  readingFor (request: FastifyRequest, response: ServerResponse, { isBodiless, replica }: { readonly isBodiless: boolean, readonly replica: boolean }): Session<DB> {
    const statements = this.dialect === 'sqlite' ? undefined : new RequestStatements(isBodiless ? request.raw : response)
    return this.open({ transaction: false, request, response, replica, ...statements && { statements } })
  }

  /** Its connections, and those who wait for one: for health checks. Of SQLite it is the one that writes. */
  get pool (): Pool {
    return this.#core.driver.pool
  }

  /** The pools of connections, of the database itself and of its replicas: for metrics. */
  get pools (): readonly NamedPool[] {
    const { name: database, driver, replicas } = this.#core
    return [driver, ...replicas?.drivers ?? []].map(one => ({ database, role: one === driver ? 'primary' : 'replica', max: one.poolSize, ...one.pool }))
  }

  /** Requests that only read do so from a replica, where their route does not say otherwise. */
  get readsFromReplica (): boolean {
    return this.#core.replicas?.gets ?? false
  }

  /**
   * Begins a transaction that all statements and sessions run in, until it is rolled back: for tests, as `rollbackAfter` of
   * `fastify-apikit/testing` does. Transactions are savepoints in it, one after the other.
   *
   * @param options `timeout`: milliseconds that a session waits for another. Default: 5000.
   * @throws APIKIT_ERR_TEST_TRANSACTION when one is open already
   */
  beginTest ({ timeout = 5000 }: { readonly timeout?: number } = {}): Promise<TestTransaction> {
    return this.#core.driver.beginTest(timeout)
  }

  /** Closes it; twice is once. */
  override destroy (): Promise<void> {
    return (this.#closed ??= this.#close())
  }

  async #close (): Promise<void> {
    const { streams, replicas } = this.#core
    // Together: a stream may wait for its batch as long as it wants, and a driver for its connections does not.
    await Promise.all([streams.close(new APIKIT_ERR_STREAM_CLOSED('the database was closed')), super.destroy(), replicas?.close()])
  }

  /** Fails when the database cannot be reached. Replicas are not asked. */
  check (): Promise<void> {
    return this.#core.driver.check()
  }

  /** Fails when a replica cannot be reached for which the database does not stand in (`fallback: false`). */
  async checkReplicas (): Promise<void> {
    await this.#core.replicas?.check()
  }

  /**
   * One transaction: committed when `work` is done, undone when it throws.
   *
   * ```ts
   * await app.db.session(async db => {
   *   const account = await db.selectFrom('accounts')…
   * }, { isolationLevel: 'serializable', retries: 5 })
   * ```
   *
   * @param options `replica`: with `readOnly`, read from a replica, where there is one; `retries`: how often `work` is done again when other transactions were in its way; only for work that
   * can be repeated, as what it does outside of the database is not undone
   * @throws what `work` throws, and what the commit fails with
   */
  session<T> (work: (session: Session<DB>) => Promise<T>, { retries = 0, ...options }: OwnOptions & Partial<Idempotence> = {}): Promise<T> {
    return idempotently({ retries }, async () => {
      const session = this.open(options)
      try {
        const result = await work(session)
        await session.commit()
        return result
      } finally {
        session.end()
        // After a commit there is nothing to undo.
        await session.rollback()
      }
    })
  }
}
