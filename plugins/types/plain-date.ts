/**
 * Days of the calendar.
 *
 * @module
 */

import type { TUnsafe } from '@fastify/type-provider-typebox'
import type { SchemaOptions } from '@sinclair/typebox'
import type { Temporal } from 'temporal-polyfill'
import { dateOf, readDate, utf8 } from './calendar.ts'
import { type Codec, kCodec, Refusal } from './codec.ts'
import { readDateTime, readMidnight, YEAR_1 } from './date-time.ts'
import { domain } from './domain.ts'
import { isTemporal, temporal, type TemporalApi } from './temporal.ts'
import { type Moment, momentOfNumber } from './timestamp.ts'

const TYPE = new Refusal('date_type', 'Input should be a valid date')
const INEXACT = new Refusal('date_from_datetime_inexact', 'Datetimes provided to dates should have zero time - e.g. be exact dates')
const YEAR_0 = new Refusal('date_parsing', 'Input should be a valid date in the format YYYY-MM-DD, year 0 is out of range', { error: 'year 0 is out of range' })

function parsing (error: string): Refusal {
  return new Refusal('date_from_datetime_parsing', `Input should be a valid date or datetime, ${error}`, { error })
}

/** The day of a midnight. An offset counts for nothing: it is the day as it was written. */
function dayOf ({ seconds, micros }: Moment): number | Refusal {
  if (seconds % 86400 !== 0 || micros !== 0) return INEXACT
  return seconds < YEAR_1 ? YEAR_0 : dateOf(seconds / 86400)
}

/** The day as the number 20260102. */
function parseDay (input: unknown): number | Refusal {
  if (typeof input === 'number') {
    const moment = momentOfNumber(input)
    return typeof moment === 'string' ? parsing(moment) : dayOf(moment)
  }
  if (typeof input !== 'string') return TYPE
  if (input.length === 10) {
    const date = readDate(input)
    if (typeof date === 'number') return date < 10000 ? YEAR_0 : date
  }
  const bytes = utf8(input)
  const midnight = readMidnight(bytes)
  if (typeof midnight === 'number') return dayOf({ seconds: midnight, micros: 0 })
  const moment = readDateTime(bytes)
  return typeof moment === 'string' ? parsing(moment) : dayOf(moment)
}

function is (value: unknown): value is Temporal.PlainDate {
  return isTemporal(value, 'PlainDate')
}

function codecOf ({ PlainDate }: TemporalApi): Codec<Temporal.PlainDate> {
  return {
    label: 'date',
    is,
    parse (input) {
      if (is(input)) return input
      const day = parseDay(input)
      return day instanceof Refusal ? day : new PlainDate(Math.floor(day / 10000), Math.floor(day / 100) % 100, day % 100)
    },
    encode: String
  }
}

/**
 * Declares a date: a `Temporal.PlainDate` in the handler, `2026-01-02` on the wire. FastAPI's `date`.
 *
 * Accepts dates, and date-times and unix timestamps of midnight. An offset is ignored.
 *
 * Errors: `date_type`, `date_parsing`, `date_from_datetime_parsing`, and `date_from_datetime_inexact` for another time than midnight.
 *
 * @param options Options of the schema: `title`, `description`, `default`, `alias` …
 * @throws APIKIT_ERR_MISSING_PEER when the runtime has no Temporal and temporal-polyfill is not installed.
 * @example
 * ```ts
 * const Params = Type.Object({ day: PlainDate() })
 * ```
 */
export function PlainDate (options?: SchemaOptions): TUnsafe<Temporal.PlainDate> {
  return domain({ type: 'string', format: 'date' }, options, { [kCodec]: codecOf(temporal('PlainDate()')) })
}
