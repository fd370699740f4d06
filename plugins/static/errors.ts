import { createError } from '@fastify/error'

/** The folder or the fallback file does not exist, or options contradict each other. */
export const APIKIT_ERR_STATIC = createError('APIKIT_ERR_STATIC', 'fastify-apikit/static: %s', 500, TypeError)

/** The method is not supported for static files. Use GET or HEAD. */
export const APIKIT_ERR_STATIC_METHOD = createError('APIKIT_ERR_STATIC_METHOD', 'Method Not Allowed', 405)
