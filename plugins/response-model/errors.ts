import { createError } from '@fastify/error'

/** The handler's value does not fit the response schema; what is wrong stands in `cause` and `problems`, for the log. */
export const APIKIT_ERR_RESPONSE = createError('APIKIT_ERR_RESPONSE', 'The response does not fit its schema', 500)

/** The handler answered with a status, or a content type, that its `schema.response` does not declare. */
export const APIKIT_ERR_UNDECLARED_RESPONSE = createError('APIKIT_ERR_UNDECLARED_RESPONSE', 'The response is not declared', 500)

/** `jsonable` was given a value, or options, of which no JSON can be made. */
export const APIKIT_ERR_JSONABLE = createError('APIKIT_ERR_JSONABLE', 'jsonable: %s', 500, TypeError)

/** A handler returned nothing, though `schema.response` declares what it sends. It lacks a `return`. */
export const APIKIT_ERR_RETURNED_NOTHING = createError('APIKIT_ERR_RETURNED_NOTHING', 'The handler returned undefined, but schema.response declares a body. Return a value, or call reply.send() and return reply')
