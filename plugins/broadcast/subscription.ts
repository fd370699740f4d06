/**
 * One reader of a topic.
 *
 * @module
 */

import { APIKIT_ERR_BROADCAST_LOST } from './errors.ts'

/** Options of `subscribe`. */
export interface SubscribeOptions {
  /** Ends the subscription. In a route: `request.signal`, which aborts when the client leaves. */
  readonly signal?: AbortSignal | undefined
  /**
   * Called when messages may have been missed: the reader was too slow, the connection to the server was lost, or a message did not fit the schema.
   * Read the state anew, and go on. Without it the subscription ends with APIKIT_ERR_BROADCAST_LOST.
   */
  readonly onLost?: ((reason: string) => void) | undefined
}

/** Messages of a topic, in the order of their arrival. `break` in a loop ends it. */
export interface Subscription<Message> extends AsyncIterableIterator<Message, undefined>, AsyncDisposable {
  /** Whether messages still come. */
  readonly isOpen: boolean
  /** Ends the subscription. Messages that wait can still be read. */
  end (): void
}

export class QueuedSubscription implements Subscription<unknown> {
  readonly #topic: string
  readonly #maxBuffered: number
  readonly #onLost: ((reason: string) => void) | undefined
  readonly #signal: AbortSignal | undefined
  readonly #left: () => void
  readonly #waiting: unknown[] = []
  readonly #readers: Array<PromiseWithResolvers<IteratorResult<unknown, undefined>>> = []
  #hasEnded = false
  #error: Error | undefined

  constructor (topic: string, maxBuffered: number, { signal, onLost }: SubscribeOptions, left: () => void) {
    this.#topic = topic
    this.#maxBuffered = maxBuffered
    this.#onLost = onLost
    this.#signal = signal
    this.#left = left
    if (signal?.aborted) this.#abort()
    else signal?.addEventListener('abort', this.#abort, { once: true })
  }

  readonly #abort = (): void => {
    this.#waiting.length = 0
    this.end()
  }

  get isOpen (): boolean {
    return !this.#hasEnded
  }

  take (message: unknown): void {
    const reader = this.#readers.shift()
    if (reader !== undefined) {
      reader.resolve({ done: false, value: message })
      return
    }
    this.#waiting.push(message)
    if (this.#waiting.length > this.#maxBuffered) {
      this.#waiting.length = 0
      this.lose(`more than ${this.#maxBuffered} messages were waiting to be read`)
    }
  }

  lose (reason: string): void {
    if (this.#onLost === undefined) {
      this.#error = new APIKIT_ERR_BROADCAST_LOST(this.#topic, reason)
      this.end()
    } else {
      this.#onLost(reason)
    }
  }

  end (): void {
    if (this.#hasEnded) return
    this.#hasEnded = true
    this.#signal?.removeEventListener('abort', this.#abort)
    this.#left()
    for (const reader of this.#readers.splice(0)) this.#next().then(reader.resolve, reader.reject)
  }

  async next (): Promise<IteratorResult<unknown, undefined>> {
    return await this.#next()
  }

  async #next (): Promise<IteratorResult<unknown, undefined>> {
    if (this.#waiting.length > 0) return { done: false, value: this.#waiting.shift() }
    if (!this.#hasEnded) {
      const reader = Promise.withResolvers<IteratorResult<unknown, undefined>>()
      this.#readers.push(reader)
      return await reader.promise
    }
    const error = this.#error
    this.#error = undefined
    if (error !== undefined) throw error
    return { done: true, value: undefined }
  }

  async return (): Promise<IteratorResult<unknown, undefined>> {
    this.#abort()
    return { done: true, value: undefined }
  }

  [Symbol.asyncIterator] (): this {
    return this
  }

  async [Symbol.asyncDispose] (): Promise<void> {
    this.#abort()
  }
}
