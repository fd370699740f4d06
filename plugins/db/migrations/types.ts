/**
 * Migrations, in types: steps by name, and who brings them.
 *
 * @module
 */

import type { MigrationSchema } from './schema.ts'

/** One step. */
export interface Migration {
  up (schema: MigrationSchema): Promise<void>
  /** Undoes it. */
  down? (schema: MigrationSchema): Promise<void>
  /**
   * Default: all that is to run runs in one transaction. `'own'`: in one of its own, and what was before it is committed.
   * `'none'`: each statement for itself, as `create index concurrently` asks for; SQLite has a transaction all the same.
   */
  readonly transaction?: 'own' | 'none'
  /** Of its file, behind the extension: `ts:5f2c…`. */
  readonly hash?: string
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
  /** Its file is not what it was when it ran. */
  readonly edited: boolean
  /** It ran, and its file is missing. */
  readonly missing: boolean
}
