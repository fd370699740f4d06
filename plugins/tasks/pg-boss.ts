/**
 * The engine `pg-boss`: a queue in PostgreSQL for many processes on many machines.
 *
 * @module
 * @see https://github.com/timgit/pg-boss
 */

import type { KyselyTransactionLike, PgBoss } from 'pg-boss'
import { optionalPeer } from '../core/peer.ts'
import type { RequestTransaction } from '../core/request/transaction.ts'
import { Attempts } from './attempt.ts'
import { publishAdded } from './channels.ts'
import { SCHEDULE_KEY } from './cron.ts'
import { type DurableEngine, type Job, type JobCounts, type JobFilter, type JobState, type NewJob, noCounts, OPEN_STATES } from './engine.ts'
import type { PgBossOptions } from './pg-boss-options.ts'
import { COLUMNS, envelopeOf, insertOf, jobOf, type JobRow, KEPT, singletonKeyOf, STATE, STATES } from './pg-boss-rows.ts'
import { PgBossStore, tableOf, unavailable } from './pg-boss-store.ts'
import { Worker } from './worker.ts'

/** Minimum of pg-boss, in seconds: the time until a job of a dead process runs again. */
const HEARTBEAT = 10

/** Maximum of pg-boss for schedules, in seconds. */
const LONGEST = 24 * 3600 - 1

/** Seconds between two looks for schedules that are due: the minimum of pg-boss. */
const SCHEDULE_LOOK = 1

const UUID = /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/i

export class PgBossEngine implements DurableEngine {
  readonly isDurable = true
  readonly #options: PgBossOptions
  readonly #fromKysely: typeof import('pg-boss').fromKysely
  readonly #boss: PgBoss
  readonly #jobs: string
  readonly #store: PgBossStore
  readonly #worker: Worker

  constructor (options: PgBossOptions) {
    const { PgBoss, fromKysely } = optionalPeer<typeof import('pg-boss')>('fastify-apikit/tasks: the engine "pg-boss"', 'pg-boss')
    const { url, schema, poolSize, log, work, scheduled } = options
    this.#options = options
    this.#fromKysely = fromKysely
    this.#jobs = tableOf(schema)
    this.#boss = new PgBoss({
      connectionString: url,
      max: poolSize,
      schema,
      supervise: work,
      // So that inserts notify. This plugin's own worker listens.
      useListenNotify: true,
      // It looks twice: for what is due, and for what it has noted as due. By its defaults a job is up to 35 seconds late.
      schedule: work && scheduled.length > 0,
      cronMonitorIntervalSeconds: SCHEDULE_LOOK,
      cronWorkerIntervalSeconds: SCHEDULE_LOOK,
      // There are no flows, which it would look for every five seconds.
      flowIntervalSeconds: 3600
    })
    this.#boss.on('error', error => { log.error({ err: error }, 'the task queue failed') })
    this.#store = new PgBossStore(this.#boss, options)
    this.#worker = new Worker(this.#store, options, new Attempts(options.tasks, options.runner))
  }

  async start (): Promise<void> {
    await this.#boss.start()
    const { tasks, scheduled, work } = this.#options
    const queues = new Set((await this.#boss.getQueues(this.#names)).map(({ name }) => name))
    for (const name of this.#names) {
      if (!queues.has(name)) await this.#boss.createQueue(name, { policy: 'exclusive', heartbeatSeconds: HEARTBEAT, notify: true })
    }
    const known = new Set(scheduled.map(({ task: { name } }) => name))
    for (const { name } of await this.#boss.getSchedules()) if (tasks.has(name) && !known.has(name)) await this.#boss.unschedule(name)
    for (const { task: { name, version, priority }, cron, timezone: tz, payload } of scheduled) {
      await this.#boss.schedule(name, cron, envelopeOf({ payload, version, requestId: null, traceparent: null }), {
        tz, priority, singletonKey: SCHEDULE_KEY, ...KEPT, expireInSeconds: LONGEST
      })
    }
    if (!work) return
    await this.#store.start(() => { this.#worker.wake() })
    this.#worker.start()
  }

  async add (jobs: readonly NewJob[], transaction?: RequestTransaction): Promise<string[]> {
    // A Kysely transaction, since `db` created it.
    const options = { returnId: true, ...transaction !== undefined && { db: this.#fromKysely(transaction as RequestTransaction & KyselyTransactionLike) } }
    const added = new Set<string>()
    for (const [task, own] of Map.groupBy(jobs, ({ task }) => task)) {
      for (const id of await this.#boss.insert(task, own.map(insertOf), options).catch(unavailable) ?? []) added.add(id)
    }
    publishAdded(jobs.filter(({ id }) => added.has(id)))
    const ids: string[] = []
    for (const job of jobs) {
      const { id, task, uniqueKey } = job
      const holder = added.has(id) || uniqueKey === null ? id : await this.#holder(task, uniqueKey, options.db ?? this.#boss.getDb())
      // Its holder has ended since.
      ids.push(holder ?? (await this.add([job], transaction))[0] as string)
    }
    return ids
  }

  async #holder (task: string, uniqueKey: string, db: Pick<ReturnType<PgBoss['getDb']>, 'executeSql'>): Promise<string | undefined> {
    const { rows } = await db.executeSql(`select id from ${this.#jobs} where name = $1 and singleton_key = $2 and state <= 'active'`, [task, singletonKeyOf(uniqueKey)])
    return rows[0]?.id
  }

  holderOf (task: string, uniqueKey: string): Promise<string | undefined> {
    return this.#holder(task, uniqueKey, this.#boss.getDb())
  }

  get #names (): string[] {
    return [...this.#options.tasks.keys()]
  }

  async get (id: string): Promise<Job | undefined> {
    const [row] = UUID.test(id) ? await this.#store.query<JobRow>(`select ${COLUMNS} from ${this.#jobs} where id = $1 and ${OURS}`, [id]) : []
    return row && jobOf(row)
  }

  async list ({ state, task, limit = 100, offset = 0 }: JobFilter): Promise<Job[]> {
    const states = (state === undefined ? OPEN_STATES : [state]).map(one => `(${STATES[one]})`).join(' or ')
    const rows = await this.#store.query<JobRow>(`select ${COLUMNS} from ${this.#jobs}
      where (${states}) and ${task === undefined ? '$1::text is null' : 'name = $1'} and ${OURS} order by created_on desc, id desc limit $2 offset $3`, [task ?? null, limit, offset])
    return rows.map(jobOf)
  }

  async counts (): Promise<JobCounts> {
    const counts: Record<string, Record<JobState, number>> = {}
    const rows = await this.#store.query<{ name: string, state: JobState, count: string }>(`select name, ${STATE} as state, count(*) as count from ${this.#jobs}
      where ${OURS} group by 1, 2`, [])
    for (const { name, state, count } of rows) (counts[name] ??= noCounts())[state] = Number(count)
    return counts
  }

  async due (): Promise<number> {
    const [row] = await this.#store.query<{ count: string }>(`select count(*) as count from ${this.#jobs}
      where name = any($1) and (state = 'active' or (state in ('created', 'retry') and start_after <= now()))`, [this.#names])
    return Number(row?.count)
  }

  async check (): Promise<void> {
    await this.#store.query('select 1', [])
  }

  async cancel (id: string): Promise<boolean> {
    const rows = await this.#change(id, `update ${this.#jobs} set state = 'cancelled', completed_on = now()
      where id = $1 and ${OURS} and (${STATES.queued} or ${STATES.running} or ${STATES.parked}) returning id`)
    this.#worker.callOff(id, 'cancelled')
    return rows > 0
  }

  async retry (id: string): Promise<boolean> {
    const rows = await this.#change(id, `update ${this.#jobs} as job set state = 'created', start_after = now(), started_on = null, completed_on = null, output = null, retry_count = 0, data = data - 'failures'
      where id = $1 and ${OURS} and state in ('failed', 'cancelled') and not exists (
        select from ${this.#jobs} as other where other.name = job.name and other.singleton_key = job.singleton_key and other.state <= 'active') returning id`)
    this.#worker.wake()
    return rows > 0
  }

  async remove (id: string): Promise<boolean> {
    return await this.#change(id, `delete from ${this.#jobs} where id = $1 and ${OURS} and state <> 'active' returning id`) > 0
  }

  async #change (id: string, sql: string): Promise<number> {
    return UUID.test(id) ? (await this.#store.query(sql, [id])).length : 0
  }

  async stop (): Promise<void> {
    if (this.#options.work) await this.#worker.stop()
  }

  async end (): Promise<void> {
    await this.#worker.end()
    await this.#store.stop()
    await this.#boss.stop({ graceful: true, timeout: 5000 })
  }
}

/** Not the jobs of pg-boss itself. */
const OURS = "name not like '\\_\\_pgboss\\_\\_%'"
