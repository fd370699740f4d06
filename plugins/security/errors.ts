import { createError } from '@fastify/error'

/** `app.guard` was called with something it does not know. */
export const APIKIT_ERR_GUARD = createError('APIKIT_ERR_GUARD', 'app.guard: %s', 500, TypeError)

/** A stored password hash has an unknown format, is cut off, or costs more than the limits allow. Nothing was hashed. */
export const APIKIT_ERR_PASSWORD_HASH = createError('APIKIT_ERR_PASSWORD_HASH', 'The stored password hash cannot be verified: %s', 500)
