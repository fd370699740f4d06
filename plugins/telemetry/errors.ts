import { createError } from '@fastify/error'

/** The plugin is registered twice for a scope: each request would have two server spans. */
export const APIKIT_ERR_TELEMETRY = createError('APIKIT_ERR_TELEMETRY', 'fastify-apikit/telemetry: %s', 500, TypeError)
