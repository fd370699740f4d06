/**
 * What the code says, in the words of the database: made in a scratch that is rolled back, and read as the database itself is.
 *
 * @module
 */

import { APIKIT_ERR_MIGRATION } from '../errors.ts'
import type { ConstraintWords } from '../tables/part-shape.ts'
import type { Catalog, CatalogColumn, CatalogPart, CatalogTable } from './catalog.ts'

/** A scratch with the tables of the code in it. */
export interface Scratch {
  readonly catalog: Catalog
  /** A table of the database, as it would be with columns under other names. */
  renamed (table: CatalogTable, to: string, columns: ReadonlyMap<string, string>): Promise<CatalogTable>
  /** Whether two texts of a part mean the same, though the database has printed them in other words. */
  isSamePart (table: CatalogTable, a: CatalogPart, b: CatalogPart): Promise<boolean>
  /** The same of a default, or of what is computed. */
  isSameValue (table: CatalogTable, column: CatalogColumn, kind: 'default' | 'computed', a: string, b: string): Promise<boolean>
}

/** Foreign keys and names of parts do not change with the names of columns in SQL of their own: that is done here. */
export function renamedKeys (table: CatalogTable, columns: ReadonlyMap<string, string>): CatalogPart[] {
  const now = (name: string): string => columns.get(name) ?? name
  return table.parts.filter(({ kind }) => kind === 'foreign').map(part => {
    const { foreignKey } = part.words as ConstraintWords
    if (foreignKey === undefined) return part
    const whole = { ...foreignKey, columns: foreignKey.columns.map(now) }
    return { ...part, columns: part.columns.map(now), words: { ...part.words as ConstraintWords, foreignKey: whole }, definition: part.definition.replace(JSON.stringify(foreignKey).slice(1, -1), JSON.stringify(whole).slice(1, -1)) }
  })
}

/** A table of the code that the database refuses. */
export function cannotBeMade (what: string, error: unknown): Error {
  return Object.assign(new APIKIT_ERR_MIGRATION(`cannot create ${what} as table() declares it: ${messageOf(error)}`), { cause: error })
}

export function messageOf (error: unknown): string {
  return String(Object(Object(error).cause ?? error).message)
}
