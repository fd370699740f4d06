/**
 * The tables of the engine `sqlite`.
 *
 * @module
 */

import { column, type Migrations, table, type TablesOf } from '../db/index.ts'

const jobColumns = {
  id: column.id(),
  task: column.text(),
  payload: column.text(),
  state: column.enum(['queued', 'running', 'failed']),
  run_at: column.dateTime(),
  /** Number of attempts that have started. */
  attempts: column.integer({ default: 0 }),
  /** Number of attempts that threw. */
  failures: column.integer({ default: 0 }),
  locked_by: column.text({ nullable: true }),
  locked_until: column.dateTime({ nullable: true }),
  unique_key: column.text({ nullable: true }),
  error: column.text({ nullable: true })
}
const jobOptions = { unique: [['task', 'unique_key']], indexes: [['state', 'run_at']] } as const

export const jobs = table('apikit_jobs', jobColumns, jobOptions)

const scheduleColumns = {
  task: column.text({ primaryKey: true }),
  cron: column.text(),
  next_at: column.dateTime()
}

export const schedules = table('apikit_schedules', scheduleColumns)

export const tables = [jobs, schedules] as const
export type Tables = TablesOf<typeof tables>

export const migrations: Migrations = {
  '0001_jobs': {
    async up (schema) {
      await schema.createTable('apikit_jobs', jobColumns, jobOptions)
      await schema.createTable('apikit_schedules', scheduleColumns)
    },
    async down (schema) {
      await schema.dropTable('apikit_schedules')
      await schema.dropTable('apikit_jobs')
    }
  }
}
