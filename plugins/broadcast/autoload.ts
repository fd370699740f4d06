import type { FastifyInstance } from 'fastify'

export { default } from './index.ts'

/** Through the database, if it is one that can: with SQLite there is one process. */
export const autoConfig = ({ settings: { broadcast, databaseUrl } }: FastifyInstance) => ({ ...broadcast, url: broadcast.url ?? (/^postgres/i.test(databaseUrl) ? databaseUrl : null) })
