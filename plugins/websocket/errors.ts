import { createError } from '@fastify/error'

/** Thrown when a closed socket is read or written. `closeCode` and `reason` are those of the close. */
export const APIKIT_ERR_WEBSOCKET_CLOSED = createError('APIKIT_ERR_WEBSOCKET_CLOSED', 'The WebSocket is closed: %s', 499)

/** Thrown by `new WebSocketException()` for a close code that cannot be sent. */
export const APIKIT_ERR_WEBSOCKET_CODE = createError('APIKIT_ERR_WEBSOCKET_CODE', 'A WebSocket cannot be closed with %s. Use 1000–1003, 1007–1014 or 3000–4999.', 500, TypeError)

/** Thrown at registration when the plugin, or @fastify/websocket, is registered already. */
export const APIKIT_ERR_WEBSOCKET_TWICE = createError('APIKIT_ERR_WEBSOCKET_TWICE', '%s', 500, TypeError)
