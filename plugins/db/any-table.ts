/**
 * A table as the options of the plugin name it, whatever its columns are: without the types of Kysely, which not everybody
 * has installed who imports these options.
 *
 * @module
 */

import type { Column, ForeignAction } from './columns.ts'

/** Columns by their names. */
export type Columns = Readonly<Record<string, Column>>

/** A foreign key of several columns. */
export interface ForeignKey<Name extends string = string> {
  readonly columns: readonly Name[]
  readonly references: { readonly table: string, readonly columns: readonly string[] }
  readonly onDelete?: ForeignAction
  readonly onUpdate?: ForeignAction
}

/** What concerns several columns. */
export interface TableOptions<Name extends string = string> {
  /** The name of `Public` in the OpenAPI document; those of `Create` and `Update` begin with it. */
  readonly title?: string
  /** The columns of the key, where several are. */
  readonly primaryKey?: readonly Name[]
  /** Columns whose values no two rows have together. */
  readonly unique?: ReadonlyArray<readonly Name[]>
  /** Columns that are looked up together. */
  readonly indexes?: ReadonlyArray<readonly Name[]>
  readonly foreignKeys?: ReadonlyArray<ForeignKey<Name>>
  /** Conditions, in SQL that both databases read, by name: `{ positive: 'amount > 0' }`. Never with values from outside. */
  readonly checks?: Readonly<Record<string, string>>
}

/** A table of any columns. */
export interface AnyTable {
  readonly name: string
  readonly columns: Columns
  readonly options: TableOptions
}
