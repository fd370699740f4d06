/**
 * One attempt of a job, and what becomes of the job then: the same for all engines.
 *
 * @module
 */

import type { FastifyBaseLogger } from 'fastify'
import { textOfThrown } from '../core/thrown.ts'
import { attempts, failed, type JobAttempt } from './channels.ts'
import { readable } from './engine.ts'
import { APIKIT_ERR_TASK_CANCELLED, APIKIT_ERR_TASK_LOST, APIKIT_ERR_TASK_STOPPED } from './errors.ts'
import type { Runner } from './runner.ts'
import type { AnyTask } from './task.ts'

/** A job that is to run. */
export interface Started {
  readonly id: string
  readonly task: string
  /** JSON. */
  readonly payload: string
  readonly version: number
  /** Number of attempts that have started, with this one. */
  readonly attempts: number
  /** Number of attempts that threw. */
  readonly failures: number
  /** Time from which it may run, if it is known. */
  readonly runAt: Date | null
  readonly requestId: string | null
  readonly traceparent: string | null
}

/** What becomes of a job. `lost`: nothing is stored, since the job was cancelled or belongs to another process. */
export type Ending =
  | { readonly state: 'done', readonly result: string | null }
  | { readonly state: 'failed' | 'parked', readonly failures: number, readonly error: string }
  /** @param delay Milliseconds. @param isRelease The attempt does not count. */
  | { readonly state: 'queued', readonly failures: number, readonly error: string | null, readonly delay: number, readonly isRelease: boolean }
  | { readonly state: 'cancelled' }
  | { readonly state: 'lost' }

/** Maximum number of process crashes during one job. Then the job counts as failed. */
export const MOST_CRASHES = 10

/** Milliseconds until a payload of newer code is tried again. */
const NEWER = 10_000

/** Puts a job back, as if it had not been taken. */
export function release ({ failures }: Pick<Started, 'failures'>, delay = 0): Ending {
  return { state: 'queued', failures, error: null, delay, isRelease: true }
}

export class Attempts {
  readonly #tasks: ReadonlyMap<string, AnyTask>
  readonly #runner: Runner
  /** Names of tasks of which a newer payload was reported. */
  readonly #reported = new Set<string>()

  constructor (tasks: ReadonlyMap<string, AnyTask>, runner: Runner) {
    this.#tasks = tasks
    this.#runner = runner
  }

  /**
   * Runs a job once. Does not throw.
   *
   * @param over Aborted to call the attempt off.
   * @param progress Stores the progress.
   */
  async run (job: Started, over: AbortController, progress: (value: number) => Promise<void>): Promise<Ending> {
    const task = this.#tasks.get(job.task) as AnyTask
    const { id, version, failures, requestId, traceparent } = job
    const attempt = failures + 1
    const log = this.#runner.log.child({ task: task.name, jobId: id, attempt, ...requestId !== null && { reqId: requestId }, ...traceparent !== null && { traceparent } })
    // Its process died each time before it could say so.
    if (job.attempts - 1 - failures >= MOST_CRASHES) {
      return this.#fail(task, job, log, failures, new Error(`its process died ${MOST_CRASHES} times while it ran`))
    }
    if (version > task.version) {
      if (!this.#reported.has(task.name)) log.warn({ version }, 'a payload is of a newer version than the task of this process. It waits for newer code')
      this.#reported.add(task.name)
      return release(job, NEWER)
    }
    let payload: unknown
    try {
      payload = task.read(job.payload, version)
    } catch (error) {
      write(log, 'error', error, 'a job is parked, because its payload does not fit the task. It runs when a process starts whose task takes it', { version })
      return { state: 'parked', failures, error: textOfThrown(error) }
    }
    const work = (): Promise<string | null> => this.#runner.attempt(task, payload, over, { log, id, attempt, requestId, traceparent, progress: reported(progress, log) })
    if (!attempts.hasSubscribers) return this.#ended(task, job, log, work)
    const message: JobAttempt = { app: this.#runner.app, id, task: task.name, requestId, traceparent, attempt, waited: job.runAt === null ? null : Math.max(0, Date.now() - job.runAt.getTime()) }
    return this.#traced(task, job, log, work, message)
  }

  /** Runs the work within the channels, which a tracer binds its context to. */
  async #traced (task: AnyTask, job: Started, log: FastifyBaseLogger, work: () => Promise<string | null>, message: JobAttempt): Promise<Ending> {
    const start = performance.now()
    const { promise, resolve } = Promise.withResolvers<Ending>()
    attempts.tracePromise(async () => {
      // The ending is decided within, so that subscribers of the end are told.
      let thrown: { readonly error: unknown } | undefined
      const ending = await this.#ended(task, job, log, () => work().catch((error: unknown) => {
        thrown = { error }
        throw error
      }))
      message.ending = ending.state
      message.duration = performance.now() - start
      resolve(ending)
      if (thrown !== undefined) throw thrown.error
    }, message).catch(() => {})
    return promise
  }

  async #ended (task: AnyTask, job: Started, log: FastifyBaseLogger, work: () => Promise<string | null>): Promise<Ending> {
    const { failures } = job
    try {
      return { state: 'done', result: await work() }
    } catch (error) {
      if (isA(error, APIKIT_ERR_TASK_CANCELLED)) {
        log.info('a job was cancelled')
        return { state: 'cancelled' }
      }
      if (isA(error, APIKIT_ERR_TASK_LOST)) {
        log.error('a job was taken over by another process. Nothing of this attempt is stored')
        return { state: 'lost' }
      }
      if (isA(error, APIKIT_ERR_TASK_STOPPED)) return release(job)
      const now = failures + 1
      if (now > task.retries) return this.#fail(task, job, log, now, error)
      write(log, 'warn', error, 'a task failed and will be tried again')
      return { state: 'queued', failures: now, error: textOfThrown(error), delay: task.delayAfter(now), isRelease: false }
    }
  }

  #fail (task: AnyTask, { id, payload, requestId, traceparent }: Started, log: FastifyBaseLogger, failures: number, error: unknown): Ending {
    write(log, 'error', error, 'a task failed')
    if (failed.hasSubscribers) failed.publish({ id, task: task.name, requestId, traceparent, error })
    const { onFailed } = task
    if (onFailed !== undefined) {
      const { app } = this.#runner
      const call = async (): Promise<unknown> => onFailed({ error, id, payload: readable(payload), app, log })
      this.#runner.track(call().catch((thrown: unknown) => { write(log, 'error', thrown, 'onFailed of a task failed') }))
    }
    return { state: 'failed', failures, error: textOfThrown(error) }
  }
}

/** `instanceof`, which looks at the fields of what was thrown, and throws what these throw. */
function isA (thrown: unknown, kind: abstract new (...args: never[]) => unknown): boolean {
  try {
    return thrown instanceof kind
  } catch {
    return false
  }
}

/** What is thrown may be such that no logger can read it. The job ends all the same. */
function write (log: FastifyBaseLogger, level: 'error' | 'warn', thrown: unknown, text: string, more: object = {}): void {
  try {
    log[level]({ err: thrown, ...more }, text)
  } catch {
    log[level]({ err: new Error(textOfThrown(thrown)), ...more }, text)
  }
}

/** A call that is not awaited must not end the process when its value cannot be stored. */
function reported (progress: (value: number) => Promise<void>, log: FastifyBaseLogger): (value: number) => Promise<void> {
  return value => {
    const stored = Number.isFinite(value) ? progress(value) : Promise.reject(new TypeError(`the progress of a job must be a finite number, and not ${typeof value === 'number' ? value : typeof value}`))
    stored.catch((error: unknown) => { write(log, 'warn', error, 'the progress of a job was not stored') })
    return stored
  }
}
