/**
 * Random schemas of all that the plugins understand, and values that may fit them.
 *
 * @module
 */

import { Type } from '@sinclair/typebox'
import fc from 'fast-check'
import { Bytes, DateTime, Decimal, DictOf, Duration, Email, Enum, HttpUrl, Json, Literal, Nullable, PlainDate, PlainTime, Refine, SetOf, Uuid } from '../../plugins/types/index.ts'

export type Schema = ReturnType<typeof Type.Unsafe>

const SCALARS: readonly Schema[] = [
  Type.Integer(), Type.Integer({ minimum: 1, maximum: 9 }), Type.Integer({ multipleOf: 3 }), Type.Number(), Type.Number({ exclusiveMinimum: 0 }), Type.Number({ allowInfNan: false }),
  Type.Boolean(), Type.String(), Type.String({ minLength: 2, maxLength: 3 }), Type.String({ pattern: '^a+b?$' }), Type.String({ pattern: '(a+)+$' }), Type.String({ format: 'ipv6' }),
  Enum(['a', 'b']), Enum([1, 2]), Literal(['a', 1, true, null]), Literal([1]), Type.Unknown(), Type.Null(),
  DateTime(), PlainDate(), PlainTime(), Duration(), Uuid(), Decimal(), Bytes(), Email(), HttpUrl(), Json(Type.Integer()),
  Refine(Type.String(), text => `${text}!`)
]
export const KEYS = ['a', 'b', 'kind', '__proto__', 'constructor', 'a_b', '1', 'size']
/** What tells the members of a union apart, or nearly. */
const TAGS = [Literal(['a']), Literal(['b', 'c']), Literal([1]), Literal([true]), Literal(['1']), Enum([1, 2]), Literal([null])]
const DEFAULTS = [1, 'x', null, [], {}, true]

export const { schema: schemas } = fc.letrec<{ schema: Schema, object: Schema }>(tie => {
  const part = tie('schema')
  const field = fc.record({
    key: fc.constantFrom(...KEYS), part, optional: fc.boolean(), alias: fc.option(fc.constantFrom('x', 'a', 'A-b'), { nil: undefined, freq: 5 }), default: fc.option(fc.constantFrom(...DEFAULTS), { nil: undefined, freq: 4 })
  }).map(({ key, part, optional, alias, default: given }) => {
    const schema = { ...part, ...alias !== undefined && { alias }, ...given !== undefined && { default: given } } as Schema
    return [key, optional ? Type.Optional(schema) : schema] as const
  })
  const extras = fc.constantFrom<undefined | boolean | Schema>(undefined, true, false, Type.Integer())
  return {
    object: fc.tuple(fc.uniqueArray(field, { maxLength: 4, selector: ([key]) => key }), extras).map(([fields, additionalProperties]) =>
      Type.Object(Object.fromEntries(fields), additionalProperties !== undefined ? { additionalProperties: additionalProperties as boolean } : {})),
    schema: fc.oneof({ depthSize: 'small', withCrossShrink: true },
      fc.constantFrom(...SCALARS),
      tie('object'),
      fc.tuple(part, fc.option(fc.nat(2), { nil: undefined })).map(([item, maxItems]) => Type.Array(item, maxItems !== undefined ? { minItems: 1, maxItems: maxItems + 1 } : {})),
      part.map(item => SetOf(item, { maxItems: 2 })),
      fc.array(part, { maxLength: 3 }).map(items => Type.Tuple(items)),
      part.map(value => Type.Record(Type.String(), value)),
      fc.tuple(fc.constantFrom(...SCALARS), part).map(([key, value]) => DictOf(key, value)),
      fc.array(part, { minLength: 1, maxLength: 3 }).map(members => Type.Union(members)),
      fc.tuple(tie('object'), tie('object')).map(([a, b]) => Type.Union([
        Type.Object({ ...a.properties as object, kind: Type.Literal('a') }), Type.Object({ ...b.properties as object, kind: Type.Literal('b') })
      ], { discriminator: { propertyName: 'kind' } })),
      fc.uniqueArray(fc.tuple(tie('object'), fc.constantFrom(...TAGS)), { minLength: 2, maxLength: 3, selector: ([, tag]) => tag }).map(members =>
        Type.Union(members.map(([object, kind]) => Type.Object({ ...object.properties as object, kind })))),
      part.map(inner => Nullable(inner)))
  }
})

export const texts = fc.oneof(
  fc.constantFrom('', '1', ' 1 ', '1.0', '1_0', '-0', '1e3', 'nan', 'inf', 'true', 'on', 'a', 'ab', 'aab', 'null', '[1]', '2020-01-01', '2020-01-01T10:00:00Z', '10:00', 'P1D',
    '12345678-1234-1234-1234-123456789abc', 'a@b.co', 'a@EXAMPLE.com', 'http://EXAMPLE.com', '::1', '9007199254740993'),
  fc.string({ unit: 'binary' }), fc.string())
export const bodies = fc.jsonValue({ maxDepth: 4, stringUnit: 'binary' }).chain(plain => fc.oneof(
  fc.constant(plain),
  texts,
  fc.letrec(tie => ({
    value: fc.oneof({ depthSize: 'small' }, texts, fc.constantFrom(0, 1, -1, 1.5, 3, 1e30, true, false, null), fc.array(tie('value'), { maxLength: 4 }),
      fc.array(fc.tuple(fc.constantFrom(...KEYS, 'x', 'z'), tie('value')), { maxLength: 4 }).map(entries => Object.fromEntries(entries)),
      fc.tuple(fc.constantFrom('a', 'b', 1, true, '1', null), fc.array(fc.tuple(fc.constantFrom(...KEYS), tie('value')), { maxLength: 3 })).map(([kind, entries]) => ({ ...Object.fromEntries(entries), kind })))
  })).value))
