/**
 * Durations in text, read as pydantic's `speedate` reads them: ISO 8601 (`P1DT2H`), or days and
 * a clock (`1 day, 02:00:00`).
 *
 * @module
 * @see https://github.com/pydantic/speedate
 */

import { digitAt, readClock } from './calendar.ts'

const TOO_SHORT = 'input is too short'
const TOO_LARGE = 'a numeric value in the duration is too large'
const TOO_MANY_HOURS = 'durations may not exceed 999,999,999 hours'
const TOO_MANY_DAYS = 'durations may not exceed 999,999,999 days'
const BAD_DAYS = '"day" identifier in duration not correctly formatted'

// The original reckons with 32 bits.
const MAX = 0xffff_ffff

/** A span of time without its sign. */
export interface Span {
  readonly days: number
  readonly seconds: number
  readonly micros: number
}

/** Carries full seconds and full days over. */
export function balance ({ days, seconds, micros }: Span): Span | string {
  const total = seconds + Math.floor(micros / 1e6)
  const span = { days: days + Math.floor(total / 86400), seconds: total % 86400, micros: micros % 1e6 }
  return span.days > 999_999_999 ? TOO_MANY_DAYS : span
}

interface Quantity {
  readonly value: number
  /** Undefined when there is no fraction. */
  readonly fraction: number | undefined
  readonly end: number
}

function readWhole (bytes: string, from: number): { value: number, end: number } | string {
  if (digitAt(bytes, from) < 0) return 'invalid digit in duration'
  let value = 0
  let end = from
  for (let digit = digitAt(bytes, end); digit >= 0; digit = digitAt(bytes, ++end)) {
    value = value * 10 + digit
    if (value > MAX) return TOO_LARGE
  }
  return { value, end }
}

function readQuantity (bytes: string, from: number): Quantity | string {
  const whole = readWhole(bytes, from)
  if (typeof whole === 'string') return whole
  const { value, end: dot } = whole
  if (bytes.charAt(dot) !== '.' && bytes.charAt(dot) !== ',') return { value, fraction: undefined, end: dot }
  let [fraction, unit, end] = [0, 1, dot + 1]
  for (let digit = digitAt(bytes, end); digit >= 0; digit = digitAt(bytes, ++end)) {
    fraction = fraction * 10 + digit
    unit *= 10
  }
  // Hundreds of digits are more than a number holds, and count for nothing.
  return { value, fraction: Number.isFinite(unit) ? fraction / unit : 0, end }
}

const DATE_UNITS: Readonly<Record<string, number>> = { Y: 365, M: 30, W: 7, D: 1 }
const TIME_UNITS: Readonly<Record<string, number>> = { H: 3600, M: 60, S: 1 }

function readIso (bytes: string, from: number): Span | string {
  let [days, seconds, micros] = [0, 0, 0]
  let inTime = false
  let fractionSeen = false
  let at = from
  for (; at < bytes.length; at++) {
    if (bytes.charAt(at) === 'T') {
      if (inTime) return '`t` character repeated in duration'
      inTime = true
      continue
    }
    const quantity = readQuantity(bytes, at)
    if (typeof quantity === 'string') return quantity
    if (fractionSeen) return 'quantity fraction invalid in duration'
    const { value, fraction = 0, end } = quantity
    fractionSeen = quantity.fraction !== undefined
    at = end
    const unit = (inTime ? TIME_UNITS : DATE_UNITS)[bytes.charAt(at)]
    if (unit === undefined) return `quantity invalid in ${inTime ? 'time' : 'date'} part of duration`

    const extra = fraction * unit
    const rest = inTime ? extra : (extra - Math.trunc(extra)) * 86400
    if (inTime) seconds += value * unit
    else days += value * unit + Math.trunc(extra)
    seconds += Math.trunc(rest)
    micros += Math.round((rest - Math.trunc(rest)) * 1e6)
    if (days > MAX || seconds > MAX) return TOO_LARGE
  }
  if (at - from < 2) return TOO_SHORT
  const carried = days + Math.floor((seconds + Math.floor(micros / 1e6)) / 86400)
  return carried > MAX ? TOO_LARGE : { days, seconds, micros }
}

function readHours (bytes: string, from: number): Span | string {
  if (bytes.length - from < 5) return TOO_SHORT
  const colon = bytes.indexOf(':', from)
  if (colon < 0) return 'invalid character in hour'
  if (colon - from > 10) return TOO_MANY_HOURS
  let hours = 0
  for (let at = from; at < colon; at++) {
    const digit = digitAt(bytes, at)
    if (digit < 0) return 'invalid character in hour'
    hours = hours * 10 + digit
  }
  if (hours > 24e8) return TOO_MANY_HOURS
  // The rest is a clock without its hour; what is past the sixth digit of the second's fraction is dropped.
  const rest = '00:' + bytes.slice(colon + 1, colon + 13)
  const clock = readClock(rest, 0)
  if (typeof clock === 'string') return clock
  if (clock.end < rest.length) return 'unexpected extra characters at the end of the input'
  return { days: Math.floor(hours / 24), seconds: clock.seconds + hours % 24 * 3600, micros: clock.micros }
}

const DAY_WORDS = /^ ?[dD](?:ays?|AYS?|(?![aA]))(?:, ?| )?/

function readDays (bytes: string, from: number): Span | string {
  const days = readWhole(bytes, from)
  if (typeof days === 'string') return days
  const words = DAY_WORDS.exec(bytes.slice(days.end, days.end + 8))
  if (words === null) return BAD_DAYS
  const at = days.end + words[0].length
  if (at === bytes.length) return { days: days.value, seconds: 0, micros: 0 }
  const clock = readHours(bytes, at)
  if (typeof clock === 'string') return clock
  return clock.days > 0 ? TOO_MANY_HOURS : { ...clock, days: days.value }
}

/** The span of a text, and its sign; in words what is wrong. */
export function readDuration (bytes: string): { sign: 1 | -1, span: Span } | string {
  const sign = bytes.startsWith('-') ? -1 : 1
  const from = sign < 0 || bytes.startsWith('+') ? 1 : 0
  if (from === bytes.length) return TOO_SHORT
  const read = bytes.charAt(from) === 'P'
    ? readIso(bytes, from + 1)
    : bytes.length - from < 5 || /[dD]/.test(bytes) ? readDays(bytes, from) : readHours(bytes, from)
  if (typeof read === 'string') return read
  const span = balance(read)
  return typeof span === 'string' ? span : { sign, span }
}
