/**
 * The savepoints of a session.
 *
 * @module
 */

import { AsyncLocalStorage } from 'node:async_hooks'

/** Something done behind a commit; what it returns is waited for. */
export type AfterCommit = () => unknown

/** A savepoint, and those that it is within, of other sessions too. */
interface Within {
  readonly savepoints: Savepoints
  readonly depth: number
  readonly outer: Within | undefined
}

const within = new AsyncLocalStorage<Within>()

export class Savepoints {
  readonly #step: (sql: string) => Promise<void>
  readonly #afterCommit: AfterCommit[]
  #count = 0
  /** The last one of each depth: resolved when it is over. */
  readonly #last: Array<Promise<void>> = []

  /**
   * @param step runs a statement in the transaction
   * @param afterCommit is cut back to what was there before a savepoint that is undone
   */
  constructor (step: (sql: string) => Promise<void>, afterCommit: AfterCommit[]) {
    this.#step = step
    this.#afterCommit = afterCommit
  }

  /**
   * Savepoints that are begun beside each other come one after the other: interleaved, one that fails would take the other
   * along, and hide its error. One within another's work is nested.
   */
  async run<T> (work: () => Promise<T>): Promise<T> {
    const outer = within.getStore()
    let own = outer
    while (own !== undefined && own.savepoints !== this) own = own.outer
    const depth = own?.depth ?? 0
    const before = this.#last[depth]
    const { promise: over, resolve } = Promise.withResolvers<void>()
    this.#last[depth] = over
    await before
    try {
      return await within.run({ savepoints: this, depth: depth + 1, outer }, () => this.#one(work))
    } finally {
      resolve()
    }
  }

  async #one<T> (work: () => Promise<T>): Promise<T> {
    const name = `s${++this.#count}`
    await this.#step(`savepoint ${name}`)
    const pending = this.#afterCommit.length
    try {
      const result = await work()
      await this.#step(`release savepoint ${name}`)
      return result
    } catch (error) {
      this.#afterCommit.length = pending
      await this.#step(`rollback to savepoint ${name}`)
      await this.#step(`release savepoint ${name}`)
      throw error
    }
  }
}
