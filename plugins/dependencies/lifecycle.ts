/**
 * What a route with generators needs around its handler, so that each is closed, and sees the error that there was.
 *
 * @module
 */

import type { FastifyInstance, FastifyReply, FastifyRequest, onSendHookHandler, RouteOptions } from 'fastify'
import { isAnswering, sendAnswer } from '../core/http/answer.ts'
import type { Exits } from './teardown.ts'
import { kExits } from './state.ts'

type Handler = RouteOptions['handler']
type ErrorHandler = NonNullable<RouteOptions['errorHandler']>

/** @param app the scope of the route */
export function closeBehind (app: FastifyInstance, route: RouteOptions): void {
  route.handler = aroundHandler(route.handler)
  route.errorHandler = aroundErrors(app, route.errorHandler)
  route.onSend = [route.onSend ?? [], beforeSending].flat()
}

function aroundHandler (handler: Handler): Handler {
  return function (request, reply) {
    // Made before the first generator was called, which is before any handler is.
    const exits = request[kExits] as Exits
    return exits.handle(() => handler.call(this, request, reply))
  }
}

const beforeSending: onSendHookHandler = (request, _reply, payload, done) => {
  const closing = request[kExits]?.answer(payload)
  if (closing === undefined) done(null, payload)
  else return closing
}

/** Stands before the error handler of the route, or of its scope, and gives it what came out of the generators. */
function aroundErrors (app: FastifyInstance, own: ErrorHandler | undefined): ErrorHandler {
  return async function (thrown: unknown, request: FastifyRequest, reply: FastifyReply) {
    const error = await request[kExits]?.fail(thrown) ?? thrown
    // Called, not left to Fastify: `errors` stands behind as well, for answers that fail on their way out.
    const handler = own ?? app.errorHandler
    if (handler.name !== 'defaultErrorHandler') {
      // A plain function that returns nothing answers later by `reply.send`, which ends the wait for `reply`.
      return await handler.call(app, error as never, request, reply) ?? reply
    }
    if (isAnswering(error)) return sendAnswer(error, reply)
    throw error
  }
}
