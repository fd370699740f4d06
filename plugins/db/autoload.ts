import { join } from 'node:path'
import type { FastifyInstance } from 'fastify'
import { tables } from '../../schemas/tables.ts'

export { default } from './index.ts'
export const autoConfig = ({ settings: { databaseUrl: url, db } }: FastifyInstance) =>
  ({ ...db, url, tables, migrations: join(import.meta.dirname, '..', '..', 'schemas', 'migrations') })
