/**
 * The engine `sqlite`: jobs are rows in the app's database, and part of its transactions. They outlive the process, and another
 * process on the machine may run them.
 *
 * @module
 */

import { randomUUID } from 'node:crypto'
import type { Database, Row } from '../db/index.ts'
import type { RequestTransaction } from '../core/request/transaction.ts'
import { textOfThrown } from '../core/thrown.ts'
import { SCHEDULE_KEY } from './cron.ts'
import { type DurableOptions, MOST_CRASHES } from './durable.ts'
import type { Engine, Job, JobFilter, JobState, NewJob } from './engine.ts'
import { APIKIT_ERR_TASK_STOPPED } from './errors.ts'
import { jobs, migrations, type Tables, tables } from './jobs.ts'
import { Loop } from './loop.ts'
import type { AnyTask } from './task.ts'

type JobRow = Row<typeof jobs>

export class SqliteEngine implements Engine {
  readonly isDurable = true
  readonly #db: Database<Tables>
  readonly #options: DurableOptions
  readonly #worker = randomUUID()
  readonly #loop: Loop
  /** The jobs that run here. */
  readonly #running = new Set<number>()
  #heartbeat: NodeJS.Timeout | undefined

  constructor (db: Database<Tables>, options: DurableOptions) {
    this.#db = db
    this.#options = options
    db.register({ name: 'tasks', tables, migrations })
    this.#loop = new Loop(options.pollInterval, () => this.#turn(), error => {
      options.log.error({ err: error }, 'the task queue cannot be read. It will be tried again')
    })
  }

  async start (): Promise<void> {
    const { work, tasks, lease } = this.#options
    if (!work || tasks.size === 0) return
    await this.#keepSchedules()
    this.#heartbeat = setInterval(() => { this.#renew() }, lease / 3)
    this.#loop.start()
  }

  async add (added: readonly NewJob[], transaction?: RequestTransaction): Promise<void> {
    const rows = added.map(({ task, payload, runAt, uniqueKey }) => ({ task, payload, state: 'queued' as const, run_at: runAt, unique_key: uniqueKey }))
    // The database of the app, in which requests have their transactions.
    await ((transaction ?? this.#db) as Database<Tables>).insertInto('apikit_jobs').values(rows)
      .onConflict(conflict => conflict.columns(['task', 'unique_key']).doNothing()).execute()
    if (transaction === undefined) this.#loop.wake()
    else transaction.afterCommit(() => { this.#loop.wake() })
  }

  /** Claims as many jobs as there is room for, and starts them. */
  async #turn (): Promise<boolean> {
    const { concurrency, scheduled, runner } = this.#options
    if (scheduled.length > 0) await this.#addDue()
    const free = concurrency - this.#running.size
    if (free === 0) return false
    const claimed = await this.#claim(free)
    for (const job of claimed) {
      this.#running.add(job.id)
      runner.track(this.#run(job)).finally(() => {
        this.#running.delete(job.id)
        this.#loop.wake()
      })
    }
    return claimed.length === free
  }

  async #claim (limit: number): Promise<JobRow[]> {
    const now = new Date()
    await this.#db.updateTable('apikit_jobs')
      .set({ state: 'failed', locked_by: null, locked_until: null, unique_key: null, error: `its process died ${MOST_CRASHES} times while it ran` })
      .where('state', '=', 'running').where('locked_until', '<', now)
      .where(({ eb, ref }) => eb(eb(ref('attempts'), '-', ref('failures')), '>=', MOST_CRASHES))
      .execute()
    const waiting = this.#db.selectFrom('apikit_jobs').select('id').where('task', 'in', [...this.#options.tasks.keys()])
      .where(({ or, and, eb }) => or([
        and([eb('state', '=', 'queued'), eb('run_at', '<=', now)]),
        and([eb('state', '=', 'running'), eb('locked_until', '<', now)])
      ]))
      .orderBy('run_at').orderBy('id').limit(limit)
    return this.#db.updateTable('apikit_jobs')
      .set(({ eb }) => ({ state: 'running', locked_by: this.#worker, locked_until: new Date(now.getTime() + this.#options.lease), run_at: now, attempts: eb('attempts', '+', 1) }))
      .where('id', 'in', waiting)
      .returningAll()
      .execute()
  }

  /** Renews the lease of the jobs that run here. */
  async #renew (): Promise<void> {
    if (this.#running.size === 0) return
    const until = new Date(Date.now() + this.#options.lease)
    // By ID: jobs whose end could not be stored must expire.
    await this.#db.updateTable('apikit_jobs').set({ locked_until: until }).where('id', 'in', [...this.#running]).where('locked_by', '=', this.#worker).execute()
      .catch((error: unknown) => { this.#options.log.error({ err: error }, 'the lease of running tasks cannot be renewed') })
  }

  async #run (job: JobRow): Promise<void> {
    const { tasks, runner, log } = this.#options
    const { id, task: name, payload, failures } = job
    const task = tasks.get(name) as AnyTask
    await runner.attempt(task, { payload, id: String(id), attempt: failures + 1 })
      .then(() => this.#done(job), (error: unknown) => this.#failed(task, job, error))
      .catch((cause: unknown) => { log.error({ err: cause, task: name, job: id }, 'the result of a task cannot be stored. The task will run again') })
  }

  async #done ({ id }: JobRow): Promise<void> {
    await this.#db.deleteFrom('apikit_jobs').where('id', '=', id).where('locked_by', '=', this.#worker).execute()
  }

  async #failed (task: AnyTask, { id, attempts, failures }: JobRow, error: unknown): Promise<void> {
    const isOurs = error instanceof APIKIT_ERR_TASK_STOPPED
    const failed = isOurs ? failures : failures + 1
    const isDead = failed > task.retries
    if (!isOurs) this.#options.log[isDead ? 'error' : 'warn']({ err: error, task: task.name, job: id, attempt: failed }, isDead ? 'a task failed' : 'a task failed and will be tried again')
    await this.#db.updateTable('apikit_jobs').set({
      state: isDead ? 'failed' : 'queued',
      run_at: new Date(isOurs || isDead ? Date.now() : Date.now() + task.delayAfter(failed)),
      attempts: isOurs ? attempts - 1 : attempts,
      failures: failed,
      locked_by: null,
      locked_until: null,
      ...isDead && { unique_key: null },
      ...!isOurs && { error: textOfThrown(error) }
    }).where('id', '=', id).where('locked_by', '=', this.#worker).execute()
  }

  /** Stores when each schedule is due next, unless it is stored. */
  async #keepSchedules (): Promise<void> {
    for (const { task: { name: task }, cron, timezone, next } of this.#options.scheduled) {
      const row = { cron: `${cron} ${timezone}`, next_at: next(new Date()) }
      await this.#db.insertInto('apikit_schedules').values({ task, ...row })
        .onConflict(conflict => conflict.column('task').doUpdateSet(row).where('apikit_schedules.cron', '!=', row.cron)).execute()
    }
  }

  /** Adds the jobs of due schedules. The process that advances a schedule adds its job, so that only one does. */
  async #addDue (): Promise<void> {
    const now = new Date()
    for (const { task, next_at: due } of await this.#db.selectFrom('apikit_schedules').selectAll().where('next_at', '<=', now).execute()) {
      const scheduled = this.#options.scheduled.find(({ task: { name } }) => name === task)
      if (scheduled === undefined) continue // Another process did.
      await this.#db.session(async session => {
        const [moved] = await session.updateTable('apikit_schedules').set({ next_at: scheduled.next(now) }).where('task', '=', task).where('next_at', '=', due).execute()
        if (moved?.numUpdatedRows === 1n) await this.add([{ task, payload: scheduled.payload, runAt: now, uniqueKey: SCHEDULE_KEY }], session)
      })
    }
  }

  async list ({ state, limit = 100 }: JobFilter): Promise<Job[]> {
    let rows = this.#db.selectFrom('apikit_jobs').selectAll().orderBy('id', 'desc').limit(limit)
    if (state !== undefined) rows = rows.where('state', '=', state)
    return (await rows.execute()).map(({ id, task, state, payload, attempts, run_at: runAt, error }) =>
      ({ id: String(id), task, state, payload: JSON.parse(payload), attempts, runAt, error }))
  }

  async counts (): Promise<Record<JobState, number>> {
    const counts = { queued: 0, running: 0, failed: 0 }
    const rows = await this.#db.selectFrom('apikit_jobs').select(({ fn }) => ['state', fn.countAll<number>().as('count')]).groupBy('state').execute()
    for (const { state, count } of rows) counts[state] = Number(count)
    return counts
  }

  async due (): Promise<number> {
    const { count } = await this.#db.selectFrom('apikit_jobs').select(({ fn }) => fn.countAll<number>().as('count'))
      .where(({ or, eb, and }) => or([eb('state', '=', 'running'), and([eb('state', '=', 'queued'), eb('run_at', '<=', new Date())])]))
      .executeTakeFirstOrThrow()
    return Number(count)
  }

  check (): Promise<void> {
    return this.#db.check()
  }

  async retry (id: string): Promise<boolean> {
    const { numUpdatedRows } = await this.#db.updateTable('apikit_jobs').set({ state: 'queued', run_at: new Date(), attempts: 0, failures: 0 })
      .where('id', '=', Number(id)).where('state', '=', 'failed').executeTakeFirst()
    this.#loop.wake()
    return numUpdatedRows > 0n
  }

  async remove (id: string): Promise<boolean> {
    const { numDeletedRows } = await this.#db.deleteFrom('apikit_jobs').where('id', '=', Number(id)).where('state', '!=', 'running').executeTakeFirst()
    return numDeletedRows > 0n
  }

  async stop (): Promise<void> {
    await this.#loop.stop()
  }

  /** Called after the results of all running jobs are stored. */
  async end (): Promise<void> {
    clearInterval(this.#heartbeat)
  }
}
