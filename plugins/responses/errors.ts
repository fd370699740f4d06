import { createError } from '@fastify/error'

/** A chunk of a stream is neither text nor bytes. */
export const APIKIT_ERR_CHUNK = createError('APIKIT_ERR_CHUNK', 'A stream sends text and bytes, and this is neither: %s', 500)

/** The fields of a `ServerSentEvent` cannot be sent: a line break in `event` or `id`, or both `data` and `raw`. */
export const APIKIT_ERR_EVENT = createError('APIKIT_ERR_EVENT', 'A server-sent event cannot be sent: %s', 500)

/** A route declares a stream, and its handler has returned something that is none. */
export const APIKIT_ERR_NO_STREAM = createError('APIKIT_ERR_NO_STREAM', '%s declares a stream; return a generator, an iterable or a Readable', 500)

/** The file that a handler wants to send is not there, or is no file. */
export const APIKIT_ERR_FILE = createError('APIKIT_ERR_FILE', 'There is no file to send', 500)

/** A cookie cannot be set: its name is no token, or an attribute has a character that ends it. */
export const APIKIT_ERR_COOKIE = createError('APIKIT_ERR_COOKIE', 'The cookie cannot be set: %s', 500)
