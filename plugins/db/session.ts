/**
 * A session: the statements of one unit of work, in one transaction that begins with the first of them.
 *
 * @module
 */

import { CompiledQuery, type DatabaseConnection, type IsolationLevel, type KyselyProps, type QueryResult, Transaction } from 'kysely'
import { type Core, Executor } from './core.ts'
import type { Held } from './engine.ts'
import { APIKIT_ERR_READ_ONLY, APIKIT_ERR_SESSION_OVER } from './errors.ts'
import type { Dialect } from './shape.ts'
import { isRead } from './sqlite.ts'

/** How a transaction is. */
export interface SessionOptions {
  readonly isolationLevel?: IsolationLevel
  /** Nothing is written, and all that is read is of one moment. */
  readonly readOnly?: boolean
}

/** What sessions of our own are besides. */
export interface OwnOptions extends SessionOptions {
  /** `false`: statements that only read, each for itself. */
  readonly transaction?: boolean
  /** For migrations: statements take the time that they take, and foreign keys are looked at in the end. */
  readonly maintenance?: boolean
}

/** What a session is made of; the executor is given the session once there is one. */
interface Parts extends KyselyProps {
  readonly bound: { unit: Unit | undefined }
}

export function sessionProps ({ json, dialect }: Core): Parts {
  const bound: Parts['bound'] = { unit: undefined }
  const unit = (): Unit => bound.unit as Unit
  return {
    bound,
    config: { dialect },
    driver: dialect.createDriver(),
    dialect,
    executor: new Executor(dialect, json, query => unit().execute(query), { provideConnection: consumer => consumer(unit().connection()) })
  }
}

/** The transaction behind a session. */
class Unit {
  readonly #core: Core
  readonly #options: OwnOptions
  #held: Promise<Held> | undefined
  #savepoints = 0
  #over = false
  readonly afterCommit: Array<() => void> = []

  constructor (core: Core, options: OwnOptions) {
    this.#core = core
    this.#options = options
  }

  execute<R> (query: CompiledQuery): Promise<QueryResult<R>> {
    if (this.#options.transaction === false) return this.#read(query)
    return this.held().then(held => held.executeQuery<R>(query))
  }

  async #read<R> (query: CompiledQuery): Promise<QueryResult<R>> {
    if (!isRead(query) && !/^\s*(?:with|show)\b/i.test(query.sql)) throw new APIKIT_ERR_READ_ONLY()
    return this.#core.engine.read(query)
  }

  /** What Kysely asks for statements past our executor, as with other plugins of its. It is given back with the session. */
  connection (): DatabaseConnection {
    const execute = <R>(query: CompiledQuery): Promise<QueryResult<R>> => this.execute<R>(query)
    return {
      executeQuery: execute,
      async * streamQuery<R> (query: CompiledQuery) { yield await execute<R>(query) }
    }
  }

  /** The connection, in the transaction: both are taken when first needed. */
  held (): Promise<Held> {
    if (this.#over) return Promise.reject(new APIKIT_ERR_SESSION_OVER())
    return (this.#held ??= this.#begin())
  }

  async #begin (): Promise<Held> {
    const { isolationLevel, readOnly = false, maintenance = false } = this.#options
    const settings = { ...isolationLevel !== undefined && { isolationLevel }, ...readOnly && { accessMode: 'read only' as const }, maintenance }
    const held = await this.#core.engine.hold(settings)
    try {
      await held.begin(settings)
      return held
    } catch (error) {
      held.release()
      throw error
    }
  }

  async savepoint<T> (work: () => Promise<T>): Promise<T> {
    const name = `s${++this.#savepoints}`
    const held = await this.held()
    const step = (sql: string) => held.executeQuery(CompiledQuery.raw(sql))
    await step(`savepoint ${name}`)
    const pending = this.afterCommit.length
    try {
      const result = await work()
      await step(`release savepoint ${name}`)
      return result
    } catch (error) {
      this.afterCommit.length = pending
      await step(`rollback to savepoint ${name}`)
      await step(`release savepoint ${name}`)
      throw error
    }
  }

  async commit (): Promise<void> {
    const held = await this.#take()
    if (held !== undefined) {
      try {
        await held.commit()
      } catch (error) {
        // A failed commit can leave the transaction open, and with it SQLite's only writer.
        this.afterCommit.length = 0
        await held.rollback()
        throw error
      } finally {
        held.release()
      }
    }
    for (const call of this.afterCommit.splice(0)) call()
  }

  async rollback (): Promise<void> {
    this.afterCommit.length = 0
    const held = await this.#take()
    if (held === undefined) return
    try {
      await held.rollback()
    } finally {
      held.release()
    }
  }

  /** The connection, to be given back; `undefined` where none was taken, or could be. */
  async #take (): Promise<Held | undefined> {
    const held = this.#held
    this.#held = undefined
    return held?.catch(() => undefined)
  }

  end (): void {
    this.#over = true
  }
}

/**
 * A unit of work. It is Kysely, `selectFrom`, `insertInto` and all; its transaction begins with its first statement.
 */
export class Session<DB> extends Transaction<DB> {
  readonly #unit: Unit
  /** Each statement for itself: there is nothing to commit. */
  readonly #alone: boolean
  readonly #dialect: Dialect

  constructor ({ bound, ...props }: Parts, core: Core, options: OwnOptions) {
    super(props)
    bound.unit = this.#unit = new Unit(core, options)
    this.#alone = options.transaction === false
    this.#dialect = core.engine.dialect
  }

  /**
   * What `work` does, or nothing of it: what it throws undoes its statements, and the session goes on. In PostgreSQL
   * it is the only way to go on after a statement that failed.
   *
   * ```ts
   * await db.savepoint(async () => db.insertInto('tags').values({ name }).execute()).catch(ignoreUniqueViolation)
   * ```
   *
   * @throws what `work` throws
   */
  savepoint<T> (work: (session: this) => Promise<T>): Promise<T> {
    return this.#alone ? work(this) : this.#unit.savepoint(() => work(this))
  }

  /** Keeps what was done so far, whatever becomes of the request: counters of failed logins. The next statement begins anew. */
  commit (): Promise<void> {
    return this.#unit.commit()
  }

  /** Undoes what was done since the last commit. The next statement begins anew. */
  rollback (): Promise<void> {
    return this.#unit.rollback()
  }

  /** Calls something once the work is committed; never, when it is undone. */
  afterCommit (call: () => void): void {
    if (this.#alone) call()
    else this.#unit.afterCommit.push(call)
  }

  /** Which database it is. */
  get dialect (): Dialect {
    return this.#dialect
  }

  /** One statement in SQL, without parameters: for what Kysely has no words for. Never with values from outside. */
  async run (sql: string): Promise<void> {
    await this.#unit.execute(CompiledQuery.raw(sql))
  }

  /** Refuses what comes after. */
  end (): void {
    this.#unit.end()
  }
}
