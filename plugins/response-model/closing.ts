/**
 * Lets nothing out that a route does not declare.
 *
 * @module
 */

import type { FastifyReply } from 'fastify'
import type { RoutePlan } from '../core/plan/route-plan.ts'
import { type Declared, detailOf, typeOf } from './declared.ts'
import { APIKIT_ERR_UNDECLARED_RESPONSE } from './errors.ts'
import type { Mismatches } from './mismatches.ts'
import { PlannedAnswers } from './planned-answers.ts'

/** `undefined` where an answer is declared; else what is sent in its place, or it throws. */
export type Closing = (reply: FastifyReply, payload: unknown) => { readonly json: string } | undefined

export interface ClosingOptions {
  readonly undeclared: 'error' | 'drop'
  readonly undeclaredText: 'text' | 'json'
  /** How often each route has tried. */
  readonly counts: Map<string, number>
  readonly mismatches: Mismatches
}

/** Set on a reply that an error was answered with: that answer is the error handler's, not the route's. */
export const kFailed: unique symbol = Symbol('fastify-apikit.response-model.failed')

/** Replies whose answer was reported. */
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
      cause: new Error(`${request.method} ${route.url} answered ${statusCode} ${typeOf(reply)}, which its schema.response lacks: declare it, or a range such as '2xx'`)
    })
    if (mismatches.isReported) {
      // Asked of twice, where a handler may have taken the writer away.
      if (!reported.has(reply)) mismatches.report(error, answer)
      reported.add(reply)
      return undefined
    }
    if (undeclared === 'error') throw error
    request.log.error({ err: error }, error.message)
    return { json: JSON.stringify(detailOf(payload, statusCode)) }
  }
}
