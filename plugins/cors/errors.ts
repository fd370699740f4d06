import createError from '@fastify/error'

/** Options of `cors` that would let every page act in the name of whoever looks at it, or that no engine can read. */
export const APIKIT_ERR_CORS = createError('APIKIT_ERR_CORS', 'fastify-apikit/cors: %s', 500, TypeError)
