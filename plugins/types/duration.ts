/**
 * Spans of time.
 *
 * @module
 */

import type { TUnsafe } from '@fastify/type-provider-typebox'
import type { SchemaOptions } from '@sinclair/typebox'
import type { Temporal } from 'temporal-polyfill'
import { utf8 } from './calendar.ts'
import { type Codec, kCodec, Refusal } from './codec.ts'
import { domain } from './domain.ts'
import { balance, readDuration, type Span } from './duration-text.ts'
import { isTemporal, temporal, type TemporalApi } from './temporal.ts'

const TYPE = new Refusal('time_delta_type', 'Input should be a valid timedelta')

function parsing (error: string): Refusal {
  return new Refusal('time_delta_parsing', `Input should be a valid timedelta, ${error}`, { error })
}

/** A span in seconds. */
function readNumber (value: number): { sign: 1 | -1, span: Span } | string {
  if (Number.isNaN(value)) return 'NaN values not permitted'
  const seconds = Math.abs(value)
  // Infinity has no rest, and too many days.
  const rest = seconds % 1
  const span = balance({
    days: Math.trunc(seconds / 86400),
    seconds: Math.trunc(seconds) % 86400 || 0,
    micros: Math.round(rest * 1e6) || 0
  })
  return typeof span === 'string' ? span : { sign: value < 0 ? -1 : 1, span }
}

function is (value: unknown): value is Temporal.Duration {
  return isTemporal(value, 'Duration')
}

const MICROS_A_DAY = 86_400_000_000n

function microsOf (duration: Temporal.Duration): bigint {
  const { years, months, weeks, days, hours, minutes, seconds, milliseconds, microseconds, nanoseconds } = duration
  const wholeDays = BigInt(years) * 365n + BigInt(months) * 30n + BigInt(weeks) * 7n + BigInt(days)
  const wholeMinutes = BigInt(hours) * 60n + BigInt(minutes)
  return wholeDays * MICROS_A_DAY + wholeMinutes * 60_000_000n + BigInt(seconds) * 1_000_000n +
    BigInt(milliseconds) * 1000n + BigInt(microseconds) + BigInt(nanoseconds) / 1000n
}

/**
 * A duration as pydantic writes it: `P1DT2H`, `-PT1M30S`, `PT1.5S`; 365 days are `P1Y`. A year that
 * a `Temporal.Duration` is made with counts for 365 days, a month for 30, as they do when read.
 */
export function encodeDuration (duration: Temporal.Duration): string {
  const signed = microsOf(duration)
  const micros = signed < 0n ? -signed : signed
  const days = Number(micros / MICROS_A_DAY)
  const rest = Number(micros % MICROS_A_DAY)
  const parts: Array<readonly [number, string]> = [
    [Math.floor(days / 365), 'Y'], [days % 365, 'D'], [Math.floor(rest / 3.6e9), 'H'], [Math.floor(rest / 6e7) % 60, 'M']
  ]
  const [years, date, hours, minutes] = parts.map(([value, unit]) => value === 0 ? '' : value + unit)
  const seconds = rest % 6e7 === 0 ? '' : `${Math.floor(rest / 1e6) % 60}${fraction(rest % 1e6)}S`
  const time = `${hours}${minutes}${seconds}`
  return `${signed < 0n ? '-' : ''}P${years}${date}${time !== '' ? `T${time}` : days === 0 ? 'T0S' : ''}`
}

function fraction (micros: number): string {
  if (micros === 0) return ''
  let digits = String(micros).padStart(6, '0')
  while (digits.endsWith('0')) digits = digits.slice(0, -1)
  return '.' + digits
}

function codecOf ({ Duration }: TemporalApi): Codec<Temporal.Duration> {
  return {
    label: 'timedelta',
    is,
    parse (input) {
      if (is(input)) return input
      // True is one second, as it is 1 in Python.
      const value = typeof input === 'boolean' ? Number(input) : input
      if (typeof value !== 'string' && typeof value !== 'number') return TYPE
      const read = typeof value === 'string' ? readDuration(utf8(value)) : readNumber(value)
      if (typeof read === 'string') return parsing(read)
      const { sign, span: { days, seconds, micros } } = read
      // `0 *` would be -0, which Temporal takes, but prints.
      const signed = (amount: number): number => amount === 0 ? 0 : sign * amount
      return new Duration(0, 0, 0, signed(days), signed(Math.floor(seconds / 3600)), signed(Math.floor(seconds / 60) % 60),
        signed(seconds % 60), signed(Math.floor(micros / 1000)), signed(micros % 1000))
    },
    encode: encodeDuration
  }
}

/**
 * Declares a duration: a `Temporal.Duration` in the handler, ISO 8601 (`P1DT2H`, `-PT1M30S`) on the wire. FastAPI's `timedelta`.
 *
 * Accepts ISO 8601 (a year counts as 365 days, a month as 30), `[D day[s],] HH:MM[:SS[.ffffff]]`, and seconds as a JSON number.
 * In the handler it has days, hours, minutes and smaller units, so that `duration.total('seconds')` needs no start date. The
 * maximum is 999,999,999 days.
 *
 * Errors: `time_delta_type`, `time_delta_parsing`.
 *
 * @param options Options of the schema: `title`, `description`, `default`, `alias` …
 * @throws APIKIT_ERR_MISSING_PEER when the runtime has no Temporal and temporal-polyfill is not installed.
 * @example
 * ```ts
 * const Body = Type.Object({ process_after: Duration() })
 * ```
 * @see https://en.wikipedia.org/wiki/ISO_8601#Durations
 */
export function Duration (options?: SchemaOptions): TUnsafe<Temporal.Duration> {
  return domain({ type: 'string', format: 'duration' }, options, { [kCodec]: codecOf(temporal('Duration()')) })
}
