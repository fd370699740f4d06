/**
 * A database: SQLite, which needs nothing, or PostgreSQL; tables declared once, sessions as a dependency, migrations.
 *
 * @module
 */

import { existsSync } from 'node:fs'
import { setTimeout as delay } from 'node:timers/promises'
import type { Static } from '@sinclair/typebox'
import type { FastifyInstance, FastifyPluginAsync } from 'fastify'
import fp from 'fastify-plugin'
import { addHealthCheck } from '../core/health-checks.ts'
import { hideMessage } from '../core/http/answer.ts'
import { parseOptions } from '../core/options.ts'
import { contribute } from '../core/plan/conductor.ts'
import { purposeOf } from '../core/purpose.ts'
import { refuseWorkers, shareOfWorkers } from '../core/workers.ts'
import { Constraints } from './engine/constraints.ts'
import { Conversions } from './engine/conversions.ts'
import { coreOf } from './sessions/core.ts'
import { Database, type Tables } from './sessions/database.ts'
import { addDatabase, DEFAULT, refuseSecond, type TablesNamed } from './sessions/databases.ts'
import type { Driver } from './engine/driver.ts'
import { APIKIT_ERR_DB_BEHIND, APIKIT_ERR_DB_OPEN, APIKIT_ERR_DB_URL } from './errors.ts'
import { readMigrations } from './migrations/files.ts'
import { accept, down, pendingOf, stamp, statusOf, up } from './migrations/migrations.ts'
import { DbOptions } from './options.ts'
import { PostgresDriver, type PostgresOptions } from './engine/postgres/driver.ts'
import { translatePostgres } from './engine/postgres/errors.ts'
import { ObservedDriver } from './sessions/observed.ts'
import type { Role } from './sessions/query-event.ts'
import { Observer } from './sessions/observer.ts'
import { type Logger, QueryLog } from './sessions/query-log.ts'
import { Replicas } from './sessions/replicas.ts'
import { repeat, type RouteReplica, type RouteTransaction } from './sessions/request-session.ts'
import { SqliteDriver } from './engine/sqlite/driver.ts'
import { sqliteTranslator } from './engine/sqlite/errors.ts'
import { locate } from './engine/url.ts'
import type { Dialect } from './tables/dialect.ts'
import type { AnyTable } from './tables/table.ts'

const owner = 'fastify-apikit/db'

export { DbOptions, type ReplicaOptions } from './options.ts'
export { BigInteger } from './tables/big-integer.ts'
export { type Column, column, type ColumnOptions, type Computed, type Conversion, type Deferrable, type ForeignAction, type Generated, type Reference, type ValueOf } from './tables/columns.ts'
export { Database, type NamedPool, type Registration, type Tables } from './sessions/database.ts'
export { type Databases, databasesOf, type NamedDatabase, type TablesNamed } from './sessions/databases.ts'
export { diff, leftAlone } from './migrations/diff/diff.ts'
export * from './errors.ts'
export { DatabaseRefreshTokenStore, logins } from '../jwt/stores/database.ts'
export { readMigrations } from './migrations/files.ts'
export { writeMigration, type NewMigration, type Steps } from './migrations/diff/writer.ts'
export type { Migration, Migrations, MigrationSet, MigrationSchema, MigrationState, Patience, UpOptions } from './migrations/migrations.ts'
export type { Constraint } from './migrations/constraint.ts'
export type { AlterOptions } from './migrations/schema.ts'
export { type Pulled, pull } from './migrations/pull.ts'
export { prepare, type Prepared } from './sessions/prepared.ts'
export { type Related, type RelationOptions, type Relations, withMany, withOne } from './relations/relations.ts'
export type { QueryEvent, Role } from './sessions/query-event.ts'
export { QUERY_CHANNEL } from './sessions/observer.ts'
export { type RouteReplica, type RouteTransaction, session, sessionOf } from './sessions/request-session.ts'
export { page, type OffsetPage, type Selecting } from './rows/page.ts'
export { CursorPage, cursorPaging, type CursorPaging, offsetPaging, type OffsetPaging, type Order, Page, type PagingOptions } from './rows/paging.ts'
export { fromPath, type FromPathOptions } from './rows/from-path.ts'
export type { ConflictTarget, OnConflict } from './rows/conflict.ts'
export { insertMany, type InsertManyOptions } from './rows/insert-many.ts'
export { find, findOr404, type Id, patch, type Source } from './rows/rows.ts'
export { Session } from './sessions/session.ts'
export { type Raw, raw, type SqlText } from './tables/raw.ts'
export {
  type AnyTable, type Columns, type ForeignKey, type IndexKey, type IndexOptions, type KeyOptions, type KyselyTable, type ModelOptions, type NewRow, type Row, type RowUpdate, type Table, table,
  type TableOptions, type TablesOf, type UniqueOptions
} from './tables/table.ts'
export type { TestTransaction } from './sessions/test-transaction.ts'
export type { SessionOptions } from './sessions/unit.ts'
export {
  CheckViolation, ConstraintViolation, DatabaseError, DatabaseUnavailable, ForeignKeyViolation, NotNullViolation, QueryCanceled, SerializationFailure,
  UniqueViolation, type ValueFault, ValueViolation
} from './engine/violations.ts'

export { accept, down, pendingOf, stamp, statusOf, up }

declare module 'fastify' {
  interface FastifyContextConfig {
    /** The transaction of the route's session. Added by `fastify-apikit/db`. */
    transaction?: RouteTransaction
    /** Whether the route's session, which must only read, reads from a replica. Default: the option `replica.gets`. Added by `fastify-apikit/db`. */
    replica?: RouteReplica
  }
  interface FastifyInstance {
    /** The database: Kysely, with sessions. Added by `fastify-apikit/db`. */
    db: Database<Tables>
    /**
     * Returns the database with a name, as this scope sees it. Added by `fastify-apikit/db`.
     *
     * ```ts
     * await app.database('reports').of([visits]).selectFrom('visits').selectAll().execute()
     * ```
     *
     * @throws APIKIT_ERR_DB_NAME when there is none.
     */
    database<const Name extends string> (name: Name): Database<TablesNamed<Name>>
  }
}

const AFTER_COMMIT = 'a callback of afterCommit failed; what it was told of is committed'

/** @throws APIKIT_ERR_DB_URL where it is not of PostgreSQL */
function replicaUrl (url: string, index: number, dialect: Dialect): string {
  if (dialect === 'sqlite') throw new APIKIT_ERR_DB_URL('replica needs PostgreSQL. SQLite reads beside its writer already; remove the option')
  const location = locate(url)
  if (location.dialect === 'sqlite') throw new APIKIT_ERR_DB_URL(`replica.url[${index}] must be a URL of PostgreSQL, as url is`)
  return location.url
}

/** What a script logs to. */
type ScriptLogger = Pick<FastifyInstance['log'], 'warn' | 'error'> & Partial<Logger>

type ScriptOptions = DbOptions & { readonly logger?: ScriptLogger }

/** Opens a database outside of an app: for scripts. Close it by `destroy()`. */
export function openDatabase (options: ScriptOptions = {}): Database<Tables> {
  return open(options, undefined)
}

function open (options: ScriptOptions, app: FastifyInstance | undefined): Database<Tables> {
  const { logger, ...rest } = options
  const { name, url, tables, poolSize, acquireTimeout, statementTimeout, idleTransactionTimeout, namedStatements, synchronous, migrations, replica, log } = parseOptions(owner, DbOptions, rest)
  const location = locate(url)
  const { dialect } = location
  const constraints = new Constraints(dialect)
  const conversions = new Conversions()
  const known = new Map<string, AnyTable>()
  const postgres: Omit<PostgresOptions, 'url' | 'poolSize'> = {
    acquireTimeout,
    statementTimeout,
    idleTransactionTimeout,
    namedStatements,
    conversions,
    translate: (error, query) => hideMessage(translatePostgres(error, constraints, query)),
    lost: error => logger?.warn({ err: error }, 'a connection to the database was lost')
  }
  const translateSqlite = sqliteTranslator(constraints)
  const queryLog = QueryLog.of(log, logger as Logger | undefined, known)
  const observed = (driver: Driver, role: Role): ObservedDriver => new ObservedDriver(driver, new Observer({ app, database: name, dialect, role }, queryLog))
  const replicaUrls = replica === null ? [] : [replica.url].flat().map((url, index) => replicaUrl(url, index, dialect))
  const driver = observed(location.dialect === 'sqlite'
    ? new SqliteDriver({ ...location, acquireTimeout, synchronous, conversions, translate: (...failure) => hideMessage(translateSqlite(...failure)) })
    : new PostgresDriver({ ...postgres, url: location.url, poolSize }), 'primary')
  const replicas = replica === null
    ? undefined
    : new Replicas({ ...replica, primary: driver, log: logger, drivers: replicaUrls.map(url => observed(new PostgresDriver({ ...postgres, url, poolSize: replica.poolSize, readOnly: true }), 'replica')) })
  const failed = (err: unknown): void => {
    if (logger === undefined) process.emitWarning(Object.assign(new Error(AFTER_COMMIT), { cause: err }))
    else logger.error({ err }, AFTER_COMMIT)
  }
  const db = new Database<Tables>(coreOf({ name, driver, replicas, constraints, conversions, failed, tables: known }))
  db.register({ name: 'app', tables, ...migrations !== null && { migrations: () => readMigrations(migrations) } })
  return db
}

/** For an app whose routes are only read: no file is made. */
function inMemory (options: Static<typeof DbOptions>): Static<typeof DbOptions> {
  if (locate(options.url).dialect === 'postgres') return options
  // The app may read its tables when it starts. A folder that is missing is said when it is needed.
  const migrations = options.migrations !== null && existsSync(options.migrations) ? options.migrations : null
  return { ...options, url: 'sqlite::memory:', replica: null, migrations, migrate: true }
}

/** All workers together have the connections of the options. */
function sharedOut<Options extends Pick<Static<typeof DbOptions>, 'url' | 'poolSize' | 'replica'>> (options: Options): Options {
  const { url, poolSize, replica } = options
  const location = locate(url)
  if (location.dialect === 'sqlite') {
    if (location.memory) refuseWorkers('fastify-apikit/db: an SQLite database in memory', 'Use a file, or PostgreSQL')
    return options
  }
  return {
    ...options,
    poolSize: shareOfWorkers('fastify-apikit/db: poolSize', poolSize),
    replica: replica && { ...replica, poolSize: shareOfWorkers('fastify-apikit/db: replica.poolSize', replica.poolSize) }
  }
}

/** Waits for a database that starts beside the app. */
async function reach (db: Database<Tables>, retries: number, log: FastifyInstance['log'], wait = 500): Promise<void> {
  try {
    await db.check()
    await db.checkReplicas()
  } catch (err) {
    if (retries === 0) throw err
    log.warn({ err }, `cannot connect to the database. The next attempt is in ${wait} ms`)
    await delay(wait)
    await reach(db, retries - 1, log, Math.min(wait * 2, 10_000))
  }
}

const plugin: FastifyPluginAsync<DbOptions> = async (app, options) => {
  const parsed = parseOptions(owner, DbOptions, options, app)
  const isDescribed = purposeOf(app) === 'describe'
  const { migrate, connectRetries, ...rest } = isDescribed ? inMemory(parsed) : parsed
  const { name } = rest
  const isNamed = name !== DEFAULT
  refuseSecond(app, name)
  const db = open({ ...sharedOut(rest), logger: app.log }, app)
  addDatabase(app, name, db)
  app.addHook('onClose', () => db.destroy())
  addHealthCheck(app, isNamed ? `db:${name}` : 'db', () => db.check())
  contribute(app, 'db', repeat)
  // A server that is not there hinders nobody who only reads the routes.
  if (isDescribed && db.dialect === 'postgres') return

  try {
    await reach(db, connectRetries, app.log)
  } catch (cause) {
    await db.destroy()
    throw Object.assign(new APIKIT_ERR_DB_OPEN(`cannot connect to the database${isNamed ? ` ${JSON.stringify(name)}` : ''}: ${Object(Object(cause).cause ?? cause).message}`), { cause })
  }
  // Once all plugins have brought their own.
  app.addHook('onReady', async () => {
    if (migrate) {
      const tell = (done: readonly string[]): void => { if (done.length > 0) app.log.info({ migrations: done, ...isNamed && { database: name } }, 'migrations done') }
      try {
        tell(await up(db))
      } catch (error) {
        // What was committed before another one failed.
        tell(Object(error).applied ?? [])
        throw error
      }
      return
    }
    const pending = await pendingOf(db)
    if (pending.length > 0) throw new APIKIT_ERR_DB_BEHIND(pending.join(', '), isNamed ? ` --database ${name}` : '')
  })
}

export const db = fp(plugin, { name: owner, fastify: '5.x || 6.x' })
export default db
