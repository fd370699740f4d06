import type { FastifyInstance } from 'fastify'

export { default } from './index.ts'
export const autoConfig = (app: FastifyInstance) => app.settings.telemetry
