/**
 * A page about the tasks of the app: what is queued, runs or has failed, and a button to run it anew. It asks nobody who
 * they are, so it is closed in production unless `TASKS__PAGE` says otherwise: put it behind a dependency of yours then.
 *
 * @module
 */

import { type FastifyPluginAsyncTypebox, Type } from '@fastify/type-provider-typebox'
import { NotFound } from '../../plugins/errors/index.ts'
import { redirect } from '../../plugins/responses/index.ts'
import type { JobState } from '../../plugins/tasks/index.ts'
import { greet, Name, stumble } from '../../schemas/tasks.ts'
import { Form } from '../../plugins/types/index.ts'
import { fromThisOrigin } from '../same-origin.ts'

const STATES = ['running', 'queued', 'failed', 'parked', 'cancelled', 'done'] as const satisfies readonly JobState[]
/** Of each state, on a page. */
const MOST = 50

const Filter = Type.Object({
  state: Type.Optional(Type.Union([Type.Literal(''), ...STATES.map(state => Type.Literal(state))])),
  task: Type.Optional(Type.String({ maxLength: 100 })),
  page: Type.Integer({ default: 1, minimum: 1, maximum: 100_000 })
})

const JobId = Type.Object({ id: Type.String({ pattern: '^[\\w-]{1,50}$' }) })

const routes: FastifyPluginAsyncTypebox = async app => {
  if (!app.settings.tasks.page) return
  app.addHook('onRequest', fromThisOrigin)

  app.get('/', { schema: { hide: true, querystring: Filter } }, async ({ query: { state: only = '', task = '', page } }, reply) => {
    const all = await app.tasks.countsByTask()
    const counted = Object.entries(all).filter(([name]) => task === '' || name === task)
    const groups = await Promise.all(STATES.filter(state => only === '' || state === only).map(async state => {
      const jobs = await app.tasks.list({ state, ...task !== '' && { task }, limit: MOST, offset: (page - 1) * MOST })
      const count = counted.reduce((sum, [, counts]) => sum + counts[state], 0)
      return { state, count, hasMore: count > page * MOST, jobs: jobs.map(job => ({ ...job, payload: JSON.stringify(job.payload), runAt: job.runAt.toISOString() })) }
    }))
    return reply.view('tasks/index.html', { groups, states: STATES, tasks: Object.keys(all), state: only, task, page })
  })

  const toPage = `${app.prefix}/`

  app.post('/', {
    config: { name: 'add-task' },
    schema: {
      hide: true,
      body: Form({ name: Name, task: Type.Union([Type.Literal('greet'), Type.Literal('stumble')]) }),
      response: { 303: redirect() }
    }
  }, async ({ body: { name, task }, tasks }) => {
    await (task === 'greet' ? tasks.add(greet, { name }) : tasks.add(stumble, { over: name }))
    return toPage
  })

  app.post('/:id/retry', { config: { name: 'retry-task' }, schema: { hide: true, params: JobId, response: { 303: redirect() } } }, async ({ params: { id } }) => {
    if (!await app.tasks.retry(id)) throw new NotFound('No such task has failed')
    return toPage
  })

  app.post('/:id/remove', { config: { name: 'remove-task' }, schema: { hide: true, params: JobId, response: { 303: redirect() } } }, async ({ params: { id } }) => {
    if (!await app.tasks.remove(id)) throw new NotFound('No such task can be removed')
    return toPage
  })
}

export default routes
