import { createError } from '@fastify/error'

/** Thrown when `app.guard()` gets an unknown or invalid option. */
export const APIKIT_ERR_GUARD = createError('APIKIT_ERR_GUARD', 'app.guard: %s', 500, TypeError)

/** Thrown when a stored password hash has an unknown format, is cut off, or costs more than the limits allow. Nothing was hashed. */
export const APIKIT_ERR_PASSWORD_HASH = createError('APIKIT_ERR_PASSWORD_HASH', 'The stored password hash cannot be verified: %s', 500)
