import { createError } from '@fastify/error'

/** A socket was read from or written to after its end. `closeCode` and `reason` say how it ended. */
export const APIKIT_ERR_WEBSOCKET_CLOSED = createError('APIKIT_ERR_WEBSOCKET_CLOSED', 'The WebSocket is closed: %s', 499)

/** `WebSocketException` was given a code that cannot be sent. */
export const APIKIT_ERR_WEBSOCKET_CODE = createError('APIKIT_ERR_WEBSOCKET_CODE', 'A WebSocket cannot be closed with %s. Use 1000–1003, 1007–1014 or 3000–4999.', 500, TypeError)

/** The plugin was registered twice, or beside @fastify/websocket. */
export const APIKIT_ERR_WEBSOCKET_TWICE = createError('APIKIT_ERR_WEBSOCKET_TWICE', '%s', 500, TypeError)
