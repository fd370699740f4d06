/**
 * A table of SQLite with another text: made anew, filled, and proven to have lost nothing. SQLite alters little of a table.
 *
 * @module
 * @see https://www.sqlite.org/lang_altertable.html#making_other_kinds_of_table_schema_changes
 */

import { APIKIT_ERR_MIGRATION } from '../../errors.ts'
import { literal, quoted } from '../../tables/names.ts'
import { spelled, tokensOf } from '../../tables/sql-tokens.ts'
import type { Ask, AskedRow } from '../ask.ts'
import type { Catalog, CatalogTable } from '../catalog.ts'
import { readSqlite } from './catalog.ts'
import { readTable, renamed } from './table.ts'

export interface Rebuild {
  readonly table: string
  /** Of the table as it is to be. */
  readonly sql: string
  /** Expressions over the old row, by column. */
  readonly fill?: Readonly<Record<string, string>>
  /** Columns whose being, or definition, is meant to change. */
  readonly columns?: readonly string[]
  /** Constraints whose being is meant to change, by name. */
  readonly parts?: readonly string[]
  /** New columns, of which the old rows have nothing, though they may have one of that name. */
  readonly fresh?: readonly string[]
  /** Statements once the table is there: its new indexes. */
  readonly then?: readonly string[]
}

/** Something that is to be there afterwards, and by what it is known. */
interface Fact {
  readonly label: string
  readonly proof: string
  /** Of a change of this it is no loss. */
  readonly of?: string
}

interface Seen {
  readonly table: CatalogTable
  readonly facts: readonly Fact[]
}

/**
 * Gives tables other texts. Foreign keys are off meanwhile, or dropping the old tables would take what references them along.
 *
 * @throws APIKIT_ERR_MIGRATION when something else would be lost: the transaction is to be undone
 */
export async function rebuildTables (ask: Ask, rebuilds: readonly Rebuild[]): Promise<void> {
  const before = await problemsOf(ask)
  for (const rebuild of rebuilds) await rebuildTable(ask, rebuild)
  refuseLoss(rebuilds, (await problemsOf(ask)).filter(problem => !before.includes(problem)))
}

function refuseLoss (rebuilds: readonly Rebuild[], lost: readonly string[]): void {
  if (lost.length > 0) throw new APIKIT_ERR_MIGRATION(`the change of ${rebuilds.map(({ table }) => table).join(', ')} would lose: ${lost.join('; ')}`)
}

/** Views that cannot be read, triggers that cannot run, rows that reference others which are not there: none may come. */
async function problemsOf (ask: Ask): Promise<string[]> {
  return [...await orphansOf(ask), ...await brokenViews(ask), ...await brokenTriggers(ask)]
}

async function rebuildTable (ask: Ask, rebuild: Rebuild): Promise<void> {
  const { table, sql, then = [] } = rebuild
  const before = await see(ask, table)
  const made = await freeName(ask, `${table}__new`)
  const others = await ask(`select sql from sqlite_schema where tbl_name = ${literal(table)} and type in ('index', 'trigger') and sql is not null order by rowid`)
  const sequence = await saved(ask, 'sqlite_sequence', `name = ${literal(table)}`)
  const statistics = await saved(ask, 'sqlite_stat1', `tbl = ${literal(table)}`)
  // Names in views, triggers and other tables stay as they are.
  await ask('pragma legacy_alter_table = on')
  try {
    await attempt(rebuild, made, async () => {
      await ask(renamed(readTable(sql), quoted(made)))
      await copyRows(ask, before.table, made, rebuild)
    })
    await ask(`drop table ${quoted(table)}`)
    await ask(`alter table ${quoted(made)} rename to ${quoted(table)}`)
  } finally {
    await ask('pragma legacy_alter_table = off')
  }
  for (const { sql } of others) await ask(String(sql))
  for (const { name, seq } of sequence) {
    // Ids of rows that are gone are not given again.
    await ask(`delete from sqlite_sequence where name = ${literal(String(name))}`)
    if (await isCounted(ask, table)) await ask(`insert into sqlite_sequence (name, seq) values (${literal(String(name))}, ${String(seq)})`)
  }
  for (const { idx, stat } of statistics) await ask(`insert into sqlite_stat1 (tbl, idx, stat) values (${literal(table)}, ${idx === null ? 'null' : literal(String(idx))}, ${literal(String(stat))})`)
  refuseLoss([rebuild], lostIn(before, await see(ask, table), rebuild))
  for (const sql of then) await ask(sql)
}

async function freeName (ask: Ask, name: string): Promise<string> {
  const [taken] = await ask(`select 1 as found from sqlite_schema where lower(name) = lower(${literal(name)})`)
  return taken === undefined ? name : freeName(ask, `${name}_`)
}

/** What depends on a column that is gone, and what rows do not fit, SQLite names: its own words, of the table as it is called. */
async function attempt ({ table }: Rebuild, made: string, work: () => Promise<void>): Promise<void> {
  try {
    await work()
  } catch (error) {
    throw Object.assign(new APIKIT_ERR_MIGRATION(`cannot change ${table}: ${String(Object(Object(error).cause ?? error).message).replaceAll(made, table)}`), { cause: error })
  }
}

async function isCounted (ask: Ask, table: string): Promise<boolean> {
  return (await ask(`select sql from sqlite_schema where name = ${literal(table)}`)).some(({ sql }) => tokensOf(String(sql)).some(({ text }) => text.toLowerCase() === 'autoincrement'))
}

/** Rows that SQLite keeps of a table beside it. */
async function saved (ask: Ask, kept: string, where: string): Promise<readonly AskedRow[]> {
  const [row] = await ask(`select 1 as found from sqlite_schema where name = '${kept}'`)
  return row === undefined ? [] : ask(`select * from ${kept} where ${where}`)
}

async function copyRows (ask: Ask, { name, columns, tail = '' }: CatalogTable, made: string, { fill = {}, fresh = [] }: Rebuild): Promise<void> {
  const old = new Set(columns.filter(({ computed }) => computed === undefined).map(({ name }) => name))
  const info = await ask(`select name from pragma_table_xinfo(${literal(made)}) where hidden = 0`)
  const kept = info.map(({ name }) => String(name)).filter(name => (old.has(name) && !fresh.includes(name)) || Object.hasOwn(fill, name))
  // Rowids that are no column's are kept as well: indexes of full text refer to them.
  const hasRowid = !spelled(tokensOf(tail)).includes('without rowid') && !columns.some(({ identity }) => identity !== undefined) && !columns.some(({ name }) => name.toLowerCase() === 'rowid') &&
    (await ask(`select 1 as found from pragma_table_xinfo(${literal(made)}) where pk = 1 and lower(type) = 'integer'`)).length === 0
  const into = [...hasRowid ? ['rowid'] : [], ...kept.map(quoted)]
  const from = [...hasRowid ? ['rowid'] : [], ...kept.map(name => fill[name] ?? quoted(name))]
  await ask(`insert into ${quoted(made)} (${into.join(', ')}) select ${from.join(', ')} from ${quoted(name)}`)
}

async function see (ask: Ask, name: string): Promise<Seen> {
  const { tables } = await readSqlite(ask)
  const table = tables.get(name) as CatalogTable
  return { table, facts: [...await countsOf(ask, tables, name), ...await othersOf(ask, name), ...factsOf(table)] }
}

/** Rows of a table, and of those that reference it. */
async function countsOf (ask: Ask, tables: Catalog['tables'], table: string): Promise<Fact[]> {
  const counts: Fact[] = []
  for (const { name, parts } of tables.values()) {
    if (name !== table && !parts.some(({ target }) => target?.table === table)) continue
    const [row] = await ask(`select count(*) as rows from ${quoted(name)}`)
    counts.push({ label: `rows of ${name}, which has ${String(row?.rows)}`, proof: JSON.stringify([name, String(row?.rows)]) })
  }
  return counts
}

/** All else in the database. */
async function othersOf (ask: Ask, table: string): Promise<Fact[]> {
  const rows = await ask(`select type, name, sql from sqlite_schema where name <> ${literal(table)} and name not like 'sqlite\\_%' escape '\\'`)
  return rows.map(({ type, name, sql }) => ({ label: `the ${String(type)} ${String(name)}`, proof: JSON.stringify([type, name, sql]) }))
}

function factsOf ({ name: table, columns, parts, tail }: CatalogTable): Fact[] {
  return [
    ...columns.map(column => ({ label: `the column ${table}.${column.name}`, proof: JSON.stringify(column), of: `column ${column.name}` })),
    ...parts.filter(({ kind }) => kind !== 'index').map(({ kind, name, definition }) => ({ label: `the constraint ${name}`, proof: JSON.stringify([kind, definition]), of: `part ${name}` })),
    { label: `what stands behind the table: ${tail}`, proof: JSON.stringify(tail) }
  ]
}

/** A schema may be wrong already: foreign keys whose target has no key. */
async function orphansOf (ask: Ask): Promise<string[]> {
  try {
    const orphans = Map.groupBy(await ask('pragma foreign_key_check'), ({ table, parent }) => `rows of ${String(table)} reference rows of ${String(parent)} that are not there`)
    return [...orphans].map(([what, rows]) => `${rows.length} ${what}`)
  } catch (error) {
    return [String(Object(error).message)]
  }
}

function lostIn (before: Seen, after: Seen, { columns = [], parts = [] }: Rebuild): string[] {
  const meant = new Set<string | undefined>([...columns.map(name => `column ${name}`), ...parts.map(name => `part ${name}`)])
  const proofs = new Set(after.facts.map(({ proof }) => proof))
  return before.facts.filter(({ proof, of }) => !meant.has(of) && !proofs.has(proof)).map(({ label }) => label)
}

async function brokenViews (ask: Ask): Promise<string[]> {
  const broken: string[] = []
  for (const { name } of await ask("select name from sqlite_schema where type = 'view'")) {
    try {
      await ask(`select * from ${quoted(String(name))} limit 0`)
    } catch (error) {
      broken.push(`the view ${String(name)} cannot be read: ${String(Object(Object(error).cause ?? error).message)}`)
    }
  }
  return broken
}

/** SQLite reads a trigger when a statement would fire it: what such statements cannot be compiled for. */
async function brokenTriggers (ask: Ask): Promise<string[]> {
  const broken: string[] = []
  for (const { name } of await ask("select distinct tbl_name as name from sqlite_schema where type = 'trigger'")) {
    const columns = await ask(`select name from pragma_table_info(${literal(String(name))})`)
    const changes = columns.map(column => `${quoted(String(column.name))} = null`).join(', ')
    for (const statement of [`insert into ${quoted(String(name))} default values`, `update ${quoted(String(name))} set ${changes}`, `delete from ${quoted(String(name))}`]) {
      try {
        await ask(`explain ${statement}`)
      } catch (error) {
        broken.push(`the triggers of ${String(name)} cannot run: ${String(Object(Object(error).cause ?? error).message)}`)
      }
    }
  }
  return [...new Set(broken)]
}
