/**
 * The queue of all password hashing in this process.
 *
 * @module
 */

import { availableParallelism } from 'node:os'
import { ServiceUnavailable } from '../errors/index.ts'

/** Options of a caller in the queue. */
export interface HashingOptions {
  /** Leaves the queue when it aborts: see `clientSignal`. Work that has started is finished. */
  readonly signal?: AbortSignal | undefined
}

/** Runs a limited number of tasks at once. The others wait in order. */
export class HashingQueue {
  readonly #concurrency: number
  #running = 0
  /** Waiting tasks, in order of arrival. */
  readonly #waiting = new Set<() => void>()
  /** Moving average of the milliseconds a task takes. */
  #milliseconds = 0

  constructor (concurrency: number) {
    this.#concurrency = concurrency
  }

  /**
   * Runs `task` when it is its turn.
   *
   * @param maxQueue Maximum number of tasks that wait before this one.
   * @throws ServiceUnavailable with `retry-after` (seconds) when more than `maxQueue` wait.
   * @throws The reason of `signal`, if it aborts before the turn.
   */
  async run<T> (task: () => Promise<T>, maxQueue: number, { signal }: HashingOptions = {}): Promise<T> {
    signal?.throwIfAborted()
    if (this.#running < this.#concurrency) this.#running++
    else await this.#turn(maxQueue, signal)
    const start = performance.now()
    try {
      return await task()
    } finally {
      this.#milliseconds += (performance.now() - start - this.#milliseconds) / 8
      this.#release()
    }
  }

  #turn (maxQueue: number, signal: AbortSignal | undefined): Promise<void> {
    if (this.#waiting.size >= maxQueue) throw new ServiceUnavailable(undefined, { 'retry-after': String(this.#secondsToWait()) })
    return new Promise((resolve, reject) => {
      const start = (): void => {
        signal?.removeEventListener('abort', leave)
        resolve()
      }
      const leave = (): void => {
        this.#waiting.delete(start)
        reject(signal?.reason)
      }
      this.#waiting.add(start)
      signal?.addEventListener('abort', leave, { once: true })
    })
  }

  /** Passes the place on directly, so that a new task cannot take it before those that wait. */
  #release (): void {
    const [next] = this.#waiting
    if (next === undefined) {
      this.#running--
      return
    }
    this.#waiting.delete(next)
    next()
  }

  #secondsToWait (): number {
    return Math.max(1, Math.ceil(this.#waiting.size * this.#milliseconds / this.#concurrency / 1000))
  }
}

/**
 * One queue for all apps of the process, as they share one thread pool. One thread of it and one processor stay free
 * for files, DNS and the event loop.
 */
export const hashingQueue: HashingQueue = new HashingQueue(Math.max(1, Math.min(threadPoolSize(process.env.UV_THREADPOOL_SIZE), availableParallelism()) - 1))

/** @see https://docs.libuv.org/en/v1.x/threadpool.html */
function threadPoolSize (variable = '4'): number {
  return Number.parseInt(variable, 10) || 1
}
