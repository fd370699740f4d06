/**
 * The interface of engines.
 *
 * @module
 */

import type { RequestTransaction } from '../core/request/transaction.ts'

/**
 * State of a job. `parked`: its payload does not fit the task of this code, and it waits for code that takes it. `queued` and
 * `running` jobs are not over, `failed` and `parked` ones are kept, `done` and `cancelled` ones are kept for a while.
 */
export type JobState = 'queued' | 'running' | 'done' | 'failed' | 'cancelled' | 'parked'

/** All states. */
export const JOB_STATES: readonly JobState[] = ['queued', 'running', 'done', 'failed', 'cancelled', 'parked']

/** The states of jobs that are listed unless others are asked for. */
export const OPEN_STATES: readonly JobState[] = ['queued', 'running', 'failed', 'parked']

/** A job. */
export interface Job<Result = unknown> {
  readonly id: string
  /** Name of its task. */
  readonly task: string
  readonly state: JobState
  /** As JSON. The stored text, if it cannot be read. */
  readonly payload: unknown
  /** Jobs with a higher number run first. */
  readonly priority: number
  /** Number of attempts that have started. */
  readonly attempts: number
  /** Time from which it may run. */
  readonly runAt: Date
  readonly addedAt: Date
  /** Start of the last attempt. */
  readonly startedAt: Date | null
  /** When it was done, failed or was cancelled. */
  readonly endedAt: Date | null
  /** What the work has reported last. */
  readonly progress: number | null
  /** Result of the work, if the task declares one. */
  readonly result: Result | null
  /** Error of the last failed attempt. */
  readonly error: string | null
  /** ID of the request that has added it. */
  readonly requestId: string | null
  /** W3C trace context of the request that has added it. */
  readonly traceparent: string | null
}

export interface AddOptions {
  /** Milliseconds to wait. Default: 0. */
  readonly delay?: number
  /** While a job of this task with the same key is queued or running, nothing is added, and its ID is returned. */
  readonly uniqueKey?: string
  /** Jobs with a higher number run first. Default: that of the task. */
  readonly priority?: number
  /** W3C trace context. Default: that of the request. */
  readonly traceparent?: string
}

/** A job to add. */
export interface NewJob {
  readonly id: string
  readonly task: string
  /** JSON. */
  readonly payload: string
  /** Version of the payload. */
  readonly version: number
  readonly runAt: Date
  readonly uniqueKey: string | null
  readonly priority: number
  readonly requestId: string | null
  readonly traceparent: string | null
}

export interface JobFilter {
  /** Default: all but `done` and `cancelled`. */
  readonly state?: JobState
  /** Name of a task, registered or not. */
  readonly task?: string
  /** Maximum number of jobs. Default: 100. */
  readonly limit?: number
  /** Number of jobs to skip. Default: 0. */
  readonly offset?: number
}

/** Number of jobs by task and state. */
export type JobCounts = Readonly<Record<string, Readonly<Record<JobState, number>>>>

export interface Engine {
  /** Whether jobs outlive the process. */
  readonly isDurable: boolean
  /** Called before the app is ready. */
  start (): Promise<void>
  /**
   * Returns their IDs: for a job whose key is taken, the ID of the job that has it.
   *
   * @param transaction Transaction in which the jobs are stored.
   */
  add (jobs: readonly NewJob[], transaction?: RequestTransaction): Promise<string[]>
  get (id: string): Promise<Job | undefined>
  /** Newest first. */
  list (filter: JobFilter): Promise<Job[]>
  counts (): Promise<JobCounts>
  /** Number of jobs of registered tasks that run or could run now. */
  due (): Promise<number>
  /** Fails when the queue cannot be reached. */
  check (): Promise<void>
  /** Ends a queued, running or parked job. Returns `false` for others. */
  cancel (id: string): Promise<boolean>
  /** Queues a job that has failed, is parked or was cancelled again. Returns `false` for others. */
  retry (id: string): Promise<boolean>
  /** Removes a job that is not running. Returns `false` for an unknown ID. */
  remove (id: string): Promise<boolean>
  /** Stops taking new work. Running work continues. */
  stop (): Promise<void>
  /** Called when all running work has ended. */
  end (): Promise<void>
}

/** An engine whose jobs outlive the process. */
export interface DurableEngine extends Engine {
  readonly isDurable: true
  /** ID of the queued or running job with the key. */
  holderOf (task: string, uniqueKey: string): Promise<string | undefined>
}

/** The JSON of a payload, or the text if it is none. */
export function readable (json: string): unknown {
  try {
    return JSON.parse(json)
  } catch {
    return json
  }
}

/** No jobs, in each state. */
export function noCounts (): Record<JobState, number> {
  return { queued: 0, running: 0, done: 0, failed: 0, cancelled: 0, parked: 0 }
}
