/**
 * Streams that are open: who reads one may leave it in the middle, and then it ends with what it belongs to.
 *
 * @module
 */

import type { QueryResult } from 'kysely'

/** Rows in batches. */
export type Batches<R> = AsyncIterableIterator<QueryResult<R>>

class OpenStream<R> implements Batches<R> {
  readonly #all: Set<OpenStream<never>>
  readonly #source: Batches<R>
  #closed: Error | undefined

  constructor (all: Set<OpenStream<never>>, source: Batches<R>) {
    this.#all = all
    this.#source = source
  }

  [Symbol.asyncIterator] (): this {
    return this
  }

  /** @throws why it was closed: without an error, the rows that were read would look like all of them */
  async next (): Promise<IteratorResult<QueryResult<R>>> {
    if (this.#closed !== undefined) throw this.#closed
    this.#all.add(this as never)
    let isOver = true
    try {
      const result = await this.#source.next()
      isOver = result.done === true
      return result
    } finally {
      if (isOver) this.#all.delete(this as never)
    }
  }

  async return (): Promise<IteratorResult<QueryResult<R>>> {
    this.#all.delete(this as never)
    await this.#source.return?.()
    return { done: true, value: undefined }
  }

  async close (why: Error): Promise<void> {
    this.#closed = why
    await this.return()
  }
}

/** The open streams of a transaction, a request or a database. */
export class OpenStreams {
  readonly #all = new Set<OpenStream<never>>()

  get isEmpty (): boolean {
    return this.#all.size === 0
  }

  /** Tracks a stream from its first batch to its last. */
  track<R> (source: Batches<R>): Batches<R> {
    return new OpenStream(this.#all, source)
  }

  /** Closes all that are open. Their readers get an error, behind the batch that they have. Never fails. */
  async close (why: Error): Promise<void> {
    await Promise.allSettled(Array.from(this.#all, stream => stream.close(why)))
  }
}
