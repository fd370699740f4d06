/**
 * What is wrong with a table as it is declared: all of it, for one error.
 *
 * @module
 */

import { kCodec } from '../../types/codec.ts'
import type { Columns, TableOptions } from './table-types.ts'

/** Bytes of a name: PostgreSQL cuts longer ones off. */
const LONGEST = 63

function isName (name: string): boolean {
  return name !== '' && !name.includes('\0') && Buffer.byteLength(name) <= LONGEST
}

const NAME = `must not be empty, hold U+0000, or be longer than ${LONGEST} bytes`

function * problemsOfColumns (columns: Columns): Generator<string> {
  for (const [name, column] of Object.entries(columns)) {
    const { kind, digits, references, primaryKey, nullable, made, default: value } = column
    if (!isName(name)) yield `the name of the column ${JSON.stringify(name)} ${NAME}`
    if (references !== undefined && (references.table === '' || references.column === '')) yield `${name} has an empty reference. Write references: 'table.column'`
    if (primaryKey && nullable) yield `${name} is part of the primary key, so it must not be nullable`
    if (made !== undefined && value !== undefined) yield `${name} must have either generated or default, not both`
    if (kind === 'json' && hasCodec(column.schema)) yield `${name} is a JSON column, whose schema must not contain domain types. Describe dates and decimals as strings`
    if (kind === 'json' && (column.unique || primaryKey)) yield `${name} is a JSON column, which cannot be unique or a primary key`
    const [precision = 1, scale = 0] = digits ?? []
    if (kind === 'decimal' && !(Number.isInteger(precision) && Number.isInteger(scale) && precision > 0 && scale >= 0 && scale <= precision && precision <= 1000)) {
      yield `${name} is a decimal of ${precision} digits with ${scale} behind the point`
    }
    if ((kind === 'varchar' || kind === 'char') && !(Number.isInteger(precision) && precision > 0)) yield `${name} is a text of ${precision} characters`
  }
}

export function * problemsIn (table: string, columns: Columns, options: TableOptions): Generator<string> {
  const names = table.split('.')
  if (names.length > 2 || !names.every(isName)) yield `its name ${NAME}; a schema stands before it, with a point`
  if (Object.keys(columns).length === 0) yield 'it has no columns'
  const keys = Object.entries(columns).filter(([, { primaryKey }]) => primaryKey).map(([name]) => name)
  if (keys.length === 0 && options.primaryKey === undefined && options.key !== false) yield 'it has no key; make a column column.id(), or primaryKey: true, or write key: false'
  if (keys.length > 0 && options.primaryKey !== undefined) yield 'its key is declared twice, in columns and in the options'
  if ((keys.length > 0 || options.primaryKey !== undefined) && options.key === false) yield 'it has a key, and key: false'
  yield * problemsOfColumns(columns)

  const { primaryKey = [], unique = [], indexes = [], foreignKeys = [] } = options
  const columnsOf = (one: readonly string[] | { readonly columns: readonly string[] }): readonly string[] => 'columns' in one ? one.columns : one
  const indexed = indexes.flatMap(index => 'on' in index ? index.on.flatMap(key => typeof key === 'string' ? [] : key.column ?? []) : index)
  const lists = [columnsOf(primaryKey), ...unique.map(columnsOf), indexed, ...foreignKeys.map(({ columns }) => columns)]
  for (const name of new Set(lists.flat())) if (!Object.hasOwn(columns, name)) yield `unknown column ${JSON.stringify(name)} in its options. Expected: ${Object.keys(columns).join(', ')}`
  for (const { columns, references } of foreignKeys) if (columns.length !== references.columns.length) yield `the foreign key of ${columns.join(', ')} references ${references.columns.length} columns`
}

export function problemsOf (table: string, columns: Columns, options: TableOptions): string[] {
  return [...problemsIn(table, columns, options)]
}

/** Whether something in a schema is of the domain, and so other in a row than in JSON. */
function hasCodec (schema: unknown): boolean {
  if (typeof schema !== 'object' || schema === null) return false
  return kCodec in schema || Object.values(schema).some(hasCodec)
}
