/**
 * Tables, columns, constraints and indexes as they are written in TypeScript.
 *
 * @module
 */

import { nameOf, unqualified } from '../tables/names.ts'
import { Raw } from '../tables/raw.ts'
import type { ConstraintWords, IndexWords } from '../tables/part-shape.ts'
import { columnShape } from '../tables/shape.ts'
import type { AnyTable, Column, KeyOptions, Reference, TableOptions } from '../tables/table-types.ts'

/** TypeScript that stands for itself. */
export class Source {
  readonly text: string

  constructor (text: string) {
    this.text = text
  }
}

const ESCAPES: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t', '\u2028': '\\u2028', '\u2029': '\\u2029' }

/** A value in TypeScript. */
export function code (value: unknown): string {
  if (typeof value === 'string' && value.includes("'") && !/["\\\p{Cc}\u2028\u2029]/u.test(value)) return `"${value}"`
  if (typeof value === 'string') return `'${value.replaceAll(/[\\']/g, '\\$&').replaceAll(/[\n\r\t\u2028\u2029]/g, char => ESCAPES[char] as string)}'`
  if (typeof value === 'bigint') return `${value}n`
  if (Array.isArray(value)) return `[${value.map(code).join(', ')}]`
  if (typeof value !== 'object' || value === null) return String(value)
  if (value instanceof Source) return value.text
  if (value instanceof Raw) return `raw(${code(value.sqlite === value.postgres ? value.sqlite : { sqlite: value.sqlite, postgres: value.postgres })})`
  if (value instanceof Date) return code(value.toISOString())
  if (Object.getPrototypeOf(value) !== Object.prototype) return code(String(value))
  const entries = Object.entries(value).filter(([, one]) => one !== undefined)
  if (entries.length === 0) return '{}'
  return `{ ${entries.map(([key, one]) => `${keyCode(key)}: ${code(one)}`).join(', ')} }`
}

export function keyCode (key: string): string {
  return /^[a-z_$][\w$]*$/i.test(key) && key !== '__proto__' ? key : key === '__proto__' ? "['__proto__']" : code(key)
}

function call (kind: string, ...args: ReadonlyArray<string | undefined>): string {
  return `column.${kind}(${args.filter(arg => arg !== undefined).join(', ')})`
}

export interface ColumnCodeOptions {
  /** Leaves out what is a part of the table: unique, index, references. */
  readonly alone?: boolean
  /** Other than the column says. */
  readonly default?: Raw
}

/** A column as the code declares it, without what is of clients alone. */
export function columnCode (column: Column, { alone = false, default: other }: ColumnCodeOptions = {}): string {
  const { kind, type, digits, values, native, nullable, unique, index, primaryKey, references, made, collate } = column
  if (kind === 'id') return call('id')
  const value = other ?? (kind === 'array' && column.default !== undefined ? inSql(column) : column.default)
  const own = {
    ...native !== undefined && { native },
    ...nullable && { nullable },
    ...primaryKey && !alone && { primaryKey },
    ...unique && !alone && { unique },
    ...index && !alone && { index },
    ...collate !== undefined && { collate },
    ...value !== undefined && { default: value },
    ...made !== undefined && { generated: made },
    ...references !== undefined && !alone && { references: referenceCode(references) }
  }
  const options = Object.keys(own).length === 0 ? undefined : code(own)
  switch (kind) {
    case 'enum': return call(kind, code(values), options)
    // What is in it is no matter of the database.
    case 'json': return call(kind, 'Type.Unknown()', options)
    case 'other': case 'array': return call('of', type.sqlite === type.postgres ? code(type.sqlite) : code(type), 'Type.Unknown()', options)
    case 'varchar': case 'char': return call(kind, String(digits?.[0]), options)
    case 'email': return call('text', options)
    default: return call(kind, ...(digits ?? []).map(String), options)
  }
}

/** The default of an array is written otherwise in each database. */
function inSql (column: Column): Raw {
  const [sqlite = '', postgres = ''] = (['sqlite', 'postgres'] as const).map(dialect => columnShape('', column, dialect).default)
  return new Raw({ sqlite, postgres })
}

export function referenceCode (references: Reference): string | Reference {
  return Object.values(references).filter(value => value !== undefined).length === 2 && !references.column.includes('.') ? `${references.table}.${references.column}` : references
}

/** Options of a table that are of its schemas, or of the past. */
function ofDatabase ({ title: _, renamedFrom: __, ...options }: TableOptions): TableOptions {
  return options
}

/** @param postponed columns, and foreign keys, whose constraint is added later: their tables reference each other */
export function tableCode ({ name, columns, options }: AnyTable, isPostponed: (foreignKey: string) => boolean): string {
  const lines = Object.entries(columns).map(([column, definition]) => {
    const { references } = definition
    const key = references?.name ?? nameOf(unqualified(name), [column], 'fkey')
    return `  ${keyCode(column)}: ${columnCode(references !== undefined && isPostponed(key) ? { ...definition, references: undefined } : definition)}`
  })
  const { foreignKeys, ...rest } = ofDatabase(options)
  const kept = foreignKeys?.filter(({ name: key, columns }) => !isPostponed(key ?? nameOf(unqualified(name), columns, 'fkey'))) ?? []
  const own = { ...rest, ...kept.length > 0 && { foreignKeys: kept } }
  return `await schema.createTable(${code(name)}, {\n${lines.join(',\n')}\n}${Object.keys(own).length === 0 ? '' : `, ${code(own)}`})`
}

/** Columns alone, where there is nothing more to say of them. */
function short (key: KeyOptions | undefined): unknown {
  if (key === undefined) return undefined
  const { name: _, ...rest } = key
  return Object.values(rest).filter(value => value !== undefined).length === 1 ? rest.columns : rest
}

/** What adds a constraint or an index. */
export function addPartCode (table: string, words: object): string {
  if ('on' in words) {
    const { unique, ...rest } = words as IndexWords
    return `await schema.createIndex(${code(table)}, ${code({ ...rest, ...unique === true && { unique } })})`
  }
  const { name, primaryKey, unique, foreignKey, ...rest } = words as ConstraintWords
  const { name: _, ...foreign } = foreignKey ?? {}
  return `await schema.addConstraint(${code(table)}, ${code({ name, primaryKey: short(primaryKey), unique: short(unique), ...foreignKey !== undefined && { foreignKey: foreign }, ...rest })})`
}

/** What drops it. */
export function dropPartCode (table: string, name: string, isIndex: boolean): string {
  if (!isIndex) return `await schema.dropConstraint(${code(table)}, ${code(name)})`
  return `await schema.dropIndex(${code(indexName(table, name))})`
}

/** An index behind the schema of its table. */
export function indexName (table: string, name: string): string {
  return table.includes('.') ? `${table.slice(0, table.indexOf('.'))}.${name}` : name
}
