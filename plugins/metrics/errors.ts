import { createError } from '@fastify/error'

/** The plugin is registered twice, `app.metrics` belongs to another plugin, or options contradict each other. */
export const APIKIT_ERR_METRICS = createError('APIKIT_ERR_METRICS', 'fastify-apikit/metrics: %s', 500, TypeError)
