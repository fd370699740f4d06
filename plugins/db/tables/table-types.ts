/**
 * What a table is made of, in types alone: the options of the plugin name them, and so does the door, for apps that have
 * none of the packages that tables are made with.
 *
 * @module
 */

import type { TSchema } from '@fastify/type-provider-typebox'

/** What a column holds. */
export type Kind = 'id' | 'integer' | 'bigint' | 'real' | 'decimal' | 'text' | 'boolean' | 'json' | 'dateTime' | 'date' | 'enum' | 'uuid' | 'bytes'

/** What becomes of a row whose row in the other table goes, or gets another key. */
export type ForeignAction = 'cascade' | 'restrict' | 'set null' | 'set default' | 'no action'

/** Another table's column that the values of this one are from. */
export interface Reference {
  readonly table: string
  readonly column: string
  readonly onDelete?: ForeignAction
  readonly onUpdate?: ForeignAction
}

/** A column; the parameters are for the types of the schemas and of Kysely. */
export interface Column<out S extends TSchema = TSchema, out Optional extends boolean = boolean, out Hidden extends boolean = boolean, out Generated extends boolean = boolean> {
  readonly kind: Kind
  /** Of a value from outside: in bodies, and in parameters, `Type.Object({ id: users.columns.id.schema })`. What it lets pass the column can hold. */
  readonly schema: S
  /** Of its value in a row. */
  readonly stored: S
  readonly optional: Optional
  readonly hidden: Hidden
  /** Made by the database. */
  readonly generated: Generated
  readonly nullable: boolean
  readonly unique: boolean
  readonly index: boolean
  readonly primaryKey: boolean
  readonly default: unknown
  readonly references: Reference | undefined
  /** Of an enum. */
  readonly values: readonly string[]
  /** Of a decimal: digits in all, and behind the point. */
  readonly digits: readonly [precision: number, scale: number] | undefined
}

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
