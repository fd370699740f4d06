/**
 * Answers that others declare for a route, `app.inherit({ responses })` and the `errors` of dependencies: they are
 * models as well.
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
  /** None where the answer is only described: it is sent as it is. */
  readonly write: Serialize | undefined
}

export class PlannedAnswers {
  readonly #byStatus = new Map<string, PlannedAnswer>()

  /** To be called when the app is ready: by then all plugins have said theirs. */
  compile ({ app, route, responses }: RoutePlan, mismatches: Mismatches, refuse: Refuse): void {
    const compile = compilerOf(app, problems => { problems.forEach(refuse) }, mismatches)
    for (const [status, { schema, contentType }] of responses) {
      const write = schema === undefined ? undefined : compile({ schema, method: String(route.method), url: route.url, httpStatus: status })
      this.#byStatus.set(status.toLowerCase(), { contentType, write })
    }
  }

  /** What writes a payload by the model of the reply's status, if there is one; the reply has its content type then. */
  find (reply: FastifyReply): ((payload: unknown) => string) | undefined {
    const status = statusIn(this.#byStatus, reply.statusCode)
    if (status === undefined) return undefined
    const { contentType, write = JSON.stringify } = this.#byStatus.get(status) as PlannedAnswer
    reply.header('content-type', contentType)
    return write
  }
}
