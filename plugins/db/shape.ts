/**
 * A table as a database has it: what `table()` asks for, what is there, and what a migration makes of it are compared
 * and written in this form.
 *
 * @module
 */

import { encodeDecimal } from '../types/decimal.ts'
import type { Column, ForeignAction, Kind } from './columns.ts'
import type { AnyTable } from './table.ts'

export type Dialect = 'sqlite' | 'postgres'

export interface ColumnShape {
  readonly name: string
  /** As the dialect writes it: `timestamptz`, `decimal(10, 2)`. */
  readonly type: string
  readonly notNull: boolean
  /** In SQL. */
  readonly default: string | undefined
  /** Counted up by the database. */
  readonly identity: boolean
}

interface Named {
  readonly name: string
  readonly columns: readonly string[]
}

export interface ForeignKeyShape extends Named {
  readonly table: string
  readonly targets: readonly string[]
  readonly onDelete: ForeignAction
  readonly onUpdate: ForeignAction
}

export interface CheckShape {
  readonly name: string
  readonly expression: string
}

export interface TableShape {
  readonly name: string
  readonly columns: readonly ColumnShape[]
  readonly primaryKey: readonly string[]
  readonly uniques: readonly Named[]
  readonly foreignKeys: readonly ForeignKeyShape[]
  readonly checks: readonly CheckShape[]
  readonly indexes: readonly Named[]
}

/** Up to so many digits a double holds a decimal exactly, so that SQLite may keep it as a number, and compare it as one. */
const DIGITS_OF_A_DOUBLE = 15

// What SQLite's types are called decides what they hold (https://www.sqlite.org/datatype3.html#determination_of_column_affinity)
// and how they are read back: see row-reader.ts.
const SQLITE: Readonly<Record<Kind, string>> = {
  id: 'integer',
  integer: 'integer',
  bigint: 'bigint',
  real: 'real',
  decimal: 'decimal',
  text: 'text',
  boolean: 'boolean',
  json: 'json_text',
  dateTime: 'timestamp',
  date: 'date',
  enum: 'text',
  uuid: 'text',
  bytes: 'blob'
}
const POSTGRES: Readonly<Record<Kind, string>> = {
  id: 'integer',
  integer: 'integer',
  bigint: 'bigint',
  real: 'double precision',
  decimal: 'numeric',
  text: 'text',
  boolean: 'boolean',
  json: 'jsonb',
  dateTime: 'timestamp with time zone',
  date: 'date',
  enum: 'text',
  uuid: 'uuid',
  bytes: 'bytea'
}

export function typeOf ({ kind, digits }: Pick<Column, 'kind' | 'digits'>, dialect: Dialect): string {
  const type = (dialect === 'sqlite' ? SQLITE : POSTGRES)[kind]
  if (digits === undefined) return type
  const [precision, scale] = digits
  return `${dialect === 'sqlite' && precision > DIGITS_OF_A_DOUBLE ? 'decimal_text' : type}(${precision},${scale})`
}

/** A name in SQL. */
export function quoted (name: string): string {
  return `"${name.replaceAll('"', '""')}"`
}

/** A text in SQL. */
export function literal (text: string): string {
  return `'${text.replaceAll("'", "''")}'`
}

function defaultOf ({ kind, default: value }: Column, dialect: Dialect): string | undefined {
  if (value === undefined) return undefined
  if (value === null) return 'null'
  switch (kind) {
    case 'json': return literal(JSON.stringify(value))
    case 'boolean': return String(value)
    case 'integer': case 'bigint': case 'real': case 'decimal': return typeof value === 'object' ? encodeDecimal(value as never) : String(value)
    // Milliseconds, as `Date` has them.
    case 'dateTime':
      if (value === 'now') return dialect === 'sqlite' ? "(strftime('%Y-%m-%dT%H:%M:%fZ','now'))" : "date_trunc('milliseconds', now())"
      return literal(value instanceof Date ? value.toISOString() : String(value))
    default: return literal(String(value))
  }
}

export function columnShape (name: string, column: Column, dialect: Dialect): ColumnShape {
  return {
    name,
    type: typeOf(column, dialect),
    notNull: !column.nullable,
    default: defaultOf(column, dialect),
    identity: column.kind === 'id'
  }
}

/** What `table()` asks for. */
export function shapeOf ({ name, columns, options }: AnyTable, dialect: Dialect): TableShape {
  const all = Object.entries(columns)
  const named = (suffix: string, names: readonly string[]): Named => ({ name: nameOf(name, names, suffix), columns: names })
  const { primaryKey = all.flatMap(([column, { primaryKey }]) => primaryKey ? [column] : []), unique = [], indexes = [], foreignKeys = [], checks = {} } = options
  return {
    name,
    columns: all.map(([column, definition]) => columnShape(column, definition, dialect)),
    primaryKey,
    uniques: [...all.flatMap(([column, { unique }]) => unique ? [named('key', [column])] : []), ...unique.map(names => named('key', names))],
    foreignKeys: [
      ...all.flatMap(([column, { references }]) => references === undefined
        ? []
        : [{ ...named('fkey', [column]), table: references.table, targets: [references.column], ...actions(references) }]),
      ...foreignKeys.map(({ columns, references, ...rest }) => ({ ...named('fkey', columns), table: references.table, targets: references.columns, ...actions(rest) }))
    ],
    checks: [
      ...all.flatMap(([column, { values }]) => values.length === 0
        ? []
        : [{ name: nameOf(name, [column], 'check'), expression: `${quoted(column)} in (${values.map(literal).join(', ')})` }]),
      ...Object.entries(checks).map(([check, expression]) => ({ name: nameOf(name, [check], 'check'), expression }))
    ],
    indexes: [...all.flatMap(([column, { index, unique }]) => index && !unique ? [named('idx', [column])] : []), ...indexes.map(names => named('idx', names))]
  }
}

function actions ({ onDelete = 'no action', onUpdate = 'no action' }: { readonly onDelete?: ForeignAction, readonly onUpdate?: ForeignAction }) {
  return { onDelete, onUpdate }
}

/** As PostgreSQL itself would call it. */
export function nameOf (table: string, columns: readonly string[], suffix: string): string {
  const name = `${table}_${columns.join('_')}_${suffix}`
  if (name.length <= 63) return name
  // Cut, and told apart by what was cut.
  let hash = 5381
  for (const char of name) hash = (hash * 33 + char.charCodeAt(0)) >>> 0
  return `${name.slice(0, 62 - suffix.length - 8)}_${hash.toString(36)}_${suffix}`
}
