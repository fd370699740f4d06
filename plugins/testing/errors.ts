import { createError } from '@fastify/error'

/** Thrown by `inject()` when a response has a status that the test does not expect, or does not match its schema. */
export const APIKIT_ERR_INJECT = createError('APIKIT_ERR_INJECT', '%s', 500)
