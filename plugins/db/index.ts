/**
 * A database: SQLite, which needs nothing, or PostgreSQL; tables declared once, sessions as a dependency, migrations.
 *
 * @module
 */

import { setTimeout as delay } from 'node:timers/promises'
import type { Static } from '@sinclair/typebox'
import type { FastifyInstance, FastifyPluginAsync } from 'fastify'
import fp from 'fastify-plugin'
import { addHealthCheck } from '../core/health-checks.ts'
import { parseOptions } from '../core/options.ts'
import { contribute } from '../core/plan/conductor.ts'
import { purposeOf } from '../core/purpose.ts'
import { refuseWorkers, shareOfWorkers } from '../core/workers.ts'
import { Constraints } from './engine/constraints.ts'
import { Conversions } from './engine/conversions.ts'
import { coreOf } from './sessions/core.ts'
import { Database, type Tables } from './sessions/database.ts'
import type { Driver } from './engine/driver.ts'
import { APIKIT_ERR_DB_BEHIND, APIKIT_ERR_DB_OPEN } from './errors.ts'
import { readMigrations } from './migrations/files.ts'
import { accept, down, pendingOf, stamp, statusOf, up } from './migrations/migrations.ts'
import { DbOptions } from './options.ts'
import { PostgresDriver } from './engine/postgres/driver.ts'
import { translatePostgres } from './engine/postgres/errors.ts'
import { repeat, type RouteTransaction } from './sessions/request-session.ts'
import { SqliteDriver } from './engine/sqlite/driver.ts'
import { sqliteTranslator } from './engine/sqlite/errors.ts'
import { locate } from './engine/url.ts'

const name = 'fastify-apikit/db'

export { DbOptions }
export { BigInteger } from './tables/big-integer.ts'
export { type Column, column, type ColumnOptions, type Computed, type Conversion, type Deferrable, type ForeignAction, type Generated, type Reference, type ValueOf } from './tables/columns.ts'
export { Database, type Registration, type Tables } from './sessions/database.ts'
export { diff } from './migrations/diff.ts'
export * from './errors.ts'
export { DatabaseRefreshTokenStore, logins } from '../jwt/stores/database.ts'
export { readMigrations } from './migrations/files.ts'
export { writeMigration, type NewMigration, type Steps } from './migrations/writer.ts'
export type { Migration, Migrations, MigrationSet, MigrationSchema, MigrationState, Patience, UpOptions } from './migrations/migrations.ts'
export type { AlterOptions, Constraint } from './migrations/schema.ts'
export { type Pulled, pull } from './migrations/pull.ts'
export { prepare, type Prepared } from './sessions/prepared.ts'
export { type Related, type RelationOptions, type Relations, withMany, withOne } from './relations/relations.ts'
export { type RouteTransaction, session, sessionOf } from './sessions/request-session.ts'
export { page, type OffsetPage, type Selecting } from './rows/page.ts'
export { CursorPage, cursorPaging, type CursorPaging, offsetPaging, type OffsetPaging, type Order, Page, type PagingOptions } from './rows/paging.ts'
export { find, findOr404, type Id, insertMany, patch, type Source } from './rows/rows.ts'
export { Session } from './sessions/session.ts'
export { type Raw, raw, type SqlText } from './tables/raw.ts'
export {
  type AnyTable, type Columns, type ForeignKey, type IndexKey, type IndexOptions, type KeyOptions, type KyselyTable, type ModelOptions, type NewRow, type Row, type RowUpdate, type Table, table,
  type TableOptions, type TablesOf, type UniqueOptions
} from './tables/table.ts'
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
  }
  interface FastifyInstance {
    /** The database: Kysely, with sessions. Added by `fastify-apikit/db`. */
    db: Database<Tables>
  }
}

const AFTER_COMMIT = 'a callback of afterCommit failed; what it was told of is committed'

/** Opens a database outside of an app: for scripts. Close it by `destroy()`. */
export function openDatabase (options: DbOptions & { readonly log?: Pick<FastifyInstance['log'], 'warn' | 'error'> } = {}): Database<Tables> {
  const { log, ...rest } = options
  const { url, tables, poolSize, acquireTimeout, statementTimeout, idleTransactionTimeout, namedStatements, synchronous, migrations } = parseOptions(name, DbOptions, rest)
  const location = locate(url)
  const constraints = new Constraints(location.dialect)
  const conversions = new Conversions()
  const engine: Driver = location.dialect === 'sqlite'
    ? new SqliteDriver({ ...location, acquireTimeout, synchronous, conversions, translate: sqliteTranslator(constraints) })
    : new PostgresDriver({
      url: location.url,
      poolSize,
      acquireTimeout,
      statementTimeout,
      idleTransactionTimeout,
      namedStatements,
      conversions,
      translate: (error, query) => translatePostgres(error, constraints, query),
      lost: error => log?.warn({ err: error }, 'a connection to the database was lost')
    })
  const failed = (err: unknown): void => {
    if (log === undefined) process.emitWarning(Object.assign(new Error(AFTER_COMMIT), { cause: err }))
    else log.error({ err }, AFTER_COMMIT)
  }
  const db = new Database<Tables>(coreOf({ engine, constraints, conversions, failed }))
  db.register({ name: 'app', tables, ...migrations !== null && { migrations: () => readMigrations(migrations) } })
  return db
}

/** For an app whose routes are only read: no file is made. */
function inMemory (options: Static<typeof DbOptions>): Static<typeof DbOptions> {
  return locate(options.url).dialect === 'sqlite' ? { ...options, url: 'sqlite::memory:', migrate: true } : options
}

/** All workers together have the connections of the option. */
function ownPoolSize ({ url, poolSize }: Pick<Static<typeof DbOptions>, 'url' | 'poolSize'>): number {
  const location = locate(url)
  if (location.dialect === 'postgres') return shareOfWorkers('fastify-apikit/db: poolSize', poolSize)
  if (location.memory) refuseWorkers('fastify-apikit/db: an SQLite database in memory', 'Use a file, or PostgreSQL')
  return poolSize
}

/** Waits for a database that starts beside the app. */
async function reach (db: Database<Tables>, retries: number, log: FastifyInstance['log'], wait = 500): Promise<unknown> {
  try {
    return await db.check()
  } catch (err) {
    if (retries === 0) throw err
    log.warn({ err }, `cannot connect to the database. The next attempt is in ${wait} ms`)
    await delay(wait)
    return await reach(db, retries - 1, log, Math.min(wait * 2, 10_000))
  }
}

const plugin: FastifyPluginAsync<DbOptions> = async (app, options) => {
  const parsed = parseOptions(name, DbOptions, options, app)
  const isDescribed = purposeOf(app) === 'describe'
  const { migrate, connectRetries, ...rest } = isDescribed ? inMemory(parsed) : parsed
  const db = openDatabase({ ...rest, poolSize: ownPoolSize(rest), log: app.log })
  app.decorate('db', db)
  app.addHook('onClose', () => db.destroy())
  addHealthCheck(app, 'db', () => db.check())
  contribute(app, 'db', repeat)
  // A server that is not there hinders nobody who only reads the routes.
  if (isDescribed && db.dialect === 'postgres') return

  try {
    await reach(db, connectRetries, app.log)
  } catch (cause) {
    await db.destroy()
    throw Object.assign(new APIKIT_ERR_DB_OPEN(`cannot connect to the database: ${Object(Object(cause).cause ?? cause).message}`), { cause })
  }
  // Once all plugins have brought their own.
  app.addHook('onReady', async () => {
    if (migrate) {
      const done = await up(db)
      if (done.length > 0) app.log.info({ migrations: done }, 'migrations done')
      return
    }
    const pending = await pendingOf(db)
    if (pending.length > 0) throw new APIKIT_ERR_DB_BEHIND(pending.join(', '))
  })
}

export const db = fp(plugin, { name, fastify: '5.x || 6.x' })
export default db
