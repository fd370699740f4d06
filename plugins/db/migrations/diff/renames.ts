/**
 * Tables and columns that the code has under other names: it says so by `renamedFrom`.
 *
 * @module
 */

import type { ConstraintWords } from '../../tables/part-shape.ts'
import type { AnyTable } from '../../tables/table-types.ts'
import type { Catalog, CatalogPart, CatalogTable } from '../catalog.ts'
import type { Scratch } from '../scratch.ts'

export interface Renames {
  /** Old name of a table → its new one. */
  readonly tables: ReadonlyMap<string, string>
  /** New name of a table → old names of columns → their new ones. */
  readonly columns: ReadonlyMap<string, ReadonlyMap<string, string>>
}

/** Renames that are not done yet: the old name is there, the new one is not. */
export function renamesIn (tables: readonly AnyTable[], actual: Catalog): Renames {
  const renamed = new Map(tables.flatMap(({ name, options: { renamedFrom } }) =>
    renamedFrom !== undefined && actual.tables.has(renamedFrom) && !actual.tables.has(name) && !tables.some(({ name }) => name === renamedFrom) ? [[renamedFrom, name] as const] : []))
  const columns = new Map<string, ReadonlyMap<string, string>>()
  for (const { name, columns: declared, options } of tables) {
    const table = actual.tables.get(name) ?? actual.tables.get(String(options.renamedFrom))
    const has = (column: string): boolean => table?.columns.some(({ name }) => name === column) === true
    const own = Object.entries(declared).flatMap(([column, { renamedFrom }]) =>
      renamedFrom !== undefined && has(renamedFrom) && !has(column) && !Object.hasOwn(declared, renamedFrom) ? [[renamedFrom, column] as const] : [])
    if (own.length > 0) columns.set(name, new Map(own))
  }
  return { tables: renamed, columns }
}

/** The database as it is once the renames are done. */
export async function withRenames (actual: Catalog, { tables, columns }: Renames, scratch: Scratch): Promise<Catalog> {
  if (tables.size === 0 && columns.size === 0) return actual
  const done: CatalogTable[] = []
  for (const table of actual.tables.values()) {
    const name = tables.get(table.name) ?? table.name
    const own = columns.get(name) ?? new Map<string, string>()
    done.push(name === table.name && own.size === 0 ? table : await scratch.renamed(table, name, own))
  }
  const all = done.map(table => ({ ...table, ...table.inherits !== undefined && { inherits: { ...table.inherits, parents: table.inherits.parents.map(parent => tables.get(parent) ?? parent) } }, parts: table.parts.map(part => referencing(part, { tables, columns })) }))
  return { ...actual, tables: new Map(all.map(table => [table.name, table])) }
}

/** A foreign key whose target has another name. */
function referencing (part: CatalogPart, { tables, columns }: Renames): CatalogPart {
  const { foreignKey } = part.words as ConstraintWords
  if (foreignKey === undefined) return part
  const { table: was, columns: names } = foreignKey.references
  const table = tables.get(was) ?? was
  const own = columns.get(table)
  const references = { table, columns: names.map(name => own?.get(name) ?? name) }
  const whole = { ...foreignKey, references }
  return { ...part, target: references, words: { ...part.words as ConstraintWords, foreignKey: whole }, definition: part.definition.replace(JSON.stringify(foreignKey).slice(1, -1), JSON.stringify(whole).slice(1, -1)) }
}
