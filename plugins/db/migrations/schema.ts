/**
 * What a migration changes tables with: one file for both databases.
 *
 * @module
 */

import type { Column } from '../tables/columns.ts'
import { checkSql, columnSql, foreignKeySql, indexSql, tableSql, uniqueSql } from '../tables/ddl.ts'
import { APIKIT_ERR_MIGRATION } from '../errors.ts'
import { askOf, inspect } from './inspection.ts'
import { rebuildTable } from './rebuild.ts'
import type { Session } from '../sessions/session.ts'
import { columnShape, type Dialect, nameOf, quoted, shapeOf, type TableShape } from '../tables/shape.ts'
import { type AnyTable, type Columns, type ForeignKey, table, type TableOptions } from '../tables/table.ts'

/** A condition of a whole table. */
export interface Constraint {
  readonly unique?: readonly string[]
  readonly foreignKey?: ForeignKey
  /** In SQL, by name. */
  readonly check?: Readonly<Record<string, string>>
}

/** A database of which a migration knows its tables by name alone: what they are in the code of today is another matter. */
export type Loose = Record<string, Record<string, unknown>>

export class MigrationSchema {
  readonly #session: Session<unknown>

  constructor (session: Session<unknown>) {
    this.#session = session
  }

  /** Kysely, in the transaction of the migration: for rows. */
  get db (): Session<Loose> {
    return this.#session as unknown as Session<Loose>
  }

  get dialect (): Dialect {
    return this.#session.dialect
  }

  /** One statement in SQL, for what there is no method for; see `dialect`. */
  run (sql: string): Promise<void> {
    return this.#session.run(sql)
  }

  async createTable<const C extends Columns> (name: string, columns: C, options: TableOptions<keyof C & string> = {}): Promise<void> {
    for (const sql of tableSql(shapeOf(table(name, columns, options), this.dialect), this.dialect)) await this.run(sql)
  }

  dropTable (name: string): Promise<void> {
    return this.run(`drop table ${quoted(name)}`)
  }

  renameTable (name: string, to: string): Promise<void> {
    return this.run(`alter table ${quoted(name)} rename to ${quoted(to)}`)
  }

  /** With its own conditions: `unique`, `references`, those of an enum. */
  async addColumn (tableName: string, name: string, column: Column): Promise<void> {
    const added = shapeOf({ name: tableName, columns: { [name]: column }, options: {} } satisfies AnyTable, this.dialect)
    const shape = columnShape(name, column, this.dialect)
    const constraints = [...added.uniques.map(uniqueSql), ...added.foreignKeys.map(foreignKeySql), ...added.checks.map(checkSql)]
    const isSimple = constraints.length === 0 && (!shape.notNull || shape.default !== undefined) && shape.default?.startsWith('(') !== true
    if (this.dialect === 'postgres' || isSimple) {
      await this.run(`alter table ${quoted(tableName)} add column ${columnSql(shape, this.dialect)}`)
      for (const sql of constraints) await this.run(`alter table ${quoted(tableName)} add ${sql}`)
    } else {
      await this.#rebuild(tableName, before => ({
        ...before,
        columns: [...before.columns, shape],
        uniques: [...before.uniques, ...added.uniques],
        foreignKeys: [...before.foreignKeys, ...added.foreignKeys],
        checks: [...before.checks, ...added.checks]
      }))
    }
    for (const index of added.indexes) await this.run(indexSql(tableName, index))
  }

  /** With the conditions that it is part of. */
  async dropColumn (tableName: string, name: string): Promise<void> {
    if (this.dialect === 'postgres') return this.run(`alter table ${quoted(tableName)} drop column ${quoted(name)}`)
    const without = <T extends { readonly columns: readonly string[] }>(all: readonly T[]): T[] => all.filter(({ columns }) => !columns.includes(name))
    await this.#rebuild(tableName, before => ({
      ...before,
      columns: before.columns.filter(column => column.name !== name),
      uniques: without(before.uniques),
      foreignKeys: without(before.foreignKeys),
      indexes: without(before.indexes),
      checks: before.checks.filter(({ expression }) => !new RegExp(`\\b${name}\\b`).test(expression))
    }))
  }

  renameColumn (tableName: string, name: string, to: string): Promise<void> {
    return this.run(`alter table ${quoted(tableName)} rename column ${quoted(name)} to ${quoted(to)}`)
  }

  /** Its type, whether it may be null, and its default; conditions have methods of their own. */
  async alterColumn (tableName: string, name: string, column: Column): Promise<void> {
    const after = columnShape(name, column, this.dialect)
    if (this.dialect === 'sqlite') {
      return this.#rebuild(tableName, before => ({ ...before, columns: before.columns.map(one => one.name === name ? after : one) }))
    }
    const alter = `alter table ${quoted(tableName)} alter column ${quoted(name)}`
    await this.run(`${alter} drop default`)
    await this.run(`${alter} type ${after.type} using ${quoted(name)}::${after.type}`)
    if (after.default !== undefined) await this.run(`${alter} set default ${after.default}`)
    if (after.notNull && after.default !== undefined) await this.run(`update ${quoted(tableName)} set ${quoted(name)} = default where ${quoted(name)} is null`)
    await this.run(`${alter} ${after.notNull ? 'set' : 'drop'} not null`)
  }

  async addConstraint (tableName: string, { unique, foreignKey, check = {} }: Constraint): Promise<void> {
    // Only for its conditions: the columns are there.
    const { uniques, foreignKeys, checks } = shapeOf({
      name: tableName,
      columns: {},
      options: { ...unique && { unique: [unique] }, ...foreignKey && { foreignKeys: [foreignKey] }, checks: check }
    }, this.dialect)
    if (this.dialect === 'postgres') {
      for (const sql of [...uniques.map(uniqueSql), ...foreignKeys.map(foreignKeySql), ...checks.map(checkSql)]) {
        await this.run(`alter table ${quoted(tableName)} add ${sql}`)
      }
      return
    }
    await this.#rebuild(tableName, before => ({
      ...before,
      uniques: [...before.uniques, ...uniques],
      foreignKeys: [...before.foreignKeys, ...foreignKeys],
      checks: [...before.checks, ...checks]
    }))
  }

  /** @param name as PostgreSQL calls it: `users_email_key`, `posts_author_id_fkey`, `orders_positive_check` */
  async dropConstraint (tableName: string, name: string): Promise<void> {
    if (this.dialect === 'postgres') return this.run(`alter table ${quoted(tableName)} drop constraint ${quoted(name)}`)
    const without = <T extends { readonly name: string }>(all: readonly T[]): T[] => all.filter(one => one.name !== name)
    await this.#rebuild(tableName, before => {
      const after = { ...before, uniques: without(before.uniques), foreignKeys: without(before.foreignKeys), checks: without(before.checks) }
      const count = (shape: TableShape): number => shape.uniques.length + shape.foreignKeys.length + shape.checks.length
      if (count(after) === count(before)) throw new APIKIT_ERR_MIGRATION(`${tableName} has no constraint ${name}`)
      return after
    })
  }

  createIndex (tableName: string, columns: readonly string[]): Promise<void> {
    return this.run(indexSql(tableName, { name: nameOf(tableName, columns, 'idx'), columns }))
  }

  dropIndex (name: string): Promise<void> {
    return this.run(`drop index ${quoted(name)}`)
  }

  async #rebuild (tableName: string, change: (before: TableShape) => TableShape): Promise<void> {
    const ask = askOf(this.#session)
    const before = (await inspect(ask, 'sqlite')).find(({ name }) => name === tableName)
    if (before === undefined) throw new APIKIT_ERR_MIGRATION(`there is no table ${tableName}`)
    await rebuildTable(ask, before, change(before))
  }
}
