/**
 * Where a worker takes jobs from in PostgreSQL: pg-boss fetches them, and its notifications wake the worker.
 *
 * @module
 * @see https://pgboss.io/api/jobs
 */

import type { Db, Job, PgBoss } from 'pg-boss'
import { isAway } from '../db/engine/postgres/errors.ts'
import { DatabaseUnavailable } from '../db/engine/violations.ts'
import type { Claimed, Outcome, Store, Want } from './durable.ts'
import { type Envelope, payloadOf, storable } from './pg-boss-rows.ts'
import type { PgBossOptions } from './pg-boss-options.ts'

/** Name of the table of jobs. */
export function tableOf (schema: string): string {
  return `"${schema}".job`
}

/** Rethrows an error: that PostgreSQL is away is answered with 503, as for statements of `db`. */
export function unavailable (error: unknown): never {
  throw isAway(error) ? new DatabaseUnavailable('The queue in PostgreSQL cannot be reached', { cause: error }) : error
}

/** A job that this process holds. */
interface Claim {
  /** Number of the claim: the fence against a process that was taken for dead. */
  readonly fence: number
  readonly takenAt: number
  /** Last sign of life. */
  beatAt: number
}

/** Milliseconds after which a job is looked at, and after which it needs another sign of life. Most jobs are over by then. */
const LOOK = 1000
const BEAT = 3000

/** Milliseconds between two searches for jobs of dead processes. */
const REVIVE = 5000

export class PgBossStore implements Store {
  readonly #boss: PgBoss
  readonly #options: PgBossOptions
  readonly #jobs: string
  readonly #names: readonly string[]
  /** Names of tasks with due jobs. The first has its turn first. */
  readonly #due = new Set<string>()
  readonly #claims = new Map<string, Claim>()
  #revivedAt = -Infinity
  #listening: Awaited<ReturnType<NonNullable<Db['listen']>>> | undefined

  constructor (boss: PgBoss, options: PgBossOptions) {
    this.#boss = boss
    this.#options = options
    this.#jobs = tableOf(options.schema)
    this.#names = [...options.tasks.keys()]
  }

  async query<Row> (sql: string, values: readonly unknown[]): Promise<Row[]> {
    const { rows } = await this.#boss.getDb().executeSql(sql, [...values]).catch(unavailable)
    return rows
  }

  /** @param wake Called when a job was added. */
  async start (wake: () => void): Promise<void> {
    // The code of this process may take them.
    await this.query(`update ${this.#jobs} set state = 'retry', completed_on = null, output = null, start_after = now()
      where name = any($1) and state = 'failed' and output->'isParked' is not null`, [this.#names])
    await this.#listen(wake)
  }

  /** Listens where pg-boss announces jobs when it inserts them. */
  async #listen (wake: () => void): Promise<void> {
    const [row] = await this.query<{ channel: string }>("select 'pgboss_' || left(encode(sha224($1::text::bytea), 'hex'), 24) as channel", [this.#options.schema])
    const woken = (names: readonly string[]): void => {
      for (const name of names) if (this.#options.tasks.has(name)) this.#due.add(name)
      wake()
    }
    this.#listening = await this.#boss.getDb().listen?.(String(row?.channel), name => { woken([name]) }, () => { woken(this.#names) })
  }

  async prepare (): Promise<void> {
    const now = performance.now()
    if (now - this.#revivedAt > REVIVE) {
      this.#revivedAt = now
      // Its own jobs are not dead: its event loop was blocked.
      await this.query(`update ${this.#jobs} set state = 'retry', start_after = now()
        where name = any($1) and state = 'active' and heartbeat_on + heartbeat_seconds * interval '1s' < now() and id <> all($2::uuid[])`, [this.#names, [...this.#claims.keys()]])
    }
    // One statement for all queues. Notifications tell of jobs that are due at once, not of those whose time has come.
    const names = this.#names.filter(name => !this.#due.has(name))
    if (names.length === 0) return
    const rows = await this.query<{ name: string }>(`select name from unnest($1::text[]) as name
      where exists (select from ${this.#jobs} as job where job.name = name.name and state < 'active' and start_after <= now())`, [names])
    for (const { name } of rows) this.#due.add(name)
  }

  async claim (wants: readonly Want[], held: ReadonlySet<string>): Promise<readonly Claimed[]> {
    const claimed: Claimed[] = []
    for (const id of this.#claims.keys()) if (!held.has(id)) this.#claims.delete(id)
    for (const { tasks, limit } of wants) {
      const due = [...this.#due].filter(name => tasks.includes(name)).slice(0, limit)
      let room = limit
      for (const [index, name] of due.entries()) {
        const size = Math.ceil(room / (due.length - index))
        // The next turn begins with another.
        this.#due.delete(name)
        const jobs = await this.#boss.fetch<Envelope>(name, { batchSize: size })
        if (jobs.length === size) this.#due.add(name)
        room -= jobs.length
        const now = performance.now()
        for (const { id, retryCount: fence } of jobs) this.#claims.set(id, { fence, takenAt: now, beatAt: now })
        claimed.push(...jobs.map(claimedOf))
      }
    }
    return claimed
  }

  /** Stores ends, also of jobs that were taken for dead, unless another process has taken them. */
  async settle (outcomes: readonly Outcome[]): Promise<void> {
    await this.query(`update ${this.#jobs} as job set
        state = outcome.state::${this.#jobs}_state,
        output = case when outcome.output is null then job.output else coalesce(job.output, '{}') || outcome.output end,
        data = case when outcome.failures is null then data else data || jsonb_build_object('failures', outcome.failures, 'dueAt', floor(extract(epoch from now()) * 1000) + coalesce(outcome.delay, 0)) end,
        start_after = case when outcome.delay is null then start_after else now() + outcome.delay * interval '1ms' end,
        started_on = case when outcome.is_release then null else started_on end,
        completed_on = case when outcome.delay is null then now() end
      from json_to_recordset($2::json) as outcome(id uuid, fence int, state text, output jsonb, failures int, delay float8, is_release boolean)
      where job.name = any($1) and job.id = outcome.id and job.retry_count = outcome.fence and job.state in ('active', 'retry')`,
    [this.#names, JSON.stringify(outcomes.map(outcome => ({ ...rowOf(outcome), fence: this.#claims.get(outcome.job.id)?.fence })))])
  }

  async beat (held: readonly Claimed[]): Promise<ReadonlyMap<string, 'cancelled' | 'lost'>> {
    const now = performance.now()
    const claims = held.flatMap(({ id }) => {
      const claim = this.#claims.get(id)
      return claim === undefined || now - claim.takenAt < LOOK ? [] : [{ id, claim }]
    })
    if (claims.length === 0) return new Map()
    const quiet = claims.filter(({ claim: { beatAt } }) => now - beatAt >= BEAT)
    if (quiet.length > 0) {
      await this.query(`update ${this.#jobs} as job set heartbeat_on = now() from unnest($2::uuid[], $3::int[]) as mine(id, fence)
        where job.name = any($1) and job.id = mine.id and job.retry_count = mine.fence and state = 'active'`, [this.#names, quiet.map(({ id }) => id), quiet.map(({ claim: { fence } }) => fence)])
      for (const { claim } of quiet) claim.beatAt = now
    }
    const rows = await this.query<{ id: string, state: string, fence: number }>(`select id, state::text, retry_count as fence from ${this.#jobs}
      where name = any($1) and id = any($2::uuid[])`, [this.#names, claims.map(({ id }) => id)])
    const states = new Map(rows.map(row => [row.id, row]))
    const gone = new Map<string, 'cancelled' | 'lost'>()
    for (const { id, claim } of claims) {
      const row = states.get(id)
      if (row?.state === 'cancelled') gone.set(id, 'cancelled')
      else if (row?.state !== 'active' || row.fence !== claim.fence) gone.set(id, 'lost')
    }
    return gone
  }

  async progress ({ id }: Claimed, value: number): Promise<void> {
    await this.query(`update ${this.#jobs} set output = coalesce(output, '{}') || jsonb_build_object('progress', $3::float8)
      where name = any($1) and id = $2 and retry_count = $4 and state = 'active'`, [this.#names, id, value, this.#claims.get(id)?.fence])
  }

  async sweep (): Promise<readonly string[]> {
    const { done, failed } = this.#options.retention
    await this.query(`delete from ${this.#jobs} where name = any($1) and (
        (state in ('completed', 'cancelled') and completed_on < now() - $2 * interval '1ms')
        or (state = 'failed' and output->'isParked' is null and completed_on < now() - $3::float8 * interval '1ms'))`, [this.#names, done, failed])
    const rows = await this.query<{ name: string }>(`select distinct name from ${this.#jobs} where name <> all($1) and name not like '\\_\\_pgboss\\_\\_%' and state < 'active'`, [this.#names])
    return rows.map(({ name }) => name)
  }

  async stop (): Promise<void> {
    await this.#listening?.close()
  }
}

function claimedOf ({ id, name, data, retryCount }: Job<Envelope>): Claimed {
  const { version = 1, failures = 0, dueAt, requestId = null, traceparent = null } = data
  return { id, task: name, payload: payloadOf(data), version, attempts: retryCount + 1, failures, runAt: dueAt === undefined ? null : new Date(dueAt), requestId, traceparent }
}

/** What `settle` writes of a job. */
function rowOf ({ job: { id, failures: before }, ending }: Outcome): Record<string, unknown> {
  if (ending.state === 'done') {
    const { result } = ending
    return { id, state: 'completed', ...(before > 0 || result !== null) && { output: { error: null, ...result !== null && { result } } } }
  }
  const { failures, error } = ending
  if (ending.state === 'queued') {
    const { delay, isRelease } = ending
    return { id, state: 'retry', failures, delay, is_release: isRelease, ...!isRelease && { output: { error: storable(String(error)) } } }
  }
  return { id, state: 'failed', failures, output: { error: storable(String(error)), ...ending.state === 'parked' && { isParked: true } } }
}
