/**
 * The tables in a database of SQLite: by its pragmas, and by the text of their statements for what those do not tell.
 *
 * @module
 */

import type { ForeignAction } from '../tables/columns.ts'
import type { Ask } from './inspection.ts'
import { type CheckShape, type ForeignKeyShape, nameOf, type TableShape } from '../tables/shape.ts'

export async function inspectSqlite (ask: Ask): Promise<TableShape[]> {
  const tables: TableShape[] = []
  for (const { name, sql } of await ask("select name, sql from sqlite_master where type = 'table' and name not like 'sqlite\\_%' escape '\\' order by rowid")) {
    tables.push(await inspectTable(ask, String(name), String(sql)))
  }
  return tables
}

async function inspectTable (ask: Ask, name: string, sql: string): Promise<TableShape> {
  const info = await ask('select * from pragma_table_info(?)', name)
  const counted = /\bautoincrement\b/i.test(sql)
  const key = info.filter(({ pk }) => Number(pk) > 0).sort((a, b) => Number(a.pk) - Number(b.pk)).map(({ name }) => String(name))
  const uniques: Array<{ name: string, columns: readonly string[] }> = []
  const indexes: typeof uniques = []
  for (const { name: index, origin } of await ask('select * from pragma_index_list(?) order by seq desc', name)) {
    const columns = (await ask('select name from pragma_index_info(?) order by seqno', index)).map(({ name }) => String(name))
    if (origin === 'u') uniques.push({ name: nameOf(name, columns, 'key'), columns })
    if (origin === 'c') indexes.push({ name: String(index), columns })
  }
  return {
    name,
    columns: info.map(({ name, type, notnull, dflt_value: value }) => ({
      name: String(name),
      type: String(type).toLowerCase(),
      notNull: Number(notnull) === 1,
      // An expression is given without the parentheses that it needs.
      default: value === null ? undefined : /^\w+\(/.test(String(value)) ? `(${String(value)})` : String(value),
      identity: counted && key[0] === name
    })),
    primaryKey: key,
    uniques,
    foreignKeys: foreignKeys(name, await ask('select * from pragma_foreign_key_list(?) order by id desc, seq', name)),
    checks: checksIn(sql),
    indexes
  }
}

function foreignKeys (table: string, rows: ReadonlyArray<Readonly<Record<string, unknown>>>): ForeignKeyShape[] {
  const keys = new Map<unknown, ForeignKeyShape & { name: string, columns: string[], targets: string[] }>()
  for (const row of rows) {
    let key = keys.get(row.id)
    if (key === undefined) {
      key = { name: '', columns: [], table: String(row.table), targets: [], onDelete: action(row.on_delete), onUpdate: action(row.on_update) }
      keys.set(row.id, key)
    }
    key.columns.push(String(row.from))
    key.targets.push(String(row.to))
    key.name = nameOf(table, key.columns, 'fkey')
  }
  return [...keys.values()]
}

function action (text: unknown): ForeignAction {
  return String(text).toLowerCase() as ForeignAction
}

const CHECK = /\bconstraint\s+"((?:[^"]|"")+)"\s+check\s*\(/gi

/** `constraint "name" check (…)`, to the parenthesis that closes it. */
function checksIn (sql: string): CheckShape[] {
  return [...sql.matchAll(CHECK)].map(match => {
    const start = match.index + match[0].length
    let [depth, end, quote] = [1, start, '']
    for (; end < sql.length && depth > 0; end++) {
      const char = sql.charAt(end)
      if (quote !== '') quote = char === quote ? '' : quote
      else if (char === "'" || char === '"') quote = char
      else if (char === '(') depth++
      else if (char === ')') depth--
    }
    return { name: String(match[1]).replaceAll('""', '"'), expression: sql.slice(start, end - 1) }
  })
}
