/**
 * A random schema in SQL, as something else than this project would have made it, and another one near it.
 *
 * @module
 */

/** A table: columns and parts in SQL, by name. */
export interface TableModel {
  readonly name: string
  readonly columns: ReadonlyMap<string, string>
  /** Constraints, by name or a key of their own where they have none. */
  readonly constraints: ReadonlyMap<string, string>
  /** Behind `create`: `unique index …`. */
  readonly indexes: ReadonlyMap<string, string>
  /** Foreign keys apart, as tables may reference each other. */
  readonly foreignKeys: ReadonlyMap<string, string>
  /** Behind the parentheses. */
  readonly tail: string
}

export interface Model {
  readonly tables: readonly TableModel[]
  /** What code has no words for: views, triggers. */
  readonly foreign: readonly string[]
}

export function quoted (name: string): string {
  return `"${name.replaceAll('"', '""')}"`
}
