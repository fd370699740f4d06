/**
 * Answers that others declare for a route, `app.inherit({ responses })` and the `errors` of dependencies: they are
 * models as well.
 *
 * @module
 */

import type { FastifyReply } from 'fastify'
import type { Refuse, RoutePlan } from '../core/plan/route-plan.ts'
import { compilerOf } from './compiler.ts'
import type { Serialize } from './model.ts'

interface PlannedAnswer {
  readonly contentType: string
  /** None where the answer is only described: it is sent as it is. */
  readonly write: Serialize | undefined
}

export class PlannedAnswers {
  readonly #byStatus = new Map<string, PlannedAnswer>()

  /** For a step of the plan: by then all plugins have said theirs. */
  compile ({ app, route, responses }: RoutePlan, refuse: Refuse): void {
    const compile = compilerOf(app, problems => { problems.forEach(refuse) })
    for (const [status, { schema, contentType }] of responses) {
      const write = schema === undefined ? undefined : compile({ schema, method: String(route.method), url: route.url, httpStatus: status })
      this.#byStatus.set(status.toLowerCase(), { contentType, write })
    }
  }

  /** Makes the reply write its payload by the model of its status, if there is one. */
  write (reply: FastifyReply): boolean {
    const status = String(reply.statusCode)
    const planned = this.#byStatus.get(status) ?? this.#byStatus.get(`${status[0]}xx`) ?? this.#byStatus.get('default')
    if (planned === undefined) return false
    reply.header('content-type', planned.contentType).serializer(planned.write ?? JSON.stringify)
    return true
  }
}
