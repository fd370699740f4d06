/**
 * The types of the coercion tables: for each a schema, and how a value of it is written to be compared.
 *
 * @module
 */

import { type TSchema, Type } from '@sinclair/typebox'
import {
  AnyUrl, Bytes, DateTime, Decimal, DictOf, Duration, Email, Enum, HttpUrl, IPv4, Json, Literal, Nullable, PlainDate, PlainTime, Secret, SetOf, Uuid
} from '../../plugins/types/index.ts'

export const TYPES: Readonly<Record<string, TSchema>> = {
  str: Type.String(),
  int: Type.Integer(),
  float: Type.Number(),
  bool: Type.Boolean(),
  datetime: DateTime(),
  date: PlainDate(),
  time: PlainTime(),
  timedelta: Duration(),
  UUID: Uuid(),
  Decimal: Decimal(),
  bytes: Bytes(),
  'Enum(str)': Enum(['red', 'green']),
  IntEnum: Enum([1, 2]),
  'Literal[a,b]': Literal(['a', 'b']),
  'Literal[1,2]': Literal([1, 2]),
  'list[int]': Type.Array(Type.Integer()),
  'list[str]': Type.Array(Type.String()),
  'set[int]': SetOf(Type.Integer()),
  'set[str]': SetOf(Type.String()),
  'tuple[int,str]': Type.Tuple([Type.Integer(), Type.String()]),
  'dict[int,float]': DictOf(Type.Integer(), Type.Number()),
  'dict[str,int]': Type.Record(Type.String(), Type.Integer()),
  'Union[int,str]': Type.Union([Type.Integer(), Type.String()]),
  'Union[int,float]': Type.Union([Type.Integer(), Type.Number()]),
  'Union[int,bool]': Type.Union([Type.Integer(), Type.Boolean()]),
  'Union[float,str]': Type.Union([Type.Number(), Type.String()]),
  'Union[date,datetime]': Type.Union([PlainDate(), DateTime()]),
  'Union[UUID,int,str]': Type.Union([Uuid(), Type.Integer(), Type.String()]),
  'int|None': Nullable(Type.Integer()),
  'str|None': Nullable(Type.String()),
  EmailStr: Email(),
  HttpUrl: HttpUrl(),
  AnyUrl: AnyUrl(),
  IPv4Address: IPv4(),
  SecretStr: Secret(),
  Any: Type.Any(),
  Json: Json()
}

/** Types that take several values, so that a string inside JSON is none of them. */
export const LISTS = new Set(['list[int]', 'list[str]', 'set[int]', 'set[str]', 'tuple[int,str]'])

/**
 * A value of a domain type as FastAPI's encoder writes it; beyond that an instant is in milliseconds, and a number
 * that JSON does not have is a string.
 */
export function write (value: unknown): unknown {
  if (typeof value === 'number') return Number.isFinite(value) ? value : String(value)
  if (typeof value !== 'object' || value === null) return value
  if (value instanceof Date) return value.toISOString()
  if (value instanceof Uint8Array) return Buffer.from(value).toString()
  if (value instanceof Set) return [...value].map(write)
  if (value instanceof Map) return Object.fromEntries([...value].map(([key, part]) => [String(key), write(part)]))
  if (Array.isArray(value)) return value.map(write)
  switch (Object.prototype.toString.call(value)) {
    case '[object Temporal.Duration]': return Reflect.get(value, 'total').call(value, 'seconds')
    case '[object Temporal.PlainDate]': return String(value)
    case '[object Temporal.PlainTime]': return writeTime(String(value))
    case '[object Decimal]': return write(Number(value))
  }
  return value.constructor === Object ? Object.fromEntries(Object.entries(value).map(([key, part]) => [key, write(part)])) : String(value)
}

/** With all digits of a fraction, as Python writes it. */
function writeTime (text: string): string {
  return text.replace(/\.\d+$/, fraction => fraction.padEnd(7, '0'))
}
