/**
 * The columns of a table: what they hold, in the database, in a row and on the wire.
 *
 * @module
 */

import type { Static, TArray, TBoolean, TInteger, TNull, TNumber, TSchema, TString, TUnion, TUnsafe } from '@fastify/type-provider-typebox'
import { type ArrayOptions, type IntegerOptions, type NumberOptions, type SchemaOptions, type StringOptions, Type } from '@sinclair/typebox'
import {
  Bytes, type BytesOptions, DateTime, Decimal, type DecimalOptions, Duration, Email, type EmailOptions, Enum, Nullable, PlainDate, PlainTime, Uuid
} from '../../types/index.ts'
import { copyOf } from '../../types/typebox.ts'
import { BigInteger } from './big-integer.ts'
import { Raw, type SqlText } from './raw.ts'
import * as storable from './storable.ts'
import type { Column, Conversion, Generated, Kind, Reference, SqlType } from './table-types.ts'
import { arrayType, decimalType, lengthType, typeOf } from './types-of-columns.ts'

export type { Column, Computed, Conversion, Deferrable, ForeignAction, Generated, Kind, Reference } from './table-types.ts'

/** What every column can be. */
export interface ColumnOptions {
  /** May be `null`; then it need not be given. */
  readonly nullable?: boolean
  /** No two rows have the same. */
  readonly unique?: boolean
  /** Looked up often. */
  readonly index?: boolean
  /** Never in `Public`, `Create` and `Update`: password hashes, secrets. */
  readonly hidden?: boolean
  /** Never set by clients: not in `Create` and `Update`, and marked `readOnly` in `Public`. */
  readonly readOnly?: boolean
  /** Set by the handler, never by clients: not in `Create` and `Update`. */
  readonly serverSet?: boolean
  /** Given when a row is made without; `'now'` for a `dateTime`, `raw('…')` for SQL. */
  readonly default?: unknown
  /** What the database puts in: `'identity'`, `'uuid'`, or `{ as: 'price * amount' }`. Never set by clients. */
  readonly generated?: Generated
  /** `'users.id'`, or with what happens when that row goes. */
  readonly references?: string | Reference
  /** The key of the table, or with others a part of it. Not in `Update`. */
  readonly primaryKey?: boolean
  /** A collation by its name in SQL, for texts. */
  readonly collate?: SqlText
  /** The name that it had: `diff` renames it, and ignores this once the old name is gone. */
  readonly renamedFrom?: string
}

type Is<O, Key extends keyof ColumnOptions> = O extends { readonly [key in Key]: infer Value } ? Value extends false | undefined ? false : true : false
/** `false` is a default. */
type HasDefault<O> = O extends { readonly default: infer Value } ? Value extends undefined ? false : true : false
type Either<A, B> = A extends true ? true : B extends true ? true : false
type Made<S extends TSchema, O> = Column<
  Is<O, 'nullable'> extends true ? TUnion<[S, TNull]> : S, Either<Is<O, 'nullable'>, Either<HasDefault<O>, Is<O, 'generated'>>>, Is<O, 'hidden'>,
  Either<Is<O, 'generated'>, Either<Is<O, 'readOnly'>, Is<O, 'serverSet'>>>, Is<O, 'primaryKey'>>

type With<Own> = ColumnOptions & Omit<Own, keyof ColumnOptions>

const OWN = new Set([
  'nullable', 'unique', 'index', 'hidden', 'readOnly', 'serverSet', 'default', 'generated', 'references', 'primaryKey', 'collate', 'renamedFrom'
])

interface Making extends Partial<Column> {
  readonly type: SqlType
  /** The schema of a value from outside, where it has bounds that one from the database need not be checked for. */
  readonly given?: (options: object) => TSchema
}

/** Splits the options of a column from those of its schema. */
function make (kind: Kind, options: ColumnOptions & SchemaOptions, schemaOf: (options: object) => TSchema, { given = schemaOf, ...more }: Making): unknown {
  const { nullable = false, unique = false, index = false, hidden = false, readOnly = false, serverSet = false, primaryKey = false, references, generated } = options
  const rest = Object.fromEntries(Object.entries(options).filter(([key]) => !OWN.has(key)))
  // In a schema a default is what stands on the wire; what the database makes has none there.
  const isMade = options.default === undefined || options.default instanceof Raw || (kind === 'dateTime' && options.default === 'now')
  const shown = isMade ? {} : { default: options.default }
  const schema = (of: (options: object) => TSchema): TSchema => nullable ? Nullable(of(rest), shown) : of({ ...rest, ...shown })
  return {
    kind,
    schema: schema(given),
    stored: schema(schemaOf),
    nullable,
    unique,
    index,
    hidden,
    primaryKey,
    readOnly,
    optional: nullable || options.default !== undefined || generated !== undefined,
    generated: generated !== undefined || readOnly || serverSet,
    made: generated,
    default: options.default,
    references: typeof references === 'string' ? reference(references) : references,
    collate: options.collate,
    renamedFrom: options.renamedFrom,
    values: [],
    native: undefined,
    digits: undefined,
    conversion: undefined,
    ...more
  } satisfies Column
}

/** `'users.id'`, `'shop.users.id'`: the column stands last. */
function reference (text: string): Reference {
  const at = text.lastIndexOf('.')
  return { table: text.slice(0, Math.max(at, 0)), column: at < 0 ? '' : text.slice(at + 1) }
}

/** Text of at most so many characters. */
function ofLength (kind: 'varchar' | 'char', length: number, options: ColumnOptions & SchemaOptions & { readonly maxLength?: number }): unknown {
  const { maxLength = length } = options
  const bounded = { ...options, maxLength: Math.min(maxLength, length) }
  return make(kind, bounded, own => Type.String(own), { type: lengthType(kind, length), given: own => storable.text(Type.String(own)), digits: [length, 0] })
}

/** The name of a type, which PostgreSQL would else read in lower case. */
function typeName (name: string): string {
  return name.split('.').map(part => `"${part.replaceAll('"', '""')}"`).join('.')
}

/**
 * The columns that there are, by what they hold. Each takes the options of a column, and those of its schema, which
 * bodies are checked with.
 *
 * ```ts
 * const posts = table('posts', {
 *   id: column.id(),
 *   title: column.text({ minLength: 1, maxLength: 200 }),
 *   author_id: column.integer({ references: { table: 'users', column: 'id', onDelete: 'cascade' } }),
 *   price: column.decimal(10, 2, { default: '0.00' }),
 *   tags: column.json(Type.Array(Type.String()), { default: [] }),
 *   created_at: column.dateTime({ default: 'now', readOnly: true })
 * })
 * ```
 */
export const column = {
  /** The key that the database counts up; it gives none twice, also after rows are deleted. */
  id: (): Column<TInteger, true, false, true, true> =>
    make('id', { primaryKey: true, generated: 'identity' }, own => Type.Integer(own), { type: typeOf('id'), given: storable.integer }) as never,
  /** An integer of 32 bits. */
  integer: <const O extends With<IntegerOptions> = {}>(options?: O): Made<TInteger, O> =>
    make('integer', options ?? {}, own => Type.Integer(own), { type: typeOf('integer'), given: storable.integer }) as never,
  /** An integer of 16 bits. */
  smallint: <const O extends With<IntegerOptions> = {}>(options?: O): Made<TInteger, O> =>
    make('smallint', options ?? {}, own => Type.Integer(own), { type: typeOf('smallint'), given: storable.smallint }) as never,
  /** An integer of 64 bits: `bigint` in a row. */
  bigint: <const O extends With<SchemaOptions> = {}>(options?: O): Made<TUnsafe<bigint>, O> =>
    make('bigint', options ?? {}, own => BigInteger(own), { type: typeOf('bigint') }) as never,
  /** A double; finite, as SQLite makes NULL of NaN. */
  real: <const O extends With<NumberOptions> = {}>(options?: O): Made<TNumber, O> =>
    make('real', options ?? {}, own => Type.Number(own), { type: typeOf('real'), given: own => Type.Number({ allowInfNan: false, ...own }) }) as never,
  /** An exact decimal, `Decimal` of decimal.js in a row. With more than 15 digits it is text in SQLite, which Kysely's statements compare as a number. */
  decimal: <const O extends With<DecimalOptions> = {}>(precision: number, scale: number, options?: O): Made<ReturnType<typeof Decimal>, O> =>
    make('decimal', options ?? {}, own => Decimal({ maxDigits: precision, decimalPlaces: scale, ...own }), {
      type: decimalType(precision, scale),
      given: own => storable.decimal(Decimal({ maxDigits: precision, decimalPlaces: scale, ...own }), precision, scale),
      digits: [precision, scale]
    }) as never,
  /** Text without U+0000. */
  text: <const O extends With<StringOptions> = {}>(options?: O): Made<TString, O> =>
    make('text', options ?? {}, own => Type.String(own), { type: typeOf('text'), given: own => storable.text(Type.String(own)) }) as never,
  /** Text of at most so many characters, which PostgreSQL checks, too. */
  varchar: <const O extends With<StringOptions> = {}>(length: number, options?: O): Made<TString, O> => ofLength('varchar', length, options ?? {}) as never,
  /** Text of so many characters: PostgreSQL fills it up with blanks. */
  char: <const O extends With<StringOptions> = {}>(length: number, options?: O): Made<TString, O> => ofLength('char', length, options ?? {}) as never,
  /** An e-mail address, checked as pydantic checks it. */
  email: <const O extends With<EmailOptions> = {}>(options?: O): Made<TUnsafe<string>, O> =>
    make('email', options ?? {}, own => Email(own), { type: typeOf('email') }) as never,
  boolean: <const O extends With<SchemaOptions> = {}>(options?: O): Made<TBoolean, O> =>
    make('boolean', options ?? {}, own => Type.Boolean(own), { type: typeOf('boolean') }) as never,
  /** Any JSON that the schema describes: objects, lists, strings, numbers, booleans. `null` is the column's own. */
  json: <S extends TSchema, const O extends With<ArrayOptions> = {}>(schema: S, options?: O): Made<S, O> =>
    make('json', options ?? {}, own => copyOf(schema, own), { type: typeOf('json'), given: own => storable.json(copyOf(schema, own)) }) as never,
  /** An instant: `Date` in a row. */
  dateTime: <const O extends With<SchemaOptions> = {}>(options?: O): Made<ReturnType<typeof DateTime>, O> =>
    make('dateTime', options ?? {}, own => DateTime(own), { type: typeOf('dateTime'), given: storable.dateTime }) as never,
  /** A day: `Temporal.PlainDate` in a row. */
  date: <const O extends With<SchemaOptions> = {}>(options?: O): Made<ReturnType<typeof PlainDate>, O> =>
    make('date', options ?? {}, own => PlainDate(own), { type: typeOf('date') }) as never,
  /** A time of the day: `Temporal.PlainTime` in a row. */
  time: <const O extends With<SchemaOptions> = {}>(options?: O): Made<ReturnType<typeof PlainTime>, O> =>
    make('time', options ?? {}, own => PlainTime(own), { type: typeOf('time') }) as never,
  /** A span of time: `Temporal.Duration` in a row; ISO 8601 in SQLite. */
  interval: <const O extends With<SchemaOptions> = {}>(options?: O): Made<ReturnType<typeof Duration>, O> =>
    make('interval', options ?? {}, own => Duration(own), { type: typeOf('interval') }) as never,
  /** One of some strings, which the database checks, too; `native` is the name of a type of PostgreSQL, instead of a check. */
  enum: <const V extends readonly [string, ...string[]], const O extends With<SchemaOptions> & { readonly native?: string } = {}>(values: V, options?: O): Made<TUnsafe<V[number]>, O> => {
    const { native, ...rest } = (options ?? {}) as With<SchemaOptions> & { readonly native?: string }
    const type = native === undefined ? typeOf('enum') : { sqlite: 'text', postgres: typeName(native) }
    return make('enum', rest, own => Enum(values, own), { type, values, native }) as never
  },
  uuid: <const O extends With<SchemaOptions> = {}>(options?: O): Made<ReturnType<typeof Uuid>, O> =>
    make('uuid', options ?? {}, own => Uuid(own), { type: typeOf('uuid') }) as never,
  /** Bytes: `Buffer` in a row. */
  bytes: <const O extends With<BytesOptions> = {}>(options?: O): Made<ReturnType<typeof Bytes>, O> =>
    make('bytes', options ?? {}, own => Bytes(own), { type: typeOf('bytes') }) as never,
  /** A list: an array of PostgreSQL, JSON in SQLite. Of texts, UUIDs, enums, booleans, and numbers that JavaScript has. */
  array: <C extends Column, const O extends With<ArrayOptions> = {}>(item: C, options?: O): Made<TArray<C['schema']>, O> =>
    make('array', options ?? {}, own => Type.Array(item.stored, own), { type: arrayType(item.type), given: own => Type.Array(item.schema, own) }) as never,
  /**
   * A column of any type of the database, by its name in SQL.
   *
   * ```ts
   * search: column.of('tsvector', Type.String(), { generated: { as: "to_tsvector('english', title)" } })
   * spot: column.of('point', Point, { decode: (text: string) => pointOf(text), encode: ({ x, y }: Point) => `(${x},${y})` })
   * ```
   *
   * @param type as the databases write it, or `{ postgres, sqlite }`
   * @param schema of its value in a row
   */
  of: <S extends TSchema, const O extends With<SchemaOptions> & Conversion = {}>(type: string | SqlType, schema: S, options?: O): Made<S, O> => {
    const { decode, encode, ...rest } = (options ?? {}) as With<SchemaOptions> & Conversion
    return make('other', rest, own => copyOf(schema, own), {
      type: typeof type === 'string' ? { sqlite: type, postgres: type } : type,
      conversion: decode === undefined && encode === undefined ? undefined : { decode, encode }
    }) as never
  }
}

/** The value of a column in a row. */
export type ValueOf<C> = C extends Column<infer S> ? Static<S> : never
