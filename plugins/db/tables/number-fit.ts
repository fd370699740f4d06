/**
 * Whether a column of SQLite of another type would hold a value as it is: SQLite itself converts without a word.
 *
 * @module
 * @see https://www.sqlite.org/datatype3.html#determination_of_column_affinity
 */

import type { Parts } from '../../types/decimal-text.ts'
import { partsOf, shortened } from './decimal-form.ts'

/** Which storage a declared type asks for. */
export function affinityOf (type: string): 'integer' | 'text' | 'blob' | 'real' | 'numeric' {
  const name = type.toUpperCase()
  if (name.includes('INT')) return 'integer'
  if (/CHAR|CLOB|TEXT/.test(name)) return 'text'
  if (name.includes('BLOB') || name === '') return 'blob'
  return /REAL|FLOA|DOUB/.test(name) ? 'real' : 'numeric'
}

const DECIMAL = /^(?:decimal(?:_text)?|numeric)\s*\(\s*(\d+)\s*(?:,\s*(\d+)\s*)?\)/i

/** The digits, and those behind the point, that the type of a decimal says. */
export function digitsOf (type: string): readonly [precision: number, scale: number] | undefined {
  const [, precision, scale = '0'] = DECIMAL.exec(type) ?? []
  return precision === undefined ? undefined : [Number(precision), Number(scale)]
}

/** Kept as text, or as 0 and 1: names of types that only seem to be of numbers. */
const OTHER = /^(?:timestamp|datetime|date|time|bool)/i

/** Whether a type is of numbers. */
export function isNumeric (type: string): boolean {
  return !OTHER.test(type) && (/^decimal_text\b/i.test(type) || !['text', 'blob'].includes(affinityOf(type)))
}

/** As SQLite reads a number in text. */
const NUMBER = /^\s*[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?\s*$/

function bitsOf (type: string): number {
  if (/^(?:smallint|int2)\b/i.test(type)) return 16
  return /^(?:integer|int|int4)\b/i.test(type) ? 32 : 64
}

function isInteger ({ negative, coefficient, exponent }: Parts, bits: number): boolean {
  if (exponent < 0 || coefficient.length + exponent > 20) return false
  const value = BigInt(`${coefficient}${'0'.repeat(exponent)}`)
  const limit = 2n ** BigInt(bits - 1)
  return negative ? value <= limit : value < limit
}

/** Whether a double is nearer to no other number of as many digits, so that it is read as the same. */
function isDouble (parts: Parts): boolean {
  const { negative, coefficient, exponent } = parts
  const read = partsOf(Number(`${negative ? '-' : ''}${coefficient}e${exponent}`))
  return read !== undefined && JSON.stringify(shortened(read)) === JSON.stringify(parts)
}

/** @param value as SQLite has it, integers as `bigint` */
export function fits (value: unknown, type: string): boolean {
  if (value === null) return true
  const found = typeof value === 'object' || (typeof value === 'string' && !NUMBER.test(value)) ? undefined : partsOf(value)
  if (found === undefined) return false
  const parts = shortened(found)
  const affinity = affinityOf(type)
  if (affinity === 'integer') return isInteger(parts, bitsOf(type))
  const digits = digitsOf(type)
  if (digits !== undefined) {
    const [precision, scale] = digits
    if (-parts.exponent > scale || (parts.coefficient !== '0' && parts.coefficient.length + parts.exponent > precision - scale)) return false
  }
  return affinity === 'text' || isDouble(parts) || (affinity === 'numeric' && isInteger(parts, 64))
}
