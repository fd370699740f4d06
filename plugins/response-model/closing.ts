/**
 * Refuses responses that a route does not declare.
 *
 * @module
 */

import type { FastifyReply } from 'fastify'
import type { RoutePlan } from '../core/plan/route-plan.ts'
import { type Declared, detailOf, typeOf } from './declared.ts'
import { APIKIT_ERR_UNDECLARED_RESPONSE } from './errors.ts'
import type { Mismatches } from './mismatches.ts'
import { PlannedAnswers } from './planned-answers.ts'

/** Returns `undefined` for a declared response. Otherwise returns the replacement, or throws. */
export type Closing = (reply: FastifyReply, payload: unknown) => { readonly json: string } | undefined

export interface ClosingOptions {
  readonly undeclared: 'error' | 'drop'
  readonly undeclaredText: 'text' | 'json'
  /** Number of refused responses, by route. */
  readonly counts: Map<string, number>
  readonly mismatches: Mismatches
}

/** Set on a reply to which an error handler has responded. Such a response is not checked. */
export const kFailed: unique symbol = Symbol('fastify-apikit.response-model.failed')

/** Replies that were reported. */
const reported = new WeakSet<FastifyReply>()

export function closingOf (plan: RoutePlan, declared: Declared, { undeclared, counts, mismatches }: ClosingOptions): Closing {
  const { route, atReady } = plan
  const planned = new PlannedAnswers()
  atReady.push(refuse => { planned.compile(plan, mismatches, refuse) })

  return (reply, payload) => {
    const { request } = reply
    if (reply[kFailed] === true || request.is404 || declared.has(reply)) return undefined
    const write = planned.find(reply)
    if (write !== undefined) return { json: write(payload) }
    const { statusCode } = reply
    const answer = `${request.method} ${route.url} ${statusCode}`
    if (!mismatches.isReported) counts.set(answer, (counts.get(answer) ?? 0) + 1)
    const error = new APIKIT_ERR_UNDECLARED_RESPONSE({
      cause: new Error(`${request.method} ${route.url} sent ${statusCode} ${typeOf(reply)}, which schema.response does not declare. Declare it, or a range such as '2xx'`)
    })
    if (mismatches.isReported) {
      // Asked twice where a handler may have replaced the serializer.
      if (!reported.has(reply)) mismatches.report(error, answer)
      reported.add(reply)
      return undefined
    }
    if (undeclared === 'error') throw error
    request.log.error({ err: error }, error.message)
    return { json: JSON.stringify(detailOf(payload, statusCode)) }
  }
}
