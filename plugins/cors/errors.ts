import { createError } from '@fastify/error'

/** The policy is unsafe, invalid, or the second one for the same routes. The message says which option, and how to fix it. */
export const APIKIT_ERR_CORS = createError('APIKIT_ERR_CORS', 'fastify-apikit/cors: %s', 500, TypeError)
