/**
 * Changes of a table of SQLite: as SQLite itself alters it, where it can, else by an edit of the table's own text.
 *
 * @module
 */

import { APIKIT_ERR_MIGRATION } from '../../errors.ts'
import { columnSql, constraintSql, indexSql } from '../../tables/ddl.ts'
import type { PartShape } from '../../tables/part-shape.ts'
import { columnShape, literal, quoted, quotedPath } from '../../tables/shape.ts'
import { affinityOf, digitsOf, isNumeric } from '../../tables/number-fit.ts'
import { isWord, spelled, type Token, tokensOf } from '../../tables/sql-tokens.ts'
import type { Column } from '../../tables/table-types.ts'
import type { Ask } from '../ask.ts'
import { type SqlitePart, sqliteParts } from './catalog.ts'
import type { Attribute } from '../match.ts'
import { type Clause, type Item, readColumn, type ReadColumn, readTable, type ReadTable, withItem, withoutItem, withText } from './table.ts'
import type { Drafts, Drafted } from './drafts.ts'

function itemOf (read: ReadTable, table: string, column: string): Item {
  const item = read.items.find(({ kind, name }) => kind === 'column' && name === column)
  if (item === undefined) throw new APIKIT_ERR_MIGRATION(`unknown column ${table}.${column}`)
  return item
}

/** Without a part: a constraint of the table, or a clause of a column. */
function withoutPart (sql: string, { item, clause }: NonNullable<SqlitePart['place']>): string {
  const read = readTable(sql)
  return clause === undefined ? withoutItem(read, item) : withText(read, clause, '')
}

function partsIn (table: Drafted, sql: string): SqlitePart[] {
  return sqliteParts(table.name, readTable(sql), table.columns)
}

/** What SQLite takes as the default of a column that is added: numbers and texts. */
function isLiteral (sql: string): boolean {
  const tokens = tokensOf(sql)
  const [first] = tokens
  if (tokens.length === 1) return first?.kind === 'text' || first?.kind === 'number' || isWord(first, 'null', 'true', 'false')
  return tokens.length === 2 && (first?.text === '-' || first?.text === '+')
}

/** Adds a column, with conditions of its own. */
export async function addColumn (drafts: Drafts, tableName: string, name: string, column: Column, parts: readonly PartShape[]): Promise<void> {
  const table = await drafts.find(tableName)
  const shape = columnShape(name, column, 'sqlite')
  const isKey = shape.identity !== undefined && column.primaryKey
  const constraints = parts.filter(({ kind }) => kind !== 'index' && !(isKey && kind === 'primary'))
  const isConstant = shape.default === undefined || isLiteral(shape.default)
  const isSimple = constraints.length === 0 && !isKey && (!shape.notNull || shape.default !== undefined || shape.computed !== undefined) && isConstant && shape.computed?.stored !== true
  if (isSimple && !drafts.has(tableName)) await drafts.ask(`alter table ${quoted(tableName)} add column ${columnSql(shape, 'sqlite')}`)
  else {
    let sql = withItem(readTable(table.sql), 'column', columnSql(shape, 'sqlite', isKey))
    for (const part of constraints) sql = withItem(readTable(sql), 'constraint', constraintSql(part))
    const { count } = Object((await drafts.ask(`select count(*) as count from ${quoted(tableName)}`))[0])
    if (Number(count) > 0 && shape.notNull && shape.default === undefined && shape.computed === undefined && !isKey) {
      throw new APIKIT_ERR_MIGRATION(`${tableName}.${name} must be nullable or have a default, since ${tableName} has rows`)
    }
    drafts.edit({ table: tableName, sql, columns: [name], fresh: [name] })
  }
  for (const part of parts) if (part.kind === 'index') await drafts.createIndex(tableName, indexSql(quotedPath(tableName), part))
}

/** Drops a column with the constraints and indexes that it is part of. */
export async function dropColumn (drafts: Drafts, tableName: string, name: string): Promise<void> {
  await drafts.flushIndexes()
  const table = await drafts.find(tableName)
  for (const { kind, name: index, columns } of table.parts) if (kind === 'index' && columns.includes(name)) await drafts.ask(`drop index if exists ${quoted(index)}`)
  let sql = table.sql
  const gone: string[] = []
  for (;;) {
    // Parts of the column itself go with its text.
    const part = partsIn(table, sql).find(({ columns, place }) => columns.includes(name) && !(place?.clause !== undefined && place.item.name === name))
    if (part?.place === undefined) break
    gone.push(part.name)
    sql = withoutPart(sql, part.place)
  }
  const read = readTable(sql)
  const own = partsIn(table, sql).filter(({ columns }) => columns.includes(name)).map(({ name }) => name)
  drafts.edit({ table: tableName, sql: withoutItem(read, itemOf(read, tableName, name)), columns: [name], parts: [...gone, ...own] })
}

/** Adds a constraint. */
export async function addConstraint (drafts: Drafts, tableName: string, part: PartShape): Promise<void> {
  const table = await drafts.find(tableName)
  // A key that is counted has come with its column.
  if (part.kind === 'primary' && table.parts.some(({ kind, columns }) => kind === 'primary' && String(columns) === String(part.columns))) return
  drafts.edit({ table: tableName, sql: withItem(readTable(table.sql), 'constraint', constraintSql(part)), parts: [part.name], columns: part.kind === 'primary' ? part.columns : [] })
}

function partNamed (table: Drafted, name: string): SqlitePart & { readonly place: NonNullable<SqlitePart['place']> } {
  const parts = table.parts.filter(({ place }) => place !== undefined)
  const usual = parts.filter(part => part.usual === name)
  const part = parts.find(part => part.name === name) ?? (usual.length === 1 ? usual[0] : undefined)
  if (part?.place === undefined) throw new APIKIT_ERR_MIGRATION(`unknown constraint ${name} of ${table.name}`)
  return { ...part, place: part.place }
}

/** Drops a constraint, by its name, or by the one that PostgreSQL would give it. */
export async function dropConstraint (drafts: Drafts, tableName: string, name: string): Promise<void> {
  const table = await drafts.find(tableName)
  const { place, kind, columns, name: own } = partNamed(table, name)
  drafts.edit({ table: tableName, sql: withoutPart(table.sql, place), parts: [own], columns: kind === 'primary' ? columns : [] })
}

/** Gives a constraint another name. */
export async function renameConstraint (drafts: Drafts, tableName: string, name: string, to: string): Promise<void> {
  const table = await drafts.find(tableName)
  const { place: { item, clause } } = partNamed(table, name)
  const { name: own, start } = clause ?? item
  const read = readTable(table.sql)
  const at = read.tokens.findIndex(token => token.start === start)
  const sql = own === undefined
    ? withText(read, { start, end: start }, `constraint ${quoted(to)} `)
    : withText(read, read.tokens[at + 1] as { start: number, end: number }, quoted(to))
  drafts.edit({ table: tableName, sql, parts: [name] })
}

/** Replaces a clause of a column, drops it (`undefined`), or adds it. */
function withClause (sql: string, column: string, kind: Clause['kind'], text: string | undefined): string {
  const read = readTable(sql)
  const item = itemOf(read, '', column)
  const clause = readColumn(item).clauses.find(one => one.kind === kind)
  if (clause !== undefined) return withText(read, clause, text ?? '')
  return text === undefined ? sql : withText(read, { start: item.end, end: item.end }, ` ${text}`)
}

function withType (sql: string, column: string, type: string): string {
  const read = readTable(sql)
  const own: ReadColumn = readColumn(itemOf(read, '', column))
  const [first, last] = [own.type[0], own.type.at(-1)]
  return first === undefined || last === undefined
    ? withText(read, { start: own.name.end, end: own.name.end }, ` ${type}`)
    : withText(read, { start: first.start, end: last.end }, type)
}

/** As it is declared, in one spelling. */
function typeIn (sql: string, column: string): string {
  return spelled(readColumn(itemOf(readTable(sql), '', column)).type).replaceAll(/ ?([(),]) ?/g, '$1')
}

/** Values that SQLite would convert to others, or leave what they are: `'seven'` among integers, digits that a double has not. */
async function refuseUnfit (ask: Ask, table: string, column: string, type: string): Promise<void> {
  if (!isNumeric(type)) return
  const [row] = await ask(`select count(*) as count, min(cast(apikit_text(${quoted(column)}) as text)) as example from ${quoted(table)} where not apikit_fits(${quoted(column)}, ${literal(type)})`)
  const count = Number(row?.count)
  if (count === 0) return
  throw new APIKIT_ERR_MIGRATION(`${count} ${count === 1 ? 'row' : 'rows'} of ${table}.${column} ${count === 1 ? 'holds' : 'hold'} what ${type} cannot hold exactly, such as ${JSON.stringify(row?.example)}. ` +
    `Change the rows first, or say in the migration how to convert them: { using: 'round(${column}, 2)' }`)
}

/** What SQLite's own conversion would change: all digits of a number as text. */
function conversionOf (column: string, from: string, to: string): string | undefined {
  if (affinityOf(to) !== 'text') return undefined
  const value = quoted(column)
  const [, scale] = digitsOf(to) ?? digitsOf(from) ?? []
  return `cast(${scale === undefined ? `apikit_text(${value})` : `apikit_decimal(${value}, ${scale})`} as text)`
}

/** Changes what differs of a column. */
export async function alterColumn (drafts: Drafts, tableName: string, name: string, column: Column, only: readonly Attribute[], using: string | undefined): Promise<void> {
  // Their values are known once the table is made.
  if (using !== undefined || drafts.isFilled(tableName, name)) await drafts.flush(tableName)
  const table = await drafts.find(tableName)
  const shape = columnShape(name, column, 'sqlite')
  let sql = table.sql
  itemOf(readTable(sql), tableName, name)
  const fill: Record<string, string> = {}
  if (only.includes('type')) {
    const before = typeIn(sql, name)
    sql = withType(sql, name, shape.type)
    const isOther = before !== typeIn(sql, name)
    if (using === undefined && isOther) await refuseUnfit(drafts.ask, tableName, name, shape.type)
    const conversion = using ?? (isOther ? conversionOf(name, before, shape.type) : undefined)
    if (conversion !== undefined) fill[name] = conversion
  }
  if (only.includes('collate')) sql = withClause(sql, name, 'collate', shape.collate === undefined ? undefined : `collate ${shape.collate}`)
  if (only.includes('default')) sql = withClause(sql, name, 'default', shape.default === undefined ? undefined : `default ${shape.default}`)
  if (only.includes('null')) {
    sql = withClause(withClause(sql, name, 'null', undefined), name, 'not', shape.notNull ? 'not null' : undefined)
    if (shape.notNull && shape.default !== undefined) fill[name] = `coalesce(${fill[name] ?? quoted(name)}, ${shape.default})`
  }
  const parts: string[] = []
  if (only.includes('identity')) {
    const key = (partsIn(table, sql)).find(({ kind, columns }) => kind === 'primary' && columns.length === 1 && columns[0] === name)
    if (key?.place !== undefined) {
      parts.push(key.name)
      sql = withoutPart(sql, key.place)
    }
    if (key !== undefined || shape.identity !== undefined) sql = withClause(sql, name, 'primary', shape.identity === undefined ? 'primary key' : 'primary key autoincrement')
  }
  if (only.includes('computed')) throw new APIKIT_ERR_MIGRATION(`the expression of ${tableName}.${name} cannot be changed. Drop the column and add it again`)
  drafts.edit({ table: tableName, sql, fill, columns: [name], parts })
}

/** Gives an index another name: it is made again. */
export async function renameIndex (ask: Ask, name: string, to: string): Promise<void> {
  const [row] = await ask(`select sql from sqlite_schema where type = 'index' and name = ${literal(name)}`)
  if (row === undefined) throw new APIKIT_ERR_MIGRATION(`unknown index ${name}`)
  const sql = String(row.sql)
  const tokens = tokensOf(sql)
  const own = tokens[isWord(tokens[1], 'unique') ? 3 : 2] as Token
  await ask(`drop index ${quoted(name)}`)
  await ask(`${sql.slice(0, own.start)}${quoted(to)}${sql.slice(own.end)}`)
}
