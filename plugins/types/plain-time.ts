/**
 * Times of the day.
 *
 * @module
 */

import type { TUnsafe } from '@fastify/type-provider-typebox'
import type { SchemaOptions } from '@sinclair/typebox'
import type { Temporal } from 'temporal-polyfill'
import { readTime, type Time, utf8, writeOffset } from './calendar.ts'
import { type Codec, kCodec, Refusal } from './codec.ts'
import { domain } from './domain.ts'
import { isTemporal, temporal, type TemporalApi } from './temporal.ts'

const TYPE = new Refusal('time_type', 'Input should be a valid time')

function parsing (error: string): Refusal {
  return new Refusal('time_parsing', `Input should be in a valid time format, ${error}`, { error })
}

/** Seconds since midnight, in UTC. */
function readNumber (value: number): Time | string {
  if (Number.isNaN(value)) return 'NaN values not permitted'
  if (value < 0) return 'time in seconds should be positive'
  const micros = Math.round(value % 1 * 1e6)
  const seconds = Math.floor(value) + Math.floor(micros / 1e6)
  return seconds < 86400 ? { seconds, micros: micros % 1e6, offset: 0 } : 'numeric times may not exceed 86,399 seconds'
}

/** Reads all that pydantic's `time` takes: text, and seconds since midnight. */
export function readTimeOfDay (input: unknown): Time | Refusal {
  if (typeof input !== 'string' && typeof input !== 'number') return TYPE
  const time = typeof input === 'string' ? readTime(utf8(input), 0) : readNumber(input)
  return typeof time === 'string' ? parsing(time) : time
}

/** What Temporal's constructor takes. */
export function partsOf ({ seconds, micros }: Pick<Time, 'seconds' | 'micros'>): [hour: number, minute: number, second: number, millisecond: number, microsecond: number] {
  return [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60, Math.floor(micros / 1000), micros % 1000]
}

/** A time of day as pydantic writes it: without a fraction, or with six digits. */
export function writeTime (time: Temporal.PlainTime): string {
  return time.toString({ fractionalSecondDigits: time.millisecond === 0 && time.microsecond === 0 ? 0 : 6 })
}

function is (value: unknown): value is Temporal.PlainTime {
  return isTemporal(value, 'PlainTime')
}

// A `Temporal.PlainTime` has no offset. What was read with one is written with it.
const offsets = new WeakMap<Temporal.PlainTime, number>()

function codecOf ({ PlainTime }: TemporalApi): Codec<Temporal.PlainTime> {
  return {
    label: 'time',
    is,
    parse (input) {
      if (is(input)) return input
      const time = readTimeOfDay(input)
      if (time instanceof Refusal) return time
      const value = new PlainTime(...partsOf(time))
      if (time.offset !== undefined) offsets.set(value, time.offset)
      return value
    },
    encode: time => writeTime(time) + writeOffset(offsets.get(time))
  }
}

/**
 * Declares a time of day: a `Temporal.PlainTime` in the handler, `03:04:05[.678000]` on the wire. FastAPI's `time`.
 *
 * Accepts `HH:MM[:SS[.ffffff]]`, with `Z` or an offset, and seconds since midnight in UTC as a JSON number. Temporal has no
 * offset for a time of day. A value that is sent back unchanged is written with the offset it had. A new or computed one has none.
 * `OffsetTime()` keeps the offset in the value.
 *
 * Errors: `time_type`, `time_parsing`.
 *
 * @param options Options of the schema: `title`, `description`, `default`, `alias` …
 * @throws APIKIT_ERR_MISSING_PEER when the runtime has no Temporal and temporal-polyfill is not installed.
 * @example
 * ```ts
 * const Body = Type.Object({ opens: PlainTime(), closes: PlainTime() })
 * ```
 */
export function PlainTime (options?: SchemaOptions): TUnsafe<Temporal.PlainTime> {
  return domain({ type: 'string', format: 'time' }, options, { [kCodec]: codecOf(temporal('PlainTime()')) })
}
