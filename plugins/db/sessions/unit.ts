/**
 * A unit of work: the transaction behind a session, which begins with its first statement.
 *
 * @module
 */

import type { ServerResponse } from 'node:http'
import { CompiledQuery, type DatabaseConnection, type IsolationLevel, type QueryResult } from 'kysely'
import type { FastifyRequest } from 'fastify'
import { type Core, streamAlone } from './core.ts'
import type { Connection } from '../engine/driver.ts'
import { APIKIT_ERR_CLIENT_GONE } from '../../core/errors.ts'
import { APIKIT_ERR_READ_ONLY, APIKIT_ERR_SESSION_OVER, APIKIT_ERR_STREAM_CLOSED } from '../errors.ts'
import { mayRead } from '../engine/reads.ts'
import type { ObservedDriver } from './observed.ts'
import type { RequestStatements } from '../engine/request-statements.ts'
import { type AfterCommit, Savepoints } from './savepoints.ts'
import { type Batches, OpenStreams } from '../engine/streams.ts'

/** How a transaction is. */
export interface SessionOptions {
  readonly isolationLevel?: IsolationLevel
  /** Nothing is written, and all that is read is of one moment. */
  readonly readOnly?: boolean
}

/** What sessions of our own are besides. */
export interface OwnOptions extends SessionOptions {
  /** `false`: statements that only read, each for itself. `'none'`: also others, on one connection. */
  readonly transaction?: boolean | 'none'
  /** For migrations: statements take the time that they take, and foreign keys are looked at in the end. */
  readonly maintenance?: boolean
  /** Of the request whose session it is, where it only reads. */
  readonly statements?: RequestStatements
  /** Whose session it is. */
  readonly request?: FastifyRequest
  /** With which the streams of a session without a transaction end. */
  readonly response?: ServerResponse
  /** Read from a replica, where there is one. Only for sessions that only read. */
  readonly replica?: boolean
}

function refuseWrite (query: CompiledQuery, { driver: { dialect } }: Core): void {
  if (!mayRead(query, dialect)) throw new APIKIT_ERR_READ_ONLY()
}

/** Waits for the first rows, so that an error before them can be had. */
async function begun<T> (batches: AsyncGenerator<T, void>): Promise<AsyncGenerator<T, void>> {
  const first = await batches.next()
  return (async function * () {
    try {
      if (first.done !== true) yield first.value
      yield * batches
    } finally {
      await batches.return()
    }
  })()
}

/** The error for streams that a request leaves open: it was answered, or its client has left. */
function endOf ({ writableEnded }: ServerResponse): Error {
  return writableEnded ? new APIKIT_ERR_STREAM_CLOSED('its request was answered') : new APIKIT_ERR_CLIENT_GONE()
}

export class Unit {
  readonly #core: Core
  readonly #options: OwnOptions
  #held: Promise<Connection> | undefined
  #over = false
  readonly afterCommit: AfterCommit[] = []
  #savepoints: Savepoints | undefined
  #streams: OpenStreams | undefined

  constructor (core: Core, options: OwnOptions) {
    this.#core = core
    this.#options = options
  }

  execute<R> (query: CompiledQuery): Promise<QueryResult<R>> {
    if (this.#options.transaction === false) return this.#read(query)
    return this.held().then(held => held.executeQuery<R>(query))
  }

  /** The rows in batches. */
  stream<R> (query: CompiledQuery, size: number): Batches<R> {
    return this.#options.transaction === false ? this.#owner.track(this.#streamAlone<R>(query, size)) : this.#streamWithin<R>(query, size)
  }

  async * #streamAlone<R> (query: CompiledQuery, size: number): AsyncGenerator<QueryResult<R>, void> {
    const { statements, request, response } = this.#options
    refuseWrite(query, this.#core)
    if (response !== undefined && (response.writableEnded || response.destroyed)) throw endOf(response)
    yield * await this.#on(driver => begun(streamAlone<R>(driver, query, size, { statements, request })))
  }

  async * #streamWithin<R> (query: CompiledQuery, size: number): AsyncGenerator<QueryResult<R>, void> {
    const batches = (await this.held()).streamQuery<R>(query, size) as Batches<R>
    yield * this.#savepoints?.track(batches) ?? batches
  }

  /** Whose streams they are: those of a request, or of the database. */
  get #owner (): OpenStreams {
    const { response } = this.#options
    if (response === undefined) return this.#core.streams
    let streams = this.#streams
    if (streams === undefined) {
      const own = streams = this.#streams = new OpenStreams()
      response.once('close', () => own.close(endOf(response)))
    }
    return streams
  }

  async #read<R> (query: CompiledQuery): Promise<QueryResult<R>> {
    refuseWrite(query, this.#core)
    const { statements, request } = this.#options
    return this.#on(driver => driver.read(query, statements, request))
  }

  /** What Kysely asks for statements past our executor, as with other plugins of its. It is given back with the session. */
  connection (): DatabaseConnection {
    return { executeQuery: this.execute.bind(this), streamQuery: this.stream.bind(this) } as DatabaseConnection
  }

  /** Each statement is its own transaction. */
  get #isAlone (): boolean {
    return this.#options.transaction === 'none'
  }

  /** The connection, in the transaction: both are taken when first needed. */
  held (): Promise<Connection> {
    if (this.#over) return Promise.reject(new APIKIT_ERR_SESSION_OVER())
    return (this.#held ??= this.#begin())
  }

  async #begin (): Promise<Connection> {
    const { isolationLevel, readOnly = false, maintenance = false, statements, request } = this.#options
    const isAlone = this.#isAlone
    const settings = { ...isolationLevel !== undefined && { isolationLevel }, ...readOnly && { accessMode: 'read only' as const }, maintenance, alone: isAlone, statements, request }
    return this.#on(async driver => {
      const held = await driver.hold(settings)
      try {
        if (!isAlone) await held.begin(settings)
        return held
      } catch (error) {
        held.release()
        throw error
      }
    })
  }

  /** Does some work on the database, or on a replica of it. */
  #on<T> (work: (driver: ObservedDriver) => Promise<T>): Promise<T> {
    const { driver, replicas } = this.#core
    // What a test has written is in its own transaction.
    return this.#options.replica === true && replicas !== undefined && !driver.isTesting ? replicas.run(work) : work(driver)
  }

  /** What `work` does, or nothing of it. */
  savepoint<T> (work: () => Promise<T>): Promise<T> {
    this.#savepoints ??= new Savepoints(async sql => { await (await this.held()).executeQuery(CompiledQuery.raw(sql)) }, this.afterCommit)
    return this.#savepoints.run(work)
  }

  /** There is a transaction, or one was asked for. */
  get hasBegun (): boolean {
    return this.#held !== undefined
  }

  /**
   * Does what a commit would fail at, where the database can: constraints that are deferred are checked.
   *
   * @throws APIKIT_ERR_ABORTED_COMMIT where a statement has failed before
   */
  async prepareCommit (): Promise<void> {
    await (await this.#held)?.prepareCommit()
  }

  async commit (): Promise<void> {
    await this.commitAlone()
    if (this.afterCommit.length > 0) await this.callAfterCommit()
  }

  /** Commits, and leaves the callbacks to the caller. */
  async commitAlone (): Promise<void> {
    const held = await this.#take()
    if (held === undefined) return
    try {
      if (!this.#isAlone) await held.commit()
    } catch (error) {
      // A failed commit can leave the transaction open, and with it SQLite's only writer.
      this.afterCommit.length = 0
      await held.rollback()
      throw error
    } finally {
      held.release()
    }
  }

  /** Calls what waits for the commit, one after the other: it is committed, whatever becomes of them. */
  async callAfterCommit (): Promise<void> {
    for (let call = this.afterCommit.shift(); call !== undefined; call = this.afterCommit.shift()) {
      try {
        await call()
      } catch (error) {
        this.#core.failed(error)
      }
    }
  }

  async rollback (): Promise<void> {
    this.afterCommit.length = 0
    const held = await this.#take()
    if (held === undefined) return
    try {
      if (!this.#isAlone) await held.rollback()
    } finally {
      held.release()
    }
  }

  /** The connection, to be given back; `undefined` where none was taken, or could be. */
  async #take (): Promise<Connection | undefined> {
    const held = this.#held
    this.#held = undefined
    return held?.catch(() => undefined)
  }

  end (): void {
    this.#over = true
  }
}
