/**
 * The columns of a table: what they hold, in the database, in a row and on the wire.
 *
 * @module
 */

import type { Static, TBoolean, TInteger, TNull, TNumber, TSchema, TString, TUnion, TUnsafe } from '@fastify/type-provider-typebox'
import { type ArrayOptions, type IntegerOptions, type NumberOptions, type SchemaOptions, type StringOptions, Type } from '@sinclair/typebox'
import { Bytes, type BytesOptions, DateTime, Decimal, type DecimalOptions, Enum, Nullable, PlainDate, Uuid } from '../../types/index.ts'
import { copyOf } from '../../types/typebox.ts'
import { BigInteger } from './big-integer.ts'
import * as storable from './storable.ts'
import type { Column, Kind, Reference } from './table-types.ts'

export type { Column, ForeignAction, Kind, Reference } from './table-types.ts'

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
  /** Given when a row is made without; `'now'` for a `dateTime`. */
  readonly default?: unknown
  /** `'users.id'`, or with what happens when that row goes. */
  readonly references?: string | Reference
  /** The key of the table, or with others a part of it. */
  readonly primaryKey?: boolean
}

type Is<O, Key extends keyof ColumnOptions> = O extends { readonly [key in Key]: infer Value } ? Value extends false | undefined ? false : true : false
type Either<A, B> = A extends true ? true : B extends true ? true : false
type Made<S extends TSchema, O> = Column<
  Is<O, 'nullable'> extends true ? TUnion<[S, TNull]> : S, Either<Is<O, 'nullable'>, Is<O, 'default'>>, Is<O, 'hidden'>, false>

type With<Own> = ColumnOptions & Omit<Own, keyof ColumnOptions>

const OWN = new Set(['nullable', 'unique', 'index', 'hidden', 'references', 'primaryKey'])

interface Making extends Partial<Column> {
  /** The schema of a value from outside, where it has bounds that one from the database need not be checked for. */
  readonly given?: (options: object) => TSchema
}

/** Splits the options of a column from those of its schema. */
function make (kind: Kind, options: ColumnOptions & SchemaOptions, schemaOf: (options: object) => TSchema, { given = schemaOf, ...more }: Making = {}): unknown {
  const { nullable = false, unique = false, index = false, hidden = false, primaryKey = false, references } = options
  const rest = Object.fromEntries(Object.entries(options).filter(([key]) => !OWN.has(key) && key !== 'default'))
  // In a schema a default is what stands on the wire; what the database makes has none there.
  const shown = options.default === undefined || (kind === 'dateTime' && options.default === 'now') ? {} : { default: options.default }
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
    optional: nullable || options.default !== undefined,
    generated: false,
    default: options.default,
    references: typeof references === 'string' ? reference(references) : references,
    values: [],
    digits: undefined,
    ...more
  } satisfies Column
}

function reference (text: string): Reference {
  const [table = '', column = ''] = text.split('.')
  return { table, column }
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
 *   created_at: column.dateTime({ default: 'now' })
 * })
 * ```
 */
export const column = {
  /** The key that the database counts up; it gives none twice, also after rows are deleted. */
  id: (): Column<TInteger, true, false, true> =>
    make('id', { primaryKey: true }, own => Type.Integer(own), { given: storable.integer, generated: true, optional: true }) as never,
  /** An integer of 32 bits. */
  integer: <const O extends With<IntegerOptions> = {}>(options?: O): Made<TInteger, O> =>
    make('integer', options ?? {}, own => Type.Integer(own), { given: storable.integer }) as never,
  /** An integer of 64 bits: `bigint` in a row. */
  bigint: <const O extends With<SchemaOptions> = {}>(options?: O): Made<TUnsafe<bigint>, O> =>
    make('bigint', options ?? {}, own => BigInteger(own)) as never,
  /** A double; finite, as SQLite makes NULL of NaN. */
  real: <const O extends With<NumberOptions> = {}>(options?: O): Made<TNumber, O> =>
    make('real', options ?? {}, own => Type.Number(own), { given: own => Type.Number({ allowInfNan: false, ...own }) }) as never,
  /** An exact decimal, `Decimal` of decimal.js in a row; up to 15 digits it is sorted and compared as a number in SQLite, too. */
  decimal: <const O extends With<DecimalOptions> = {}>(precision: number, scale: number, options?: O): Made<ReturnType<typeof Decimal>, O> =>
    make('decimal', options ?? {}, own => Decimal({ maxDigits: precision, decimalPlaces: scale, ...own }), {
      given: own => storable.decimal(Decimal({ maxDigits: precision, decimalPlaces: scale, ...own }), precision, scale), digits: [precision, scale]
    }) as never,
  /** Text without U+0000. */
  text: <const O extends With<StringOptions> = {}>(options?: O): Made<TString, O> =>
    make('text', options ?? {}, own => Type.String(own), { given: own => storable.text(Type.String(own)) }) as never,
  boolean: <const O extends With<SchemaOptions> = {}>(options?: O): Made<TBoolean, O> =>
    make('boolean', options ?? {}, own => Type.Boolean(own)) as never,
  /** Any JSON that the schema describes: objects, lists, strings, numbers, booleans. `null` is the column's own. */
  json: <S extends TSchema, const O extends With<ArrayOptions> = {}>(schema: S, options?: O): Made<S, O> =>
    make('json', options ?? {}, own => copyOf(schema, own), { given: own => storable.json(copyOf(schema, own)) }) as never,
  /** An instant: `Date` in a row. */
  dateTime: <const O extends With<SchemaOptions> = {}>(options?: O): Made<ReturnType<typeof DateTime>, O> =>
    make('dateTime', options ?? {}, own => DateTime(own), { given: storable.dateTime }) as never,
  /** A day: `Temporal.PlainDate` in a row. */
  date: <const O extends With<SchemaOptions> = {}>(options?: O): Made<ReturnType<typeof PlainDate>, O> =>
    make('date', options ?? {}, own => PlainDate(own)) as never,
  /** One of some strings, which the database checks, too. */
  enum: <const V extends readonly [string, ...string[]], const O extends With<SchemaOptions> = {}>(values: V, options?: O): Made<TUnsafe<V[number]>, O> =>
    make('enum', options ?? {}, own => Enum(values, own), { values }) as never,
  uuid: <const O extends With<SchemaOptions> = {}>(options?: O): Made<ReturnType<typeof Uuid>, O> =>
    make('uuid', options ?? {}, own => Uuid(own)) as never,
  /** Bytes: `Buffer` in a row. */
  bytes: <const O extends With<BytesOptions> = {}>(options?: O): Made<ReturnType<typeof Bytes>, O> =>
    make('bytes', options ?? {}, own => Bytes(own)) as never
}

/** The value of a column in a row. */
export type ValueOf<C> = C extends Column<infer S> ? Static<S> : never
