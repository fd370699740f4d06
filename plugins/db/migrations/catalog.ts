/**
 * The tables of a database in parts, each with its whole definition in the database's own words.
 *
 * @module
 */

import type { ConstraintWords, IndexWords, PartKind } from '../tables/part-shape.ts'
import type { Identity } from '../tables/shape.ts'

export interface CatalogColumn {
  readonly name: string
  readonly type: string
  /** Where it is not the type's. */
  readonly collate: string | undefined
  readonly notNull: boolean
  readonly default: string | undefined
  readonly identity: Identity | undefined
  readonly computed: { readonly as: string, readonly stored: boolean, readonly of: readonly string[] } | undefined
}

export interface CatalogPart {
  readonly kind: PartKind
  readonly name: string
  /** All columns that it touches. */
  readonly columns: readonly string[]
  /** Whole, but for its name: equal definitions are the same. */
  readonly definition: string
  /** How it is said again. */
  readonly words: ConstraintWords | IndexWords
  /** The columns, of what makes them unique and nothing else. */
  readonly isUniqueOf?: string
  /** The table that a foreign key references, and its columns. */
  readonly target?: { readonly table: string, readonly columns: readonly string[] }
}

export interface CatalogTable {
  readonly name: string
  readonly columns: readonly CatalogColumn[]
  readonly parts: readonly CatalogPart[]
  /** What `table()` has no words for, and what is no part of the table: left alone. */
  readonly alone: readonly string[]
  /** Of PostgreSQL: the tables that it inherits from, and the columns, with whether they are its own, too. */
  readonly inherits?: { readonly parents: readonly string[], readonly columns: ReadonlyMap<string, boolean> }
  /** Of SQLite: how the table was made. */
  readonly sql?: string
  readonly tail?: string
}

export interface Catalog {
  readonly tables: ReadonlyMap<string, CatalogTable>
  /** Labels of enums, by the name of the type as the database writes it. */
  readonly enums: ReadonlyMap<string, readonly string[]>
  /** Tables of PostgreSQL that have no name in code, where a dot stands behind the schema. In SQL. */
  readonly dotted?: readonly string[]
  /** The types that domains are made of. */
  readonly domains: ReadonlyMap<string, string>
}

/** What a foreign key, a CHECK or a definition says. Its rows may not have been checked. */
export function isNotValid ({ words }: CatalogPart): boolean {
  return 'notValid' in words && words.notValid === true
}

/** Tables in which the product itself keeps something. */
export const KEPT_IN = 'apikit_migrations'

export function isKept (table: string): boolean {
  return table.startsWith(KEPT_IN)
}

export function isPartitioned ({ alone }: CatalogTable): boolean {
  return alone.some(what => what.startsWith('partitioned by '))
}
