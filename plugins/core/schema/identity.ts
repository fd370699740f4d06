/**
 * What makes two values the same: by what they stand for, and not by what they show. JSON does not tell: a secret is
 * asterisks there, an infinite number `null`, a set `{}`, and a bigint an error.
 *
 * @module
 */

import { createHash } from 'node:crypto'
import { isNaive } from '../../types/offset-date-time.ts'
import { TimeWithOffset } from '../../types/offset-time.ts'
import { SecretText } from '../../types/secret.ts'
import { isTemporal } from '../../types/temporal.ts'

/** What sets and maps stand for, kept while one value is read: a set of sets is looked at once, and not at each level again. */
export type Identities = WeakMap<object, string>

/** Values of classes that are not known are the same only when they are one. */
const numbers = new WeakMap<object, number>()
let last = 0

function numberOf (value: object): number {
  const known = numbers.get(value)
  if (known !== undefined) return known
  numbers.set(value, ++last)
  return last
}

function sorted (texts: Iterable<string>): string {
  return [...texts].sort().join()
}

function digestOf (collection: Set<unknown> | Map<unknown, unknown>, known: Identities): string {
  let digest = known.get(collection)
  if (digest === undefined) {
    const items = collection instanceof Set ? [...collection].map(item => textOf(item, known)) : [...collection].map(([key, item]) => `${textOf(key, known)}:${textOf(item, known)}`)
    digest = createHash('sha256').update(sorted(items)).digest('base64')
    known.set(collection, digest)
  }
  return digest
}

/** Most are of JSON, and a body may have hundreds of thousands of them. */
function textOfPlain (value: object, known: Identities): string {
  const keys = Object.keys(value)
  if (keys.length === 0) return '{}'
  keys.sort()
  let text = '{'
  for (const key of keys) text += `${JSON.stringify(key)}:${textOf(Reflect.get(value, key), known)},`
  return `${text}}`
}

function microsInUtc ({ time, offsetSeconds = 0 }: TimeWithOffset): string {
  return `${((time.hour * 60 + time.minute) * 60 + time.second - offsetSeconds) * 1e6 + time.millisecond * 1000 + time.microsecond}Z`
}

function textOfObject (value: object, known: Identities): string {
  const prototype: unknown = Object.getPrototypeOf(value)
  const { constructor, toJSON }: { constructor?: unknown, toJSON?: unknown } = value
  if ((prototype === Object.prototype || prototype === null) && typeof toJSON !== 'function') return textOfPlain(value, known)
  if (Array.isArray(value)) return `[${value.map(item => textOf(item, known)).join()}]`
  if (value instanceof SecretText) return `Secret ${JSON.stringify(value.reveal())}`
  if (value instanceof Set || value instanceof Map) return `${value instanceof Set ? 'Set' : 'Map'} ${digestOf(value, known)}`
  // As in Python: 10:00+02:00 is 08:00Z, and without an offset it is neither.
  if (isTemporal(value, 'ZonedDateTime')) return `${isNaive(value) ? 'Naive' : 'Instant'} ${String(Reflect.get(value, 'epochNanoseconds'))}`
  if (value instanceof TimeWithOffset) return `Time ${value.offsetSeconds === undefined ? String(value) : microsInUtc(value)}`
  if (Buffer.isBuffer(value)) return `Bytes ${value.toString('base64')}`
  return typeof toJSON === 'function' ? `${Object(constructor).name} ${JSON.stringify(value)}` : `#${numberOf(value)}`
}

function textOf (value: unknown, known: Identities): string {
  switch (typeof value) {
    case 'object': return value === null ? 'null' : textOfObject(value, known)
    case 'string': return JSON.stringify(value)
    case 'bigint': return `${value}n`
    default: return String(value)
  }
}

/** Marks the text of an object: no string is the same. */
const OBJECT = '\0'

/** Returns a key for a `Set` or `Map`: two values have the same when they are equal. The order of an object's keys does not count. */
export function identityOf (value: unknown, known: Identities): unknown {
  if (typeof value === 'string') return value.startsWith(OBJECT) ? OBJECT + value : value
  return typeof value === 'object' && value !== null ? OBJECT + textOfObject(value, known) : value
}
