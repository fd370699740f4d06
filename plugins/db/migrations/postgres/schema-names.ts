/**
 * Schemas of PostgreSQL by their names.
 *
 * @module
 */

import { APIKIT_ERR_MIGRATION } from '../../errors.ts'
import type { Dialect } from '../../tables/dialect.ts'
import type { Ask } from '../ask.ts'

/**
 * Refuses schemas that do not exist: nothing would be found in them.
 *
 * @throws APIKIT_ERR_MIGRATION with those that exist
 */
export async function refuseUnknownSchemas (ask: Ask, dialect: Dialect, names: readonly string[]): Promise<void> {
  if (dialect === 'sqlite') {
    if (names.length > 0) throw new APIKIT_ERR_MIGRATION('SQLite has no schemas. Leave them out')
    return
  }
  const [current] = await ask('select current_schema() as name, current_setting(\'search_path\') as path')
  const all = (await ask("select nspname::text as name from pg_namespace where nspname !~ '^pg_' and nspname <> 'information_schema' order by 1")).map(({ name }) => String(name))
  const known = `Schemas of this database: ${all.join(', ')}`
  if (current?.name === null && names.length === 0) throw new APIKIT_ERR_MIGRATION(`no schema of the search_path (${String(current.path)}) exists, or the role has no right to use it. ${known}`)
  const unknown = names.filter(name => !all.includes(name))
  if (unknown.length > 0) throw new APIKIT_ERR_MIGRATION(`unknown schema ${unknown.map(name => JSON.stringify(name)).join(', ')}. ${known}`)
}
