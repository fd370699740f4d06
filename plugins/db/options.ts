/**
 * Options of the plugin.
 *
 * @module
 */

import { type Static, Type } from '@sinclair/typebox'
import type { AnyTable } from './tables/table-types.ts'

export const DbOptions = Type.Object({
  url: Type.String({ default: 'sqlite:./data/app.db', description: 'Where the database is: `sqlite:./app.db`, `sqlite::memory:` or `postgres://user:password@host/name`. A file of SQLite is made when it is not there.' }),
  tables: Type.Unsafe<readonly AnyTable[]>(Type.Array(Type.Any(), { default: [], description: 'The tables of the app.' })),
  migrations: Type.Union([Type.String(), Type.Null()], { default: null, description: 'Folder of the migrations of the app.' }),
  migrate: Type.Boolean({ default: false, description: 'Run the migrations that the database lacks before the server listens; without, lacking ones are an error at the start.' }),
  connectRetries: Type.Integer({ default: 0, minimum: 0, description: 'How often a database that cannot be reached at startup is tried again: after half a second, then after twice as long, at most 10 seconds.' }),
  poolSize: Type.Integer({ default: 10, minimum: 1, description: 'Connections to PostgreSQL at most.' }),
  acquireTimeout: Type.Integer({ default: 5000, minimum: 1, description: 'Milliseconds to wait for a connection to PostgreSQL, or for the one writer of SQLite; then it is a 503.' }),
  statementTimeout: Type.Integer({ default: 30_000, minimum: 0, description: 'Milliseconds that a statement may take in PostgreSQL; 0: as long as it wants.' }),
  idleTransactionTimeout: Type.Integer({ default: 60_000, minimum: 0, description: 'Milliseconds that a transaction in PostgreSQL may wait for its next statement; then the server closes its connection, and undoes it. 0: as long as it wants.' }),
  namedStatements: Type.Boolean({ default: true, description: 'PostgreSQL keeps the statements of `prepare`, so that it need not plan them each time; `false` behind a pooler that gives each transaction another connection and knows nothing of them, as PgBouncer before 1.21.' }),
  synchronous: Type.Union([Type.Literal('normal'), Type.Literal('full')], { default: 'normal', description: 'Of SQLite: `full` keeps the last commits even when the machine loses its power; `normal` when the process dies.' })
}, { additionalProperties: false })

/** What a caller may write: every option has a default. */
export type DbOptions = Partial<Static<typeof DbOptions>>
