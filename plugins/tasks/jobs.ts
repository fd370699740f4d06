/**
 * The tables of the engine `sqlite`.
 *
 * @module
 */

import { column, type Migrations, table, type TablesOf } from '../db/index.ts'
import { JOB_STATES } from './engine.ts'

const jobColumns = {
  /** The order in which they were added. */
  id: column.id(),
  /** The ID that users have. */
  key: column.text({ unique: true }),
  task: column.text(),
  payload: column.text(),
  version: column.integer({ default: 1 }),
  state: column.enum(JOB_STATES as [string, ...string[]] as ['queued', 'running', 'done', 'failed', 'cancelled', 'parked']),
  priority: column.integer({ default: 0 }),
  run_at: column.dateTime(),
  added_at: column.dateTime(),
  started_at: column.dateTime({ nullable: true }),
  ended_at: column.dateTime({ nullable: true }),
  /** Number of attempts that have started. */
  attempts: column.integer({ default: 0 }),
  /** Number of attempts that threw. */
  failures: column.integer({ default: 0 }),
  /** The worker that runs it. */
  locked_by: column.text({ nullable: true }),
  unique_key: column.text({ nullable: true }),
  error: column.text({ nullable: true }),
  progress: column.real({ nullable: true }),
  result: column.text({ nullable: true }),
  request_id: column.text({ nullable: true }),
  traceparent: column.text({ nullable: true })
}
const jobOptions = {
  unique: [['task', 'unique_key']],
  indexes: [{ on: ['state', { column: 'priority', desc: true }, 'run_at', 'id'] }, ['state', 'ended_at']]
} as const

export const jobs = table('apikit_jobs', jobColumns, jobOptions)

const scheduleColumns = {
  task: column.text({ primaryKey: true }),
  cron: column.text(),
  next_at: column.dateTime()
}

export const schedules = table('apikit_schedules', scheduleColumns)

const workerColumns = {
  id: column.text({ primaryKey: true }),
  /** Counts up while it lives. */
  beat: column.integer()
}

/** Workers that have jobs. */
export const workers = table('apikit_workers', workerColumns)

export const tables = [jobs, schedules, workers] as const
export type Tables = TablesOf<typeof tables>

const firstColumns = {
  id: column.id(),
  task: column.text(),
  payload: column.text(),
  state: column.enum(['queued', 'running', 'failed']),
  run_at: column.dateTime(),
  attempts: column.integer({ default: 0 }),
  failures: column.integer({ default: 0 }),
  locked_by: column.text({ nullable: true }),
  locked_until: column.dateTime({ nullable: true }),
  unique_key: column.text({ nullable: true }),
  error: column.text({ nullable: true })
}
const firstOptions = { unique: [['task', 'unique_key']], indexes: [['state', 'run_at']] } as const

const KEPT = 'id, task, payload, state, run_at, attempts, failures, unique_key, error'

export const migrations: Migrations = {
  '0001_jobs': {
    async up (schema) {
      await schema.createTable('apikit_jobs', firstColumns, firstOptions)
      await schema.createTable('apikit_schedules', scheduleColumns)
    },
    async down (schema) {
      await schema.dropTable('apikit_schedules')
      await schema.dropTable('apikit_jobs')
    }
  },
  '0002_followed_jobs': {
    async up (schema) {
      await schema.run('create table apikit_jobs_before as select * from apikit_jobs')
      await schema.dropTable('apikit_jobs')
      await schema.createTable('apikit_jobs', jobColumns, jobOptions)
      await schema.run(`insert into apikit_jobs (key, added_at, ${KEPT}) select cast(id as text), run_at, ${KEPT} from apikit_jobs_before`)
      await schema.dropTable('apikit_jobs_before')
      await schema.createTable('apikit_workers', workerColumns)
    },
    async down (schema) {
      await schema.dropTable('apikit_workers')
      await schema.run(`create table apikit_jobs_after as select ${KEPT} from apikit_jobs where state in ('queued', 'running', 'failed')`)
      await schema.dropTable('apikit_jobs')
      await schema.createTable('apikit_jobs', firstColumns, firstOptions)
      await schema.run(`insert into apikit_jobs (${KEPT}) select ${KEPT} from apikit_jobs_after`)
      await schema.dropTable('apikit_jobs_after')
    }
  }
}
