/**
 * Numbers, booleans and strings as pydantic's lax mode reads them: from text of any source and
 * from JSON values.
 *
 * @module
 * @see https://docs.pydantic.dev/latest/concepts/conversion_table/
 */

import { Refusal } from '../../types/codec.ts'
import type { Bounds, NumberShape, StringShape } from './shape.ts'

const INT_TYPE = new Refusal('int_type', 'Input should be a valid integer')
const INT_PARSING = new Refusal('int_parsing', 'Input should be a valid integer, unable to parse string as an integer')
const INT_FROM_FLOAT = new Refusal('int_from_float', 'Input should be a valid integer, got a number with a fractional part')
/** Rejects integers outside ±(2^53 - 1), which JavaScript would round. */
export const INT_SIZE = new Refusal('int_parsing_size', 'Unable to parse input string as an integer, exceeded maximum size')
const FLOAT_TYPE = new Refusal('float_type', 'Input should be a valid number')
const FLOAT_PARSING = new Refusal('float_parsing', 'Input should be a valid number, unable to parse string as a number')
const FINITE = new Refusal('finite_number', 'Input should be a finite number')
const BOOL_TYPE = new Refusal('bool_type', 'Input should be a valid boolean')
const BOOL_PARSING = new Refusal('bool_parsing', 'Input should be a valid boolean, unable to interpret input')

// Rust's char::is_whitespace, which is not JavaScript's: it has NEL and lacks the BOM.
const BLANK = '[\\t-\\r \\u0085\\u00a0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000]'
const LEADING = new RegExp(`^${BLANK}+`)

function trim (text: string): string {
  const start = text.replace(LEADING, '')
  let end = start.length
  // Not a regular expression: `\s+$` takes quadratic time on a long run of blanks.
  while (end > 0 && LEADING.test(start.charAt(end - 1))) end--
  return start.slice(0, end)
}

// Each digit can be read in one way only, so that these are linear.
const INTEGER = /^[+-]?\d+(?:_\d+)*(?:\.0+)?$/
const FLOAT = /^[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?$/
const INFINITE = /^([+-]?)inf(?:inity)?$/i
const NAN = /^[+-]?nan$/i

/** Beyond 64 bits, where pydantic takes another way. */
function isHuge (value: number): boolean {
  return Math.abs(value) >= 2 ** 63
}

/** Python refuses longer ones, and they could not be exact here anyway. */
const MAX_DIGITS = 4300

function integerText (text: string): number | Refusal {
  const digits = trim(text)
  if (!INTEGER.test(digits)) return INT_PARSING
  if (digits.length > MAX_DIGITS) return INT_SIZE
  const value = Number(digits.replaceAll('_', ''))
  return Number.isSafeInteger(value) ? value + 0 : INT_SIZE
}

/** The integer that a text stands for, if a number would round it: with all its digits. */
export function largeInteger (text: string): bigint | undefined {
  if (integerText(text) !== INT_SIZE) return undefined
  const digits = trim(text)
  return digits.length > MAX_DIGITS ? undefined : BigInt(digits.replace(/\..*/, '').replaceAll('_', ''))
}

export function parseInteger (input: unknown): number | Refusal {
  switch (typeof input) {
    case 'string': return integerText(input)
    case 'boolean': return input ? 1 : 0
    case 'number':
      if (Number.isSafeInteger(input)) return input
      if (!Number.isFinite(input)) return FINITE
      return Number.isInteger(input) ? INT_SIZE : INT_FROM_FLOAT
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
  return plainFloat(trim(text))
}

export function parseFloatingPoint (input: unknown): number | Refusal {
  switch (typeof input) {
    case 'number': return input
    case 'string': return floatText(input)
    case 'boolean': return input ? 1 : 0
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
  const value = typeof input === 'string' ? largeInteger(input) : BigInt(input as number)
  const { multipleOf, ...bounds } = shape
  if (value === undefined) return INT_SIZE
  if (multipleOf !== undefined && Number.isSafeInteger(multipleOf) && value % BigInt(multipleOf) !== 0n) return missedBound(NaN, { multipleOf }, true) as Refusal
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
