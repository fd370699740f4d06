/**
 * The statements that make tables, for both databases.
 *
 * @module
 */

import type { Dialect } from './dialect.ts'
import type { IndexWords, PartShape } from './part-shape.ts'
import { type ColumnShape, literal, quoted, quotedPath, type TableShape } from './shape.ts'

const SERIAL: Readonly<Record<string, string>> = { smallint: 'smallserial', integer: 'serial', bigint: 'bigserial' }

/** @param isKey whether the column alone is the key: only so SQLite counts it up */
export function columnSql ({ name, type, collate, notNull, default: value, identity, computed }: ColumnShape, dialect: Dialect, isKey = false): string {
  const rest = [
    ...collate === undefined ? [] : [`collate ${collate}`],
    ...computed === undefined ? [] : [`generated always as (${computed.as}) ${computed.stored ? 'stored' : 'virtual'}`],
    ...notNull ? ['not null'] : [],
    ...value === undefined ? [] : [`default ${value}`]
  ].join(' ')
  const end = rest === '' ? '' : ` ${rest}`
  if (identity === undefined) return `${quoted(name)} ${type}${end}`
  if (dialect === 'sqlite') return isKey ? `${quoted(name)} integer primary key autoincrement${end}` : `${quoted(name)} ${type}${end}`
  if (identity === 'serial') return `${quoted(name)} ${SERIAL[type] ?? type}${end}`
  return `${quoted(name)} ${type} generated ${identity === 'identity' ? 'by default' : 'always'} as identity${end}`
}

export function constraintSql ({ name, sql }: PartShape, target = quotedPath): string {
  return `constraint ${quoted(name)} ${sql(target)}`
}

/** @param on the table in SQL */
export function indexSql (on: string, { name, sql, words }: PartShape): string {
  const { unique = false } = words as IndexWords
  return `create ${unique ? 'unique ' : ''}index ${quoted(name)} on ${on} ${sql(quotedPath)}`
}

export function enumSql (name: string, values: readonly string[]): string {
  return `create type ${name} as enum (${values.map(literal).join(', ')})`
}

/** The key that SQLite counts up is the column's own, and no constraint. */
function countedBy ({ columns, parts }: TableShape): string | undefined {
  const key = parts.find(({ kind }) => kind === 'primary')?.columns
  return key?.length === 1 ? columns.find(({ name, identity }) => identity !== undefined && name === key[0])?.name : undefined
}

export interface TableStatements {
  readonly table: string
  readonly indexes: readonly string[]
  /** Apart, since tables may reference each other. In SQLite they are in the table. */
  readonly foreignKeys: readonly string[]
}

interface Making {
  /** Behind `create`: `temporary table`. */
  readonly what?: string
  /** The table in SQL, other than by its name. */
  readonly nameOf?: (table: string) => string
}

export function tableStatements (shape: TableShape, dialect: Dialect, { what = 'table', nameOf = quotedPath }: Making = {}): TableStatements {
  const { name, columns, parts, tail } = shape
  const counted = dialect === 'sqlite' ? countedBy(shape) : undefined
  const constraints = parts.filter(({ kind }) => kind !== 'index' && !(counted !== undefined && kind === 'primary'))
  const isInside = ({ kind }: PartShape): boolean => dialect === 'sqlite' || kind !== 'foreign'
  const lines = [
    ...columns.map(column => columnSql(column, dialect, column.name === counted)),
    ...constraints.filter(isInside).map(part => constraintSql(part, nameOf))
  ]
  const on = nameOf(name)
  return {
    table: `create ${what} ${on} (\n  ${lines.join(',\n  ')}\n)${tail === '' ? '' : ` ${tail}`}`,
    indexes: parts.filter(({ kind }) => kind === 'index').map(part => indexSql(on, part)),
    foreignKeys: constraints.filter(part => !isInside(part)).map(part => `alter table ${on} add ${constraintSql(part, nameOf)}`)
  }
}
