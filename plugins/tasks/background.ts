/**
 * FastAPI's `BackgroundTasks`: plain functions, run in this process after the response.
 *
 * @module
 * @see https://fastapi.tiangolo.com/tutorial/background-tasks/
 */

import type { FastifyRequest } from 'fastify'
import { type Dependency, dependency } from '../dependencies/index.ts'
import { makeAfter } from './after.ts'
import { APIKIT_ERR_TASK } from './errors.ts'

/** Functions that run after the response, one after the other. There is one in a request, whoever asks for it. */
export class Background {
  readonly #request: FastifyRequest

  constructor (request: FastifyRequest) {
    this.#request = request
  }

  /**
   * Adds a function, sync or async, with its arguments. It runs once the response is sent, unless an error was answered.
   * One that throws is logged, and those after it do not run.
   *
   * @throws APIKIT_ERR_TASK when the request is over
   */
  add<Args extends unknown[]> (call: (...args: Args) => unknown, ...args: Args): void {
    const after = makeAfter(this.#request)
    if (after.isOver) throw new APIKIT_ERR_TASK('the request is over, and nothing runs after it any more; add what is to run before it is answered, or use app.tasks')
    after.add(() => call(...args))
  }
}

/**
 * The background tasks of the request, for handlers and for other dependencies.
 *
 * ```ts
 * app.post('/send/:email', { config: { depends: { background } } }, async ({ params, deps: { background } }) => {
 *   background.add(writeLog, `message to ${params.email}\n`)
 *   return { message: 'Message sent' }
 * })
 * ```
 */
export const background: Dependency<Background> = dependency({ name: 'background', decorators: ['tasks'] }, ({ request }) => new Background(request))
