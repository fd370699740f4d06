/**
 * Rows as a driver gives them, lists of raw values → objects with values of the domain. One function for each shape of
 * a result, straight code, so that all rows of it have one hidden class.
 *
 * @module
 */

import type { TSchema } from '@fastify/type-provider-typebox'
import { type Codec, kCodec } from '../../types/codec.ts'
import { storedDecimal } from '../../types/decimal.ts'
import { Decimal, Duration, PlainDate, PlainTime } from '../../types/index.ts'
import type { Decode, Field } from './field.ts'
import { readable, Unreadable, unreadableField } from './unreadable.ts'

export type ReadRow = (raw: readonly unknown[]) => object

type Fail = (error: unknown, raw: readonly unknown[]) => unknown

// Results that look alike have the same text.
const made = new Map<string, (decoders: ReadonlyArray<Decode | undefined>, fail: Fail) => ReadRow>()

export function rowReader (fields: readonly Field[]): ReadRow {
  // As in any object, the last of two of one name stays.
  const last = new Map(fields.map(({ name }, index) => [name, index]))
  const entries = [...last].map(([name, index]) => {
    const raw = `r[${index}]`
    const value = fields[index]?.decode === undefined ? raw : `${raw} === null ? null : d${index}(${raw})`
    const key = JSON.stringify(name)
    // What every object has may be a setter, or not writable.
    return name in Object.prototype
      ? `Object.defineProperty(this, ${key}, { value: ${value}, enumerable: true, writable: true, configurable: true })`
      : `this[${key}] = ${value}`
  })
  const decoders = [...last.values()].filter(index => fields[index]?.decode !== undefined)
  const names = decoders.map(index => `, d${index}`).join('')
  // Plain objects, but made by a constructor: V8 comes to make what a literal makes in the old generation, where the rows of
  // a stream wait for a full collection.
  const text = [
    `function Row (r${names}) { ${entries.join('; ')} }`,
    'Row.prototype = Object.prototype',
    `return (d, fail) => { ${decoders.map(index => `const d${index} = d[${index}]`).join('; ')}; return r => { try { return new Row(r${names}) } catch (error) { throw fail(error, r) } } }`
  ].join('\n')
  let make = made.get(text)
  if (make === undefined) {
    if (made.size >= 1000) made.clear()
    // eslint-disable-next-line no-new-func -- the text holds names as JSON and nothing else of anybody's
    made.set(text, make = new Function(text)() as NonNullable<typeof make>)
  }
  return make(fields.map(({ decode }) => decode), (error, raw) => unreadableField(error, raw, fields))
}

const DECIMAL = /^decimal(?:_text)?\s*(?:\(\s*\d+\s*,\s*(\d+)\s*\))?/i

/** A decimal with the zeros that its column says: `1.10`. */
export function decimalDecoder (type: string): Decode {
  const read = storedDecimal(readable('decimal', codecOf(Decimal()).parse))
  const places = DECIMAL.exec(type)?.[1]
  return value => {
    // Bytes, of which JavaScript makes a number.
    if (typeof value === 'object') throw new Unreadable('decimal', value)
    return read(typeof value === 'string' || places === undefined ? String(value) : Number(value).toFixed(Number(places)))
  }
}

/** So many days are kept. */
const KEPT_DAYS = 2000
const days = new Map<unknown, unknown>()

/** Days come again and again, and are never changed: making one takes longer than finding it. */
export function dateDecoder (): Decode {
  const parse = readable('date', codecOf(PlainDate()).parse)
  return value => {
    let day = days.get(value)
    if (day === undefined) {
      if (days.size >= KEPT_DAYS) days.clear()
      days.set(value, day = parse(value))
    }
    return day
  }
}

export function timeDecoder (): Decode {
  return readable('time', codecOf(PlainTime()).parse)
}

/** A span of time as ISO 8601 has it. */
export function durationDecoder (): Decode {
  return readable('interval', codecOf(Duration()).parse)
}

function codecOf (schema: TSchema & { readonly [kCodec]?: Codec }): Codec {
  return schema[kCodec] as Codec
}

/** An integer of 64 bits that is no column's: a number where it is one. */
export function looseInteger (value: unknown): number | bigint {
  const number = Number(value)
  return Number.isSafeInteger(number) ? number : BigInt(value as string)
}
