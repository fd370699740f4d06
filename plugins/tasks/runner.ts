/**
 * Runs tasks, and tracks those that run.
 *
 * @module
 */

import type { FastifyBaseLogger, FastifyInstance } from 'fastify'
import { APIKIT_ERR_TASK_STOPPED, APIKIT_ERR_TASK_TIMEOUT } from './errors.ts'
import type { AnyTask, TaskContext } from './task.ts'

export class Runner {
  readonly app: FastifyInstance
  readonly #drainTimeout: number
  readonly #running = new Set<Promise<unknown>>()
  readonly #stop = new AbortController()

  /** @param drainTimeout Milliseconds to wait for running work when the app closes. */
  constructor (app: FastifyInstance, drainTimeout: number) {
    this.app = app
    this.#drainTimeout = drainTimeout
  }

  get log (): FastifyBaseLogger {
    return this.app.log
  }

  get size (): number {
    return this.#running.size
  }

  /** Tracks work until it settles. The app waits for it when it closes. */
  track<T> (work: Promise<T>): Promise<T> {
    this.#running.add(work)
    const settled = (): void => { this.#running.delete(work) }
    work.then(settled, settled)
    return work
  }

  /**
   * Runs the work once. Resolves to its result, as JSON.
   *
   * @param over Aborted when the attempt is called off. Its reason is thrown.
   * @throws What the work throws.
   * @throws APIKIT_ERR_TASK_TIMEOUT, APIKIT_ERR_TASK_STOPPED or the reason of `over`. The work may continue if it ignores its signal.
   */
  async attempt (task: AnyTask, payload: unknown, over: AbortController, context: Omit<TaskContext, 'app' | 'signal'>): Promise<string | null> {
    const { name, timeout } = task
    const { promise, reject } = Promise.withResolvers<never>()
    const { signal } = over
    const stopped = (): void => { over.abort(new APIKIT_ERR_TASK_STOPPED(name)) }
    const aborted = (): void => { reject(signal.reason) }
    const timer = timeout === undefined ? undefined : setTimeout(() => { over.abort(new APIKIT_ERR_TASK_TIMEOUT(name, timeout)) }, timeout)
    signal.addEventListener('abort', aborted, { once: true })
    this.#stop.signal.addEventListener('abort', stopped, { once: true })
    try {
      this.#stop.signal.throwIfAborted()
      signal.throwIfAborted()
      return await Promise.race([task.run(payload, { ...context, app: this.app, signal }), promise])
    } finally {
      clearTimeout(timer)
      signal.removeEventListener('abort', aborted)
      this.#stop.signal.removeEventListener('abort', stopped)
    }
  }

  /** Waits until nothing runs. */
  async idle (): Promise<void> {
    while (this.#running.size > 0) await Promise.allSettled(this.#running)
  }

  /** Waits for running work, and aborts it after the timeout. */
  async drain (): Promise<void> {
    const timer = setTimeout(() => {
      this.app.log.warn({ running: this.#running.size }, 'tasks are aborted, because drainTimeout has passed')
      this.#stop.abort(new APIKIT_ERR_TASK_STOPPED('that runs'))
    }, this.#drainTimeout)
    await this.idle()
    clearTimeout(timer)
  }
}
