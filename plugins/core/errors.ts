import { createError } from '@fastify/error'

/** The options given to a plugin do not match its options schema. */
export const APIKIT_ERR_INVALID_OPTIONS = createError('APIKIT_ERR_INVALID_OPTIONS', '%s: %s', 500, TypeError)

/** One or more routes cannot be served as declared; the message names every one of them and how to mend it. */
export const APIKIT_ERR_ROUTES = createError('APIKIT_ERR_ROUTES', '%s', 500, TypeError)

/** The client disconnected before its response was sent. */
export const APIKIT_ERR_CLIENT_GONE = createError('APIKIT_ERR_CLIENT_GONE', 'The client has disconnected', 499)
