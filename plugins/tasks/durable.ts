/**
 * The base of engines whose jobs outlive the process.
 *
 * @module
 */

import type { FastifyBaseLogger } from 'fastify'
import type { Scheduled } from './cron.ts'
import type { Runner } from './runner.ts'
import type { AnyTask } from './task.ts'

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
}

/** Maximum number of process crashes during one job. Then the job counts as failed. */
export const MOST_CRASHES = 10
