/**
 * What a column can hold, as its schema says it to clients: one set of bounds for both databases, so that an app that
 * runs on SQLite refuses what PostgreSQL would.
 *
 * @module
 */

import type { Decimal as DecimalJs } from 'decimal.js'
import type { TSchema } from '@fastify/type-provider-typebox'
import { type IntegerOptions, Type } from '@sinclair/typebox'
import { DateTime, Refine } from '../../types/index.ts'

function bounded (bits: number): (options: IntegerOptions) => TSchema {
  const [least, most] = [-(2 ** (bits - 1)), 2 ** (bits - 1) - 1]
  return ({ minimum = least, maximum = most, ...options }) => Type.Integer({ ...options, minimum: Math.max(minimum, least), maximum: Math.min(maximum, most) })
}

/** An integer of 32 bits, PostgreSQL's `integer`; narrower bounds of its own hold. */
export const integer = bounded(32)

/** An integer of 16 bits. */
export const smallint = bounded(16)

/** Whether both databases keep a text as it is. */
export function isStorable (text: string): boolean {
  return !text.includes('\0') && text.isWellFormed()
}

const UNSTORABLE = 'must not contain U+0000 or half of a surrogate pair'

function checkText (text: string): void {
  if (!isStorable(text)) throw new Error(UNSTORABLE)
}

/** PostgreSQL has no U+0000 in text, and no database has halves of surrogate pairs: they would be stored as U+FFFD. */
export function text (schema: TSchema): TSchema {
  return Refine(schema, checkText as (value: unknown) => void)
}

/** Whether a test holds for all in a value that JSON writes as it is: keys, texts, numbers. */
function every (value: unknown, test: (value: unknown) => boolean): boolean {
  if (typeof value !== 'object' || value === null) return test(value)
  if ('toJSON' in value && typeof value.toJSON === 'function') return true
  return Object.entries(value).every(([key, member]) => test(key) && every(member, test))
}

/** Whether no number in it is NaN or infinite: JSON would make `null` of that. */
export function isFiniteThroughout (value: unknown): boolean {
  return every(value, part => typeof part !== 'number' || Number.isFinite(part))
}

function checkJson (value: unknown): void {
  if (!every(value, part => typeof part !== 'string' || isStorable(part))) throw new Error(UNSTORABLE)
  if (!isFiniteThroughout(value)) throw new Error('must not contain NaN or an infinite number')
}

/** The same of all strings in it, and of its keys; its numbers are finite. */
export function json (schema: TSchema): TSchema {
  return Refine(schema, checkJson as (value: unknown) => void)
}

/** Of so many digits at most, rounded as the database will: PostgreSQL refuses what becomes longer so, and SQLite keeps it. */
export function decimal (schema: TSchema, precision: number, scale: number): TSchema {
  const bound = `1e${precision - scale}`
  return Refine(schema, (value: unknown) => {
    const rounded = (value as DecimalJs).toDecimalPlaces(scale, 4)
    if (rounded.abs().gte(bound)) throw new Error(`must have at most ${precision - scale} digits before the decimal point, rounded`)
  })
}

// The years 1 to 9999, in UTC: an offset can lead out of them, and then neither text is sorted nor read as a date.
const [FIRST, LAST] = [Date.parse('0001-01-01T00:00:00Z'), Date.parse('9999-12-31T23:59:59.999Z')]

function checkInstant (instant: Date): void {
  if (!(instant.getTime() >= FIRST && instant.getTime() <= LAST)) throw new Error('must be in the years 1 to 9999, in UTC')
}

/** An instant that ISO 8601 writes with four digits of the year. */
export function dateTime (options: object): TSchema {
  return Refine(DateTime(options), checkInstant)
}
