/**
 * What the types of columns are called in SQL. SQLite's names decide what they hold
 * (https://www.sqlite.org/datatype3.html#determination_of_column_affinity), and how they are read back.
 *
 * @module
 */

import type { Kind, SqlType } from './table-types.ts'

/** Up to so many digits a double holds a decimal exactly, so that SQLite may keep it as a number, and compare it as one. */
const DIGITS_OF_A_DOUBLE = 15

type Plain = Exclude<Kind, 'decimal' | 'varchar' | 'char' | 'array' | 'other'>

const TYPES: Readonly<Record<Plain, SqlType>> = {
  id: { sqlite: 'integer', postgres: 'integer' },
  integer: { sqlite: 'integer', postgres: 'integer' },
  smallint: { sqlite: 'smallint', postgres: 'smallint' },
  bigint: { sqlite: 'bigint', postgres: 'bigint' },
  real: { sqlite: 'real', postgres: 'double precision' },
  text: { sqlite: 'text', postgres: 'text' },
  email: { sqlite: 'text', postgres: 'text' },
  boolean: { sqlite: 'boolean', postgres: 'boolean' },
  json: { sqlite: 'json_text', postgres: 'jsonb' },
  dateTime: { sqlite: 'timestamp', postgres: 'timestamp with time zone' },
  date: { sqlite: 'date', postgres: 'date' },
  time: { sqlite: 'time', postgres: 'time without time zone' },
  // A name with "int" in it would have the affinity of integers.
  interval: { sqlite: 'duration_text', postgres: 'interval' },
  enum: { sqlite: 'text', postgres: 'text' },
  uuid: { sqlite: 'text', postgres: 'uuid' },
  bytes: { sqlite: 'blob', postgres: 'bytea' }
}

export function typeOf (kind: Plain): SqlType {
  return TYPES[kind]
}

export function decimalType (precision: number, scale: number): SqlType {
  const digits = `(${precision},${scale})`
  return { sqlite: `${precision > DIGITS_OF_A_DOUBLE ? 'decimal_text' : 'decimal'}${digits}`, postgres: `numeric${digits}` }
}

export function lengthType (kind: 'varchar' | 'char', length: number): SqlType {
  return { sqlite: `${kind}(${length})`, postgres: `${kind === 'varchar' ? 'character varying' : 'character'}(${length})` }
}

export function arrayType (item: SqlType): SqlType {
  return { sqlite: 'json_text', postgres: `${item.postgres}[]` }
}
