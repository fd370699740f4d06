import { createError } from '@fastify/error'

/** `inject` got an answer that is none of those that the test expects. */
export const APIKIT_ERR_INJECT = createError('APIKIT_ERR_INJECT', '%s', 500)

/** `connect` was refused, or got a message that the test does not expect; or the socket is closed. */
export const APIKIT_ERR_CONNECT = createError('APIKIT_ERR_CONNECT', '%s', 500)
