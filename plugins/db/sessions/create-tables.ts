/**
 * Tables that are made as they are declared, without migrations.
 *
 * @module
 */

import { sql } from 'kysely'
import { enumSql, tableStatements } from '../tables/ddl.ts'
import { quotedPath, shapeOf, type TableShape } from '../tables/shape.ts'
import type { AnyTable } from '../tables/table.ts'
import type { Session } from './session.ts'

/** Makes the tables that are not there. */
export async function createMissing<DB> (session: Session<DB>, tables: readonly AnyTable[]): Promise<void> {
  const { dialect } = session
  const shapes = tables.map(table => shapeOf(table, dialect))
  const missing: TableShape[] = []
  for (const shape of shapes) if (!await isThere(session, shape.name)) missing.push(shape)
  for (const [name, values] of new Map(missing.flatMap(({ enums }) => [...enums]))) if (!await isThere(session, name, 'regtype')) await session.run(enumSql(quotedPath(name), values))
  const all = missing.map(shape => tableStatements(shape, dialect))
  for (const { table, indexes } of all) for (const sql of [table, ...indexes]) await session.run(sql)
  // Tables may reference each other.
  for (const { foreignKeys } of all) for (const sql of foreignKeys) await session.run(sql)
}

/** Whether a table, or a type, is in the database. */
async function isThere<DB> (session: Session<DB>, name: string, kind: 'regclass' | 'regtype' = 'regclass'): Promise<boolean> {
  const query = session.dialect === 'sqlite'
    ? sql<{ found: number }>`select 1 as found from sqlite_schema where type = 'table' and name = ${name}`
    : sql<{ found: number }>`select 1 as found where to_${sql.raw(kind)}(${quotedPath(name)}) is not null`
  return (await query.execute(session)).rows.length > 0
}
