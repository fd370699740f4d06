/**
 * Options of the plugin.
 *
 * @module
 */

import { type Static, Type } from '@sinclair/typebox'
import type { Retention } from './durable.ts'
import type { AnyTask } from './task.ts'
import { LONGEST_TIMER } from './timers.ts'

export const TasksOptions = Type.Object({
  tasks: Type.Unsafe<readonly AnyTask[]>(Type.Array(Type.Any(), { default: [], description: 'Tasks of the app.' })),
  engine: Type.Union([Type.Literal('inline'), Type.Literal('sqlite'), Type.Literal('pg-boss')], {
    default: 'inline',
    description: '`inline`: in this process, lost when it ends. `sqlite`: stored in the app’s database. `pg-boss`: stored in PostgreSQL, for many machines.'
  }),
  work: Type.Boolean({ default: true, description: 'Run tasks in this process. If false, it only adds them, and another process runs them.' }),
  concurrency: Type.Integer({ default: 10, minimum: 1, description: 'Maximum number of durable tasks that run at once in this process.' }),
  drainTimeout: Type.Integer({ default: 10_000, minimum: 0, maximum: LONGEST_TIMER, description: 'Milliseconds to wait for running tasks when the app closes. Then their signal is aborted.' }),
  lease: Type.Integer({ default: 15_000, minimum: 100, description: 'Milliseconds after which another process takes over the tasks of a dead process. Engine `sqlite` only.' }),
  pollInterval: Type.Integer({ default: 500, minimum: 10, maximum: LONGEST_TIMER, description: 'Milliseconds between two checks for tasks that other processes have added.' }),
  retention: Type.Object({
    done: Type.Integer({ default: 3_600_000, minimum: 0, description: 'Milliseconds to keep jobs that are done or cancelled.' }),
    failed: Type.Union([Type.Integer({ minimum: 0 }), Type.Null()], { default: null, description: 'Milliseconds to keep jobs that have failed. `null`: for ever.' })
  }, { default: {}, additionalProperties: false, description: '`{ done, failed }`: milliseconds to keep jobs that are over. Default: an hour for those that are done or cancelled, for ever (`null`) for those that have failed.' }),
  url: Type.Optional(Type.String({ description: 'URL of PostgreSQL, for the engine `pg-boss`.' })),
  poolSize: Type.Integer({ default: 10, minimum: 1, description: 'Maximum number of connections of `pg-boss` to PostgreSQL, for all workers of one start together. A process that runs tasks has one more, on which it is woken.' }),
  schema: Type.String({ default: 'pgboss', pattern: '^[A-Za-z_][A-Za-z0-9_]{0,49}$', description: 'PostgreSQL schema of the tables of `pg-boss`.' })
}, { additionalProperties: false })

/** Options of the plugin. All have a default. */
export type TasksOptions = Partial<Omit<Static<typeof TasksOptions>, 'retention'>> & { readonly retention?: Partial<Retention> }
