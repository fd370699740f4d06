/**
 * Options of the plugin.
 *
 * @module
 */

import { type Static, Type } from '@sinclair/typebox'

export const WebSocketOptions = Type.Object({
  maxPayload: Type.Integer({ default: 1_048_576, minimum: 1, description: 'Bytes of a message from a client. A longer one closes the socket with 1009.' }),
  maxBuffered: Type.Integer({
    default: 16_777_216,
    minimum: 0,
    description: 'Bytes that may wait to be sent to a client. If more are waiting when the next message is sent, the connection is cut.'
  }),
  heartbeat: Type.Integer({
    default: 30_000,
    minimum: 0,
    maximum: 2_147_483_647,
    description: 'Milliseconds between pings. A client that sends nothing between two pings, not even a pong, is disconnected. 0 sends no pings.'
  }),
  closeTimeout: Type.Integer({
    default: 5_000,
    minimum: 1,
    maximum: 2_147_483_647,
    description: 'Milliseconds that a client has to complete a close, also when the app closes. Then the connection is cut.'
  }),
  // As a browser writes it: with anything behind the host it would never match.
  origins: Type.Optional(Type.Array(Type.String({ pattern: '^(null|[a-z][a-z0-9+.-]*://[^/\\s]+)$' }), {
    description: 'Origins of the pages that may connect: `https://shop.example`. Others get a 403; CORS does not hold for WebSockets. A client that sends no `Origin` is not a browser, and is not checked. Default: all.'
  }))
}, { additionalProperties: false })

/** What a caller may write: every option has a default. */
export type WebSocketOptions = Partial<Static<typeof WebSocketOptions>>

export type ParsedOptions = Static<typeof WebSocketOptions>
