/**
 * Names of tables and their parts in the scratch of PostgreSQL, which is one schema for the tables of all.
 *
 * @module
 */

import { nameOf } from '../../tables/names.ts'
import type { PartShape } from '../../tables/part-shape.ts'
import type { TableShape } from '../../tables/shape.ts'
import type { CatalogTable } from '../catalog.ts'

/** A table of another schema is called by its whole path, which may be longer than a name. */
export function scratchTable (path: string): string {
  return path.includes('.') && Buffer.byteLength(path) > 63 ? nameOf(path, [], 'table') : path
}

/** Keys and indexes are relations: those of another schema are told apart by its name, as their tables are. */
function scratchName (table: string, { kind, name }: PartShape): string {
  const at = table.lastIndexOf('.')
  // PostgreSQL cuts a name that is too long: it is read as it is cut.
  if (at < 0 || kind === 'check' || kind === 'foreign' || Buffer.byteLength(name) > 63) return name
  const whole = `${table.slice(0, at)}.${name}`
  return Buffer.byteLength(whole) > 63 ? nameOf(whole, [], 'part') : whole
}

/** A table as it is made in the scratch. */
export function inScratch (shape: TableShape): TableShape {
  return { ...shape, name: scratchTable(shape.name), parts: shape.parts.map(part => ({ ...part, name: scratchName(shape.name, part) })) }
}

/** A table that was read from the scratch, with the names that the code gives. */
export function outOfScratch (table: CatalogTable, { name: of, parts }: TableShape): CatalogTable {
  const names = new Map([...table.parts.map(({ name }) => [name, name] as const), ...parts.map(part => [scratchName(of, part), part.name] as const)])
  return {
    ...table,
    parts: table.parts.map(part => {
      const name = names.get(part.name) as string
      return { ...part, name, words: { ...part.words, name } }
    })
  }
}
