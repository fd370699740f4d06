/**
 * Values of a cursor, which clients can forge: whether a column can have them, in either database.
 *
 * @module
 */

import { kCodec, Refusal } from '../../types/codec.ts'
import { PlainDate, PlainTime, Uuid } from '../../types/index.ts'
import { isStorable } from '../tables/storable.ts'
import type { Dialect } from '../tables/dialect.ts'
import type { Column, Kind } from '../tables/table-types.ts'

const INTEGER = /^-?\d{1,19}$/
const NUMBER = /^-?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/
/** What PostgreSQL has besides. */
const NOT_FINITE = /^(?:NaN|-?Infinity)$/
const BITS: Partial<Record<Kind, number>> = { id: 32, integer: 32, smallint: 16, bigint: 64 }

type Given = string | number
type Read = (value: Given, column: Column) => unknown

/** Read by the codec of a domain type, and left as it is. */
function codec (schema: () => object): Read {
  let parse: ((value: unknown) => unknown) | undefined
  return value => {
    parse ??= Reflect.get(schema(), kCodec).parse as (value: unknown) => unknown
    return parse(value) instanceof Refusal ? undefined : value
  }
}

const text: Read = value => typeof value === 'string' && isStorable(value) ? value : undefined

function integer (value: Given, { kind }: Column): bigint | undefined {
  if (!INTEGER.test(String(value))) return undefined
  const number = BigInt(value)
  return BigInt.asIntN(BITS[kind] as number, number) === number ? number : undefined
}

function number (value: Given): Given | undefined {
  return NUMBER.test(String(value)) || NOT_FINITE.test(String(value)) ? value : undefined
}

const BOTH: Partial<Record<Kind, Read>> = { id: integer, integer, smallint: integer, bigint: integer, real: number, decimal: number, uuid: codec(Uuid), other: value => value }

const ONLY: Readonly<Record<Dialect, Partial<Record<Kind, Read>>>> = {
  // What has the form of a date, and is none, the server refuses.
  postgres: {
    boolean: value => value === 'true' || value === 'false' ? value : undefined,
    bytes: value => /^\\x(?:[\da-f]{2})*$/.test(String(value)) ? value : undefined
  },
  sqlite: {
    boolean: value => value === 0 || value === 1 ? value : undefined,
    date: codec(PlainDate),
    time: codec(PlainTime),
    dateTime: value => typeof value === 'string' && Number.isNaN(Date.parse(value)) ? undefined : value,
    bytes: value => typeof value === 'string' && /^(?:[\dA-F]{2})*$/.test(value) ? Buffer.from(value, 'hex') : undefined
  }
}

/** A value of a cursor as its column is compared with; `undefined` where it cannot be one of the column. */
export function placeValue (column: Column, value: Given, dialect: Dialect): unknown {
  const { kind } = column
  return (ONLY[dialect][kind] ?? BOTH[kind] ?? text)(value, column)
}
