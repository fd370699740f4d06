/**
 * Options of the plugin.
 *
 * @module
 */

import { type Static, Type } from '@sinclair/typebox'

export const BroadcastOptions = Type.Object({
  url: Type.Union([Type.String({ minLength: 1 }), Type.Null()], {
    default: null,
    description: 'What carries the messages between processes: `postgres://user:password@host/name` or `redis://host:6379`. With `null` they stay in this process.'
  }),
  prefix: Type.String({ default: 'apikit', minLength: 1, maxLength: 100, description: 'Apps with different prefixes do not hear each other.' }),
  maxBuffered: Type.Integer({ default: 1000, minimum: 1, description: 'Messages that may wait for a slow subscriber. With more it has missed messages, and is told so.' }),
  maxBytes: Type.Integer({
    default: 7999,
    minimum: 1,
    description: 'Bytes of a message as JSON. PostgreSQL carries no more than 7999; the others have the same default, so that an app can change between them.'
  }),
  connectTimeout: Type.Integer({ default: 10_000, minimum: 1, maximum: 2_147_483_647, description: 'Milliseconds to connect. If the server cannot be reached at startup, the app does not start.' })
}, { additionalProperties: false })

/** What a caller may write: every option has a default. */
export type BroadcastOptions = Partial<Static<typeof BroadcastOptions>>

export type ParsedOptions = Static<typeof BroadcastOptions>
