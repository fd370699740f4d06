/**
 * What an app of Fastify has before anybody sets anything, found on an app that nobody uses: names of functions are gone
 * in a minified bundle.
 *
 * @module
 */

import Fastify, { type FastifyInstance } from 'fastify'

interface Defaults {
  readonly errorHandler: unknown
  /** Where `setReplySerializer` keeps the serializer of a scope. */
  readonly replySerializer: symbol | undefined
}

let known: Defaults | undefined

function defaults (): Defaults {
  if (known !== undefined) return known
  const app = Fastify()
  // Any function that no app has elsewhere.
  const serializer = encodeURI
  app.setReplySerializer(serializer as () => string)
  const replySerializer = Object.getOwnPropertySymbols(app).find(symbol => Reflect.get(app, symbol) === serializer)
  return (known = { errorHandler: app.errorHandler, replySerializer })
}

/** Whether nobody has set an error handler. */
export function isDefaultErrorHandler ({ errorHandler }: FastifyInstance): boolean {
  // By its name where an app runs another copy of Fastify than this module finds.
  return errorHandler === defaults().errorHandler || errorHandler.name === 'defaultErrorHandler'
}

/** Whether `setReplySerializer` was called in a scope or above. */
export function hasReplySerializer (app: FastifyInstance): boolean {
  const { replySerializer } = defaults()
  return replySerializer !== undefined && typeof Reflect.get(app, replySerializer) === 'function'
}
