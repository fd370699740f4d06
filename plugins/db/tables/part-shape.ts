/**
 * Parts of a table that concern several columns, or none: constraints and indexes.
 *
 * @module
 */

import type { ForeignKey, IndexOptions, KeyOptions, UniqueOptions } from './table-types.ts'

/** A constraint as `addConstraint` takes it. */
export interface ConstraintWords {
  readonly name: string
  readonly primaryKey?: KeyOptions
  readonly unique?: UniqueOptions
  readonly foreignKey?: ForeignKey
  readonly check?: string
  /** In SQL, what stands behind its name. */
  readonly definition?: string
  /** Older rows are not checked. */
  readonly notValid?: true | 'if needed'
}

/** An index as `createIndex` takes it. */
export interface IndexWords extends IndexOptions {
  readonly name: string
}

export type PartKind = 'primary' | 'unique' | 'foreign' | 'check' | 'other' | 'index'

export interface PartShape {
  readonly kind: PartKind
  readonly name: string
  /** The name is said by the code, and not made of the columns. */
  readonly isNamed: boolean
  readonly columns: readonly string[]
  /** What stands behind the name of a constraint, or behind the table of an index. */
  readonly sql: (target: (table: string) => string) => string
  readonly words: ConstraintWords | IndexWords
  /** The table that a foreign key references. */
  readonly target?: string
}
