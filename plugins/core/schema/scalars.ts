/**
 * Numbers, booleans and strings as pydantic's lax mode reads them: from text of any source and
 * from JSON values.
 *
 * @module
 * @see https://docs.pydantic.dev/latest/concepts/conversion_table/
 */

import { trimAsRust } from '../../types/blanks.ts'
import { Refusal } from '../../types/codec.ts'
import { INT_FROM_FLOAT, INT_SIZE, INT_TYPE, integerDigits } from '../../types/integer-text.ts'
import type { Bounds, NumberShape, StringShape } from './shape.ts'

const FLOAT_TYPE = new Refusal('float_type', 'Input should be a valid number')
const FLOAT_PARSING = new Refusal('float_parsing', 'Input should be a valid number, unable to parse string as a number')
const FINITE = new Refusal('finite_number', 'Input should be a finite number')
const BOOL_TYPE = new Refusal('bool_type', 'Input should be a valid boolean')
const BOOL_PARSING = new Refusal('bool_parsing', 'Input should be a valid boolean, unable to interpret input')

const FLOAT = /^[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?$/
const INFINITE = /^([+-]?)inf(?:inity)?$/i
const NAN = /^[+-]?nan$/i

/** Beyond 64 bits, where pydantic takes another way. */
function isHuge (value: number): boolean {
  return Math.abs(value) >= 2 ** 63
}

/** Rejects integers outside ±(2^53 - 1), which JavaScript would round. */
function integerText (text: string): number | Refusal {
  const digits = integerDigits(text)
  if (digits instanceof Refusal) return digits
  const value = Number(digits)
  return Number.isSafeInteger(value) ? value + 0 : INT_SIZE
}

/** The integer that a text stands for, if a number would round it: with all its digits. */
export function largeInteger (text: string): bigint | undefined {
  const digits = integerDigits(text)
  return digits instanceof Refusal || Number.isSafeInteger(Number(digits)) ? undefined : BigInt(digits)
}

export function parseInteger (input: unknown): number | Refusal {
  switch (typeof input) {
    case 'string': return integerText(input)
    case 'boolean': return input ? 1 : 0
    case 'number':
      if (Number.isSafeInteger(input)) return input
      if (!Number.isFinite(input)) return FINITE
      return Number.isInteger(input) ? INT_SIZE : INT_FROM_FLOAT
    // Only where another schema of the same value takes one.
    case 'bigint': return INT_SIZE
    default: return INT_TYPE
  }
}

function plainFloat (text: string): number | Refusal {
  if (FLOAT.test(text)) return Number(text)
  const infinite = INFINITE.exec(text)
  if (infinite !== null) return infinite[1] === '-' ? -Infinity : Infinity
  return NAN.test(text) ? NaN : FLOAT_PARSING
}

/** pydantic takes blanks around, or single underscores anywhere within; not both. */
function floatText (text: string): number | Refusal {
  if (text.includes('_')) return /^_|__|_$/.test(text) ? FLOAT_PARSING : plainFloat(text.replaceAll('_', ''))
  return plainFloat(trimAsRust(text))
}

export function parseFloatingPoint (input: unknown): number | Refusal {
  switch (typeof input) {
    case 'number': return input
    case 'string': return floatText(input)
    case 'boolean': return input ? 1 : 0
    case 'bigint': return Number(input)
    default: return FLOAT_TYPE
  }
}

const BOOLEANS = new Map([
  ...['0', 'off', 'f', 'false', 'n', 'no'].map(text => [text, false] as const),
  ...['1', 'on', 't', 'true', 'y', 'yes'].map(text => [text, true] as const)
])

export function parseBoolean (input: unknown): boolean | Refusal {
  switch (typeof input) {
    case 'boolean': return input
    case 'string': return (input.length <= 5 ? BOOLEANS.get(input.toLowerCase()) : undefined) ?? BOOL_PARSING
    case 'number':
      if (input === 0) return false
      if (input === 1) return true
      return Number.isInteger(input) && !isHuge(input) ? BOOL_PARSING : BOOL_TYPE
    default: return BOOL_TYPE
  }
}

/** What the nearest multiple may be away, as in pydantic: `0.3` is a multiple of `0.1`, though not in binary. */
const TOLERANCE = 1e-9

/** NaN and the infinities are multiples of anything, as in pydantic. */
function isMultiple (value: number, of: number): boolean {
  const quotient = value / of
  const nearest = Math.sign(quotient) * Math.round(Math.abs(quotient)) * of
  return !(Math.abs(value - nearest) > TOLERANCE)
}

function bound (type: string, words: string, key: string, value: number): Refusal {
  return new Refusal(type, `Input should be ${words} ${value}`, { [key]: value })
}

/** Returns the first bound that a number violates, in pydantic's order. */
export function missedBound (value: number, bounds: Bounds, integer: boolean): Refusal | undefined {
  const { multipleOf, maximum, exclusiveMaximum, minimum, exclusiveMinimum } = bounds
  if (multipleOf !== undefined && !(integer ? value % multipleOf === 0 : isMultiple(value, multipleOf))) {
    return bound('multiple_of', 'a multiple of', 'multiple_of', multipleOf)
  }
  // Written so that NaN misses every bound, as in Rust.
  if (maximum !== undefined && !(value <= maximum)) return bound('less_than_equal', 'less than or equal to', 'le', maximum)
  if (exclusiveMaximum !== undefined && !(value < exclusiveMaximum)) return bound('less_than', 'less than', 'lt', exclusiveMaximum)
  if (minimum !== undefined && !(value >= minimum)) return bound('greater_than_equal', 'greater than or equal to', 'ge', minimum)
  if (exclusiveMinimum !== undefined && !(value > exclusiveMinimum)) return bound('greater_than', 'greater than', 'gt', exclusiveMinimum)
  return undefined
}

/** Whether an integer is too large to be told exactly, or misses its bounds in any case. */
function missedByLarge (input: unknown, shape: NumberShape): Refusal {
  // Written out, few numbers of this size are sent; with an exponent they are floats to Python.
  if (typeof input === 'number' && Math.abs(input) >= 1e30) return INT_SIZE
  const value = typeof input === 'string' ? largeInteger(input) : BigInt(input as number | bigint)
  const { multipleOf, ...bounds } = shape
  if (value === undefined) return INT_SIZE
  // A number has lost its last digits.
  if (multipleOf !== undefined && typeof input !== 'number' && Number.isSafeInteger(multipleOf) && value % BigInt(multipleOf) !== 0n) return missedBound(NaN, { multipleOf }, true) as Refusal
  return missedBound(value as unknown as number, bounds, true) ?? INT_SIZE
}

export function parseNumber (shape: NumberShape, input: unknown): number | Refusal {
  const integer = shape.kind === 'integer'
  const value = integer ? parseInteger(input) : parseFloatingPoint(input)
  if (value instanceof Refusal) return value === INT_SIZE && shape.bounded ? missedByLarge(input, shape) : value
  if (shape.finite && !Number.isFinite(value)) return FINITE
  if (!shape.bounded) return value
  return missedBound(value, shape, integer) ?? value
}

/** Python counts code points, JavaScript halves of surrogate pairs. */
export function codePoints (text: string): number {
  let count = text.length
  for (let i = 0; i < text.length - 1; i++) {
    const unit = text.charCodeAt(i)
    if (unit >= 0xd800 && unit <= 0xdbff && (text.charCodeAt(i + 1) & 0xfc00) === 0xdc00) {
      count--
      i++
    }
  }
  return count
}

function characters (count: number): string {
  return `${count} character${count === 1 ? '' : 's'}`
}

/** Returns the first bound that a string violates. Lengths come before the pattern, so that long strings never reach it. */
export function missedString (text: string, { min, max, pattern }: StringShape): Refusal | undefined {
  if (min !== undefined && (text.length < min || codePoints(text) < min)) {
    return new Refusal('string_too_short', `String should have at least ${characters(min)}`, { min_length: min })
  }
  if (max !== undefined && text.length > max && codePoints(text) > max) {
    return new Refusal('string_too_long', `String should have at most ${characters(max)}`, { max_length: max })
  }
  if (pattern !== undefined && !pattern.test(text)) {
    return new Refusal('string_pattern_mismatch', `String should match pattern '${pattern.source}'`, { pattern: pattern.source })
  }
  return undefined
}

const STRING_TYPE = new Refusal('string_type', 'Input should be a valid string')

export function parseString (shape: StringShape, input: unknown): string | Refusal {
  if (typeof input !== 'string') return STRING_TYPE
  return missedString(input, shape) ?? input
}
