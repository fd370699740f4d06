import { createError } from '@fastify/error'

/** `inject` got an answer that is none of those that the test expects. */
export const APIKIT_ERR_INJECT = createError('APIKIT_ERR_INJECT', '%s', 500)
