/**
 * Response models that `app.inherit({ responses })` and the `errors` of dependencies declare for a route.
 *
 * @module
 */

import type { FastifyReply } from 'fastify'
import type { Refuse, RoutePlan } from '../core/plan/route-plan.ts'
import { compilerOf } from './compiler.ts'
import type { Mismatches } from './mismatches.ts'
import type { Serialize } from './model.ts'
import { statusIn } from './declared.ts'

interface PlannedAnswer {
  readonly contentType: string
  /** Without a schema the response is only described, and sent as it is. */
  readonly write: Serialize | undefined
}

export class PlannedAnswers {
  readonly #byStatus = new Map<string, PlannedAnswer>()

  /** Called when the app is ready, after all plugins have declared theirs. */
  compile ({ app, route, responses }: RoutePlan, mismatches: Mismatches, refuse: Refuse): void {
    const compile = compilerOf(app, problems => { problems.forEach(refuse) }, mismatches)
    for (const [status, { schema, contentType }] of responses) {
      const write = schema === undefined ? undefined : compile({ schema, method: String(route.method), url: route.url, httpStatus: status })
      this.#byStatus.set(status.toLowerCase(), { contentType, write })
    }
  }

  /** Returns the writer for the status of a reply, if there is one. Sets the content type. */
  find (reply: FastifyReply): ((payload: unknown) => string) | undefined {
    const status = statusIn(this.#byStatus, reply.statusCode)
    if (status === undefined) return undefined
    const { contentType, write = JSON.stringify } = this.#byStatus.get(status) as PlannedAnswer
    reply.header('content-type', contentType)
    return write
  }
}
