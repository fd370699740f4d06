/**
 * What a database has, as `table()` says it: for the files of `pull`, and for what undoes a migration.
 *
 * @module
 */

import { indexPart } from '../tables/index-shape.ts'
import { nameOf, unqualified } from '../tables/names.ts'
import { raw, type Raw } from '../tables/raw.ts'
import type { Dialect } from '../tables/dialect.ts'
import type { ConstraintWords, IndexWords } from '../tables/part-shape.ts'
import { bare, isWord, nameIn, spelled, type Token, tokensOf } from '../tables/sql-tokens.ts'
import type { UniqueOptions } from '../tables/table-types.ts'
import type { Catalog, CatalogColumn, CatalogPart, CatalogTable } from './catalog.ts'
import { code, keyCode, referenceCode, Source } from './code.ts'
import { schemaCode } from './schema-code.ts'
import { typeParts } from './type-parts.ts'

/** A call of `column`, but for its options. */
interface Call {
  readonly kind: string
  readonly args: readonly string[]
  readonly options?: Readonly<Record<string, unknown>>
}

const PLAIN: Readonly<Record<Dialect, Readonly<Record<string, string>>>> = {
  postgres: {
    integer: 'integer',
    smallint: 'smallint',
    bigint: 'bigint',
    'double precision': 'real',
    text: 'text',
    boolean: 'boolean',
    'timestamp with time zone': 'dateTime',
    date: 'date',
    'time without time zone': 'time',
    interval: 'interval',
    uuid: 'uuid',
    bytea: 'bytes'
  },
  sqlite: {
    integer: 'integer', smallint: 'smallint', bigint: 'bigint', real: 'real', text: 'text', boolean: 'boolean', timestamp: 'dateTime', date: 'date', time: 'time', duration_text: 'interval', blob: 'bytes'
  }
}
const JSON_TYPE: Readonly<Record<Dialect, string>> = { postgres: 'jsonb', sqlite: 'json_text' }

function lengthCall (type: string, dialect: Dialect): Call | undefined {
  const { name, numbers: [first, second] } = typeParts(type)
  const [varchar, char, decimal] = dialect === 'postgres' ? ['character varying', 'character', 'numeric'] : ['varchar', 'char', 'decimal']
  if (name === varchar && first !== undefined && type === `${varchar}(${first})`) return { kind: 'varchar', args: [String(first)] }
  if (name === char && first !== undefined && type === `${char}(${first})`) return { kind: 'char', args: [String(first)] }
  const isDecimal = name === decimal && !(dialect === 'sqlite' && Number(first) > 15) ? true : name === 'decimal_text' && Number(first) > 15
  return isDecimal && Number(second) >= 0 && Number(second) <= Number(first) && type === `${name}(${first},${second})` ? { kind: 'decimal', args: [String(first), String(second)] } : undefined
}

/** What `column.array` takes. */
const IN_ARRAYS = new Set(['text', 'varchar', 'char', 'uuid', 'boolean', 'integer', 'smallint', 'real'])

/** `text[]`, for a table. */
function arrayCall (type: string, dialect: Dialect): Call | undefined {
  if (dialect === 'sqlite' || !type.endsWith('[]')) return undefined
  const item = type.slice(0, -2)
  const { kind, args } = lengthCall(item, dialect) ?? { kind: PLAIN.postgres[item] ?? '', args: [] }
  return IN_ARRAYS.has(kind) ? { kind: 'array', args: [`column.${kind}(${args.join(', ')})`] } : undefined
}

function callOf ({ type }: CatalogColumn, { enums, domains }: Catalog, dialect: Dialect, forTables: boolean): Call {
  const plain = PLAIN[dialect][type]
  if (plain !== undefined) return { kind: plain, args: [] }
  if (type === JSON_TYPE[dialect]) return { kind: 'json', args: ['Type.Unknown()'] }
  const bounded = lengthCall(type, dialect)
  if (bounded !== undefined) return bounded
  const labels = enums.get(type)
  const path = tokensOf(type).filter(({ text }) => text !== '.').map(nameIn)
  // A dot in its own name would be that of a schema.
  if (labels !== undefined && labels.length > 0 && !path.some(name => name.includes('.'))) return { kind: 'enum', args: [code(labels)], options: { native: path.join('.') } }
  const list = forTables ? arrayCall(type, dialect) : undefined
  if (list !== undefined) return list
  const schema = forTables ? schemaCode(type, domains, dialect) : 'Type.Unknown()'
  return { kind: 'of', args: [code(type), schema], ...type === 'json' && dialect === 'postgres' && { options: { encode: new Source('JSON.stringify') } } }
}

const NUMBERS = new Set(['integer', 'smallint', 'real'])
const TEXTS = new Set(['text', 'varchar', 'char', 'enum'])
const NOW: Readonly<Record<Dialect, string>> = { postgres: "date_trunc('milliseconds'::text, now())", sqlite: "(strftime('%Y-%m-%dT%H:%M:%fZ','now'))" }
const UUID: Readonly<Record<Dialect, string>> = { postgres: 'gen_random_uuid()', sqlite: '' }

/** A default as a value, where SQL says one; else as SQL. */
function defaultOf (sql: string, kind: string, dialect: Dialect): unknown {
  if (kind === 'dateTime' && sql === NOW[dialect]) return 'now'
  const tokens = tokensOf(sql)
  const [first, second] = bare(tokens)
  const isNegative = first?.text === '-'
  const number = isNegative ? second : first
  if (number?.kind === 'number' && bare(tokens).length === (isNegative ? 2 : 1)) {
    const text = `${isNegative ? '-' : ''}${number.text}`
    if (kind === 'bigint' && /^-?\d+$/.test(text)) return BigInt(text)
    if (kind === 'decimal') return text
    if (NUMBERS.has(kind) && String(Number(text)) === text) return Number(text)
  }
  if (kind === 'boolean' && tokens.length === 1 && isWord(first, 'true', 'false')) return isWord(first, 'true')
  if (TEXTS.has(kind) && first?.kind === 'text' && first.text.startsWith("'") && isCast(tokens)) return nameIn(first)
  if (kind === 'json' && first?.kind === 'text' && first.text.startsWith("'") && isCast(tokens)) return jsonIn(nameIn(first)) ?? raw(sql)
  return raw(sql)
}

/** Returns the value of a JSON default, `undefined` for text that is not JSON. It and `null` are written as SQL. */
function jsonIn (text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** A text alone, or with the type that PostgreSQL prints behind it. */
function isCast (tokens: readonly Token[]): boolean {
  return tokens.length === 1 || (tokens[1]?.text === ':' && tokens[2]?.text === ':' && !tokens.slice(3).some(({ text }) => text === '(' || text === '|'))
}

/** What the parts of a table say of one column. */
interface OwnParts {
  readonly primaryKey?: boolean
  readonly unique?: boolean
  readonly index?: boolean
  readonly references?: unknown
}

interface Context {
  readonly catalog: Catalog
  readonly dialect: Dialect
  /** With schemas that say what comes out; a migration needs none. */
  readonly forTables?: boolean
}

function generatedOf ({ identity, computed, default: value, type }: CatalogColumn, dialect: Dialect): unknown {
  if (identity !== undefined && !(dialect === 'sqlite' && identity === 'serial')) return identity
  if (computed !== undefined) return { as: computed.as, ...!computed.stored && { stored: false } }
  return type === 'uuid' && value === UUID[dialect] ? 'uuid' : undefined
}

/** A column as a call. */
export function catalogColumnCode (column: CatalogColumn, { catalog, dialect, forTables = false }: Context, own: OwnParts = {}): string {
  if (own.primaryKey === true && column.identity !== undefined && isId(column, dialect, forTables) && Object.keys(own).length === 1) return 'column.id()'
  const { kind, args, options } = callOf(column, catalog, dialect, forTables)
  const generated = generatedOf(column, dialect)
  const value = column.default === undefined || generated !== undefined ? undefined : defaultOf(column.default, kind, dialect)
  const all = {
    ...options,
    ...!column.notNull && { nullable: true },
    ...column.collate !== undefined && { collate: column.collate },
    ...value !== undefined && { default: value },
    ...generated !== undefined && { generated },
    ...own
  }
  return `column.${kind}(${[...args, ...Object.keys(all).length === 0 ? [] : [code(all)]].join(', ')})`
}

/** In a migration `id()` stands for what it makes alone; in a table for each way to count. */
function isId ({ type, identity }: CatalogColumn, dialect: Dialect, forTables: boolean): boolean {
  return type === 'integer' && (forTables || identity === 'identity' || (dialect === 'sqlite' && forTables))
}

interface Sorted {
  readonly columns: Map<string, OwnParts>
  readonly options: Readonly<Record<string, unknown>>
}

/** The parts of a table as options of its columns, where they fit there, and of the table. */
function sorted (table: CatalogTable, dialect: Dialect, omit: (part: CatalogPart) => boolean): Sorted {
  const columns = new Map<string, OwnParts>()
  const own = (column: string, more: OwnParts): void => { columns.set(column, { ...columns.get(column), ...more }) }
  const options: Record<string, unknown> = {}
  const add = (option: string, value: unknown): void => { options[option] = [...options[option] as unknown[] ?? [], value] }
  const name = unqualified(table.name)
  const names = table.columns.map(({ name }) => name)
  for (const part of table.parts) {
    const words = part.words as ConstraintWords & Omit<IndexWords, 'unique'> & { readonly unique?: boolean | UniqueOptions }
    const [column = ''] = part.columns
    const isOne = part.columns.length === 1
    if (omit(part)) continue
    if (words.primaryKey !== undefined) {
      const { columns: keys, ...rest } = words.primaryKey
      const isDefault = Object.keys(rest).length === 0 && part.name === `${name}_pkey`
      if (isOne && Object.keys(rest).length === 0) own(column, { primaryKey: true })
      else options.primaryKey = isDefault ? keys : { ...part.name !== `${name}_pkey` && { name: part.name }, ...words.primaryKey }
    } else if (part.kind === 'unique' && typeof words.unique === 'object') {
      const { unique } = words
      const isDefault = part.name === nameOf(name, unique.columns, 'key')
      if (isOne && isDefault && part.isUniqueOf !== undefined) own(column, { unique: true })
      else add('unique', isDefault && part.isUniqueOf !== undefined ? unique.columns : { ...!isDefault && { name: part.name }, ...unique })
    } else if (words.foreignKey !== undefined) {
      const { columns: keys, references, match, ...rest } = words.foreignKey
      const isDefault = part.name === nameOf(name, keys, 'fkey')
      const named = !isDefault && { name: part.name }
      if (isOne && match === undefined && columns.get(column)?.references === undefined) own(column, { references: referenceCode({ table: references.table, column: String(references.columns[0]), ...named, ...rest }) })
      else add('foreignKeys', { ...named, ...words.foreignKey })
    } else if (part.kind === 'index') {
      const { name: index, ...rest } = part.words as IndexWords
      const isDefault = index === indexPart(table.name, rest, names, dialect).name
      const isPlain = Object.keys(rest).length === 2 && rest.unique !== true && rest.on.every(key => typeof key === 'string')
      if (isDefault && isPlain && isOne && columns.get(column)?.unique !== true) own(column, { index: true })
      else add('indexes', isDefault && isPlain ? rest.on : { ...!isDefault && { name: index }, ...rest, ...rest.unique !== true && { unique: undefined } })
    } else addCondition(options, name, part)
  }
  return { columns, options }
}

function addCondition (options: Record<string, unknown>, table: string, part: CatalogPart): void {
  const { check, definition = `check (${check})` } = part.words as ConstraintWords
  const tokens = tokensOf(definition)
  const [start, end] = [`${table}_`, '_check']
  const short = part.name.slice(start.length, -end.length)
  const isShort = part.kind === 'check' && part.name.startsWith(start) && part.name.endsWith(end) && part.name.length > start.length + end.length && tokens.at(-1)?.text === ')'
  if (!isShort) options.constraints = { ...options.constraints as object, [part.name]: definition }
  else options.checks = { ...options.checks as object, [short]: definition.slice(tokens[2]?.start, tokens.at(-2)?.end) }
}

function tailOf ({ tail = '' }: CatalogTable): object {
  const words = spelled(tokensOf(tail))
  return { ...words.includes('strict') && { strict: true }, ...words.includes('without rowid') && { withoutRowid: true } }
}

export interface TableText {
  readonly columns: string
  readonly options: string | undefined
}

/** A whole table: what stands between the parentheses of `table(name, …)` and `schema.createTable(name, …)`. */
export function catalogTableCode (table: CatalogTable, context: Context, omit: (part: CatalogPart) => boolean = () => false): TableText {
  const { columns, options } = sorted(table, context.dialect, omit)
  const hasKey = table.parts.some(({ words }) => 'primaryKey' in words)
  const all = { ...!hasKey && { key: false }, ...options, ...tailOf(table) }
  const lines = table.columns.map(column => `  ${keyCode(column.name)}: ${catalogColumnCode(column, context, columns.get(column.name))}`)
  return { columns: `{\n${lines.join(',\n')}\n}`, options: Object.keys(all).length === 0 ? undefined : code(all) }
}

export type { Raw }
