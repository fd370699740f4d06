import { createError } from '@fastify/error'

/** The policy is unsafe or invalid, or another one is in its way; the message says which option, and how to fix it. */
export const APIKIT_ERR_CORS = createError('APIKIT_ERR_CORS', 'fastify-apikit/cors: %s', 500, TypeError)
