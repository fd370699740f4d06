/**
 * Points in time.
 *
 * @module
 */

import type { TUnsafe } from '@fastify/type-provider-typebox'
import type { SchemaOptions } from '@sinclair/typebox'
import { daysOf, digitAt, pairAt, readDate, readTime, utf8 } from './calendar.ts'
import { type Codec, kCodec, Refusal } from './codec.ts'
import { domain } from './domain.ts'
import { type Moment, momentOfNumber, momentOfText, readInteger } from './timestamp.ts'

const TYPE = new Refusal('datetime_type', 'Input should be a valid datetime')
const YEAR_0 = parsing('year 0 is out of range')

function parsing (error: string): Refusal {
  return new Refusal('datetime_parsing', `Input should be a valid datetime, ${error}`, { error })
}

function fromDateParsing (error: string): Refusal {
  return new Refusal('datetime_from_date_parsing', `Input should be a valid datetime or date, ${error}`, { error })
}

/**
 * What browsers and `JSON.stringify` write, `2026-01-02T03:04:05[.678]Z`, straight; NaN for the rest.
 */
function rfc3339 (text: string): number {
  const last = text.length - 1
  if (last < 19 || last > 29 || text.charCodeAt(last) !== 90 || text.charCodeAt(10) !== 84) return NaN
  const date = readDate(text)
  const hour = pairAt(text, 11)
  const minute = pairAt(text, 14)
  const second = pairAt(text, 17)
  if (typeof date === 'string' || date < 10000 || hour < 0 || hour > 23 || minute < 0 || minute > 59 || second < 0 || second > 59 ||
    text.charCodeAt(13) !== 58 || text.charCodeAt(16) !== 58) return NaN
  let ms = 0
  if (last > 19) {
    if (last === 20 || text.charCodeAt(19) !== 46) return NaN
    for (let at = 20, unit = 100; at < last; at++, unit = Math.floor(unit / 10)) {
      const digit = digitAt(text, at)
      if (digit < 0) return NaN
      ms += digit * unit
    }
  }
  return daysOf(date) * 86_400_000 + ((hour * 60 + minute) * 60 + second) * 1000 + ms
}

/** What an input that stands for a point in time says, as the clock shows it there. */
export interface Reading extends Moment {
  /** Seconds to take off to get the moment in UTC; `undefined` where the text has none. */
  readonly offset: number | undefined
}

function readIso (bytes: string): Reading | string {
  const date = readDate(bytes)
  if (typeof date === 'string') return date
  if (!'Tt _'.includes(bytes.charAt(10)) || bytes.length === 10) return 'invalid datetime separator, expected `T`, `t`, `_` or space'
  const time = readTime(bytes, 11)
  if (typeof time === 'string') return time
  return { seconds: daysOf(date) * 86400 + time.seconds, micros: time.micros, offset: time.offset }
}

/** A date-time or a timestamp in text; in words what is wrong. */
export function readDateTime (bytes: string): Reading | string {
  const iso = readIso(bytes)
  if (typeof iso !== 'string') return iso
  const moment = momentOfText(bytes)
  return typeof moment === 'object' ? { ...moment, offset: 0 } : moment ?? iso
}

/** A date in text, or a timestamp of midnight: seconds from 1970-01-01; in words what is wrong. */
export function readMidnight (bytes: string): number | string {
  const date = readDate(bytes)
  if (typeof date === 'number' && bytes.length === 10) return daysOf(date) * 86400
  const moment = readInteger(bytes) === undefined ? undefined : momentOfText(bytes)
  if (moment === undefined) return typeof date === 'string' ? date : 'unexpected extra characters at the end of the input'
  if (typeof moment === 'string') return moment
  return moment.seconds % 86400 === 0 && moment.micros === 0 ? moment.seconds : 'Timestamp is not an exact date'
}

/** The first second of the year 1; earlier ones cannot be Python's. */
export const YEAR_1 = daysOf(10101) * 86400

function checked (reading: Reading): Reading | Refusal {
  return reading.seconds < YEAR_1 ? YEAR_0 : reading
}

function readText (text: string): Reading | Refusal {
  const bytes = utf8(text)
  const reading = readDateTime(bytes)
  if (typeof reading === 'object') return checked(reading)
  const midnight = readMidnight(bytes)
  if (typeof midnight === 'string') return fromDateParsing(midnight)
  return checked({ seconds: midnight, micros: 0, offset: undefined })
}

/** Reads all that pydantic's `datetime` takes: text, and numbers as unix time, which is in UTC. */
export function readPoint (input: unknown): Reading | Refusal {
  if (typeof input === 'string') return readText(input)
  if (typeof input !== 'number') return TYPE
  const moment = momentOfNumber(input)
  return typeof moment === 'string' ? parsing(moment) : checked({ ...moment, offset: 0 })
}

function is (value: unknown): value is Date {
  return value instanceof Date && !Number.isNaN(value.getTime())
}

const codec: Codec<Date> = {
  label: 'datetime',
  is,
  parse (input) {
    if (is(input)) return input
    const time = typeof input === 'string' ? rfc3339(input) : NaN
    if (!Number.isNaN(time)) return new Date(time)
    const point = readPoint(input)
    if (point instanceof Refusal) return point
    const { seconds, micros, offset = 0 } = point
    return new Date((seconds - offset) * 1000 + Math.floor(micros / 1000))
  },
  encode (date) {
    const text = date.toISOString()
    // No fraction where there is none, six digits where there is one: as Python prints it.
    return text.endsWith('.000Z') ? text.slice(0, -5) + 'Z' : text.slice(0, -1) + '000Z'
  }
}

/**
 * Declares a point in time: a `Date` in the handler, ISO 8601 in UTC on the wire. FastAPI's `datetime`.
 *
 * Accepts ISO 8601 (`2026-01-02T03:04[:05[.678]]`, with `Z` or an offset; a date alone is midnight) and unix time, in seconds
 * up to 2e10 and in milliseconds above. Without an offset it is UTC. Fractions of a millisecond are cut off. The offset is not
 * kept, since a `Date` is an instant: `OffsetDateTime()` keeps both.
 *
 * Errors: `datetime_type`, `datetime_parsing`, `datetime_from_date_parsing`.
 *
 * @param options Options of the schema: `title`, `description`, `default`, `alias` …
 * @example
 * ```ts
 * const Query = Type.Object({ since: Type.Optional(DateTime()) })
 * ```
 * @see https://www.rfc-editor.org/rfc/rfc3339
 */
export function DateTime (options?: SchemaOptions): TUnsafe<Date> {
  return domain({ type: 'string', format: 'date-time' }, options, { [kCodec]: codec })
}
