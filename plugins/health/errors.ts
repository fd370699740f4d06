import { createError } from '@fastify/error'

/** Thrown when the plugin is registered twice, when a health check is added with an invalid name or option, twice, or after the app has started, and at startup when `exclude` names an unknown check. */
export const APIKIT_ERR_HEALTH = createError('APIKIT_ERR_HEALTH', 'fastify-apikit/health: %s', 500, TypeError)
