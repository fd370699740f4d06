import { createError } from '@fastify/error'

/** A body is in no encoding that JSON can have, nests too deep to be read, or has, as has JSON in a text, a key that the server's `onProtoPoisoning` forbids. */
export const APIKIT_ERR_BODY = createError('APIKIT_ERR_BODY', 'There was an error parsing the body', 400)

/** A body came with a content type that the route's `schema.body.content` does not list. */
export const APIKIT_ERR_CONTENT_TYPE = createError('APIKIT_ERR_CONTENT_TYPE', 'Unsupported Media Type', 415)

/** `parse` was given a schema that cannot be understood. */
export const APIKIT_ERR_PARSE = createError('APIKIT_ERR_PARSE', 'parse: %s', 500, TypeError)
