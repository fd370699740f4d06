/**
 * Unix timestamps, as numbers and as text, read as pydantic's `speedate` reads them: seconds up
 * to 2e10, milliseconds beyond.
 *
 * @module
 * @see https://github.com/pydantic/speedate
 */

const WATERSHED = 2e10
const FIRST_SECOND = -62_167_219_200
const LAST_SECOND = 253_402_300_799

const BEFORE = 'dates before 0000 are not supported as unix timestamps'
const AFTER = 'dates after 9999 are not supported as unix timestamps'

/** A moment: whole seconds from 1970-01-01T00:00Z, and microseconds after them. */
export interface Moment {
  readonly seconds: number
  readonly micros: number
}

function moment (whole: number, micros: number): Moment | string {
  let seconds = whole
  let total = micros
  if (Math.abs(whole) > WATERSHED) {
    seconds = Math.floor(whole / 1000)
    total += (whole - seconds * 1000) * 1000
  }
  return ranged(seconds, total)
}

function ranged (whole: number, micros: number): Moment | string {
  const seconds = whole + Math.floor(micros / 1e6)
  if (seconds < FIRST_SECOND) return BEFORE
  if (seconds > LAST_SECOND) return AFTER
  return { seconds, micros: micros % 1e6 }
}

/** The moment of a JSON number; in words what is wrong. */
export function momentOfNumber (value: number): Moment | string {
  if (Number.isNaN(value)) return 'NaN values not permitted'
  if (!Number.isFinite(value)) return value > 0 ? AFTER : BEFORE
  const fraction = Math.abs(value % 1)
  return moment(Math.floor(value), Math.round(fraction * (Math.abs(value) > WATERSHED ? 1e3 : 1e6)))
}

const INTEGER = /^[+-]?\d+$/
const DECIMAL = /^[+-]?(?:\d+\.\d*|\.\d+)(?:[eE][+-]?\d+)?$/

/** Digits of 64-bit integers, at most. */
const MOST_DIGITS = 19

/** Digits as a 64-bit integer; undefined beyond. */
function int64 (digits: string, isNegative: boolean): number | undefined {
  const significant = digits.replace(/^0+/, '')
  if (significant.length > MOST_DIGITS) return undefined
  const value = isNegative ? -BigInt(significant) : BigInt(significant)
  return BigInt.asIntN(64, value) === value ? Number(value) : undefined
}

/** A whole number in text; undefined when it is none. */
export function readInteger (text: string): number | undefined {
  if (!INTEGER.test(text)) return undefined
  return text.length < 16 ? Number(text) : int64(text.replace(/^[+-]/, ''), text.startsWith('-'))
}

/** The moment of a number in text; undefined when it is no number, in words what is wrong. */
export function momentOfText (text: string): Moment | string | undefined {
  const integer = readInteger(text)
  if (integer !== undefined) return moment(integer, 0)
  if (!DECIMAL.test(text)) return undefined
  const value = Number(text)
  if (!Number.isFinite(value)) return value > 0 ? AFTER : BEFORE
  const unit = Math.abs(value) > WATERSHED ? 1000 : 1
  const seconds = Math.floor(value / unit)
  return ranged(seconds, Math.round((value - seconds * unit) * (1e6 / unit)))
}
