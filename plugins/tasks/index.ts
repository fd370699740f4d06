/**
 * Runs work after the response, later or in another process: functions, durable tasks, schedules.
 *
 * @module
 */

import { finished, Readable } from 'node:stream'
import type { FastifyPluginAsync, FastifyRequest } from 'fastify'
import fp from 'fastify-plugin'
import { addHealthCheck } from '../core/health-checks.ts'
import { parseOptions } from '../core/options.ts'
import { contribute } from '../core/plan/conductor.ts'
import { purposeOf } from '../core/purpose.ts'
import { whenLeading } from '../core/workers.ts'
import { afterOf, type Told } from './after.ts'
import { AppTasks } from './app-tasks.ts'
import { enginesOf } from './engines.ts'
import { APIKIT_ERR_TASK } from './errors.ts'
import { InlineSchedule } from './inline-schedule.ts'
import { TasksOptions } from './options.ts'
import { isDone, RequestTasks } from './request-tasks.ts'
import { Runner } from './runner.ts'
import { kTold } from './state.ts'

const name = 'fastify-apikit/tasks'

export { TasksOptions } from './options.ts'
export { AppTasks } from './app-tasks.ts'
export { Background, background } from './background.ts'
export type { JobAdded, JobAttempt } from './channels.ts'
export type { AddOptions, Job, JobCounts, JobFilter, JobState } from './engine.ts'
export * from './errors.ts'
export { RequestTasks } from './request-tasks.ts'
export { Accepted, accepted, jobRoutes, JobStatus, statusOf } from './status.ts'
export { type AnyTask, type Backoff, type Failure, type RateLimit, type Schedule, Task, task, type TaskContext, type TaskOptions, type Work } from './task.ts'

declare module 'fastify' {
  interface FastifyInstance {
    /** Adds tasks and manages the queue. Added by `fastify-apikit/tasks`. */
    tasks: AppTasks
  }
  interface FastifyRequest {
    /** Adds tasks that are part of the request. If it fails, they are not added. Added by `fastify-apikit/tasks`. */
    readonly tasks: RequestTasks
    [kTold]: Told | undefined
  }
}

const plugin: FastifyPluginAsync<TasksOptions> = async (app, options) => {
  const purpose = purposeOf(app)
  const given = parseOptions(name, TasksOptions, options, app)
  if (app.hasDecorator('tasks')) throw new APIKIT_ERR_TASK('the plugin is registered twice, or app.tasks belongs to another plugin. Register it once, above all scopes that use it')
  const parsed = { ...given, work: given.work || purpose === 'work' }
  const runner = new Runner(app, parsed.drainTimeout)
  const { engine, tasks, scheduled } = await enginesOf(app, parsed, runner)
  const schedule = new InlineSchedule()
  let stopWaiting = (): void => {}

  addHealthCheck(app, 'tasks', () => engine.check())
  app.decorate('tasks', new AppTasks(tasks, engine, runner))
  app.decorateRequest('tasks', { getter (this: FastifyRequest) { return new RequestTasks(this, tasks, engine) } })

  app.decorateRequest(kTold, undefined)
  app.addHook('onRequest', (request, reply, done) => {
    request[kTold] = { reply, runner }
    done()
  })
  app.addHook('onError', async request => {
    afterOf(request)?.discard()
    RequestTasks.discard(request)
  })
  if (engine.isDurable) app.addHook('onSend', async (request, reply) => { if (isDone(reply)) await RequestTasks.store(request, engine) })
  app.addHook('onResponse', (request, reply, done) => {
    if (engine.isDurable) RequestTasks.storeHijacked(request, { reply, runner }, engine)
    afterOf(request)?.begin({ reply, runner })
    done()
  })
  // `onResponse` is not called when the client disconnects before the response. A stream may add steps while it is sent.
  contribute(app, 'tasks', ({ slots }) => {
    slots.send.tasks = (request, reply, payload) => {
      if (afterOf(request) !== undefined || payload instanceof Readable) finished(reply.raw, error => { if (error) afterOf(request)?.begin({ reply, runner }) })
    }
  })

  app.addHook('onReady', async () => {
    if (purpose === 'describe') return
    await engine.start()
    if (!engine.isDurable && parsed.work) stopWaiting = whenLeading(() => { schedule.start(scheduled, engine) })
  })
  // Before the database is closed, which was registered earlier.
  app.addHook('onClose', async () => {
    stopWaiting()
    schedule.stop()
    await engine.stop()
    await runner.drain()
    // What is left behind is taken over by others. Jobs that have ended are stored.
    await engine.end().catch(error => { app.log.error({ err: error }, 'the task queue could not be closed') })
  })
}

/**
 * Adds `app.tasks`, `request.tasks` and the dependency `background`: work after the response, durable tasks and schedules.
 * Register it after `fastify-apikit/db` if it uses the engine `sqlite`.
 *
 * @param options `tasks` and `engine` (default `inline`). `drainTimeout` (10000), `lease` (15000) and `pollInterval` (500) are in milliseconds.
 * @throws APIKIT_ERR_TASK when tasks or the engine are invalid. The message lists all problems.
 * @throws APIKIT_ERR_INVALID_OPTIONS when options are unknown or invalid.
 * @throws APIKIT_ERR_MISSING_PEER when a package of the engine is not installed.
 * @see https://fastapi.tiangolo.com/tutorial/background-tasks/
 * @example
 * ```ts
 * await app.register(tasks, { engine: 'sqlite', tasks: [welcome] })
 * await app.tasks.add(welcome, { email: user.email })
 * ```
 */
export const tasks = fp(plugin, { name, fastify: '5.x || 6.x' })
export default tasks
