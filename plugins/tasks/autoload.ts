import type { FastifyInstance } from 'fastify'
import { tasks } from '../../schemas/tasks.ts'

export { default } from './index.ts'
export const autoConfig = ({ settings: { databaseUrl: url, tasks: { page: _, engine = url.startsWith('postgres') ? 'pg-boss' : 'sqlite', ...options } } }: FastifyInstance) =>
  ({ ...options, engine, url, tasks })
