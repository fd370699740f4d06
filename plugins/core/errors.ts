import { createError } from '@fastify/error'

/** Thrown at registration when options of a plugin are unknown or invalid. The message lists all of them. */
export const APIKIT_ERR_INVALID_OPTIONS = createError('APIKIT_ERR_INVALID_OPTIONS', '%s: %s', 500, TypeError)

/** Thrown at startup when routes cannot be served as declared. The message lists all of them, with a fix for each. */
export const APIKIT_ERR_ROUTES = createError('APIKIT_ERR_ROUTES', '%s', 500, TypeError)

/** Thrown when the client disconnects before its response is sent. */
export const APIKIT_ERR_CLIENT_GONE = createError('APIKIT_ERR_CLIENT_GONE', 'The client has disconnected', 499)

/** Thrown at startup with `start --workers` when something is kept in one process that all workers must share, or is too little for all of them. */
export const APIKIT_ERR_WORKERS = createError('APIKIT_ERR_WORKERS', '%s', 500)
