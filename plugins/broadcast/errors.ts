import { createError } from '@fastify/error'

/** `topic()` is declared in a way that cannot work, or its key is not usable: empty, too long, or with a lone surrogate. */
export const APIKIT_ERR_TOPIC = createError('APIKIT_ERR_TOPIC', 'fastify-apikit/broadcast: topic %s', 500, TypeError)

/** The URL has an unknown scheme, its server cannot be reached at startup, or the plugin is registered twice. */
export const APIKIT_ERR_BROADCAST_OPTIONS = createError('APIKIT_ERR_BROADCAST_OPTIONS', 'fastify-apikit/broadcast: %s', 500, TypeError)

/** A message does not match the schema of its topic, and was not sent. The cause has the problems. */
export const APIKIT_ERR_BROADCAST_MESSAGE = createError('APIKIT_ERR_BROADCAST_MESSAGE', 'A message for the topic %s does not match its schema', 500)

/** A message is longer than `maxBytes`, and was not sent. Send the ID of what changed instead, and let subscribers read the rest. */
export const APIKIT_ERR_BROADCAST_TOO_LARGE = createError('APIKIT_ERR_BROADCAST_TOO_LARGE', 'A message for the topic %s has %s bytes, and may have %s', 500, RangeError)

/** The server that carries the messages cannot be reached at present, or the app is closing. */
export const APIKIT_ERR_BROADCAST_UNAVAILABLE = createError('APIKIT_ERR_BROADCAST_UNAVAILABLE', 'fastify-apikit/broadcast: %s', 503)

/** Thrown to who reads a subscription that may have missed messages: it read too slowly, or the connection was lost. `onLost` is called instead, if it was given. */
export const APIKIT_ERR_BROADCAST_LOST = createError('APIKIT_ERR_BROADCAST_LOST', 'The subscription to %s may have missed messages: %s', 503)
