/**
 * Runs tasks, and tracks those that run.
 *
 * @module
 */

import type { FastifyInstance } from 'fastify'
import { APIKIT_ERR_TASK_STOPPED, APIKIT_ERR_TASK_TIMEOUT } from './errors.ts'
import type { AnyTask } from './task.ts'

/** The job that is run. */
export interface Attempt {
  readonly payload: string
  readonly id: string | null
  readonly attempt: number
}

export class Runner {
  readonly #app: FastifyInstance
  readonly #drainTimeout: number
  readonly #running = new Set<Promise<unknown>>()
  readonly #stop = new AbortController()

  /** @param drainTimeout Milliseconds to wait for running work when the app closes. */
  constructor (app: FastifyInstance, drainTimeout: number) {
    this.#app = app
    this.#drainTimeout = drainTimeout
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
   * Runs one attempt.
   *
   * @throws What the work throws.
   * @throws APIKIT_ERR_TASK_TIMEOUT or APIKIT_ERR_TASK_STOPPED. The work may continue if it ignores its signal.
   */
  async attempt (task: AnyTask, { payload, id, attempt }: Attempt): Promise<void> {
    const { name, timeout } = task
    const over = new AbortController()
    const { promise, reject } = Promise.withResolvers<never>()
    const end = (error: Error): void => {
      over.abort(error)
      reject(error)
    }
    const stopped = (): void => { end(new APIKIT_ERR_TASK_STOPPED(name)) }
    const timer = timeout === undefined ? undefined : setTimeout(() => { end(new APIKIT_ERR_TASK_TIMEOUT(name, timeout)) }, timeout)
    this.#stop.signal.addEventListener('abort', stopped, { once: true })
    try {
      this.#stop.signal.throwIfAborted()
      const log = this.#app.log.child({ task: name, attempt, ...id !== null && { job: id } })
      await Promise.race([task.run(payload, { app: this.#app, log, id, attempt, signal: over.signal }), promise])
    } finally {
      clearTimeout(timer)
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
      this.#app.log.warn({ running: this.#running.size }, 'tasks are aborted, because drainTimeout has passed')
      this.#stop.abort(new APIKIT_ERR_TASK_STOPPED('that runs'))
    }, this.#drainTimeout)
    await this.idle()
    clearTimeout(timer)
  }
}
