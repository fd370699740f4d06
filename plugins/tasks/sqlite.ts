/**
 * The engine `sqlite`: jobs are rows in the app's database, and part of its transactions. They outlive the process, and another
 * process on the machine may run them.
 *
 * @module
 */

import type { Database, Row } from '../db/index.ts'
import type { RequestTransaction } from '../core/request/transaction.ts'
import { Attempts } from './attempt.ts'
import { publishAdded } from './channels.ts'
import type { DurableOptions } from './durable.ts'
import { type DurableEngine, type Job, type JobCounts, type JobFilter, type NewJob, noCounts, OPEN_STATES, readable } from './engine.ts'
import { type jobs, migrations, type Tables, tables } from './jobs.ts'
import { SqliteStore } from './sqlite-store.ts'
import { Worker } from './worker.ts'

type JobRow = Row<typeof jobs>

/** Rows of one statement. SQLite allows 32,766 parameters. */
const ROWS = 1000

export class SqliteEngine implements DurableEngine {
  readonly isDurable = true
  readonly #db: Database<Tables>
  readonly #options: DurableOptions
  readonly #store: SqliteStore
  readonly #worker: Worker

  constructor (db: Database<Tables>, options: DurableOptions) {
    this.#db = db
    this.#options = options
    db.register({ name: 'tasks', tables, migrations })
    this.#store = new SqliteStore(db, options, (jobs, session) => this.add(jobs, session))
    this.#worker = new Worker(this.#store, options, new Attempts(options.tasks, options.runner))
  }

  async start (): Promise<void> {
    const { work, tasks } = this.#options
    if (!work || tasks.size === 0) return
    await this.#store.start()
    this.#worker.start()
  }

  async add (added: readonly NewJob[], transaction?: RequestTransaction): Promise<string[]> {
    // The database of the app, in which requests have their transactions.
    const db = (transaction ?? this.#db) as Database<Tables>
    const now = new Date()
    const stored = new Set<string>()
    for (let from = 0; from < added.length; from += ROWS) {
      const rows = added.slice(from, from + ROWS).map(({ id, task, payload, version, priority, runAt, uniqueKey, requestId, traceparent }) =>
        ({ key: id, task, payload, version, priority, state: 'queued' as const, run_at: runAt, added_at: now, unique_key: uniqueKey, request_id: requestId, traceparent }))
      const keys = await db.insertInto('apikit_jobs').values(rows)
        .onConflict(conflict => conflict.columns(['task', 'unique_key']).doNothing()).returning('key').execute()
      for (const { key } of keys) stored.add(key)
    }
    publishAdded(added.filter(({ id }) => stored.has(id)))
    if (transaction === undefined) this.#worker.wake()
    else transaction.afterCommit(() => { this.#worker.wake() })
    const ids: string[] = []
    for (const { id, task, uniqueKey } of added) {
      const holder = stored.has(id) ? id : (await db.selectFrom('apikit_jobs').select('key').where('task', '=', task).where('unique_key', '=', uniqueKey).executeTakeFirst())?.key
      // Its holder has ended since.
      ids.push(holder ?? (await this.add([added.find(job => job.id === id) as NewJob], transaction))[0] as string)
    }
    return ids
  }

  async holderOf (task: string, uniqueKey: string): Promise<string | undefined> {
    return (await this.#db.selectFrom('apikit_jobs').select('key').where('task', '=', task).where('unique_key', '=', uniqueKey).executeTakeFirst())?.key
  }

  async get (id: string): Promise<Job | undefined> {
    const row = await this.#db.selectFrom('apikit_jobs').selectAll().where('key', '=', id).executeTakeFirst()
    return row && jobOf(row)
  }

  async list ({ state, task, limit = 100, offset = 0 }: JobFilter): Promise<Job[]> {
    let rows = this.#db.selectFrom('apikit_jobs').selectAll().where('state', 'in', state === undefined ? [...OPEN_STATES] : [state])
      .orderBy('id', 'desc').limit(limit).offset(offset)
    if (task !== undefined) rows = rows.where('task', '=', task)
    return (await rows.execute()).map(jobOf)
  }

  async counts (): Promise<JobCounts> {
    const counts: Record<string, ReturnType<typeof noCounts>> = {}
    const rows = await this.#db.selectFrom('apikit_jobs').select(({ fn }) => ['task', 'state', fn.countAll<number>().as('count')]).groupBy(['task', 'state']).execute()
    for (const { task, state, count } of rows) (counts[task] ??= noCounts())[state] = Number(count)
    return counts
  }

  async due (): Promise<number> {
    const { count } = await this.#db.selectFrom('apikit_jobs').select(({ fn }) => fn.countAll<number>().as('count'))
      .where('task', 'in', [...this.#options.tasks.keys()])
      .where(({ or, eb, and }) => or([eb('state', '=', 'running'), and([eb('state', '=', 'queued'), eb('run_at', '<=', new Date())])]))
      .executeTakeFirstOrThrow()
    return Number(count)
  }

  check (): Promise<void> {
    return this.#db.check()
  }

  async cancel (id: string): Promise<boolean> {
    const { numUpdatedRows } = await this.#db.updateTable('apikit_jobs').set({ state: 'cancelled', ended_at: new Date(), locked_by: null, unique_key: null })
      .where('key', '=', id).where('state', 'in', ['queued', 'running', 'parked']).executeTakeFirst()
    this.#worker.callOff(id, 'cancelled')
    return numUpdatedRows > 0n
  }

  async retry (id: string): Promise<boolean> {
    const { numUpdatedRows } = await this.#db.updateTable('apikit_jobs')
      .set({ state: 'queued', run_at: new Date(), attempts: 0, failures: 0, ended_at: null, progress: null })
      .where('key', '=', id).where('state', 'in', ['failed', 'parked', 'cancelled']).executeTakeFirst()
    this.#worker.wake()
    return numUpdatedRows > 0n
  }

  async remove (id: string): Promise<boolean> {
    const { numDeletedRows } = await this.#db.deleteFrom('apikit_jobs').where('key', '=', id).where('state', '!=', 'running').executeTakeFirst()
    return numDeletedRows > 0n
  }

  async stop (): Promise<void> {
    await this.#worker.stop()
  }

  /** Called after the results of all running jobs are stored. */
  async end (): Promise<void> {
    await this.#worker.end()
    await this.#store.end()
  }
}

function jobOf (row: JobRow): Job {
  const { key: id, task, state, payload, priority, attempts, progress, result, error, traceparent } = row
  return {
    id,
    task,
    state,
    payload: readable(payload),
    priority,
    attempts,
    runAt: row.run_at,
    addedAt: row.added_at,
    startedAt: row.started_at,
    endedAt: row.ended_at,
    progress,
    result: result === null ? null : JSON.parse(result),
    error,
    requestId: row.request_id,
    traceparent
  }
}
