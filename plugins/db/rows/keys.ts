/**
 * Keys of tables.
 *
 * @module
 */

import { APIKIT_ERR_TABLE } from '../errors.ts'
import type { AnyTable } from '../tables/table-types.ts'

/** The names of the columns of a key; none of a table without one. */
export function keyNames ({ columns, options: { primaryKey } }: AnyTable): readonly string[] {
  const declared = primaryKey === undefined ? [] : 'columns' in primaryKey ? primaryKey.columns : primaryKey
  return declared.length > 0 ? declared : Object.keys(columns).filter(column => columns[column]?.primaryKey)
}

/** The same of a table whose rows are found by it. */
export function keyOf (table: AnyTable): readonly string[] {
  const names = keyNames(table)
  if (names.length === 0) throw new APIKIT_ERR_TABLE(`${JSON.stringify(table.name)}: has no primary key, so its rows cannot be found by key`)
  return names
}
