/**
 * The savepoints of a session.
 *
 * @module
 */

import { AsyncLocalStorage } from 'node:async_hooks'
import { type Batches, OpenStreams } from '../engine/streams.ts'
import { APIKIT_ERR_STREAM_CLOSED } from '../errors.ts'

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
  /** The streams that began in each savepoint that is open, the innermost last, and in those that were released in it. */
  readonly #streams: OpenStreams[][] = []
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

  /** Rows that begin to be read now: they end with the savepoint that is open, if it is undone. */
  track<R> (source: Batches<R>): Batches<R> {
    return this.#streams.at(-1)?.[0]?.track(source) ?? source
  }

  async #one<T> (work: () => Promise<T>): Promise<T> {
    const name = `s${++this.#count}`
    await this.#step(`savepoint ${name}`)
    const pending = this.#afterCommit.length
    const streams = [new OpenStreams()]
    this.#streams.push(streams)
    try {
      const result = await work()
      await this.#step(`release savepoint ${name}`)
      this.#streams.pop()
      this.#streams.at(-1)?.push(...streams.filter(({ isEmpty }) => !isEmpty))
      return result
    } catch (error) {
      this.#afterCommit.length = pending
      this.#streams.pop()
      // What they read is undone, too: a portal, and in SQLite a copy of the rows.
      const undone = new APIKIT_ERR_STREAM_CLOSED('its savepoint was undone')
      for (const open of streams) await open.close(undone)
      await this.#step(`rollback to savepoint ${name}`)
      await this.#step(`release savepoint ${name}`)
      throw error
    }
  }
}
