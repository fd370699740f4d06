import createError from '@fastify/error'

/** `app.guard` was called with something it does not know. */
export const APIKIT_ERR_GUARD = createError('APIKIT_ERR_GUARD', 'app.guard: %s', 500, TypeError)
