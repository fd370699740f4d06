/**
 * What engines have in common whose jobs outlive the process.
 *
 * @module
 */

import type { FastifyBaseLogger } from 'fastify'
import type { Ending, Started } from './attempt.ts'
import type { Scheduled } from './cron.ts'
import type { Runner } from './runner.ts'
import type { AnyTask } from './task.ts'

/** How long jobs are kept that are over. */
export interface Retention {
  /** Milliseconds. Of done and cancelled jobs. */
  readonly done: number
  /** Milliseconds, or `null`: for ever. Of failed jobs. */
  readonly failed: number | null
}

export interface DurableOptions {
  readonly tasks: ReadonlyMap<string, AnyTask>
  readonly scheduled: readonly Scheduled[]
  readonly runner: Runner
  readonly log: FastifyBaseLogger
  /** Whether this process runs jobs, or only adds them. */
  readonly work: boolean
  readonly concurrency: number
  /** Milliseconds. */
  readonly lease: number
  /** Milliseconds. */
  readonly pollInterval: number
  readonly retention: Retention
}

/** Jobs to take: at most so many of these tasks. */
export interface Want {
  readonly tasks: readonly string[]
  readonly limit: number
}

/** A job that this process has taken. */
export type Claimed = Started

/** A claim that is over. */
export interface Outcome {
  readonly job: Claimed
  readonly ending: Exclude<Ending, { readonly state: 'cancelled' } | { readonly state: 'lost' }>
}

/** Where a worker takes jobs from. */
export interface Store {
  /** Called before each claim: adds due schedules, frees the jobs of dead processes. */
  prepare (): Promise<void>
  /**
   * Takes jobs.
   *
   * @param held IDs of the jobs that this process holds. If the store took the process for dead, it may return one of them: the
   *   process has it again, and does not run it twice.
   */
  claim (wants: readonly Want[], held: ReadonlySet<string>): Promise<readonly Claimed[]>
  /** Stores what became of jobs, if they are still held by this process. */
  settle (outcomes: readonly Outcome[]): Promise<void>
  /** Shows that this process lives. Returns the state of those jobs that it does not hold any more. */
  beat (held: readonly Claimed[]): Promise<ReadonlyMap<string, 'cancelled' | 'lost'>>
  progress (job: Claimed, value: number): Promise<void>
  /** Removes jobs that were kept long enough. Returns the names of queued jobs whose task is unknown. */
  sweep (): Promise<readonly string[]>
}
