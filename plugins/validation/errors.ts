import { createError } from '@fastify/error'

/** The encoding of a JSON body is unsupported, the body is nested too deeply, or the body or a JSON string in it has a key that the server's `onProtoPoisoning` forbids. */
export const APIKIT_ERR_BODY = createError('APIKIT_ERR_BODY', 'There was an error parsing the body', 400)

/** The content type of the body is not listed in the route's `schema.body.content`. */
export const APIKIT_ERR_CONTENT_TYPE = createError('APIKIT_ERR_CONTENT_TYPE', 'Unsupported Media Type', 415)

/** The schema given to `parse()` is invalid or unsupported. */
export const APIKIT_ERR_PARSE = createError('APIKIT_ERR_PARSE', 'parse: %s', 500, TypeError)
