import { createError } from '@fastify/error'

/** Thrown when the value of a handler does not match the response schema. `problems` and `cause` have the details, for the log. */
export const APIKIT_ERR_RESPONSE = createError('APIKIT_ERR_RESPONSE', 'The response does not match its schema', 500)

/** Thrown when a handler sends a status or content type that `schema.response` does not declare. */
export const APIKIT_ERR_UNDECLARED_RESPONSE = createError('APIKIT_ERR_UNDECLARED_RESPONSE', 'The response is not declared', 500)

/** Thrown when `jsonable()` gets a value that cannot be JSON, or options that do not apply. */
export const APIKIT_ERR_JSONABLE = createError('APIKIT_ERR_JSONABLE', 'jsonable: %s', 500, TypeError)

/** Thrown when a handler returns nothing, although `schema.response` declares a body: a `return` is missing. */
export const APIKIT_ERR_RETURNED_NOTHING = createError('APIKIT_ERR_RETURNED_NOTHING', 'The handler returned undefined, but schema.response declares a body. Return a value, or call reply.send() and return reply')
