/**
 * Options of the plugin.
 *
 * @module
 */

import { type Static, Type } from '@sinclair/typebox'
import type { AnyTable } from './tables/table-types.ts'

export const DbOptions = Type.Object({
  name: Type.String({ default: 'default', pattern: '^[A-Za-z][A-Za-z0-9_-]*$', description: 'Name of the database, for an app with several. Without one it is `app.db`; others are `app.database(name)`.' }),
  url: Type.String({ default: 'sqlite:./data/app.db', description: 'URL of the database: `sqlite:./app.db`, `sqlite::memory:` or `postgres://user:password@host/name`. A missing SQLite file is created.' }),
  tables: Type.Unsafe<readonly AnyTable[]>(Type.Array(Type.Any(), { default: [], description: 'Tables of the app, made by `table()`.' })),
  migrations: Type.Union([Type.String(), Type.Null()], { default: null, description: 'Folder of the app’s migrations. Startup fails where it does not exist.' }),
  migrate: Type.Boolean({ default: false, description: 'Run pending migrations before the server listens. If false, startup fails while migrations are pending.' }),
  connectRetries: Type.Integer({ default: 0, minimum: 0, description: 'Number of further attempts to connect at startup. The delay begins at 500 ms and doubles, up to 10 seconds.' }),
  poolSize: Type.Integer({ default: 10, minimum: 1, description: 'Maximum number of connections to PostgreSQL.' }),
  acquireTimeout: Type.Integer({ default: 5000, minimum: 1, description: 'Milliseconds to wait for a connection to PostgreSQL, or for the single writer of SQLite. After that, the response is a 503.' }),
  statementTimeout: Type.Integer({ default: 30_000, minimum: 0, description: 'Maximum duration of a statement in PostgreSQL, and of each batch of a stream, in milliseconds. A server that is silent for a second longer is given up. 0 disables both limits.' }),
  idleTransactionTimeout: Type.Integer({ default: 60_000, minimum: 0, description: 'Maximum time between two statements of a transaction in PostgreSQL, in milliseconds. After that, the server closes the connection and rolls back. 0 disables the limit.' }),
  namedStatements: Type.Boolean({ default: true, description: 'Let PostgreSQL keep the statements of `prepare`. Set it to `false` behind a transaction pooler without support for named statements, such as PgBouncer before 1.21.' }),
  synchronous: Type.Union([Type.Literal('normal'), Type.Literal('full')], { default: 'normal', description: 'Durability of SQLite: commits survive a crash of the process with `normal`, and a power failure with `full`.' }),
  replica: Type.Union([
    Type.Object({
      url: Type.Union([Type.String(), Type.Array(Type.String(), { minItems: 1 })], { description: 'URL, or URLs, of replicas.' }),
      poolSize: Type.Integer({ default: 10, minimum: 1, description: 'Maximum number of connections to each of them.' }),
      gets: Type.Boolean({ default: false, description: 'Let all GET, HEAD and QUERY requests read from them, where the route does not have `config.replica`.' }),
      fallback: Type.Boolean({ default: true, description: 'Read from the primary where none of them can be reached. If false, the response is a 503.' })
    }, { additionalProperties: false }),
    Type.Null()
  ], { default: null, description: 'Replicas of PostgreSQL to read from: `url` (one or a list), `poolSize` (10), `gets` (false), `fallback` (true).' }),
  log: Type.Object({
    queries: Type.Union([Type.Boolean(), Type.Literal('trace'), Type.Literal('debug'), Type.Literal('info'), Type.Literal('warn')], { default: false, description: 'Level at which statements are logged. `true` is `debug`.' }),
    slow: Type.Integer({ default: 0, minimum: 0, description: 'Milliseconds from which on a statement is logged as a warning. 0: never.' }),
    parameters: Type.Boolean({ default: false, description: 'Log the parameters, too, but those of statements with a hidden column.' })
  }, { default: {}, additionalProperties: false, description: 'Log of statements: `queries` (false, or a level), `slow` (milliseconds; 0: never), `parameters` (false).' })
}, { additionalProperties: false })

/** What a caller may write: every option has a default. */
export type DbOptions = Partial<Omit<Parsed, 'log' | 'replica'>> & {
  readonly log?: Partial<Parsed['log']>
  readonly replica?: ReplicaOptions | null
}

type Parsed = Static<typeof DbOptions>

/** Replicas to read from. */
export interface ReplicaOptions extends Partial<Omit<NonNullable<Parsed['replica']>, 'url'>> {
  readonly url: string | readonly string[]
}
