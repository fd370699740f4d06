import createError from '@fastify/error'

/** The keys of `jwt` cannot be used: all that is wrong with them. */
export const APIKIT_ERR_JWT_KEYS = createError('APIKIT_ERR_JWT_KEYS', 'fastify-apikit/jwt: %s', 500)

/** A token was to be signed with claims that no token can have. */
export const APIKIT_ERR_JWT_CLAIMS = createError('APIKIT_ERR_JWT_CLAIMS', 'fastify-apikit/jwt: %s', 500, TypeError)
