/**
 * Times of the day.
 *
 * @module
 */

import type { SchemaOptions, TUnsafe } from '@sinclair/typebox'
import type { Temporal } from 'temporal-polyfill'
import { readTime, utf8 } from './calendar.ts'
import { type Codec, kCodec, Refusal } from './codec.ts'
import { domain } from './domain.ts'
import { isTemporal, temporal, type TemporalApi } from './temporal.ts'
import type { Moment } from './timestamp.ts'

const TYPE = new Refusal('time_type', 'Input should be a valid time')

function parsing (error: string): Refusal {
  return new Refusal('time_parsing', `Input should be in a valid time format, ${error}`, { error })
}

/** Seconds since midnight. */
function readNumber (value: number): Moment | string {
  if (Number.isNaN(value)) return 'NaN values not permitted'
  if (value < 0) return 'time in seconds should be positive'
  const micros = Math.round(value % 1 * 1e6)
  const seconds = Math.floor(value) + Math.floor(micros / 1e6)
  return seconds < 86400 ? { seconds, micros: micros % 1e6 } : 'numeric times may not exceed 86,399 seconds'
}

function is (value: unknown): value is Temporal.PlainTime {
  return isTemporal(value, 'PlainTime')
}

function pad (value: number, length: number): string {
  return String(value).padStart(length, '0')
}

function codecOf ({ PlainTime }: TemporalApi): Codec<Temporal.PlainTime> {
  return {
    label: 'time',
    is,
    parse (input) {
      if (is(input)) return input
      if (typeof input !== 'string' && typeof input !== 'number') return TYPE
      const time = typeof input === 'string' ? readTime(utf8(input), 0) : readNumber(input)
      if (typeof time === 'string') return parsing(time)
      const { seconds, micros } = time
      return new PlainTime(Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60, Math.floor(micros / 1000), micros % 1000)
    },
    encode (time) {
      const micros = time.millisecond * 1000 + time.microsecond
      return `${pad(time.hour, 2)}:${pad(time.minute, 2)}:${pad(time.second, 2)}${micros === 0 ? '' : `.${pad(micros, 6)}`}`
    }
  }
}

/**
 * A time of the day: `Temporal.PlainTime` in the handler, `03:04:05[.678000]` on the wire. FastAPI's `time`.
 *
 * Taken are `HH:MM[:SS[.ffffff]]` and, as a JSON number, the seconds since midnight. An offset is read and
 * dropped: a time of the day is no point in time.
 *
 * @throws APIKIT_ERR_MISSING_PEER where the runtime has no Temporal and temporal-polyfill is not installed
 * @example
 * ```ts
 * const Body = Type.Object({ opens: PlainTime(), closes: PlainTime() })
 * ```
 */
export function PlainTime (options?: SchemaOptions): TUnsafe<Temporal.PlainTime> {
  return domain({ type: 'string', format: 'time' }, options, { [kCodec]: codecOf(temporal('PlainTime()')) })
}
