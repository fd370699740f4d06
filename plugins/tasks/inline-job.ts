/**
 * A job of the engine `inline`.
 *
 * @module
 */

import type { Job, JobState, NewJob } from './engine.ts'

export class InlineJob {
  readonly id: string
  readonly task: string
  readonly json: string
  readonly version: number
  readonly priority: number
  readonly requestId: string | null
  readonly traceparent: string | null
  readonly addedAt = new Date()
  uniqueKey: string | null
  state: JobState = 'queued'
  attempts = 0
  failures = 0
  runAt: Date
  startedAt: Date | null = null
  endedAt: Date | null = null
  progress: number | null = null
  result: string | null = null
  error: string | null = null
  timer: NodeJS.Timeout | undefined
  over: AbortController | undefined
  /** Resolves when the first attempt has ended. */
  readonly tried = Promise.withResolvers<void>()

  constructor ({ id, task, payload, version, runAt, uniqueKey, priority, requestId, traceparent }: NewJob) {
    this.id = id
    this.task = task
    this.json = payload
    this.version = version
    this.runAt = runAt
    this.uniqueKey = uniqueKey
    this.priority = priority
    this.requestId = requestId
    this.traceparent = traceparent
  }

  toJob (): Job {
    const { id, task, state, json, priority, attempts, runAt, addedAt, startedAt, endedAt, progress, result, error, requestId, traceparent } = this
    return {
      id,
      task,
      state,
      payload: JSON.parse(json),
      priority,
      attempts,
      runAt,
      addedAt,
      startedAt,
      endedAt,
      progress,
      result: result === null ? null : JSON.parse(result),
      error,
      requestId,
      traceparent
    }
  }
}
