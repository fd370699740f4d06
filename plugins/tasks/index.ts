/**
 * Work that is done after the response, or later, or elsewhere: in this process, or by a queue that outlives it.
 *
 * @module
 */

import { type Static, Type } from '@sinclair/typebox'
import type { FastifyPluginAsync, FastifyRequest } from 'fastify'
import fp from 'fastify-plugin'
import { isRefused } from '../internal/answer.ts'
import { parseOptions } from '../internal/options.ts'
import { afterOf } from './after.ts'
import { enginesOf } from './engines.ts'
import { isDone, RequestTasks } from './request-tasks.ts'
import { InlineSchedule } from './inline-schedule.ts'
import { Runner } from './runner.ts'
import type { AnyTask } from './task.ts'
import { AppTasks } from './app-tasks.ts'

const name = 'fastify-apikit/tasks'

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

export { AppTasks } from './app-tasks.ts'
export { Background, background } from './background.ts'
export type { AddOptions, Job, JobFilter, JobState } from './engine.ts'
export * from './errors.ts'
export { RequestTasks } from './request-tasks.ts'
export { type AnyTask, type Backoff, type Schedule, Task, task, type TaskContext, type TaskOptions, type Work } from './task.ts'

declare module 'fastify' {
  interface FastifyInstance {
    /** The tasks of the app. Added by `fastify-apikit/tasks`. */
    tasks: AppTasks
  }
  interface FastifyRequest {
    /** Adds tasks that are part of the request: not, when it fails. Added by `fastify-apikit/tasks`. */
    readonly tasks: RequestTasks
  }
}

const plugin: FastifyPluginAsync<TasksOptions> = async (app, options) => {
  const parsed = parseOptions(name, TasksOptions, options)
  const runner = new Runner(app, parsed.drainTimeout)
  const { engine, inline, tasks, scheduled } = enginesOf(app, parsed, runner)
  const schedule = new InlineSchedule()

  app.decorate('tasks', new AppTasks(tasks, engine, runner))
  app.decorateRequest('tasks', { getter (this: FastifyRequest) { return new RequestTasks(this, tasks, engine, inline) } })

  app.addHook('onError', async request => { afterOf(request)?.discard() })
  if (engine.isDurable) app.addHook('onSend', async (request, reply) => { if (isDone(reply)) await RequestTasks.store(request, engine) })
  app.addHook('onResponse', (request, reply, done) => {
    const after = afterOf(request)
    if (after !== undefined) {
      if (isRefused(reply)) after.discard()
      else after.start(request, runner)
    }
    done()
  })

  app.addHook('onReady', async () => {
    await engine.start()
    if (inline !== undefined && parsed.work) schedule.start(scheduled, engine)
  })
  // Before the database is closed, which was registered earlier.
  app.addHook('onClose', async () => {
    schedule.stop()
    await engine.stop()
    await runner.drain()
    await engine.end()
  })
}

export const tasks = fp(plugin, { name, fastify: '5.x' })
export default tasks
