/**
 * The connection of a migration.
 *
 * @module
 * @see https://www.sqlite.org/lang_altertable.html#making_other_kinds_of_table_schema_changes
 */

import { CompiledQuery } from 'kysely'
import { APIKIT_ERR_MIGRATION } from '../../errors.ts'
import type { Connection } from '../driver.ts'
import type { SqliteConnection } from './connection.ts'

/** Foreign keys cannot be switched within a transaction: they are off before it, and looked at before it is committed. */
export function maintaining (held: Connection, writer: SqliteConnection): Connection {
  let before: ReadonlySet<string> = new Set()
  return {
    ...held,
    begin (settings) {
      writer.exec('pragma foreign_keys = off')
      before = new Set(orphansOf(writer).map(orphan => JSON.stringify(orphan)))
      return held.begin(settings)
    },
    async commit () {
      // What was wrong before may stay so.
      const lost = orphansOf(writer).find(orphan => !before.has(JSON.stringify(orphan)))
      if (lost !== undefined) throw new APIKIT_ERR_MIGRATION(`a row of ${lost.table} references a row of ${lost.parent} that does not exist`)
      await held.commit()
    },
    release () {
      writer.exec('pragma foreign_keys = on')
      held.release()
    }
  }
}

interface Orphan {
  readonly table: string
  readonly parent: string
  readonly rowid: string
}

/** Rows that reference others which are not there. A schema whose keys do not fit cannot be asked. */
function orphansOf (connection: SqliteConnection): Orphan[] {
  try {
    return connection.run<Orphan>(CompiledQuery.raw('pragma foreign_key_check')).rows.map(({ table, parent, rowid }) => ({ table, parent, rowid: String(rowid) }))
  } catch {
    return []
  }
}
