/**
 * Points in time with their UTC offset and microseconds.
 *
 * @module
 */

import type { TUnsafe } from '@fastify/type-provider-typebox'
import type { SchemaOptions } from '@sinclair/typebox'
import type { Temporal } from 'temporal-polyfill'
import { writeOffset } from './calendar.ts'
import { type Codec, kCodec, Refusal } from './codec.ts'
import { readPoint } from './date-time.ts'
import { domain } from './domain.ts'
import { isTemporal, temporal, type TemporalApi } from './temporal.ts'

export interface OffsetDateTimeOptions extends SchemaOptions {
  /** If true, input without an offset is rejected (`timezone_aware`), as by pydantic's `AwareDatetime`. Default: false. */
  requireOffset?: boolean
}

const NO_OFFSET = new Refusal('timezone_aware', 'Input should have timezone info')

function is (value: unknown): value is Temporal.ZonedDateTime {
  return isTemporal(value, 'ZonedDateTime')
}

// A `Temporal.ZonedDateTime` always has an offset. What was read without one is written without it.
const naive = new WeakSet<Temporal.ZonedDateTime>()

/** Tells whether a value was read from text without an offset. */
export function isNaive (value: object): boolean {
  return naive.has(value as Temporal.ZonedDateTime)
}

function codecOf ({ ZonedDateTime }: TemporalApi, requireOffset: boolean): Codec<Temporal.ZonedDateTime> {
  return {
    label: 'datetime',
    is,
    parse (input) {
      if (is(input)) return input
      const point = readPoint(input)
      if (point instanceof Refusal) return point
      const { seconds, micros, offset = 0 } = point
      if (requireOffset && point.offset === undefined) return NO_OFFSET
      const zone = offset === 0 ? 'UTC' : writeOffset(offset)
      const value = new ZonedDateTime(BigInt(seconds - offset) * 1_000_000_000n + BigInt(micros) * 1000n, zone)
      if (point.offset === undefined) naive.add(value)
      return value
    },
    encode (value) {
      const fractionalSecondDigits = value.millisecond === 0 && value.microsecond === 0 ? 0 : 6
      return value.toString({ timeZoneName: 'never', offset: isNaive(value) ? 'never' : 'auto', fractionalSecondDigits }).replace(/[+-]00:00$/, 'Z')
    }
  }
}

/**
 * Declares a point in time that keeps its UTC offset and microseconds: a `Temporal.ZonedDateTime` in the handler,
 * `2026-01-02T03:04:05.123456+02:00` on the wire, with `Z` for UTC. FastAPI's `datetime`.
 *
 * Accepts what `DateTime()` accepts. The time zone of the value is its offset (`+02:00`), or `UTC` for unix time. Text without an
 * offset is read as UTC; a value that is sent back unchanged is then written without one. A value of any other time zone is
 * written with the offset that it has there. Digits past the microsecond are cut off.
 *
 * Errors: `datetime_type`, `datetime_parsing`, `datetime_from_date_parsing`, and `timezone_aware` with `requireOffset`.
 *
 * @param options `requireOffset`, and the options of all schemas: `title`, `description`, `default`, `alias` …
 * @throws APIKIT_ERR_MISSING_PEER when the runtime has no Temporal and temporal-polyfill is not installed.
 * @example
 * ```ts
 * const Body = Type.Object({ departs: OffsetDateTime({ requireOffset: true }) })
 * ```
 * @see https://tc39.es/proposal-temporal/docs/zoneddatetime.html
 */
export function OffsetDateTime ({ requireOffset = false, ...options }: OffsetDateTimeOptions = {}): TUnsafe<Temporal.ZonedDateTime> {
  return domain({ type: 'string', format: 'date-time' }, options, { [kCodec]: codecOf(temporal('OffsetDateTime()'), requireOffset) })
}
