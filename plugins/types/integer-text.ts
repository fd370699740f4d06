/**
 * Integers in text, as pydantic reads them.
 *
 * @module
 * @see https://docs.pydantic.dev/latest/concepts/conversion_table/
 */

import { trimAsRust } from './blanks.ts'
import { Refusal } from './codec.ts'

export const INT_TYPE = new Refusal('int_type', 'Input should be a valid integer')
export const INT_PARSING = new Refusal('int_parsing', 'Input should be a valid integer, unable to parse string as an integer')
export const INT_FROM_FLOAT = new Refusal('int_from_float', 'Input should be a valid integer, got a number with a fractional part')
export const INT_SIZE = new Refusal('int_parsing_size', 'Unable to parse input string as an integer, exceeded maximum size')

/** Python refuses more digits of an integer in text. */
export const MAX_DIGITS = 4300

// Each digit can be read in one way only, so that these are linear.
const INTEGER = /^([+-]?)(\d+(?:_\d+)*)(?:\.0+)?$/
/** Refused as too long before anything else is looked at. */
const LONG = new RegExp(`^-?[1-9]\\d{${MAX_DIGITS}}`)

/** Returns the integer as `BigInt` and `Number` read it, without a `+`, underscores and leading zeros. */
export function integerDigits (text: string): string | Refusal {
  if (text.length > MAX_DIGITS && LONG.test(text)) return INT_SIZE
  const [, sign = '', written] = INTEGER.exec(trimAsRust(text)) ?? []
  if (written === undefined) return INT_PARSING
  const digits = written.replaceAll('_', '').replace(/^0+(?=\d)/, '')
  if (digits.length > MAX_DIGITS) return INT_PARSING
  return sign === '-' ? `-${digits}` : digits
}
