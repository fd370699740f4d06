/**
 * Answers all errors in FastAPI's format, `{"detail": …}`, without the messages of unexpected errors.
 *
 * @module
 */

import { type Static, Type } from '@sinclair/typebox'
import type { FastifyInstance, FastifyPluginAsync, FastifyReply, FastifyRequest } from 'fastify'
import fp from 'fastify-plugin'
import { parseOptions } from '../core/options.ts'
import { checkRoutes, contribute } from '../core/plan/conductor.ts'
import { isDefaultErrorHandler } from '../core/plan/fastify-defaults.ts'
import { purposeOf } from '../core/purpose.ts'
import { isRoot, isWithin } from '../core/scope.ts'
import { routeTableOf } from '../core/http/route-table.ts'
import { answering, kFailures } from './answering.ts'
import { APIKIT_ERR_SCOPE_TAKEN } from './errors.ts'
import type { FailureLog } from './failure-log.ts'
import { type ErrorClass, type ErrorHandler, Handlers } from './handlers.ts'
import { MethodNotAllowed, NotFound } from './http-error.ts'
import { otherSlash } from './other-slash.ts'
import { type Trust, trusting } from './trust.ts'

const name = 'fastify-apikit/errors'

export const ErrorsOptions = Type.Object({
  notFound: Type.Boolean({
    default: true,
    description: 'Answers unknown paths with 404 and unknown methods with 405. If `false`, set your own 404 handler.'
  }),
  redirectSlashes: Type.Boolean({
    default: false,
    description: 'Redirects `/items` to `/items/`, and the reverse, with 307 if only the other path has a route. Has no effect with Fastify’s `ignoreTrailingSlash`.'
  }),
  trust: Type.Unsafe<Trust>(Type.Any({
    default: [],
    description: 'Error classes, or a function `(error) => boolean`. The status, the 4xx message and the headers of these errors are sent, in this scope and the scopes below.'
  }))
}, { additionalProperties: false })

/** Options of the plugin. All of them have a default. */
export type ErrorsOptions = Partial<Static<typeof ErrorsOptions>>

export { frameworkErrors } from './answering.ts'
export { clientErrorHandler } from './client-errors.ts'
export * from './errors.ts'
export * from './http-error.ts'
export type { ErrorClass, ErrorHandler } from './handlers.ts'
export type { Trust } from './trust.ts'

const kHandlers: unique symbol = Symbol('fastify-apikit.errors.handlers')

declare module 'fastify' {
  interface FastifyInstance {
    /**
     * Handles errors of a class or a status in this scope and the scopes below. The nearest scope wins, then the
     * status, then the class, then its parent classes. Added by `fastify-apikit/errors`.
     *
     * @throws APIKIT_ERR_HANDLE for invalid arguments, APIKIT_ERR_DUPLICATE_HANDLER for a second handler in this scope
     */
    handle<E> (kind: ErrorClass<E>, handler: ErrorHandler<E>): this
    handle (status: number, handler: ErrorHandler<Error>): this
    [kHandlers]: Handlers
  }
  interface FastifyReply {
    [kFailures]?: FailureLog
  }
}

const installed = new WeakSet<FastifyInstance>()

const plugin: FastifyPluginAsync<ErrorsOptions> = async (app, options) => {
  const { notFound, redirectSlashes, trust } = parseOptions(name, ErrorsOptions, options, app)
  refuseTwice(app)

  if (!app.hasDecorator(kHandlers)) {
    app.decorate(kHandlers, new Handlers())
    app.decorate('handle', function (this: FastifyInstance, kind: unknown, handler: ErrorHandler<never>) {
      this[kHandlers].add(kind, handler)
      return this
    })
    app.addHook('onRegister', child => { child[kHandlers] = new Handlers(child[kHandlers]) })
  }

  app[kHandlers].trust(trusting(trust))
  app.setErrorHandler(answering(scope => scope[kHandlers]))
  const { errorHandler } = app
  app.addHook('onReady', async () => {
    if (app.errorHandler !== errorHandler) throw new APIKIT_ERR_SCOPE_TAKEN('setErrorHandler() was called after this plugin in the same scope, which would disable it. Remove that call, or replace it with app.handle(HttpError, …) and app.handle(Error, …)')
  })
  // When its answer fails on the way out (an `onSend` hook that throws), Fastify asks the next handler, which else is
  // Fastify's own, and that shows the message.
  contribute(app, 'errors', ({ slots }) => { slots.fail.standsBehind = errorHandler })
  if (notFound && ownsPrefix(app)) answerUnknown(app, redirectSlashes)
  else if (notFound) warnOfUnknown(app)
}

function refuseTwice (app: FastifyInstance): void {
  if (installed.has(app)) throw new APIKIT_ERR_SCOPE_TAKEN('the plugin is already registered in this scope. Remove one registration')
  installed.add(app)

  const above: { errorHandler?: unknown } = Object.getPrototypeOf(app)
  const inherited = isRoot(app) ? isDefaultErrorHandler(app) : app.errorHandler === above.errorHandler
  if (!inherited) {
    throw new APIKIT_ERR_SCOPE_TAKEN('this scope already has an error handler. Remove it, replace it with app.handle(Error, …), or do not register this plugin (in fastify-apikit: { errors: false })')
  }
}

function answerUnknown (app: FastifyInstance, redirectSlashes: boolean): void {
  const table = routeTableOf(app)
  const refuse = async (request: FastifyRequest, reply: FastifyReply) => {
    const allow = table.allow(request)
    if (allow !== undefined) throw new MethodNotAllowed(undefined, { allow: allow.join(', ') })
    const other = redirectSlashes ? otherSlash(request, table) : undefined
    if (other === undefined) throw new NotFound()
    return reply.redirect(other, 307)
  }
  // `preParsing`, so that the body of an unknown path is not read, nor answered with 400 or 415.
  // Fastify takes every hook here, and types two of them.
  const options = { preParsing: refuse, errorHandler: app.errorHandler }
  try {
    app.setNotFoundHandler(options as object, refuse)
  } catch (cause) {
    throw Object.assign(new APIKIT_ERR_SCOPE_TAKEN(
      `the prefix '${app.prefix || '/'}' already has a 404 handler. Remove it, or register this plugin with { notFound: false }`
    ), { cause })
  }
}

/**
 * Warns about `fastify start`, which gives an app a scope of its own, where plugins do not see unknown paths. The command line does
 * so as well where it does not listen.
 */
function warnOfUnknown (app: FastifyInstance): void {
  if (purposeOf(app) !== undefined) return
  let isWhole = true
  checkRoutes(app, ({ scope }) => { isWhole &&= isWithin(scope, app) })
  app.addHook('onReady', async () => {
    if (isWhole) app.log.warn('unknown paths are answered by Fastify and not by fastify-apikit/errors, because the app has a scope of its own. Wrap it in fastify-plugin, export default fp(app), or start it with fastify-apikit start')
  })
}

/** Returns whether the scope has its own prefix. Fastify has one 404 handler per prefix. */
function ownsPrefix (app: FastifyInstance): boolean {
  return isRoot(app) || app.prefix.replace(/\/$/, '') !== Object.getPrototypeOf(app).prefix.replace(/\/$/, '')
}

export const errors = fp(plugin, { name, fastify: '5.x || 6.x' })
export default errors
