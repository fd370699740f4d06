import { createError } from '@fastify/error'

/** Thrown when `dependency()`, `scoped()`, `fresh()` or `override()` get an unknown option or an invalid argument. */
export const APIKIT_ERR_DEPENDENCY = createError('APIKIT_ERR_DEPENDENCY', '%s', 500, TypeError)

/** Thrown when `app.depends()` or `app.inherit()` get an invalid argument, or are called after the first route of their scope. */
export const APIKIT_ERR_INHERIT = createError('APIKIT_ERR_INHERIT', '%s', 500)

/** Thrown when a generator ends before its `yield`, yields twice, catches an error without throwing, or is returned by a plain function. */
export const APIKIT_ERR_GENERATOR = createError('APIKIT_ERR_GENERATOR', '%s', 500)

/** Thrown when `app.resolve()` gets a dependency that reads the request, or whose decorators are missing. */
export const APIKIT_ERR_RESOLVE = createError('APIKIT_ERR_RESOLVE', 'app.resolve: %s', 500)

/** Thrown when `explain()` gets a route that does not exist. */
export const APIKIT_ERR_NO_ROUTE = createError('APIKIT_ERR_NO_ROUTE', '%s', 404)

/** Thrown when a handler runs before the dependencies of its route, because a hook removed theirs. */
export const APIKIT_ERR_UNSOLVED = createError('APIKIT_ERR_UNSOLVED', 'The handler was called before the dependencies of its route. A hook of another plugin has replaced the hooks of the route')
