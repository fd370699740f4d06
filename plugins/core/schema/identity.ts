/**
 * What makes two values the same: by what they stand for, and not by what they show. JSON does not tell: a secret is
 * asterisks there, an infinite number `null`, a set `{}`, and a bigint an error.
 *
 * @module
 */

import { SecretText } from '../../types/secret.ts'

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

function textOfObject (value: object): string {
  if (Array.isArray(value)) return `[${value.map(textOf).join()}]`
  if (value instanceof SecretText) return `Secret ${JSON.stringify(value.reveal())}`
  if (value instanceof Set) return `Set {${sorted([...value].map(textOf))}}`
  if (value instanceof Map) return `Map {${sorted([...value].map(entry => entry.map(textOf).join(':')))}}`
  if (Buffer.isBuffer(value)) return `Bytes ${value.toString('base64')}`
  const { constructor, toJSON }: { constructor?: unknown, toJSON?: unknown } = value
  if (typeof toJSON === 'function') return `${Object(constructor).name} ${JSON.stringify(value)}`
  const prototype = Object.getPrototypeOf(value)
  if (prototype !== Object.prototype && prototype !== null) return `#${numberOf(value)}`
  return `{${sorted(Object.entries(value).map(([key, member]) => `${JSON.stringify(key)}:${textOf(member)}`))}}`
}

function textOf (value: unknown): string {
  switch (typeof value) {
    case 'object': return value === null ? 'null' : textOfObject(value)
    case 'string': return JSON.stringify(value)
    case 'bigint': return `${value}n`
    default: return String(value)
  }
}

/** Marks the text of an object: no string is the same. */
const OBJECT = '\0'

/** Returns a key for a `Set` or `Map`: two values have the same when they are equal. The order of an object's keys does not count. */
export function identityOf (value: unknown): unknown {
  if (typeof value === 'string') return value.startsWith(OBJECT) ? OBJECT + value : value
  return typeof value === 'object' && value !== null ? OBJECT + textOfObject(value) : value
}
