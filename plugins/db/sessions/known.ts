/**
 * The tables and migrations that a database knows, of the app and of plugins.
 *
 * @module
 */

import { APIKIT_ERR_DB_REGISTER } from '../errors.ts'
import type { MigrationSet } from '../migrations/types.ts'
import type { AnyTable } from '../tables/table.ts'
import type { Core } from './core.ts'

/** @throws APIKIT_ERR_DB_REGISTER when the name of a table is taken */
export function know ({ tables: known, json, constraints, conversions }: Core, tables: readonly AnyTable[]): void {
  for (const table of tables) {
    const before = known.get(table.name)
    if (before === table) continue
    if (before !== undefined) throw new APIKIT_ERR_DB_REGISTER(`the table ${JSON.stringify(table.name)} is already registered`)
    known.set(table.name, table)
    json.add(table)
    constraints.add(table)
    conversions.add(table)
  }
}

/** @throws APIKIT_ERR_DB_REGISTER when the name of the set is taken */
export function addMigrations ({ migrations: sets }: Core, set: MigrationSet): void {
  if (sets.some(({ name }) => name === set.name)) throw new APIKIT_ERR_DB_REGISTER(`the migration set ${JSON.stringify(set.name)} is already registered`)
  // Those of the app may reference tables of plugins, never the other way round.
  sets.splice(sets.at(-1)?.name === 'app' ? sets.length - 1 : sets.length, 0, set)
}
