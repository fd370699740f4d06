import { createError } from '@fastify/error'

/** `dependency`, `scoped` or `fresh` was called with something it cannot use. */
export const APIKIT_ERR_DEPENDENCY = createError('APIKIT_ERR_DEPENDENCY', '%s', 500, TypeError)

/** `app.depends` or `app.inherit` was called with something it cannot use, or after the routes that it should hold for. */
export const APIKIT_ERR_INHERIT = createError('APIKIT_ERR_INHERIT', '%s', 500)

/** A generator of a dependency ended before its `yield`, yielded twice, kept an error to itself, or was returned by a plain function. */
export const APIKIT_ERR_GENERATOR = createError('APIKIT_ERR_GENERATOR', '%s', 500)

/** `app.resolve` was asked for a dependency that only a request can make, or whose decorators are missing. */
export const APIKIT_ERR_RESOLVE = createError('APIKIT_ERR_RESOLVE', 'app.resolve: %s', 500)

/** `explain` was asked for a route that does not exist. */
export const APIKIT_ERR_NO_ROUTE = createError('APIKIT_ERR_NO_ROUTE', '%s', 404)

/** A route that depends on a security scheme was called before its dependencies were. A hook has removed theirs. */
export const APIKIT_ERR_UNSOLVED = createError('APIKIT_ERR_UNSOLVED', 'The handler was called before the dependencies of its route')
