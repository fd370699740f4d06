import { createError } from '@fastify/error'

/** Thrown when the plugin is registered twice, or the server has the option `requestIdHeader`, by which Fastify would use the header without a check. */
export const APIKIT_ERR_REQUEST_ID = createError('APIKIT_ERR_REQUEST_ID', 'fastify-apikit/request-id: %s', 500, TypeError)
