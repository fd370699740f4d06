/**
 * Options of the plugin.
 *
 * @module
 */

import { type Static, Type } from '@sinclair/typebox'
import type { AnyTask } from './task.ts'

export const TasksOptions = Type.Object({
  tasks: Type.Unsafe<readonly AnyTask[]>(Type.Array(Type.Any(), { default: [], description: 'The tasks of the app.' })),
  engine: Type.Union([Type.Literal('inline'), Type.Literal('sqlite'), Type.Literal('pg-boss')], {
    default: 'inline',
    description: '`inline`: in this process, and gone with it. `sqlite`: in the app’s own database. `pg-boss`: in PostgreSQL, for many machines.'
  }),
  work: Type.Boolean({ default: true, description: 'Run tasks in this process. `false` only adds them: another process runs them.' }),
  concurrency: Type.Integer({ default: 10, minimum: 1, description: 'Durable tasks that run at a time in this process; with `pg-boss`: of each name.' }),
  drainTimeout: Type.Integer({ default: 10_000, minimum: 0, description: 'Milliseconds that running tasks are waited for when the app closes; then their signal is aborted.' }),
  lease: Type.Integer({ default: 15_000, minimum: 100, description: 'Milliseconds after which another process takes over what a process that has died was running; of the engine `sqlite`.' }),
  pollInterval: Type.Integer({ default: 500, minimum: 10, description: 'Milliseconds between two looks at the queue for what other processes have added.' }),
  url: Type.Optional(Type.String({ description: 'PostgreSQL’s URL, for the engine `pg-boss`.' })),
  schema: Type.String({ default: 'pgboss', pattern: '^[A-Za-z_][A-Za-z0-9_]{0,49}$', description: 'Schema of the tables of `pg-boss`.' })
}, { additionalProperties: false })

/** What a caller may write: every option has a default. */
export type TasksOptions = Partial<Static<typeof TasksOptions>>
