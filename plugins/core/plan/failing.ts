/**
 * The error handler of a route: what was opened is closed first, and what was set by the way is taken back.
 *
 * @module
 */

import type { FastifyReply, FastifyRequest, RouteOptions } from 'fastify'
import { isAnswering, presentable, sendAnswer } from '../http/answer.ts'
import { isDefaultErrorHandler } from './fastify-defaults.ts'
import { restoreHeaders } from './reply-headers.ts'
import type { RoutePlan } from './route-plan.ts'

type ErrorHandler = NonNullable<RouteOptions['errorHandler']>

/** Whether the errors of a route need more than the handler that it, or its scope, has. */
export function isFailing ({ app, route, slots: { fail } }: RoutePlan, watch: { readonly dependencies: boolean, readonly handler: boolean }): boolean {
  return fail.generators !== undefined || fail.translate !== undefined || watch.dependencies || watch.handler || fail.standsBehind === app.errorHandler ||
    (route.errorHandler === undefined && isDefaultErrorHandler(app))
}

export function failing ({ app, slots: { fail: { generators, translate } } }: RoutePlan, own: ErrorHandler | undefined): ErrorHandler {
  const answer = (thrown: unknown, request: FastifyRequest, reply: FastifyReply): unknown => {
    restoreHeaders(reply)
    const error = translate === undefined ? thrown : translate(thrown, request)
    if (own === undefined && isDefaultErrorHandler(app)) {
      // Fastify would write it in a form of its own.
      if (isAnswering(error)) return sendAnswer(error, reply)
      throw presentable(error)
    }
    return (own ?? app.errorHandler).call(app, error as never, request, reply)
  }

  return function (thrown: unknown, request: FastifyRequest, reply: FastifyReply) {
    const closing = generators?.(request, thrown)
    // A plain function that returns nothing answers later by `reply.send`, which ends the wait for `reply`.
    return closing === undefined ? answer(thrown, request, reply) : closing.then(async error => await answer(error, request, reply) ?? reply)
  }
}
