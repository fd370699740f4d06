/**
 * What the plugin publishes on `node:diagnostics_channel`, for metrics and traces.
 *
 * @module
 * @see https://nodejs.org/api/diagnostics_channel.html
 */

import { channel, tracingChannel } from 'node:diagnostics_channel'
import type { FastifyInstance } from 'fastify'

/** Of a job that was added. Published on `fastify-apikit:tasks.added`. */
export interface JobAdded {
  readonly id: string
  readonly task: string
  readonly requestId: string | null
  readonly traceparent: string | null
}

/** Of an attempt. The context of `tracing:fastify-apikit:tasks.job:*`, an object of its own for each attempt. */
export interface JobAttempt extends JobAdded {
  /** Whose job it is: the channels are those of all apps in the process. */
  readonly app: FastifyInstance
  readonly attempt: number
  /** Milliseconds between the time at which it could run and its start. `null` for the schedules of pg-boss. */
  readonly waited: number | null
  /** At the end: what became of the job. `queued`: it will be tried again. `lost`: another process has it. */
  ending?: 'done' | 'queued' | 'failed' | 'cancelled' | 'parked' | 'lost'
  /** At the end: milliseconds that the attempt took. */
  duration?: number
  /** What the attempt threw. */
  error?: unknown
}

/** A job was added: `fastify-apikit:tasks.added`. In a transaction, before its commit. */
export const added = channel('fastify-apikit:tasks.added')

/** Attempts: `tracing:fastify-apikit:tasks.job:start`, `:end`, `:asyncStart`, `:asyncEnd` and `:error`. */
export const attempts = tracingChannel<JobAttempt, JobAttempt>('fastify-apikit:tasks.job')

/** A job has failed for good: `fastify-apikit:tasks.failed`. */
export const failed = channel('fastify-apikit:tasks.failed')

export function publishAdded (jobs: readonly JobAdded[]): void {
  if (!added.hasSubscribers) return
  for (const { id, task, requestId, traceparent } of jobs) added.publish({ id, task, requestId, traceparent } satisfies JobAdded)
}
