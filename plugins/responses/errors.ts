import { createError } from '@fastify/error'

/** Thrown when a chunk of a stream is neither a string nor bytes. */
export const APIKIT_ERR_CHUNK = createError('APIKIT_ERR_CHUNK', 'A stream must yield strings or bytes, got %s', 500)

/** Thrown when a `ServerSentEvent` is invalid: a line break in `event` or `id`, or both `data` and `raw`. */
export const APIKIT_ERR_EVENT = createError('APIKIT_ERR_EVENT', 'The server-sent event is invalid: %s', 500)

/** Thrown when a route declares a stream, and its handler returns something else. */
export const APIKIT_ERR_NO_STREAM = createError('APIKIT_ERR_NO_STREAM', '%s declares a stream, so its handler must return a generator, an iterable or a Readable', 500)

/** Thrown when the file to send does not exist or is not a file. */
export const APIKIT_ERR_FILE = createError('APIKIT_ERR_FILE', 'The file to send does not exist or is not a file', 500)

/** Thrown when a cookie is invalid: its name is not a token, or a value has a forbidden character. */
export const APIKIT_ERR_COOKIE = createError('APIKIT_ERR_COOKIE', 'The cookie is invalid: %s', 500)
