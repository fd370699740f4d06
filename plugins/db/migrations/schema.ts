/**
 * What a migration changes tables with: one file for both databases.
 *
 * @module
 */

import { APIKIT_ERR_MIGRATION } from '../errors.ts'
import type { Session } from '../sessions/session.ts'
import { columnSql, constraintSql, enumSql, indexSql, tableStatements } from '../tables/ddl.ts'
import { indexPart } from '../tables/index-shape.ts'
import { unqualified, withoutSchemaOf } from '../tables/names.ts'
import type { Dialect } from '../tables/dialect.ts'
import type { PartShape } from '../tables/part-shape.ts'
import { columnShape, quoted, quotedPath, shapeOf } from '../tables/shape.ts'
import type { Column, Columns, IndexOptions, TableOptions } from '../tables/table-types.ts'
import { table } from '../tables/table.ts'
import { type Ask, askOf } from './ask.ts'
import { type Constraint, constraintParts } from './constraint.ts'
import type { Attribute } from './match.ts'
import { Kept } from './postgres/kept.ts'
import { alterEnum, type AlterEnumOptions, renameEnumLabel } from './postgres/enum.ts'
import * as postgres from './postgres/schema.ts'
import { Drafts } from './sqlite/drafts.ts'
import * as sqlite from './sqlite/schema.ts'

export interface AlterOptions {
  /** What is changed of the column; all else stays. Default: its type, whether it may be null, and its default. */
  readonly only?: readonly Attribute[]
  /** The new value of each row, in SQL over the old one. */
  readonly using?: string
}

/** A database of which a migration knows its tables by name alone: what they are in the code of today is another matter. */
export type Loose = Record<string, Record<string, unknown>>

export class MigrationSchema {
  readonly #session: Session<unknown>
  readonly #ask: Ask
  /** Of SQLite. */
  readonly #drafts: Drafts
  /** Of PostgreSQL: what hung on what is dropped. */
  readonly #kept: Kept
  #isBatch = false

  /** @param outer the schema of the migration, in a batch of which this is the one */
  constructor (session: Session<unknown>, outer?: MigrationSchema) {
    this.#session = session
    this.#ask = askOf(session)
    this.#drafts = new Drafts(this.#ask)
    this.#kept = outer === undefined ? new Kept(this.#ask) : outer.#kept
  }

  /** Kysely, in the transaction of the migration: for rows. Not within `batch`, whose tables are not made yet. */
  get db (): Session<Loose> {
    if (this.#isBatch) throw new APIKIT_ERR_MIGRATION('schema.db cannot be used within schema.batch(). Use it before or after the batch')
    return this.#session as unknown as Session<Loose>
  }

  get dialect (): Dialect {
    return this.#session.dialect
  }

  /**
   * Changes tables in many ways, of which SQLite makes each table anew once. PostgreSQL runs each change.
   *
   * ```ts
   * await schema.batch(async schema => {
   *   await schema.dropColumn('users', 'nick')
   *   await schema.addConstraint('users', { check: 'age > 0' })
   * })
   * ```
   *
   * @param work gets the `schema` to call
   */
  async batch (work: (schema: MigrationSchema) => Promise<void>): Promise<void> {
    const schema = new MigrationSchema(this.#session, this)
    schema.#isBatch = true
    try {
      await work(schema)
    } finally {
      schema.#isBatch = false
    }
    await schema.#drafts.flush()
  }

  /** A change of a table of SQLite, at once but in a batch. */
  async #sqlite (change: (drafts: Drafts) => Promise<void>): Promise<void> {
    await change(this.#drafts)
    if (!this.#isBatch) await this.#drafts.flush()
  }

  /** Runs one statement in SQL, for what there is no method for; see `dialect`. */
  async run (sql: string): Promise<void> {
    await this.#drafts.flush()
    await this.#session.run(sql)
  }

  /**
   * Runs a statement of the database that it is.
   *
   * ```ts
   * await schema.sql({ postgres: 'create view rich as select id from users where money > 1000000' })
   * ```
   */
  async sql (statements: { readonly postgres?: string, readonly sqlite?: string }): Promise<void> {
    const sql = statements[this.dialect]
    if (sql !== undefined) await this.run(sql)
  }

  async createTable<const C extends Columns> (name: string, columns: C, options: TableOptions<keyof C & string> = {}): Promise<void> {
    const { table: create, indexes, foreignKeys } = tableStatements(shapeOf(table(name, columns, options), this.dialect), this.dialect)
    for (const sql of [create, ...indexes, ...foreignKeys]) await this.#session.run(sql)
  }

  async dropTable (name: string): Promise<void> {
    await this.#drafts.flush(name)
    await this.#session.run(`drop table ${quotedPath(name)}`)
  }

  renameTable (name: string, to: string): Promise<void> {
    return this.run(`alter table ${quotedPath(name)} rename to ${quoted(unqualified(to))}`)
  }

  /** Adds a column with its own conditions: `unique`, `references`, those of an enum. */
  async addColumn (tableName: string, name: string, column: Column): Promise<void> {
    const { parts } = shapeOf({ name: tableName, columns: { [name]: column }, options: {} }, this.dialect)
    if (this.dialect === 'sqlite') return this.#sqlite(drafts => sqlite.addColumn(drafts, tableName, name, column, parts))
    await this.run(`alter table ${quotedPath(tableName)} add column ${columnSql(columnShape(name, column, 'postgres'), 'postgres')}`)
    await this.#kept.addsColumn(tableName, name)
    for (const part of parts) await this.#addPart(tableName, part)
  }

  /** Drops a column with the constraints and indexes that it is part of. */
  async dropColumn (tableName: string, name: string): Promise<void> {
    if (this.dialect === 'sqlite') return this.#sqlite(drafts => sqlite.dropColumn(drafts, tableName, name))
    await this.#kept.dropsColumn(tableName, name)
    await this.run(`alter table ${quotedPath(tableName)} drop column ${quoted(name)}`)
  }

  renameColumn (tableName: string, name: string, to: string): Promise<void> {
    return this.run(`alter table ${quotedPath(tableName)} rename column ${quoted(name)} to ${quoted(to)}`)
  }

  /**
   * Changes a column. What is null gets the default where null is not allowed any more.
   *
   * ```ts
   * await schema.alterColumn('users', 'age', column.bigint({ nullable: true }), { only: ['type'] })
   * ```
   */
  async alterColumn (tableName: string, name: string, column: Column, { only = ['type', 'null', 'default'], using }: AlterOptions = {}): Promise<void> {
    if (this.dialect === 'sqlite') return this.#sqlite(drafts => sqlite.alterColumn(drafts, tableName, name, column, only, using))
    await postgres.alterColumn(this.#ask, tableName, name, column, only, using)
  }

  /** Adds constraints. */
  async addConstraint (tableName: string, constraint: Constraint): Promise<void> {
    for (const part of constraintParts(tableName, constraint, this.dialect)) await this.#addPart(tableName, part, constraint.notValid)
  }

  async #addPart (tableName: string, part: PartShape, notValid: Constraint['notValid'] = false): Promise<void> {
    if (part.kind !== 'index' && this.dialect === 'sqlite') return this.#sqlite(drafts => sqlite.addConstraint(drafts, tableName, part))
    if (part.kind === 'index') await this.#drafts.createIndex(tableName, indexSql(quotedPath(tableName), part))
    else await this.run(`alter table ${quotedPath(tableName)} add ${constraintSql(part)}${notValid === false ? '' : ' not valid'}`)
    if (notValid === 'if needed') await postgres.validate(this.#ask, tableName, part.name)
    if (this.dialect === 'postgres') await this.#kept.made(tableName, part.name)
  }

  /** @param name as PostgreSQL calls it: `users_email_key`, `posts_author_id_fkey`, `orders_positive_check` */
  async dropConstraint (tableName: string, name: string): Promise<void> {
    if (this.dialect === 'sqlite') return this.#sqlite(drafts => sqlite.dropConstraint(drafts, tableName, name))
    await this.#kept.dropsConstraint(tableName, name)
    await this.run(`alter table ${quotedPath(tableName)} drop constraint ${quoted(name)}`)
  }

  async renameConstraint (tableName: string, name: string, to: string): Promise<void> {
    if (this.dialect === 'sqlite') return this.#sqlite(drafts => sqlite.renameConstraint(drafts, tableName, name, to))
    await this.run(`alter table ${quotedPath(tableName)} rename constraint ${quoted(name)} to ${quoted(to)}`)
  }

  /**
   * Makes an index.
   *
   * ```ts
   * await schema.createIndex('users', { on: ['lower(email)'], unique: true, where: 'is_active' })
   * ```
   *
   * @param index columns, or all that an index can be
   */
  createIndex (tableName: string, index: readonly string[] | IndexOptions): Promise<void> {
    const options = 'on' in index ? index : { on: index }
    const names = options.on.flatMap(key => typeof key === 'string' ? key.includes('(') ? [] : key : key.column ?? [])
    return this.#addPart(tableName, indexPart(tableName, options, names, this.dialect))
  }

  async dropIndex (name: string): Promise<void> {
    await this.#drafts.flushIndexes()
    const path = await this.#indexPath(name)
    if (this.dialect === 'postgres') await this.#kept.dropsIndex(path)
    await this.#session.run(`drop index ${path}`)
  }

  async renameIndex (name: string, to: string): Promise<void> {
    await this.#drafts.flushIndexes()
    if (this.dialect === 'sqlite') return sqlite.renameIndex(this.#ask, name, to)
    const path = await this.#indexPath(name)
    const isWhole = path === quoted(name)
    await this.run(`alter index ${path} rename to ${quoted(isWhole ? to : withoutSchemaOf(name, to))}`)
  }

  /** An index in SQL. */
  #indexPath (name: string): Promise<string> | string {
    return this.dialect === 'sqlite' ? quoted(name) : postgres.indexPath(this.#ask, name)
  }

  /** Makes an enum of PostgreSQL; SQLite has none, and checks the columns. */
  async createEnum (name: string, labels: readonly string[]): Promise<void> {
    if (this.dialect === 'postgres') await this.run(enumSql(quotedPath(name), labels))
  }

  /**
   * Gives an enum of PostgreSQL other labels. Where labels are only added, PostgreSQL adds them, and they can be used once
   * that is committed; else, or with `replace`, the type is made anew, and the tables that have it are written again.
   *
   * @throws APIKIT_ERR_MIGRATION when rows hold a label that goes, or when views, functions, triggers, policies or generated columns use the type
   */
  async alterEnum (name: string, labels: readonly string[], options: AlterEnumOptions = {}): Promise<void> {
    if (this.dialect === 'postgres') await alterEnum(this.#ask, name, labels, options)
  }

  /** Gives a label of an enum of PostgreSQL another name: rows, defaults and conditions follow. */
  async renameEnumLabel (name: string, from: string, to: string): Promise<void> {
    if (this.dialect === 'postgres') await renameEnumLabel(this.#ask, name, from, to)
  }

  async dropEnum (name: string): Promise<void> {
    if (this.dialect === 'postgres') await this.run(`drop type ${quotedPath(name)}`)
  }
}
