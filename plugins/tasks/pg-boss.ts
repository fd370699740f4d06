/**
 * The engine `pg-boss`: a queue in PostgreSQL for many processes on many machines.
 *
 * @module
 * @see https://github.com/timgit/pg-boss
 */

import { createHash, randomUUID } from 'node:crypto'
import type { JobResult, JobWithMetadata, KyselyTransactionLike, PgBoss, SendOptions } from 'pg-boss'
import { optionalPeer } from '../core/peer.ts'
import type { RequestTransaction } from '../core/request/transaction.ts'
import { textOfThrown } from '../core/thrown.ts'
import { SCHEDULE_KEY } from './cron.ts'
import { type DurableOptions, MOST_CRASHES } from './durable.ts'
import type { Engine, Job, JobFilter, JobState, NewJob } from './engine.ts'
import { APIKIT_ERR_TASK_STOPPED } from './errors.ts'
import type { AnyTask } from './task.ts'

export interface PgBossOptions extends DurableOptions {
  readonly url: string
  /** Version of pg-boss's tables. */
  readonly schema: string
}

/** The data of a job in pg-boss, a `jsonb`: the payload, or its text if PostgreSQL cannot store it. */
type Envelope = { readonly payload: unknown } | { readonly text: string }

/** U+0000 and lone surrogates, as JSON writes them. */
const UNSTORABLE = /\\u(?:0000|d[89a-f])/

function envelopeOf (payload: string): Envelope {
  return UNSTORABLE.test(payload) ? { text: payload } : { payload: JSON.parse(payload) }
}

function payloadOf (data: Envelope): unknown {
  return 'text' in data ? JSON.parse(data.text) : data.payload
}

/** Replaces characters that PostgreSQL cannot store by U+FFFD. */
function storable (text: string): string {
  return text.replaceAll('\0', '\ufffd').toWellFormed()
}

/** PostgreSQL cannot index longer keys. */
const LONGEST_KEY = 500

/** Returns the key, or a substitute if PostgreSQL cannot store it. */
function singletonKeyOf (key: string): string {
  if (key.length <= LONGEST_KEY && !key.includes('\0') && key.isWellFormed()) return key
  return `sha256:${createHash('sha256').update(key, 'utf16le').digest('hex')}`
}

/** The record of a failed attempt. */
interface Output {
  readonly failures?: number
  readonly error?: string
}

interface JobRow {
  readonly id: string
  readonly name: string
  readonly state: string
  readonly data: Envelope
  readonly attempts: number
  readonly run_at: Date
  readonly output: Output | null
}

const STATES: Readonly<Record<JobState, readonly string[]>> = { queued: ['created', 'retry'], running: ['active'], failed: ['failed'] }

const stateOf = (state: string): JobState => state === 'active' ? 'running' : state === 'failed' ? 'failed' : 'queued'

/** Minimum of pg-boss, in seconds: the time until a job of a dead process runs again. */
const HEARTBEAT = 10

export class PgBossEngine implements Engine {
  readonly isDurable = true
  readonly #options: PgBossOptions
  readonly #fromKysely: typeof import('pg-boss').fromKysely
  readonly #boss: PgBoss
  readonly #jobs: string

  constructor (options: PgBossOptions) {
    const { PgBoss, fromKysely } = optionalPeer<typeof import('pg-boss')>('fastify-apikit/tasks: the engine "pg-boss"', 'pg-boss')
    const { url, schema, log, work } = options
    this.#options = options
    this.#fromKysely = fromKysely
    this.#jobs = `"${schema.replaceAll('"', '""')}".job`
    // Short intervals, so that jobs of a dead process are found within seconds.
    this.#boss = new PgBoss({
      connectionString: url, schema, useListenNotify: work, supervise: work, schedule: work, superviseIntervalSeconds: 2, monitorIntervalSeconds: 2
    })
    this.#boss.on('error', error => { log.error({ err: error }, 'the task queue failed') })
  }

  async start (): Promise<void> {
    await this.#boss.start()
    const { tasks, scheduled, work, concurrency, pollInterval } = this.#options
    for (const task of tasks.values()) {
      if (await this.#boss.getQueue(task.name) === null) await this.#boss.createQueue(task.name, { policy: 'exclusive', heartbeatSeconds: HEARTBEAT, notify: true })
    }
    const known = new Set(scheduled.map(({ task: { name } }) => name))
    for (const { name } of await this.#boss.getSchedules()) if (tasks.has(name) && !known.has(name)) await this.#boss.unschedule(name)
    for (const { task, cron, timezone: tz, payload } of scheduled) {
      await this.#boss.schedule(task.name, cron, envelopeOf(payload), { tz, ...this.#sendOptions(task), singletonKey: SCHEDULE_KEY })
    }
    if (!work) return
    const poll = Math.max(0.5, pollInterval / 1000)
    for (const task of tasks.values()) {
      await this.#boss.work<Envelope, unknown, { includeMetadata: true, perJobResults: true }>(task.name, {
        includeMetadata: true, perJobResults: true, batchSize: 1, localConcurrency: concurrency, pollingIntervalSeconds: poll, notifyPollingIntervalSeconds: poll
      } as { includeMetadata: true, perJobResults: true }, jobs => Promise.all(jobs.map(job => this.#options.runner.track(this.#run(task, job)))))
    }
  }

  #sendOptions ({ retries, backoff, timeout }: AnyTask): SendOptions {
    return {
      retryLimit: retries + MOST_CRASHES,
      // With backoff pg-boss waits at least a second.
      ...backoff.initial > 0 && { retryBackoff: true, retryDelayMax: Math.max(1, Math.ceil(backoff.max / 1000)), retryDelay: Math.ceil(backoff.initial / 1000) },
      expireInSeconds: timeout === undefined ? 24 * 3600 - 1 : Math.ceil(timeout / 1000) + 60
    }
  }

  async add (jobs: readonly NewJob[], transaction?: RequestTransaction): Promise<void> {
    for (const { task, payload, runAt, uniqueKey } of jobs) {
      await this.#boss.send(task, envelopeOf(payload), {
        ...this.#sendOptions(this.#options.tasks.get(task) as AnyTask),
        // An "exclusive" queue has at most one job of a key. Jobs without a key have different ones.
        singletonKey: uniqueKey === null ? randomUUID() : singletonKeyOf(uniqueKey),
        ...runAt.getTime() > Date.now() && { startAfter: runAt },
        // A Kysely transaction, since `db` created it.
        ...transaction !== undefined && { db: this.#fromKysely(transaction as RequestTransaction & KyselyTransactionLike) }
      })
    }
  }

  async #run (task: AnyTask, { id, data, output }: JobWithMetadata<Envelope>): Promise<JobResult> {
    const { runner, log } = this.#options
    const before = (output as Output | null)?.failures ?? 0
    try {
      await runner.attempt(task, { payload: JSON.stringify(payloadOf(data)), id, attempt: before + 1 })
      return { id, status: 'completed' }
    } catch (error) {
      const isOurs = error instanceof APIKIT_ERR_TASK_STOPPED
      const failures = isOurs ? before : before + 1
      const isDead = failures > task.retries
      if (!isOurs) log[isDead ? 'error' : 'warn']({ err: error, task: task.name, job: id, attempt: failures }, isDead ? 'a task failed' : 'a task failed and will be tried again')
      return { id, status: isDead ? 'deadletter' : 'failed', output: { failures, error: storable(textOfThrown(error)) } satisfies Output }
    }
  }

  async #query<Row> (sql: string, values: readonly unknown[]): Promise<Row[]> {
    const { rows } = await this.#boss.getDb().executeSql(sql, [...values])
    return rows
  }

  get #names (): string[] {
    return [...this.#options.tasks.keys()]
  }

  async list ({ state, limit = 100 }: JobFilter): Promise<Job[]> {
    const states = state === undefined ? Object.values(STATES).flat() : STATES[state]
    const rows = await this.#query<JobRow>(`select id, name, state::text, data, output,
        case when started_on is null then 0 else retry_count + 1 end as attempts, case when state = 'active' then started_on else start_after end as run_at
      from ${this.#jobs}
      where name = any($1) and state::text = any($2) order by created_on desc limit $3`, [this.#names, states, limit])
    return rows.map(row => ({
      id: row.id,
      task: row.name,
      state: stateOf(row.state),
      payload: payloadOf(row.data),
      attempts: row.attempts,
      runAt: row.run_at,
      error: row.output?.error ?? null
    }))
  }

  async counts (): Promise<Record<JobState, number>> {
    const counts = { queued: 0, running: 0, failed: 0 }
    const rows = await this.#query<{ state: string, count: string }>(`select state::text, count(*) as count from ${this.#jobs}
      where name = any($1) and state::text <> all($2) group by state`, [this.#names, ['completed', 'cancelled']])
    for (const { state, count } of rows) counts[stateOf(state)] += Number(count)
    return counts
  }

  async due (): Promise<number> {
    const [row] = await this.#query<{ count: string }>(`select count(*) as count from ${this.#jobs}
      where name = any($1) and (state = 'active' or (state in ('created', 'retry') and start_after <= now()))`, [this.#names])
    return Number(row?.count)
  }

  async check (): Promise<void> {
    await this.#query('select 1', [])
  }

  /** The name of the task of a job in some states, which pg-boss requires. */
  async #taskOf (id: string, states: readonly string[]): Promise<string | undefined> {
    const [row] = await this.#query<{ name: string }>(`select name from ${this.#jobs} where id::text = $1 and name = any($2) and state::text = any($3)`, [id, this.#names, states])
    return row?.name
  }

  async retry (id: string): Promise<boolean> {
    const name = await this.#taskOf(id, STATES.failed)
    if (name === undefined) return false
    await this.#query(`update ${this.#jobs} set output = null, retry_limit = retry_count + $3 where name = $1 and id::text = $2`, [name, id, (this.#options.tasks.get(name) as AnyTask).retries + MOST_CRASHES])
    await this.#boss.retry(name, id)
    return true
  }

  async remove (id: string): Promise<boolean> {
    const name = await this.#taskOf(id, [...STATES.queued, ...STATES.failed])
    if (name === undefined) return false
    await this.#boss.deleteJob(name, id)
    return true
  }

  async stop (): Promise<void> {
    if (!this.#options.work) return
    for (const name of this.#names) await this.#boss.offWork(name, { wait: false })
  }

  async end (): Promise<void> {
    await this.#boss.stop({ graceful: true, timeout: 5000 })
  }
}
