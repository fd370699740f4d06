/**
 * What every engine does.
 *
 * @module
 */

import type { RequestTransaction } from '../core/request/transaction.ts'

/** Where a job stands: to be run, running, or failed for good. What is done is not kept. */
export type JobState = 'queued' | 'running' | 'failed'

/** One call of a task that is not done. */
export interface Job {
  readonly id: string
  readonly task: string
  readonly state: JobState
  /** As JSON. */
  readonly payload: unknown
  /** That have begun. */
  readonly attempts: number
  /** When it may run, or has begun to. */
  readonly runAt: Date
  /** Of the last attempt that failed. */
  readonly error: string | null
}

export interface AddOptions {
  /** Milliseconds to wait; 0 by default. */
  readonly delay?: number
  /** Nothing is added while a job of this task with the same key is queued or running. */
  readonly uniqueKey?: string
}

/** A job to be added. */
export interface NewJob {
  readonly task: string
  /** JSON. */
  readonly payload: string
  readonly runAt: Date
  readonly uniqueKey: string | null
}

export interface JobFilter {
  readonly state?: JobState
  /** 100 by default. */
  readonly limit?: number
}

export interface Engine {
  /** Whether jobs outlive the process. */
  readonly isDurable: boolean
  /** Before the app is ready. */
  start (): Promise<void>
  /** @param transaction that they are to be part of */
  add (jobs: readonly NewJob[], transaction?: RequestTransaction): Promise<void>
  /** The newest first. */
  list (filter: JobFilter): Promise<Job[]>
  counts (): Promise<Readonly<Record<JobState, number>>>
  /** Jobs that run or could run now. */
  due (): Promise<number>
  /** Queues a failed job anew; `false` when there is none of this id. */
  retry (id: string): Promise<boolean>
  /** Forgets a job that does not run; `false` when there is none of this id. */
  remove (id: string): Promise<boolean>
  /** Takes no new work. What runs goes on. */
  stop (): Promise<void>
  /** All that ran is done. */
  end (): Promise<void>
}
