/**
 * Writes JSON: strings, numbers, and values without a schema.
 *
 * @module
 */

import type { TSchema } from '@fastify/type-provider-typebox'
import { isRawJson } from '../core/json/raw.ts'
import { type Codec, kCodec } from '../types/codec.ts'
import { Bytes, DateTime, Decimal, Duration, OffsetDateTime, OffsetTime, PlainDate, PlainTime } from '../types/index.ts'
import { isTemporal } from '../types/temporal.ts'

// Control characters, the quote, the backslash, and lone surrogates.
// eslint-disable-next-line no-control-regex
const ESCAPED = /[\u0000-\u001f"\\\ud800-\udfff]/

/** Returns the text between the quotes of a JSON string. */
export function escape (text: string): string {
  const { length } = text
  // A loop is faster than a regular expression for short strings, and JSON.stringify than both for very long ones.
  if (length > 5000) return JSON.stringify(text).slice(1, -1)
  if (length > 41) return ESCAPED.test(text) ? JSON.stringify(text).slice(1, -1) : text
  for (let i = 0; i < length; i++) {
    const unit = text.charCodeAt(i)
    if (unit < 32 || unit === 34 || unit === 92 || (unit >= 0xd800 && unit <= 0xdfff)) return JSON.stringify(text).slice(1, -1)
  }
  return text
}

/** Returns a JSON string. */
export function writeString (text: string): string {
  return `"${escape(text)}"`
}

const PAIRS = Array.from({ length: 100 }, (_, number) => String(number).padStart(2, '0'))

/** Returns a `Date` as `DateTime` writes it, without the slower `toISOString`. `undefined` for invalid or distant dates. */
export function textOfDateTime (value: unknown): string | undefined {
  if (!(value instanceof Date)) return undefined
  const year = value.getUTCFullYear()
  // An invalid date has the year NaN.
  if (!(year >= 1000 && year <= 9999)) return undefined
  const ms = value.getUTCMilliseconds()
  const fraction = ms === 0 ? '' : `.${String(ms).padStart(3, '0')}000`
  return `${year}-${PAIRS[value.getUTCMonth() + 1]}-${PAIRS[value.getUTCDate()]}T${PAIRS[value.getUTCHours()]}:${PAIRS[value.getUTCMinutes()]}:${PAIRS[value.getUTCSeconds()]}${fraction}Z`
}

/** Returns a number as JSON. NaN and infinities become `null`. */
export function writeNumber (value: number): string {
  return Number.isFinite(value) ? String(value) : 'null'
}

/** Returns all digits of an integer, however large. */
export function writeInteger (value: number | bigint): string {
  return typeof value === 'number' && Math.abs(value) >= 1e21 ? String(BigInt(value)) : String(value)
}

/** Codecs of domain types, by `Object.prototype.toString`. Created on first use. */
const DOMAIN = new Map<string, () => TSchema>([
  ['Date', () => DateTime()],
  ['Uint8Array', () => Bytes()],
  ['Decimal', () => Decimal()],
  ['Temporal.PlainDate', () => PlainDate()],
  ['Temporal.PlainTime', () => PlainTime()],
  ['Temporal.ZonedDateTime', () => OffsetDateTime()],
  ['TimeWithOffset', () => OffsetTime()],
  ['Temporal.Duration', () => Duration()]
])

/** How a value is recognised and written. */
export type Written<Domain = unknown> = Pick<Codec<Domain>, 'is' | 'encode'>

interface Naive {
  readonly millisecond: number
  readonly microsecond: number
  toString (options: { fractionalSecondDigits: number }): string
}

/** Writes a date-time without zone, which no schema describes, as `isoformat` does: without a fraction or with six digits. */
const NAIVE: Written<Naive> = {
  is: (value): value is Naive => isTemporal(value, 'PlainDateTime'),
  encode: value => value.toString({ fractionalSecondDigits: value.millisecond === 0 && value.microsecond === 0 ? 0 : 6 })
}

const codecs = new Map<string, Written>([['Temporal.PlainDateTime', NAIVE]])

/** Returns what `Object.prototype.toString` names a value: `Date`, `Temporal.Duration`. */
export function tagOf (value: object): string {
  return Object.prototype.toString.call(value).slice(8, -1)
}

/** Returns the codec of a domain type, for values without a schema. */
export function codecOf (tag: string): Written | undefined {
  const known = codecs.get(tag)
  if (known !== undefined) return known
  const make = DOMAIN.get(tag)
  if (make === undefined) return undefined
  const codec = Reflect.get(make(), kCodec) as Codec
  codecs.set(tag, codec)
  return codec
}

/** Writes a value with the codec of its type. */
export function encode (codec: Written, value: unknown): unknown {
  return codec.encode === undefined ? String(value) : codec.encode(value)
}

/**
 * Writes any value as JSON, as FastAPI's `Any`: domain types as their types write them, a set as an array, a map as an object, bytes
 * as their text. Returns `undefined` for functions, symbols and `undefined`.
 */
export function writeAny (value: unknown): string | undefined {
  switch (typeof value) {
    case 'string': return writeString(value)
    case 'number': return writeNumber(value)
    case 'boolean': case 'bigint': return String(value)
    case 'object': return value === null ? 'null' : writeObject(value)
    default: return undefined
  }
}

function writeItems (items: Iterable<unknown>): string {
  let json = ''
  for (const item of items) json += `,${writeAny(item) ?? 'null'}`
  return `[${json.slice(1)}]`
}

function writeEntries (entries: Iterable<readonly [unknown, unknown]>): string {
  let json = ''
  for (const [key, value] of entries) {
    const text = writeAny(value)
    if (text !== undefined) json += `,${writeKey(writeAny(key))}:${text}`
  }
  return `{${json.slice(1)}}`
}

/** Converts a key to a string: the integer 1 is the key "1". */
export function writeKey (json: string | undefined): string {
  return json === undefined || json.startsWith('"') ? json ?? '""' : writeString(json)
}

function isPlain (value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === Object.prototype || prototype === null
}

function writeObject (value: object): string | undefined {
  if (isRawJson(value)) return value.rawJSON
  if (Array.isArray(value)) return writeItems(value)
  return isPlain(value) ? writeRecord(value) : writeInstance(value)
}

function writeRecord (value: object): string | undefined {
  const toJSON: unknown = Reflect.get(value, 'toJSON')
  return typeof toJSON === 'function' ? writeAny(toJSON.call(value)) : writeEntries(Object.entries(value))
}

function writeInstance (value: object): string | undefined {
  if (value instanceof Set) return writeItems(value)
  if (value instanceof Map) return writeEntries(value)
  if (value instanceof RegExp) return writeString(value.source)
  const codec = codecOf(tagOf(value))
  return codec?.is(value) === true ? writeAny(encode(codec, value)) : writeRecord(value)
}
