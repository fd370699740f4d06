import { createError } from '@fastify/error'

/** `HttpError` was given a status or a header that cannot be sent. */
export const APIKIT_ERR_HTTP_ERROR = createError('APIKIT_ERR_HTTP_ERROR', 'HttpError: %s', 500, TypeError)

/** `app.handle` was called with something that is neither a class nor a status, or whose handler is no function. */
export const APIKIT_ERR_HANDLE = createError('APIKIT_ERR_HANDLE', 'app.handle: %s', 500, TypeError)

/** One scope handles the same class, or the same status, twice. */
export const APIKIT_ERR_DUPLICATE_HANDLER = createError(
  'APIKIT_ERR_DUPLICATE_HANDLER',
  'app.handle: %s already has a handler in this scope; take one away, or register one of them in a child scope',
  500
)

/** The scope already has an error handler, a 404 handler, or this plugin. */
export const APIKIT_ERR_SCOPE_TAKEN = createError('APIKIT_ERR_SCOPE_TAKEN', 'fastify-apikit/errors: %s', 500)
