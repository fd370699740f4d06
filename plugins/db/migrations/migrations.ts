/**
 * Migrations: what makes the tables of a database, and changes them, step by step. All that are to run, run in one
 * transaction under one lock: another process that has the same in mind waits, and finds them done.
 *
 * @module
 */

import { sql } from 'kysely'
import { type MigrationResultSet, Migrator } from 'kysely/migration'
import type { Database } from '../sessions/database.ts'
import { APIKIT_ERR_MIGRATION } from '../errors.ts'
import { type Loose, MigrationSchema } from './schema.ts'
import type { Session } from '../sessions/session.ts'

export { MigrationSchema } from './schema.ts'

/** One step. */
export interface Migration {
  up (schema: MigrationSchema): Promise<void>
  /** Undoes it. */
  down? (schema: MigrationSchema): Promise<void>
}

/** Steps by their names, which say in which order they are. */
export type Migrations = Readonly<Record<string, Migration>>

/** The steps of one owner: the app, or a plugin. */
export interface MigrationSet {
  readonly name: string
  readonly migrations: Migrations | (() => Promise<Migrations>)
}

/** A step, and when it was done. */
export interface MigrationState {
  /** `tasks/0001_tasks`; those of the app have no owner before them. */
  readonly name: string
  readonly at: Date | undefined
}

/** The tables in which it is kept what was done begin so. */
export const KEPT_IN = 'apikit_migrations'

// Anything that is not likely to be another's.
const LOCK = 4_711_002_026

function migratorOf (session: Session<unknown>, { name, migrations }: MigrationSet): Migrator {
  return new Migrator({
    db: session.withTables<Loose>(),
    migrationTableName: name === 'app' ? KEPT_IN : `${KEPT_IN}_${name.replaceAll('-', '_')}`,
    migrationLockTableName: `${KEPT_IN}_lock`,
    // Two branches of a repository that are merged have each made one.
    allowUnorderedMigrations: true,
    provider: {
      async getMigrations () {
        const all = typeof migrations === 'function' ? await migrations() : migrations
        return Object.fromEntries(Object.entries(all).map(([step, { up, down }]) => [step, {
          up: () => up(new MigrationSchema(session)),
          down: () => {
            if (down === undefined) throw new APIKIT_ERR_MIGRATION(`${full(name, step)} cannot be undone: it has no down`)
            return down(new MigrationSchema(session))
          }
        }]))
      }
    }
  })
}

function full (set: string, step: string): string {
  return set === 'app' ? step : `${set}/${step}`
}

/** What is done, and what is not, in the order in which it runs. */
export async function statusOf <DB> (db: Database<DB>): Promise<MigrationState[]> {
  const session = db.open({ transaction: false }) as Session<unknown>
  const states: MigrationState[] = []
  for (const set of db.migrations) {
    for (const { name, executedAt } of await migratorOf(session, set).getMigrations()) states.push({ name: full(set.name, name), at: executedAt })
  }
  return states
}

/** The names of what is not done yet. */
export async function pendingOf <DB> (db: Database<DB>): Promise<string[]> {
  return (await statusOf(db)).flatMap(({ name, at }) => at === undefined ? [name] : [])
}

/**
 * Does all that is not done yet.
 *
 * @returns the names of what it has done
 * @throws APIKIT_ERR_MIGRATION when a step fails; then none is done
 */
export async function up <DB> (db: Database<DB>): Promise<string[]> {
  if ((await pendingOf(db)).length === 0) return []
  return locked(db, async session => {
    const done: string[] = []
    for (const set of db.migrations) done.push(...resultsOf(set, await migratorOf(session, set).migrateToLatest()))
    return done
  })
}

/**
 * Undoes the last step of the app, or of a plugin.
 *
 * @returns the names of what it has undone
 * @throws APIKIT_ERR_MIGRATION when it fails, or has no `down`
 */
export async function down <DB> (db: Database<DB>, name = 'app'): Promise<string[]> {
  const set = db.migrations.find(set => set.name === name)
  if (set === undefined) throw new APIKIT_ERR_MIGRATION(`there are none of ${JSON.stringify(name)}`)
  return locked(db, async session => resultsOf(set, await migratorOf(session, set).migrateDown()))
}

function locked<DB, T> (db: Database<DB>, work: (session: Session<unknown>) => Promise<T>): Promise<T> {
  return db.session(async given => {
    const session = given as Session<unknown>
    // SQLite's writer is locked as it is.
    if (db.dialect === 'postgres') await sql`select pg_advisory_xact_lock(${LOCK})`.execute(session)
    return work(session)
  }, { maintenance: true })
}

function resultsOf (set: MigrationSet, { error, results = [] }: MigrationResultSet): string[] {
  if (error !== undefined) {
    if (error instanceof APIKIT_ERR_MIGRATION) throw error
    const failed = results.find(({ status }) => status === 'Error')
    const at = failed === undefined ? '' : `${full(set.name, failed.migrationName)} failed, and nothing was changed: `
    throw Object.assign(new APIKIT_ERR_MIGRATION(`${at}${Object(Object(error).cause ?? error).message}`), { cause: error })
  }
  return results.map(({ migrationName }) => full(set.name, migrationName))
}
