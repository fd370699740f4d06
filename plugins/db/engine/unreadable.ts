/**
 * Values in a database that the type of their column in TypeScript does not have: `NaN` in a decimal, `infinity` in a date, a
 * text in a `boolean` of SQLite, which checks no types. They are errors: anything else in their place would be taken for a value.
 *
 * @module
 */

import { Refusal } from '../../types/codec.ts'
import { APIKIT_ERR_STORED_VALUE } from '../errors.ts'
import type { Decode, Field } from './field.ts'

/** Thrown by what decodes a value, which does not know where it stands. */
export class Unreadable extends Error {
  /** @param noun what the column has: `decimal` */
  constructor (noun: string, value: unknown) {
    super(`${kindOf(value)}, which is no ${noun}`)
  }
}

const NAMED = /^(?:nan|[+-]?inf(?:inity)?)$/i

/** Says what a value is, and not the value itself: it may be a secret. */
function kindOf (value: unknown): string {
  if (NAMED.test(String(value))) return String(value)
  if (typeof value === 'object') return 'bytes'
  return typeof value === 'string' ? 'a text' : 'a number'
}

/** The same, of a codec: what it refuses is an error. */
export function readable (noun: string, decode: Decode): Decode {
  return value => {
    const read = decode(value)
    if (read instanceof Refusal) throw new Unreadable(noun, value)
    return read
  }
}

/** The same, of what throws. */
export function parsed (noun: string, parse: Decode): Decode {
  return value => {
    try {
      return parse(value)
    } catch {
      throw new Unreadable(noun, value)
    }
  }
}

/** @throws Unreadable if a value is none of its column */
export function demand (isReadable: boolean, noun: string, value: unknown): void {
  if (!isReadable) throw new Unreadable(noun, value)
}

/** A date that is one. */
export function validDate (noun: string, parse: Decode): Decode {
  return value => {
    const date = parse(value)
    demand(date instanceof Date && !Number.isNaN(date.getTime()), noun, value)
    return date
  }
}

/** What could not be read, with its column. */
export class UnreadableField extends Error {
  readonly field: Field

  constructor (field: Field, cause: Unreadable) {
    super(cause.message, { cause })
    this.field = field
  }
}

/** Finds the column of a row that could not be read. Other errors are of `decode` of a column, and stay as they are. */
export function unreadableField (error: unknown, raw: readonly unknown[], fields: readonly Field[]): unknown {
  if (!(error instanceof Unreadable)) return error
  const field = fields.find(({ decode }, index) => {
    try {
      if (raw[index] !== null) decode?.(raw[index])
      return false
    } catch {
      return true
    }
  })
  return new UnreadableField(field as Field, error)
}

/**
 * The error that callers get.
 *
 * @param place its table and column, where they are known
 */
export function storedValueError ({ field, message, cause }: UnreadableField, place: Pick<Field, 'table' | 'column'> = field): Error {
  const { table, column = field.name } = place
  return Object.assign(new APIKIT_ERR_STORED_VALUE(JSON.stringify(table === undefined ? field.name : `${table}.${column}`), message), { cause })
}
