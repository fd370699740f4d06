/**
 * A table of SQLite in another shape: made anew and filled, since SQLite alters little of a table.
 *
 * @module
 * @see https://www.sqlite.org/lang_altertable.html#making_other_kinds_of_table_schema_changes
 */

import { tableSql } from '../tables/ddl.ts'
import type { Ask } from './inspection.ts'
import { type ColumnShape, literal, quoted, type TableShape } from '../tables/shape.ts'

/** Foreign keys are off meanwhile, or dropping the old table would take what references it along. */
export async function rebuildTable (ask: Ask, before: TableShape, after: TableShape): Promise<void> {
  const { name } = after
  const made = `${name}__new`
  const triggers = await ask("select sql from sqlite_master where type = 'trigger' and tbl_name = ?", name)

  const [create = '', ...indexes] = tableSql(after, 'sqlite')
  await ask(create.replace(quoted(name), quoted(made)))
  const kept = after.columns.filter(column => before.columns.some(old => old.name === column.name))
  if (kept.length > 0) {
    await ask(`insert into ${quoted(made)} (${kept.map(({ name }) => quoted(name)).join(', ')}) select ${kept.map(filled).join(', ')} from ${quoted(name)}`)
  }
  // The ids of rows that are gone are not given again, here neither.
  if (after.columns.some(({ identity }) => identity)) {
    await ask(`delete from sqlite_sequence where name = ${literal(made)}`)
    await ask(`insert into sqlite_sequence (name, seq) select ${literal(made)}, seq from sqlite_sequence where name = ${literal(name)}`)
  }
  await ask(`drop table ${quoted(name)}`)
  await ask(`alter table ${quoted(made)} rename to ${quoted(name)}`)
  for (const sql of indexes) await ask(sql)
  for (const { sql } of triggers) await ask(String(sql))
}

/** What may not be null any more has its default. */
function filled ({ name, notNull, default: value }: ColumnShape): string {
  return notNull && value !== undefined ? `coalesce(${quoted(name)}, ${value})` : quoted(name)
}
