/**
 * Where a worker takes jobs from in SQLite.
 *
 * @module
 */

import { randomUUID } from 'node:crypto'
import type { Database } from '../db/index.ts'
import type { RequestTransaction } from '../core/request/transaction.ts'
import { newJob } from './app-tasks.ts'
import { SCHEDULE_KEY } from './cron.ts'
import type { Claimed, DurableOptions, Outcome, Store, Want } from './durable.ts'
import type { NewJob } from './engine.ts'
import type { Tables } from './jobs.ts'

/** What is known of another worker. */
interface Peer {
  readonly beat: number | null
  /** Milliseconds that this process has watched it without a sign of life. */
  readonly silent: number
}

export class SqliteStore implements Store {
  readonly #db: Database<Tables>
  readonly #options: DurableOptions
  readonly #add: (jobs: readonly NewJob[], transaction: RequestTransaction) => Promise<unknown>
  readonly #id = randomUUID()
  #peers = new Map<string, Peer>()
  #watchedAt = -Infinity
  #isBeating = false

  constructor (db: Database<Tables>, options: DurableOptions, add: (jobs: readonly NewJob[], transaction: RequestTransaction) => Promise<unknown>) {
    this.#db = db
    this.#options = options
    this.#add = add
  }

  async start (): Promise<void> {
    for (const { task: { name: task }, cron, timezone, next } of this.#options.scheduled) {
      const row = { cron: `${cron} ${timezone}`, next_at: next(new Date()) }
      await this.#db.insertInto('apikit_schedules').values({ task, ...row })
        .onConflict(conflict => conflict.column('task').doUpdateSet(row).where('apikit_schedules.cron', '!=', row.cron)).execute()
    }
    // The code of this process may take them.
    await this.#db.updateTable('apikit_jobs').set({ state: 'queued', run_at: new Date() }).where('state', '=', 'parked')
      .where('task', 'in', [...this.#options.tasks.keys()]).execute()
  }

  async prepare (): Promise<void> {
    if (this.#options.scheduled.length > 0) await this.#addDue()
    await this.#watch()
  }

  /** Adds the jobs of due schedules. The process that advances a schedule adds its job, so that only one does. */
  async #addDue (): Promise<void> {
    const now = new Date()
    for (const { task: name, next_at: due } of await this.#db.selectFrom('apikit_schedules').selectAll().execute()) {
      const scheduled = this.#options.scheduled.find(({ task }) => task.name === name)
      if (scheduled === undefined) continue // Another process did.
      const next = scheduled.next(now)
      // Later than the next time: the clock was set back.
      if (due > now && due <= next) continue
      await this.#db.session(async session => {
        const [moved] = await session.updateTable('apikit_schedules').set({ next_at: next }).where('task', '=', name).where('next_at', '=', due).execute()
        if (moved?.numUpdatedRows !== 1n || due > now) return
        await this.#add([newJob(scheduled.task, scheduled.payload, { uniqueKey: SCHEDULE_KEY })], session)
      })
    }
  }

  /**
   * Frees the jobs of workers that show no sign of life. Their time is measured by this process, and only while its own loop
   * runs: neither a clock that is set nor a blocked loop makes a living worker a dead one.
   */
  async #watch (): Promise<void> {
    const interval = this.#options.lease / 3
    const elapsed = performance.now() - this.#watchedAt
    if (elapsed < interval) return
    this.#watchedAt = performance.now()
    const rows = await this.#db.selectFrom('apikit_jobs').leftJoin('apikit_workers', 'apikit_workers.id', 'apikit_jobs.locked_by')
      .select(['apikit_jobs.locked_by', 'apikit_workers.beat']).distinct()
      .where('state', '=', 'running').where(({ or, eb }) => or([eb('locked_by', '!=', this.#id), eb('locked_by', 'is', null)])).execute()
    const peers = new Map<string, Peer>()
    for (const { locked_by: id, beat } of rows) {
      const before = this.#peers.get(String(id))
      const silent = before === undefined || before.beat !== beat ? 0 : before.silent + Math.min(elapsed, interval * 1.5)
      if (silent < this.#options.lease) peers.set(String(id), { beat, silent })
      else await this.#free(id)
    }
    this.#peers = peers
  }

  async #free (worker: string | null): Promise<void> {
    await this.#db.updateTable('apikit_jobs').set({ state: 'queued', locked_by: null }).where('state', '=', 'running').where('locked_by', 'is', worker).execute()
    if (worker !== null) await this.#db.deleteFrom('apikit_workers').where('id', '=', worker).execute()
  }

  async claim (wants: readonly Want[], held: ReadonlySet<string>): Promise<readonly Claimed[]> {
    // Before the first job, so that others know who has it.
    if (!this.#isBeating) await this.#show()
    const now = new Date()
    const claimed: Claimed[] = []
    for (const { tasks, limit } of wants) {
      const due = this.#db.selectFrom('apikit_jobs').select('id').where('task', 'in', tasks).where('state', '=', 'queued').where('run_at', '<=', now)
        .where('key', 'not in', [...held])
        .orderBy('priority', 'desc').orderBy('run_at').orderBy('id').limit(limit)
      const rows = await this.#db.updateTable('apikit_jobs')
        .set(({ eb }) => ({ state: 'running', locked_by: this.#id, started_at: now, attempts: eb('attempts', '+', 1) }))
        .where('id', 'in', due)
        .returning(['id', 'key', 'task', 'payload', 'version', 'priority', 'attempts', 'failures', 'run_at', 'request_id', 'traceparent'])
        .execute()
      claimed.push(...rows.sort((a, b) => b.priority - a.priority || a.id - b.id).map(({ key, request_id: requestId, run_at: runAt, ...row }) => ({ ...row, id: key, requestId, runAt })))
    }
    return claimed
  }

  async settle (outcomes: readonly Outcome[]): Promise<void> {
    const now = new Date()
    const ended = { ended_at: now, locked_by: null, unique_key: null }
    const plain = outcomes.filter(({ ending }) => ending.state === 'done' && ending.result === null)
    await this.#db.session(async session => {
      const update = (ids: readonly string[]) => session.updateTable('apikit_jobs').where('key', 'in', ids).where('locked_by', '=', this.#id).where('state', '=', 'running')
      if (plain.length > 0) await update(plain.map(({ job }) => job.id)).set({ state: 'done', ...ended, error: null }).execute()
      for (const { job: { id, attempts }, ending } of outcomes) {
        if (ending.state === 'done') {
          if (ending.result !== null) await update([id]).set({ state: 'done', ...ended, error: null, result: ending.result }).execute()
        } else if (ending.state === 'queued') {
          const { failures, isRelease, error, delay } = ending
          await update([id]).set({
            state: 'queued', locked_by: null, failures, run_at: new Date(now.getTime() + delay), ...isRelease ? { attempts: attempts - 1 } : { error }
          }).execute()
        } else {
          const { state, failures, error } = ending
          await update([id]).set({ state, failures, error, ...ended }).execute()
        }
      }
    })
  }

  async beat (held: readonly Claimed[]): Promise<ReadonlyMap<string, 'cancelled' | 'lost'>> {
    await this.#show()
    const ids = held.map(({ id }) => id)
    const rows = await this.#db.selectFrom('apikit_jobs').select(['key', 'state', 'locked_by']).where('key', 'in', ids).execute()
    const mine = new Map(rows.map(row => [row.key, row]))
    const gone = new Map<string, 'cancelled' | 'lost'>()
    for (const id of ids) {
      const row = mine.get(id)
      if (row?.state === 'cancelled') gone.set(id, 'cancelled')
      else if (row?.state !== 'running' || row.locked_by !== this.#id) gone.set(id, 'lost')
    }
    return gone
  }

  async #show (): Promise<void> {
    await this.#db.insertInto('apikit_workers').values({ id: this.#id, beat: 1 })
      .onConflict(conflict => conflict.column('id').doUpdateSet(({ eb, ref }) => ({ beat: eb(ref('apikit_workers.beat'), '+', 1) }))).execute()
    this.#isBeating = true
  }

  async progress ({ id }: Claimed, value: number): Promise<void> {
    await this.#db.updateTable('apikit_jobs').set({ progress: value }).where('key', '=', id).where('locked_by', '=', this.#id).execute()
  }

  async sweep (): Promise<readonly string[]> {
    const { retention: { done, failed }, tasks } = this.#options
    const before = (milliseconds: number): Date => new Date(Date.now() - milliseconds)
    await this.#db.deleteFrom('apikit_jobs').where('state', 'in', ['done', 'cancelled']).where('ended_at', '<', before(done)).execute()
    if (failed !== null) await this.#db.deleteFrom('apikit_jobs').where('state', '=', 'failed').where('ended_at', '<', before(failed)).execute()
    const unknown = await this.#db.selectFrom('apikit_jobs').select('task').distinct().where('state', '=', 'queued').where('task', 'not in', [...tasks.keys()]).execute()
    return unknown.map(({ task }) => task)
  }

  async end (): Promise<void> {
    if (this.#isBeating) await this.#db.deleteFrom('apikit_workers').where('id', '=', this.#id).execute()
  }
}
