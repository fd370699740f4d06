/**
 * What a table is made of, in types alone: the options of the plugin name them, and so does the door, for apps that have
 * none of the packages that tables are made with.
 *
 * @module
 */

import type { TSchema } from '@fastify/type-provider-typebox'
import type { Raw, SqlText } from './raw.ts'

/** What a column holds. */
export type Kind =
  'id' | 'integer' | 'smallint' | 'bigint' | 'real' | 'decimal' | 'text' | 'varchar' | 'char' | 'email' | 'boolean' | 'json' | 'dateTime' | 'date' | 'time' |
  'interval' | 'enum' | 'uuid' | 'bytes' | 'array' | 'other'

/** What becomes of a row whose row in the other table goes, or gets another key. */
export type ForeignAction = 'cascade' | 'restrict' | 'set null' | 'set default' | 'no action'

/** When a constraint is checked: `true` lets a transaction put it off, `'initially deferred'` puts it off to the commit. */
export type Deferrable = boolean | 'initially deferred'

/** Another table's column that the values of this one are from. */
export interface Reference {
  readonly table: string
  readonly column: string
  /** Name of the constraint. Default: `<table>_<column>_fkey`. */
  readonly name?: string
  readonly onDelete?: ForeignAction
  readonly onUpdate?: ForeignAction
  readonly deferrable?: Deferrable
}

/** Names of SQL types. */
export interface SqlType {
  readonly sqlite: string
  readonly postgres: string
}

/** A column that the database computes of others. */
export interface Computed {
  readonly as: SqlText
  /** Kept in the row (default), or computed when it is read; PostgreSQL before 18 keeps all. */
  readonly stored?: boolean
}

/**
 * What the database itself puts into a column: a number that is counted up (`'identity'`; `'identity always'` and `'serial'`
 * ask for that very kind of PostgreSQL's), a random UUID, or what is computed of other columns.
 */
export type Generated = 'identity' | 'identity always' | 'serial' | 'uuid' | Computed

/** Values of `column.of` on their way from and to the database. */
export interface Conversion {
  /** What the driver gives → the value of the schema. Never called with `null`. */
  readonly decode?: ((value: never) => unknown) | undefined
  /** The value of the schema → what the driver takes. Never called with `null`. */
  readonly encode?: ((value: never) => unknown) | undefined
}

/** A column; the parameters are for the types of the schemas and of Kysely. */
export interface Column<
  out S extends TSchema = TSchema, out Optional extends boolean = boolean, out Hidden extends boolean = boolean, out Generated extends boolean = boolean,
  out Key extends boolean = boolean
> {
  readonly kind: Kind
  readonly type: SqlType
  /** Of a value from outside: in bodies, and in parameters, `Type.Object({ id: users.columns.id.schema })`. What it lets pass the column can hold. */
  readonly schema: S
  /** Of its value in a row. */
  readonly stored: S
  readonly optional: Optional
  readonly hidden: Hidden
  /** Never given by a client: the database or the server sets it. */
  readonly generated: Generated
  /** What the database puts into it. */
  readonly made: import('./table-types.ts').Generated | undefined
  readonly readOnly: boolean
  readonly nullable: boolean
  readonly unique: boolean
  readonly index: boolean
  readonly primaryKey: Key
  readonly default: unknown
  readonly references: Reference | undefined
  /** A collation by name, where it is not the type's. */
  readonly collate: SqlText | undefined
  /** The name that it had. */
  readonly renamedFrom: string | undefined
  /** Of an enum. */
  readonly values: readonly string[]
  /** Name of the type of a native enum of PostgreSQL. */
  readonly native: string | undefined
  /** Of a decimal: digits in all, and behind the point. */
  readonly digits: readonly [precision: number, scale: number] | undefined
  readonly conversion: Conversion | undefined
}

/** Columns by their names. */
export type Columns = Readonly<Record<string, Column>>

/** A key of several columns, or one with a name. */
export interface KeyOptions<Name extends string = string> {
  readonly name?: string
  readonly columns: readonly Name[]
  readonly deferrable?: Deferrable
  /** Columns that the index of the key holds besides. PostgreSQL. */
  readonly include?: readonly Name[]
}

/** Columns whose values no two rows have together. */
export interface UniqueOptions<Name extends string = string> extends KeyOptions<Name> {
  /** Two nulls are the same. PostgreSQL 15. */
  readonly nullsNotDistinct?: boolean
}

/** A foreign key of several columns. */
export interface ForeignKey<Name extends string = string> {
  readonly name?: string
  readonly columns: readonly Name[]
  readonly references: { readonly table: string, readonly columns: readonly string[] }
  readonly onDelete?: ForeignAction
  readonly onUpdate?: ForeignAction
  readonly deferrable?: Deferrable
  readonly match?: 'full'
}

/** One column, or one expression, of an index. */
export interface IndexKey {
  readonly column?: string
  /** In SQL, instead of a column: `lower(email)`. */
  readonly expression?: string
  readonly desc?: boolean
  readonly nulls?: 'first' | 'last'
  readonly collate?: string
  /** Operator class of PostgreSQL: `gin_trgm_ops`. */
  readonly opclass?: string
}

/** An index of any kind. What only PostgreSQL has is left out in SQLite: `using`, `include`, `with`, `opclass`, `nulls`. */
export interface IndexOptions {
  /** Default: `<table>_<columns>_idx`. */
  readonly name?: string
  /** Columns, expressions in SQL (`'lower(email)'`), or either with its order. */
  readonly on: ReadonlyArray<string | IndexKey>
  readonly unique?: boolean
  /** Rows that it is of, in SQL. */
  readonly where?: SqlText
  /** Method of PostgreSQL: `gin`, `gist`, `brin`, `hash`. Default: `btree`. */
  readonly using?: string
  readonly include?: readonly string[]
  /** Storage parameters of PostgreSQL. */
  readonly with?: Readonly<Record<string, string | number | boolean>>
  readonly nullsNotDistinct?: boolean
}

/** What concerns several columns. */
export interface TableOptions<Name extends string = string> {
  /** The name of `Public` in the OpenAPI document; those of `Create` and `Update` begin with it. */
  readonly title?: string
  /** The columns of the key, where several are, or where it has a name. */
  readonly primaryKey?: readonly Name[] | KeyOptions<Name>
  /** `false`: a table without a key. */
  readonly key?: false
  /** Columns whose values no two rows have together. */
  readonly unique?: ReadonlyArray<readonly Name[] | UniqueOptions<Name>>
  /** Columns that are looked up together, and indexes of other kinds. */
  readonly indexes?: ReadonlyArray<readonly Name[] | IndexOptions>
  readonly foreignKeys?: ReadonlyArray<ForeignKey<Name>>
  /** Conditions, in SQL that both databases read, by name: `{ positive: 'amount > 0' }` is `<table>_positive_check`. Never with values from outside. */
  readonly checks?: Readonly<Record<string, SqlText>>
  /** Other constraints by their whole name, in SQL: `{ no_overlap: 'exclude using gist (room with =, during with &&)' }`. */
  readonly constraints?: Readonly<Record<string, SqlText>>
  /** The name that it had: `diff` renames it, and ignores this once the old name is gone. */
  readonly renamedFrom?: string
  /** SQLite checks the types of values. */
  readonly strict?: boolean
  /** SQLite keeps the rows in the key itself. */
  readonly withoutRowid?: boolean
}

/** A table of any columns. */
export interface AnyTable {
  /** Behind the schema, where it is not the first of the `search_path`: `shop.items`. */
  readonly name: string
  readonly columns: Columns
  readonly options: TableOptions
}

export type { Raw, SqlText }
