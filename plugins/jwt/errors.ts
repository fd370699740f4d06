import { createError } from '@fastify/error'

/** Unusable keys; one error lists every problem. */
export const APIKIT_ERR_JWT_KEYS = createError('APIKIT_ERR_JWT_KEYS', 'fastify-apikit/jwt: %s', 500)

/** Claims that cannot be signed, since `verify` would reject them. */
export const APIKIT_ERR_JWT_CLAIMS = createError('APIKIT_ERR_JWT_CLAIMS', 'fastify-apikit/jwt: %s', 500, TypeError)
