/**
 * The interface of engines.
 *
 * @module
 */

import type { RequestTransaction } from '../core/request/transaction.ts'

/** State of a job: queued, running, or failed for good. Finished jobs are not kept. */
export type JobState = 'queued' | 'running' | 'failed'

/** A job that has not finished. */
export interface Job {
  readonly id: string
  readonly task: string
  readonly state: JobState
  /** As JSON. */
  readonly payload: unknown
  /** Number of attempts that have started. */
  readonly attempts: number
  /** Time at which it may run, or has started. */
  readonly runAt: Date
  /** Error of the last failed attempt. */
  readonly error: string | null
}

export interface AddOptions {
  /** Milliseconds to wait. Default: 0. */
  readonly delay?: number
  /** While a job of this task with the same key is queued or running, nothing is added. */
  readonly uniqueKey?: string
}

/** A job to add. */
export interface NewJob {
  readonly task: string
  /** JSON. */
  readonly payload: string
  readonly runAt: Date
  readonly uniqueKey: string | null
}

export interface JobFilter {
  readonly state?: JobState
  /** Maximum number of jobs. Default: 100. */
  readonly limit?: number
}

export interface Engine {
  /** Whether jobs outlive the process. */
  readonly isDurable: boolean
  /** Called before the app is ready. */
  start (): Promise<void>
  /** @param transaction Transaction in which the jobs are stored. */
  add (jobs: readonly NewJob[], transaction?: RequestTransaction): Promise<void>
  /** Newest first. */
  list (filter: JobFilter): Promise<Job[]>
  counts (): Promise<Readonly<Record<JobState, number>>>
  /** Number of jobs that run or could run now. */
  due (): Promise<number>
  /** Fails when the queue cannot be reached. */
  check (): Promise<void>
  /** Queues a failed job again. Returns `false` for an unknown ID. */
  retry (id: string): Promise<boolean>
  /** Removes a job that is not running. Returns `false` for an unknown ID. */
  remove (id: string): Promise<boolean>
  /** Stops taking new work. Running work continues. */
  stop (): Promise<void>
  /** Called when all running work has ended. */
  end (): Promise<void>
}
