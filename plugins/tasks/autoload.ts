import type { FastifyInstance } from 'fastify'
import { tasks } from '../../schemas/tasks.ts'

export { default } from './index.ts'
export const autoConfig = ({ settings: { databaseUrl: url, tasks: options } }: FastifyInstance) => ({ ...options, url, tasks })
