/**
 * Dates and times in text, read as pydantic's `speedate` reads them: one character after the
 * other, the first mistake named.
 *
 * Text is taken as the bytes of its UTF-8 form (see `utf8`): the rules count bytes.
 *
 * @module
 * @see https://github.com/pydantic/speedate
 */

/** The text with each byte of its UTF-8 form as one character. */
export function utf8 (text: string): string {
  return /[^\0-\x7f]/.test(text) ? Buffer.from(text, 'utf8').toString('latin1') : text
}

/** The digit at a place, or -1. */
export function digitAt (bytes: string, at: number): number {
  const digit = bytes.charCodeAt(at) - 48
  return digit >= 0 && digit <= 9 ? digit : -1
}

/** The number of two digits at a place, or -1. */
export function pairAt (bytes: string, at: number): number {
  const tens = digitAt(bytes, at)
  const ones = digitAt(bytes, at + 1)
  return tens < 0 || ones < 0 ? -1 : tens * 10 + ones
}

function daysIn (year: number, month: number): number {
  // Long and short months take turns, and anew from August on.
  if (month !== 2) return 30 + (month < 8 ? month % 2 : (month + 1) % 2)
  return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28
}

/** `YYYY-MM-DD` at the start of the text, as the number 20260102; in words what is wrong. */
export function readDate (bytes: string): number | string {
  if (bytes.length < 10) return 'input is too short'
  const century = pairAt(bytes, 0)
  const rest = pairAt(bytes, 2)
  if (century < 0 || rest < 0) return 'invalid character in year'
  if (bytes.charCodeAt(4) !== 45) return 'invalid date separator, expected `-`'
  const month = pairAt(bytes, 5)
  if (month < 0) return 'invalid character in month'
  if (bytes.charCodeAt(7) !== 45) return 'invalid date separator, expected `-`'
  const day = pairAt(bytes, 8)
  if (day < 0) return 'invalid character in day'
  if (month < 1 || month > 12) return 'month value is outside expected range of 1-12'
  const year = century * 100 + rest
  if (day < 1 || day > daysIn(year, month)) return 'day value is outside expected range'
  return year * 10000 + month * 100 + day
}

/** Days from 1970-01-01 to a date as `readDate` returns it. */
export function daysOf (date: number): number {
  // Howard Hinnant's days_from_civil: the year begins in March, so that the leap day is its last.
  const month = Math.floor(date / 100) % 100
  const year = Math.floor(date / 10000) - (month <= 2 ? 1 : 0)
  const era = Math.floor(year / 400)
  const yearOfEra = year - era * 400
  const dayOfYear = Math.floor((153 * (month > 2 ? month - 3 : month + 9) + 2) / 5) + date % 100 - 1
  return era * 146097 + yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear - 719468
}

/** The inverse of `daysOf`. */
export function dateOf (days: number): number {
  const shifted = days + 719468
  const era = Math.floor(shifted / 146097)
  const dayOfEra = shifted - era * 146097
  const yearOfEra = Math.floor((dayOfEra - Math.floor(dayOfEra / 1460) + Math.floor(dayOfEra / 36524) - Math.floor(dayOfEra / 146096)) / 365)
  const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100))
  const shiftedMonth = Math.floor((5 * dayOfYear + 2) / 153)
  const month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
  const year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
  return year * 10000 + month * 100 + dayOfYear - Math.floor((153 * shiftedMonth + 2) / 5) + 1
}

/** A time of day, and where in the text it ended. */
export interface Clock {
  readonly seconds: number
  readonly micros: number
  readonly end: number
}

/** `HH:MM[:SS[.ffffff]]` from a place on; digits past the sixth are dropped. In words what is wrong. */
export function readClock (bytes: string, from: number): Clock | string {
  if (bytes.length - from < 5) return 'input is too short'
  const hour = pairAt(bytes, from)
  if (hour < 0) return 'invalid character in hour'
  if (bytes.charCodeAt(from + 2) !== 58) return 'invalid time separator, expected `:`'
  const minute = pairAt(bytes, from + 3)
  if (minute < 0) return 'invalid character in minute'
  if (hour > 23) return 'hour value is outside expected range of 0-23'
  if (minute > 59) return 'minute value is outside expected range of 0-59'
  if (bytes.charCodeAt(from + 5) !== 58) return { seconds: hour * 3600 + minute * 60, micros: 0, end: from + 5 }

  const second = pairAt(bytes, from + 6)
  if (second < 0) return 'invalid character in second'
  if (second > 59) return 'second value is outside expected range of 0-59'
  const seconds = hour * 3600 + minute * 60 + second
  const separator = bytes.charCodeAt(from + 8)
  if (separator !== 46 && separator !== 44) return { seconds, micros: 0, end: from + 8 }

  let end = from + 9
  let micros = 0
  let unit = 100_000
  for (let digit = digitAt(bytes, end); digit >= 0; digit = digitAt(bytes, ++end)) {
    micros += digit * unit
    unit = Math.floor(unit / 10)
  }
  return end === from + 9 ? 'second fraction digits missing after `.`' : { seconds, micros, end }
}

/** A time of day with the offset, in seconds, that the text gives for it. */
export interface Time {
  readonly seconds: number
  readonly micros: number
  readonly offset: number | undefined
}

/** A clock and its offset (`Z`, `+02:00`, `-0230`), to the end of the text. */
export function readTime (bytes: string, from: number): Time | string {
  const clock = readClock(bytes, from)
  if (typeof clock === 'string') return clock
  const { seconds, micros, end } = clock
  if (end === bytes.length) return { seconds, micros, offset: undefined }
  const mark = bytes.charAt(end)
  if (mark === 'Z' || mark === 'z') {
    return end + 1 === bytes.length ? { seconds, micros, offset: 0 } : 'unexpected extra characters at the end of the input'
  }

  // The minus sign of typographers, U+2212, is three bytes.
  const typographic = bytes.startsWith('\xe2\x88\x92', end)
  if (mark !== '+' && mark !== '-' && !typographic) return 'invalid timezone sign'
  const hoursAt = end + (typographic ? 3 : 1)
  const hours = pairAt(bytes, hoursAt)
  if (hours < 0) return 'invalid timezone hour'
  const minutesAt = hoursAt + (bytes.charCodeAt(hoursAt + 2) === 58 ? 3 : 2)
  const minutes = pairAt(bytes, minutesAt)
  if (minutes < 0) return 'invalid timezone minute'
  if (minutes > 59) return 'timezone minute value is outside expected range of 0-59'
  if (hours > 23) return 'timezone offset must be less than 24 hours'
  if (minutesAt + 2 < bytes.length) return 'unexpected extra characters at the end of the input'
  return { seconds, micros, offset: (mark === '+' ? 1 : -1) * (hours * 3600 + minutes * 60) }
}

function pad (value: number): string {
  return String(value).padStart(2, '0')
}

/** An offset in seconds as ISO 8601 writes it: `Z`, `+02:00`; nothing for none. */
export function writeOffset (offset: number | undefined): string {
  if (offset === undefined) return ''
  if (offset === 0) return 'Z'
  const minutes = Math.abs(offset) / 60
  return `${offset < 0 ? '-' : '+'}${pad(Math.floor(minutes / 60))}:${pad(minutes % 60)}`
}
