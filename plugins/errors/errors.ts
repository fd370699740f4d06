import { createError } from '@fastify/error'

/** The status or a header given to `HttpError` is invalid. */
export const APIKIT_ERR_HTTP_ERROR = createError('APIKIT_ERR_HTTP_ERROR', 'HttpError: %s', 500, TypeError)

/** The arguments of `app.handle` are invalid. It expects a class or a status, and a function. */
export const APIKIT_ERR_HANDLE = createError('APIKIT_ERR_HANDLE', 'app.handle: %s', 500, TypeError)

/** The scope already has a handler for this class or status. */
export const APIKIT_ERR_DUPLICATE_HANDLER = createError(
  'APIKIT_ERR_DUPLICATE_HANDLER',
  'app.handle: %s already has a handler in this scope. Remove one of them, or register one in a child scope',
  500
)

/** The scope already has an error handler, a 404 handler, or this plugin. The message says how to fix it. */
export const APIKIT_ERR_SCOPE_TAKEN = createError('APIKIT_ERR_SCOPE_TAKEN', 'fastify-apikit/errors: %s', 500)
