/**
 * The catalog of SQLite: by its pragmas, and by the text of the tables for what those do not tell.
 *
 * @module
 */

import { hashOf, literal, nameOf, quoted } from '../../tables/names.ts'
import type { ConstraintWords } from '../../tables/part-shape.ts'
import { bare, columnsIn, isWord, nameIn, spelled, type Token, tokensOf } from '../../tables/sql-tokens.ts'
import type { Deferrable, ForeignAction, ForeignKey, IndexKey } from '../../tables/table-types.ts'
import type { Ask } from '../ask.ts'
import type { Catalog, CatalogColumn, CatalogPart, CatalogTable } from '../catalog.ts'
import { type Clause, closing, groupsOf, type Item, type ReadColumn, readColumn, readTable, type ReadTable } from './table.ts'

/** Where a part stands in the text of its table. */
export interface Place {
  readonly item: Item
  readonly clause: Clause | undefined
}

export interface SqlitePart extends CatalogPart {
  /** Not of indexes, which have statements of their own. */
  readonly place?: Place
  /** What PostgreSQL would call one without a name. */
  readonly usual?: string
}

const TABLES = `
  select t.name, t.wr, t.strict, s.sql from pragma_table_list t join sqlite_schema s on s.type = 'table' and s.name = t.name
  where t.schema = 'main' and t.type = 'table' and t.name not like 'sqlite\\_%' escape '\\' order by s.rowid`

export async function readSqlite (ask: Ask): Promise<Catalog> {
  const tables: CatalogTable[] = []
  for (const { name, sql, wr } of await ask(TABLES)) tables.push(await tableOf(ask, String(name), String(sql), Number(wr) === 1))
  return { tables: new Map(tables.map(table => [table.name, resolved(table, tables)])), enums: new Map(), domains: new Map() }
}

async function tableOf (ask: Ask, name: string, sql: string, withoutRowid: boolean): Promise<CatalogTable> {
  const read = readTable(sql)
  const info = await ask(`select name, type, "notnull", dflt_value, pk, hidden from pragma_table_xinfo(${literal(name)})`)
  const columns = info.map(({ name }) => String(name))
  const parts = sqliteParts(name, read, columns)
  const key = info.filter(({ pk }) => Number(pk) > 0)
  const isCounted = ({ pk, type }: typeof info[number]): boolean => key.length === 1 && Number(pk) === 1 && !withoutRowid && String(type).toLowerCase() === 'integer'
  const indexes = await ask(`select name, sql from sqlite_schema where type = 'index' and tbl_name = ${literal(name)} and sql is not null order by rowid`)
  const alone = await ask('select type || \' \' || name as what, sql from sqlite_schema where type in (\'trigger\', \'view\') order by rowid')
  const items = new Map(read.items.filter(({ kind }) => kind === 'column').map(item => [String(item.name).toLowerCase(), readColumn(item)]))
  return {
    name,
    columns: info.map((row): CatalogColumn => {
      const own = items.get(String(row.name).toLowerCase()) as ReadColumn
      const collate = own.clauses.find(({ kind }) => kind === 'collate')?.tokens[1]
      const value = own.clauses.find(({ kind }) => kind === 'default')
      return {
        name: String(row.name),
        type: String(row.type).toLowerCase().replaceAll(/\s*([(),])\s*/g, '$1'),
        collate: collate === undefined ? undefined : nameIn(collate).toLowerCase(),
        notNull: Number(row.notnull) === 1 || Number(row.pk) > 0,
        default: value === undefined ? undefined : textOf(sql, value.tokens.slice(1)),
        identity: !isCounted(row) ? undefined : own.clauses.some(({ tokens }) => tokens.some(token => isWord(token, 'autoincrement'))) ? 'identity' : 'serial',
        computed: computedOf(sql, own, columns)
      }
    }),
    parts: [...parts, ...indexes.map(index => indexOf(String(index.name), String(index.sql), columns))],
    alone: alone.filter(({ sql: text }) => tokensOf(String(text)).some(token => token.kind !== 'text' && nameIn(token).toLowerCase() === name.toLowerCase())).map(({ what }) => String(what)),
    sql,
    tail: read.tail
  }
}

function textOf (sql: string, tokens: readonly Token[]): string {
  return sql.slice(tokens[0]?.start, tokens.at(-1)?.end)
}

function computedOf (sql: string, { clauses }: ReadColumn, columns: readonly string[]): CatalogColumn['computed'] {
  const clause = clauses.find(({ kind }) => kind === 'as')
  if (clause === undefined) return undefined
  const open = clause.tokens.findIndex(({ text }) => text === '(')
  const close = closing(clause.tokens, open)
  const as = textOf(sql, clause.tokens.slice(open + 1, close))
  return { as, stored: isWord(clause.tokens[close + 1], 'stored'), of: columnsIn(as, columns) }
}

/** The parts that stand in the text of a table. */
export function sqliteParts (table: string, read: ReadTable, columns: readonly string[]): SqlitePart[] {
  const taken = new Set<string>()
  const unnamed = (part: string): string => {
    let name = part
    for (let nr = 1; taken.has(name); nr++) name = `${part}${nr}`
    return name
  }
  const parts: SqlitePart[] = []
  const add = (place: Place, name: string | undefined, tokens: readonly Token[], column: string | undefined): void => {
    const found = partOf(read.sql, tokens, column, columns)
    const suffix = { primary: 'pkey', unique: 'key', foreign: 'fkey', check: 'check' }[found.kind]
    const own = found.kind === 'primary' || (found.kind === 'check' && column === undefined) ? [] : column === undefined ? found.columns : [column]
    const usual = nameOf(table, own, suffix)
    // By its words, so that it keeps its name when others go.
    const given = name ?? unnamed(found.kind === 'check' ? `${usual}_${hashOf(found.definition)}` : usual)
    taken.add(given)
    parts.push({ ...found, name: given, words: { ...found.words, name: given }, place, ...name === undefined && { usual } })
  }
  for (const item of read.items) {
    if (item.kind === 'constraint') {
      add({ item, clause: undefined }, item.name, isWord(item.tokens[0], 'constraint') ? item.tokens.slice(2) : item.tokens, undefined)
      continue
    }
    for (const clause of readColumn(item).clauses) {
      if (['primary', 'unique', 'check', 'references'].includes(clause.kind)) add({ item, clause }, clause.name, clause.tokens, columnNamed(String(item.name), columns))
    }
  }
  return parts
}

function columnNamed (name: string, columns: readonly string[]): string {
  return columns.find(column => column.toLowerCase() === name.toLowerCase()) ?? name
}

interface Found extends Omit<CatalogPart, 'name' | 'words'> {
  readonly kind: 'primary' | 'unique' | 'foreign' | 'check'
  readonly words: Omit<ConstraintWords, 'name'>
}

/** What a constraint says, of a column or of the table. */
function partOf (sql: string, tokens: readonly Token[], column: string | undefined, columns: readonly string[]): Found {
  const open = tokens.findIndex(({ text }) => text === '(')
  const close = closing(tokens, open)
  const inside = tokens.slice(open + 1, close)
  if (isWord(tokens[0], 'check')) {
    const text = textOf(sql, inside)
    return { kind: 'check', columns: columnsIn(text, columns), definition: spelled(tokens), words: { check: text } }
  }
  if (isWord(tokens[0], 'foreign', 'references')) return foreignOf(tokens, column === undefined ? namesIn(inside, columns) : [column])
  const kind = isWord(tokens[0], 'primary') ? 'primary' : 'unique'
  const plain = (list: readonly Token[]): Token[] => list.filter(token => !isWord(token, 'autoincrement', 'asc'))
  if (column === undefined) return keyOfParts(kind, groupsOf(inside).map(group => [columnNamed(nameIn(group[0] as Token), columns), plain(group.slice(1))]), tokens.slice(close + 1))
  const rest = plain(tokens.slice(kind === 'primary' ? 2 : 1))
  const order = rest.filter((token, at) => at === 0 && isWord(token, 'desc'))
  return keyOfParts(kind, [[column, order]], rest.slice(order.length))
}

/** @param keys columns, each with its order */
function keyOfParts (kind: 'primary' | 'unique', keys: ReadonlyArray<readonly [column: string, order: readonly Token[]]>, behind: readonly Token[]): Found {
  const own = keys.map(([column]) => column)
  const texts = (list: readonly Token[]): string => list.map(({ text }) => ` ${text}`).join('')
  const isPlain = behind.length === 0 && keys.every(([, order]) => order.length === 0)
  return {
    kind,
    columns: own,
    definition: `${kind} ${JSON.stringify(isPlain ? own : [own, keys.map(([, order]) => spelled(order)), spelled(behind)])}`,
    words: isPlain
      ? { [kind === 'primary' ? 'primaryKey' : 'unique']: { columns: own } }
      : { definition: `${kind === 'primary' ? 'primary key' : 'unique'} (${keys.map(([column, order]) => `${quoted(column)}${texts(order)}`).join(', ')})${texts(behind)}` },
    ...kind === 'unique' && isPlain && { isUniqueOf: JSON.stringify(own) }
  }
}

function namesIn (tokens: readonly Token[], columns: readonly string[]): string[] {
  return groupsOf(tokens).map(([token]) => columnNamed(nameIn(token as Token), columns))
}

/** `references table (columns) on delete set null deferrable`. */
function foreignOf (tokens: readonly Token[], columns: readonly string[]): Found {
  const at = tokens.findIndex(token => isWord(token, 'references'))
  const table = nameIn(tokens[at + 1] as Token)
  const hasTargets = tokens[at + 2]?.text === '('
  const end = hasTargets ? closing(tokens, at + 2) : at + 1
  const targets = hasTargets ? groupsOf(tokens.slice(at + 3, end)).map(([token]) => nameIn(token as Token)) : []
  const rest = spelled(tokens.slice(end + 1))
  const action = (on: string): ForeignAction => (['cascade', 'restrict', 'set null', 'set default', 'no action'] as const).find(what => rest.includes(`on ${on} ${what}`)) ?? 'no action'
  const deferrable: Deferrable = rest.includes('deferrable') && !rest.includes('not deferrable') && (rest.includes('initially deferred') ? 'initially deferred' : true)
  const [onDelete, onUpdate] = [action('delete'), action('update')]
  const foreignKey: ForeignKey = {
    columns,
    references: { table, columns: targets },
    ...onDelete !== 'no action' && { onDelete },
    ...onUpdate !== 'no action' && { onUpdate },
    ...deferrable !== false && { deferrable }
  }
  return { kind: 'foreign', columns, definition: '', words: { foreignKey }, target: foreignKey.references }
}

/** A foreign key that names no columns references the key of its table. */
function resolved (table: CatalogTable, all: readonly CatalogTable[]): CatalogTable {
  return {
    ...table,
    parts: table.parts.map(part => {
      const { foreignKey } = part.words as ConstraintWords
      if (foreignKey === undefined) return part
      const target = all.find(({ name }) => name.toLowerCase() === foreignKey.references.table.toLowerCase())
      const key = target?.parts.find(({ kind }) => kind === 'primary')?.columns ?? []
      const columns = foreignKey.references.columns.length > 0 ? foreignKey.references.columns.map(name => columnNamed(name, target?.columns.map(({ name }) => name) ?? [])) : key
      const references = { table: target?.name ?? foreignKey.references.table, columns }
      const whole = { ...foreignKey, references }
      return { ...part, target: references, words: { name: part.name, foreignKey: whole }, definition: JSON.stringify(whole) }
    })
  }
}

function indexOf (name: string, sql: string, columns: readonly string[]): CatalogPart {
  const tokens = tokensOf(sql)
  const unique = isWord(tokens[1], 'unique')
  const open = tokens.findIndex(({ text }) => text === '(')
  const close = closing(tokens, open)
  const where = tokens.length > close + 1 ? textOf(sql, tokens.slice(close + 2)) : undefined
  const on = groupsOf(tokens.slice(open + 1, close)).map(group => keyOf(sql, group, columns))
  const words = { name, on, unique, ...where !== undefined && { where } }
  const spelledKey = (key: string | IndexKey): unknown => typeof key === 'string' ? key : { ...key, ...key.expression !== undefined && { expression: spelled(bare(tokensOf(key.expression))) } }
  const isPlain = unique && where === undefined && on.every(key => typeof key === 'string')
  return {
    kind: 'index',
    name,
    columns: columnsIn(sql.slice(tokens[open]?.start), columns),
    definition: JSON.stringify({ on: on.map(spelledKey), unique, where: where === undefined ? undefined : spelled(bare(tokensOf(where))) }),
    words,
    ...isPlain && { isUniqueOf: JSON.stringify(on) }
  }
}

function keyOf (sql: string, group: readonly Token[], columns: readonly string[]): string | IndexKey {
  const desc = isWord(group.at(-1), 'desc')
  let own = isWord(group.at(-1), 'desc', 'asc') ? group.slice(0, -1) : group
  const collate = isWord(own.at(-2), 'collate') ? nameIn(own.at(-1) as Token).toLowerCase() : undefined
  if (collate !== undefined) own = own.slice(0, -2)
  const rest = { ...collate !== undefined && { collate }, ...desc && { desc } }
  const [only] = bare(own)
  const column = bare(own).length === 1 ? columns.find(column => column.toLowerCase() === nameIn(only as Token).toLowerCase()) : undefined
  if (column === undefined) return { expression: textOf(sql, bare(own)), ...rest }
  return Object.keys(rest).length === 0 ? column : { column, ...rest }
}
