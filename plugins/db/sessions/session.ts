/**
 * A session: the statements of one unit of work, in one transaction that begins with the first of them.
 *
 * @module
 */

import { CompiledQuery, type KyselyProps, Transaction } from 'kysely'
import { type Core, Executor } from './core.ts'
import type { Dialect } from '../tables/dialect.ts'
import type { AfterCommit } from './savepoints.ts'
import { type OwnOptions, Unit } from './unit.ts'

/** What a session is made of; the executor is given the session once there is one. */
interface Parts extends KyselyProps {
  readonly bound: { unit: Unit | undefined }
}

export function sessionProps (core: Core): Parts {
  const { dialect } = core
  const bound: Parts['bound'] = { unit: undefined }
  const unit = (): Unit => bound.unit as Unit
  return {
    bound,
    config: { dialect },
    driver: dialect.createDriver(),
    dialect,
    executor: new Executor(core, query => unit().execute(query), (query, size) => unit().stream(query, size), { provideConnection: consumer => consumer(unit().connection()) })
  }
}

/** The transaction behind a session: for what ends several of them together. */
export let unitOf: (session: Session<any>) => Unit

/**
 * A unit of work. It is Kysely, `selectFrom`, `insertInto` and all; its transaction begins with its first statement.
 */
export class Session<DB> extends Transaction<DB> {
  /** For the types: the tables. */
  declare readonly $tables?: DB
  readonly #unit: Unit

  static {
    unitOf = session => session.#unit
  }

  /** Each statement for itself: there is nothing to commit. */
  readonly #alone: boolean
  readonly #dialect: Dialect

  constructor ({ bound, ...props }: Parts, core: Core, options: OwnOptions) {
    super(props)
    bound.unit = this.#unit = new Unit(core, options)
    this.#alone = options.transaction === false
    this.#dialect = core.driver.dialect
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

  /**
   * Calls something once the work is committed; never, when it is undone. Callbacks are called one after the other, and
   * waited for: an answer leaves behind them. What one throws, or rejects with, is logged: the others are called, and the
   * request does not fail. In a session that only reads, without a transaction, it is called at once.
   *
   * ```ts
   * db.afterCommit(() => events.publish('user-created', { id }))
   * ```
   */
  afterCommit (call: AfterCommit): void {
    this.#unit.afterCommit.push(call)
    if (this.#alone) this.#unit.callAfterCommit()
  }

  /** Which database it is. */
  get dialect (): Dialect {
    return this.#dialect
  }

  /** SQL without parameters, also several statements: for what Kysely has no words for. Never with values from outside. */
  async run (sql: string): Promise<void> {
    await this.#unit.execute(CompiledQuery.raw(sql))
  }

  /** Refuses what comes after. */
  end (): void {
    this.#unit.end()
  }
}
