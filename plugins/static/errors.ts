import { createError } from '@fastify/error'

/** The folder to serve, or the file to fall back to, is not there. */
export const APIKIT_ERR_STATIC = createError('APIKIT_ERR_STATIC', 'fastify-apikit/static: %s', 500, TypeError)

/** Files can be read (GET, HEAD) and no more. */
export const APIKIT_ERR_STATIC_METHOD = createError('APIKIT_ERR_STATIC_METHOD', 'Method Not Allowed', 405)
