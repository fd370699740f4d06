/**
 * Fastify's defaults, read from an unused app: its default error handler, and where it keeps a reply serializer. The name
 * of a function does not identify it, since minified bundles rename functions.
 *
 * @module
 */

import { fastify, type FastifyInstance } from 'fastify'

interface Defaults {
  readonly errorHandler: unknown
  /** Where `setReplySerializer` keeps the serializer of a scope. */
  readonly replySerializer: symbol | undefined
}

let known: Defaults | undefined

function defaults (): Defaults {
  if (known !== undefined) return known
  const app = fastify()
  // Any function that no app has elsewhere.
  const serializer = encodeURI
  app.setReplySerializer(serializer as () => string)
  const replySerializer = Object.getOwnPropertySymbols(app).find(symbol => Reflect.get(app, symbol) === serializer)
  return (known = { errorHandler: app.errorHandler, replySerializer })
}

/** Returns whether the error handler of a scope is Fastify's default. */
export function isDefaultErrorHandler ({ errorHandler }: FastifyInstance): boolean {
  // By its name where an app runs another copy of Fastify than this module finds.
  return errorHandler === defaults().errorHandler || errorHandler.name === 'defaultErrorHandler'
}

/** Returns whether `setReplySerializer` was called in a scope or above. */
export function hasReplySerializer (app: FastifyInstance): boolean {
  const { replySerializer } = defaults()
  return replySerializer !== undefined && typeof Reflect.get(app, replySerializer) === 'function'
}
