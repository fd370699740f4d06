/**
 * FastAPI's `BackgroundTasks`: functions that run in this process after the response.
 *
 * @module
 * @see https://fastapi.tiangolo.com/tutorial/background-tasks/
 */

import type { FastifyRequest } from 'fastify'
import { type Dependency, dependency } from '../dependencies/index.ts'
import { traced } from '../core/request/measures.ts'
import { makeAfter } from './after.ts'
import { APIKIT_ERR_TASK } from './errors.ts'

/** Functions that run after the response, one after the other. All parts of a request share them. */
export class Background {
  readonly #request: FastifyRequest

  constructor (request: FastifyRequest) {
    this.#request = request
  }

  /**
   * Adds a function, sync or async, with its arguments. It runs after the response, unless that is an error. If one throws,
   * the error is logged, and those after it do not run.
   *
   * @throws APIKIT_ERR_TASK when the request has ended.
   */
  add<Args extends unknown[]> (call: (...args: Args) => unknown, ...args: Args): void {
    const after = makeAfter(this.#request)
    if (after.isOver) throw new APIKIT_ERR_TASK('the request has ended, so the function would not run. Add it before the response, or use app.tasks')
    after.add(() => traced(this.#request, 'background', call.name, () => call(...args)))
  }
}

/**
 * A dependency: the background functions of the request.
 *
 * ```ts
 * app.post('/send/:email', { config: { depends: { background } } }, async ({ params, deps: { background } }) => {
 *   background.add(writeLog, `message to ${params.email}\n`)
 *   return { message: 'Message sent' }
 * })
 * ```
 */
export const background: Dependency<Background> = dependency({ name: 'background', decorators: ['tasks'] }, ({ request }) => new Background(request))
