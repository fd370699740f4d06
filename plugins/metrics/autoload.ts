import type { FastifyInstance } from 'fastify'

export { default } from './index.ts'

/** Without a token there is no route. */
export const autoConfig = ({ settings: { metrics } }: FastifyInstance) => ({ ...metrics, path: metrics.token === undefined ? null : metrics.path })
