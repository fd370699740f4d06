/**
 * Times of the day with their UTC offset.
 *
 * @module
 */

import type { TUnsafe } from '@fastify/type-provider-typebox'
import type { SchemaOptions } from '@sinclair/typebox'
import type { Temporal } from 'temporal-polyfill'
import { readTime, writeOffset } from './calendar.ts'
import { type Codec, kCodec, Refusal } from './codec.ts'
import { domain } from './domain.ts'
import { partsOf, readTimeOfDay, writeTime } from './plain-time.ts'
import { temporal, type TemporalApi } from './temporal.ts'

/**
 * A time of day, and its UTC offset if it has one. Immutable. Temporal has no such type.
 *
 * @example
 * ```ts
 * const opens = new TimeWithOffset(Temporal.PlainTime.from('09:30'), '+02:00')
 * String(opens) // '09:30:00+02:00'
 * ```
 */
export class TimeWithOffset {
  /** Time as a clock shows it at this offset. */
  readonly time: Temporal.PlainTime
  /** `+02:00`, `Z` for UTC, or `undefined` without an offset. */
  readonly offset: string | undefined
  readonly #seconds: number | undefined

  /**
   * @param time Time as a clock shows it at this offset.
   * @param offset `Z`, or hours and minutes with a sign: `+02:00`. Default: no offset.
   * @throws RangeError when the offset is invalid.
   */
  constructor (time: Temporal.PlainTime, offset?: string) {
    const read = readTime(`00:00${offset ?? ''}`, 0)
    if (typeof read === 'string' || (read.offset === undefined && offset !== undefined)) throw new RangeError(`TimeWithOffset: the offset must be like "+02:00" or "Z", got "${offset}"`)
    this.time = time
    this.#seconds = read.offset
    this.offset = offset === undefined ? undefined : writeOffset(read.offset)
    Object.freeze(this)
  }

  /** Offset in seconds, `undefined` without one. */
  get offsetSeconds (): number | undefined {
    return this.#seconds
  }

  /** Returns `03:04:05[.678000]` with the offset, as pydantic writes it. */
  toString (): string {
    return writeTime(this.time) + (this.offset ?? '')
  }

  /** Returns the same as `toString`. */
  toJSON (): string {
    return this.toString()
  }

  get [Symbol.toStringTag] (): string {
    return 'TimeWithOffset'
  }
}

function codecOf ({ PlainTime }: TemporalApi): Codec<TimeWithOffset> {
  return {
    label: 'time',
    is: value => value instanceof TimeWithOffset,
    parse (input) {
      if (input instanceof TimeWithOffset) return input
      const time = readTimeOfDay(input)
      if (time instanceof Refusal) return time
      return new TimeWithOffset(new PlainTime(...partsOf(time)), time.offset === undefined ? undefined : writeOffset(time.offset))
    }
  }
}

/**
 * Declares a time of day that keeps its UTC offset: a `TimeWithOffset` in the handler, `03:04:05.678000+02:00` on the wire, with
 * `Z` for UTC. FastAPI's `time`.
 *
 * Accepts what `PlainTime()` accepts. `value.time` is a `Temporal.PlainTime`, `value.offset` a string or `undefined`.
 *
 * Errors: `time_type`, `time_parsing`.
 *
 * @param options Options of the schema: `title`, `description`, `default`, `alias` …
 * @throws APIKIT_ERR_MISSING_PEER when the runtime has no Temporal and temporal-polyfill is not installed.
 * @example
 * ```ts
 * const Body = Type.Object({ opens: OffsetTime(), closes: OffsetTime() })
 * ```
 */
export function OffsetTime (options?: SchemaOptions): TUnsafe<TimeWithOffset> {
  return domain({ type: 'string', format: 'time' }, options, { [kCodec]: codecOf(temporal('OffsetTime()')) })
}
