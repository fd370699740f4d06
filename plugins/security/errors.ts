import createError from '@fastify/error'

/** `app.guard` was called with something it does not know. */
export const APIKIT_ERR_GUARD = createError('APIKIT_ERR_GUARD', 'app.guard: %s', 500, TypeError)

/** A stored hash of a password is of no kind that `password` knows. */
export const APIKIT_ERR_PASSWORD_HASH = createError('APIKIT_ERR_PASSWORD_HASH', 'The stored hash of a password is none that can be verified: of Argon2, bcrypt or scrypt', 500)
