import { createError } from '@fastify/error'

/** Thrown by `inject()` when a response has a status that the test does not expect, or does not match its schema. */
export const APIKIT_ERR_INJECT = createError('APIKIT_ERR_INJECT', '%s', 500)

/** Thrown by `connect()` when the handshake is refused, when a message does not match its schema, or when the socket is closed. */
export const APIKIT_ERR_CONNECT = createError('APIKIT_ERR_CONNECT', '%s', 500)

/** Thrown by `rollbackAfter()` when the app has no database. */
export const APIKIT_ERR_ROLLBACK = createError('APIKIT_ERR_ROLLBACK', '%s', 500)
