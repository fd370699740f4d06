/**
 * How jobs are written into the table of pg-boss, and read from it.
 *
 * @module
 * @see https://pgboss.io/sql
 */

import { createHash } from 'node:crypto'
import type { JobInsert } from 'pg-boss'
import { type Job, type JobState, type NewJob, readable } from './engine.ts'

/** The data of a job in pg-boss, a `jsonb`. */
export interface Envelope {
  readonly payload?: unknown
  /** The payload as JSON, if PostgreSQL cannot store it. */
  readonly text?: string
  readonly version?: number
  readonly requestId?: string | null
  readonly traceparent?: string | null
  /** Milliseconds since 1970 from which it may run. */
  readonly dueAt?: number
  /** Number of attempts that threw. Not in the output, which pg-boss overwrites. */
  readonly failures?: number
}

/** The output of a job in pg-boss. */
export interface Output {
  readonly error?: string | null
  readonly progress?: number
  /** JSON. */
  readonly result?: string
  readonly isParked?: boolean
}

export interface JobRow {
  readonly id: string
  readonly name: string
  readonly state: string
  readonly priority: number
  readonly data: unknown
  readonly attempts: number
  readonly start_after: Date
  readonly created_on: Date
  readonly started_on: Date | null
  readonly completed_on: Date | null
  readonly output: Output | null
}

export const COLUMNS = `id, name, state::text, priority, data, output, start_after, created_on, started_on, completed_on,
  case when started_on is null then 0 else retry_count + 1 end as attempts`

/** Conditions of the states, in SQL. Parked jobs have failed in pg-boss, so that it keeps them. */
export const STATES: Readonly<Record<JobState, string>> = {
  queued: "state in ('created', 'retry')",
  running: "state = 'active'",
  done: "state = 'completed'",
  cancelled: "state = 'cancelled'",
  failed: "state = 'failed' and output->'isParked' is null",
  parked: "state = 'failed' and output->'isParked' is not null"
}

/** The state of a row, in SQL. */
export const STATE = `case ${Object.entries(STATES).map(([state, condition]) => `when ${condition} then '${state}'`).join(' ')} end`

const stateOf = (state: string, output: Output | null): JobState => {
  if (state === 'active') return 'running'
  if (state === 'completed') return 'done'
  if (state === 'failed') return output?.isParked === true ? 'parked' : 'failed'
  return state === 'cancelled' ? 'cancelled' : 'queued'
}

/** U+0000 and lone surrogates, as JSON writes them. */
const UNSTORABLE = /\\u(?:0000|d[89a-f])/

export function envelopeOf ({ payload, version, requestId, traceparent }: Pick<NewJob, 'payload' | 'version' | 'requestId' | 'traceparent'>): Envelope {
  const kept = UNSTORABLE.test(payload) ? { text: payload } : { payload: JSON.parse(payload) }
  return { ...kept, version, ...requestId !== null && { requestId: storable(requestId) }, ...traceparent !== null && { traceparent } }
}

/** The payload as JSON. */
export function payloadOf ({ text, payload }: Envelope): string {
  return text ?? JSON.stringify(payload)
}

/** Replaces characters that PostgreSQL cannot store by U+FFFD. */
export function storable (text: string): string {
  return text.replaceAll('\0', '\ufffd').toWellFormed()
}

/** PostgreSQL cannot index longer keys. */
const LONGEST_KEY = 500

/** Returns the key, or a substitute if PostgreSQL cannot store it. */
export function singletonKeyOf (key: string): string {
  if (key.length <= LONGEST_KEY && !key.includes('\0') && key.isWellFormed()) return key
  return `sha256:${createHash('sha256').update(key, 'utf16le').digest('hex')}`
}

/** pg-boss is to remove no job: 63 years. This plugin does, by its own options. */
const KEEP = 2_000_000_000

/** Of every job. The worker counts attempts and crashes itself, and decides when a job has failed. */
export const KEPT = { retryLimit: 1_000_000, deleteAfterSeconds: 0, retentionSeconds: KEEP }

export function insertOf (job: NewJob): JobInsert<Envelope> {
  const { id, priority, runAt, uniqueKey } = job
  return {
    id,
    data: { ...envelopeOf(job), dueAt: runAt.getTime() },
    priority,
    // An "exclusive" queue has at most one job of a key. Jobs without a key have different ones.
    singletonKey: uniqueKey === null ? id : singletonKeyOf(uniqueKey),
    ...runAt.getTime() > Date.now() && { startAfter: runAt },
    ...KEPT,
    expireInSeconds: KEEP
  }
}

export function jobOf (row: JobRow): Job {
  const { id, name, state, priority, attempts, output } = row
  const data = Object(row.data) as Envelope
  const isOurs = 'payload' in data || 'text' in data
  return {
    id,
    task: name,
    state: stateOf(state, output),
    // Not added by this plugin.
    payload: isOurs ? readable(payloadOf(data)) : row.data,
    priority,
    attempts,
    runAt: row.start_after,
    addedAt: row.created_on,
    startedAt: row.started_on,
    endedAt: row.completed_on,
    progress: output?.progress ?? null,
    result: output?.result === undefined ? null : JSON.parse(output.result),
    error: output?.error ?? null,
    requestId: data.requestId ?? null,
    traceparent: data.traceparent ?? null
  }
}
