/**
 * "202 with a status URL": the answer to a request that has added a job, and the routes that tell what became of it.
 *
 * @module
 * @see https://www.rfc-editor.org/rfc/rfc9110#name-202-accepted
 */

import type { FastifyPluginAsyncTypebox, TInteger, TNull, TNumber, TObject, TSchema, TString, TUnion } from '@fastify/type-provider-typebox'
import { Type } from '@sinclair/typebox'
import type { FastifyReply } from 'fastify'
import { NotFound } from '../errors/index.ts'
import { DateTime, Enum, Nullable, Uuid } from '../types/index.ts'
import { type Job, JOB_STATES, type JobState } from './engine.ts'
import type { Task } from './task.ts'

const State = Enum(JOB_STATES as [JobState, ...JobState[]], { description: 'State of the job.' })

/** Model of the answer to a request that has added a job. Declare it as the response 202. */
export const Accepted: TObject<{ id: TString, status_url: TString }> = Type.Object({
  id: Type.String({ description: 'ID of the job.' }),
  status_url: Type.String({ description: 'Where the state of the job is.' })
}, {
  title: 'Accepted',
  headers: { location: { type: 'string', description: 'Where the state of the job is.' } }
})

type Instant = ReturnType<typeof DateTime>

type JobStatusOf<R extends TSchema> = TObject<{
  id: TString
  state: typeof State
  attempts: TInteger
  progress: TUnion<[TNumber, TNull]>
  result: TUnion<[R, TNull]>
  added_at: Instant
  started_at: TUnion<[Instant, TNull]>
  ended_at: TUnion<[Instant, TNull]>
}>

/** Model of the state of a job, with its result. It has neither the payload nor the error. */
export function JobStatus<R extends TSchema> (result: R): JobStatusOf<R> {
  return Type.Object({
    id: Type.String(),
    state: State,
    attempts: Type.Integer({ description: 'Number of attempts that have started.' }),
    progress: Nullable(Type.Number(), { description: 'What the work has reported last.' }),
    result: Nullable(result, { description: 'Result of the work, when it is done.' }),
    added_at: DateTime(),
    started_at: Nullable(DateTime()),
    ended_at: Nullable(DateTime())
  }, { title: 'JobStatus' })
}

/**
 * Answers 202 with the URL of the job's state, in the header `location` and in the body.
 *
 * ```ts
 * app.post('/reports', { schema: { response: { 202: Accepted } } }, async ({ tasks }, reply) =>
 *   accepted(reply, await tasks.add(report, {}), '/reports'))
 * ```
 *
 * @param path Prefix at which `jobRoutes` is registered, as clients write it.
 */
export function accepted (reply: FastifyReply, id: string, path: string): { id: string, status_url: string } {
  const statusUrl = `${path}/${id}`
  reply.code(202).header('location', statusUrl)
  return { id, status_url: statusUrl }
}

/** What `JobStatus` shows of a job. */
export function statusOf<Result> ({ id, state, attempts, progress, result, addedAt, startedAt, endedAt }: Job<Result>) {
  return { id, state, attempts, progress, result, added_at: addedAt, started_at: startedAt, ended_at: endedAt }
}

/**
 * Returns a plugin with the routes `GET /:id`, which tells the state of a job, and `DELETE /:id`, which cancels it. Only jobs of
 * this task are known to it. Add what protects them to the scope, for example by `app.inherit`.
 *
 * ```ts
 * await app.register(jobRoutes(report), { prefix: '/reports' })
 * ```
 *
 * @param options `cancel: false` leaves out `DELETE /:id`.
 */
export function jobRoutes<Result> (task: Task<never, Result>, { cancel = true }: { readonly cancel?: boolean } = {}): FastifyPluginAsyncTypebox {
  const params = Type.Object({ id: Uuid() })
  const missing = (): NotFound => new NotFound('Job not found')
  return async app => {
    app.get('/:id', { schema: { params, response: { 200: JobStatus(task.resultSchema ?? Type.Null()) } } }, async ({ params: { id } }) => {
      const job = await app.tasks.get(id, task)
      if (job === undefined) throw missing()
      return statusOf(job) as never
    })
    if (!cancel) return
    app.delete('/:id', { schema: { params, response: { 204: Type.Null() } } }, async ({ params: { id } }, reply) => {
      if (await app.tasks.get(id, task) === undefined) throw missing()
      await app.tasks.cancel(id)
      return reply.code(204).send(null)
    })
  }
}
