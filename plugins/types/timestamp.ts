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

/** Said of text only, of numbers that 64 bits cannot hold. */
const BEYOND = 'numeric times may not exceed 86,399 seconds'

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
  seconds += Math.floor(total / 1e6)
  if (seconds < FIRST_SECOND) return BEFORE
  if (seconds > LAST_SECOND) return AFTER
  return { seconds, micros: total % 1e6 }
}

/** The moment of a JSON number; in words what is wrong. */
export function momentOfNumber (value: number): Moment | string {
  if (Number.isNaN(value)) return 'NaN values not permitted'
  if (!Number.isFinite(value)) return value > 0 ? AFTER : BEFORE
  const fraction = Math.abs(value % 1)
  return moment(Math.floor(value), Math.round(fraction * (Math.abs(value) > WATERSHED ? 1e3 : 1e6)))
}

const INTEGER = /^[+-]?\d+$/
const DECIMAL = /^[+-]?(?:(\d+)\.\d*|\.\d+)(?:[eE][+-]?\d+)?$/

/** Digits as a 64-bit integer that wraps round, which the original refuses only where it turns negative. */
function wrapped (digits: string): number | undefined {
  let value = 0n
  for (let i = 0; i < digits.length; i++) {
    value = BigInt.asIntN(64, value * 10n + BigInt(digits.charCodeAt(i) - 48))
    if (value < 0n) return undefined
  }
  return Number(value)
}

/** A whole number in text; undefined when it is none. */
export function readInteger (text: string): number | undefined {
  if (!INTEGER.test(text)) return undefined
  const sign = text.startsWith('-') ? -1 : 1
  const digits = text.replace(/^[+-]/, '')
  const value = digits.length < 16 ? Number(digits) : wrapped(digits)
  return value === undefined ? undefined : sign * value
}

/** The moment of a number in text; undefined when it is no number, in words what is wrong. */
export function momentOfText (text: string): Moment | string | undefined {
  const integer = readInteger(text)
  if (integer !== undefined) return moment(integer, 0)
  const decimal = DECIMAL.exec(text)
  if (decimal === null || readInteger(decimal[1] ?? '0') === undefined) return undefined
  const value = Number(text) / (Math.abs(Number(text)) > WATERSHED ? 1000 : 1)
  if (value > 2 ** 63) return BEYOND
  if (value < -(2 ** 63)) return BEFORE
  const seconds = Math.floor(value)
  return moment(seconds, Math.round((value - seconds) * 1e6))
}
