/**
 * Columns of a result.
 *
 * @module
 */

/** Raw → domain; never called with `null`. */
export type Decode = (value: unknown) => unknown

/** A column of a result. */
export interface Field {
  readonly name: string
  /** `undefined`: as it is. */
  readonly decode: Decode | undefined
  /** Of a column: its table, where that is known by a name. */
  readonly table?: string | undefined
  /** Their numbers in PostgreSQL. */
  readonly tableID?: number
  readonly columnID?: number
  /** The name of the column, where it is selected under another. */
  readonly column?: string | undefined
}
