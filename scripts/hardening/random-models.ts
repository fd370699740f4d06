/**
 * Random response models, with values that fit them and secrets that they do not name.
 *
 * @module
 */

import { type TSchema, Type } from '@sinclair/typebox'
import fc from 'fast-check'
import type { Selection } from '../../plugins/response-model/index.ts'
import { DateTime, DictOf, Enum, Literal, Nullable, SetOf } from '../../plugins/types/index.ts'

/** Is in all that must not leave. */
export const SECRET = 'SECRET'

/** A model, or a part of one. */
export interface Part {
  readonly schema: TSchema
  /** What a handler returns. */
  readonly value: unknown
  /** What is sent of it, as JSON. */
  readonly sent: unknown
  /** What `config.response` is to leave away. */
  readonly exclude?: { readonly [field: string]: true | Selection } | undefined
  /** Whether something in it does not fit: 500, then. */
  readonly isWrong?: boolean
}

const same = (schema: TSchema) => (value: unknown): Part => ({ schema, value, sent: value })

const instant = (date: Date): string => date.toISOString().replace('.000Z', 'Z').replace(/(\.\d{3})Z/, '$1000Z')

const leaf: fc.Arbitrary<Part> = fc.oneof(
  fc.string({ unit: 'binary' }).map(same(Type.String())),
  fc.maxSafeInteger().map(same(Type.Integer())),
  fc.maxSafeInteger().map(sent => ({ schema: Type.Integer(), value: String(sent), sent })),
  fc.double({ noNaN: true, noDefaultInfinity: true }).map(value => ({ schema: Type.Number(), value, sent: value + 0 })),
  fc.boolean().map(same(Type.Boolean())),
  fc.constantFrom('red', 'green').map(same(Enum(['red', 'green']))),
  fc.date({ min: new Date('0001-01-01'), max: new Date('9999-12-31'), noInvalidDate: true }).map(value => ({ schema: DateTime(), value, sent: instant(value) })),
  fc.uniqueArray(fc.integer(), { maxLength: 3 }).map(sent => ({ schema: SetOf(Type.Integer()), value: new Set(sent), sent })),
  { weight: 1, arbitrary: fc.constantFrom(`${SECRET} word`, [`${SECRET} list`], { key: SECRET }).map(value => ({ schema: Type.Integer(), value, sent: undefined, isWrong: true })) }
)

/** A property, and whether the value has it. */
type Property = Part & { readonly key: string, readonly name: string, readonly absent: boolean }

function property (name: string, depth: number): fc.Arbitrary<Property> {
  const kept = fc.tuple(part(name, depth - 1), fc.constantFrom('required', 'required', 'optional', 'absent', 'default', 'alias')).map(([part, way]): Property => {
    const { schema, sent, isWrong = false } = part
    const as = { ...part, key: name, name, absent: way === 'absent' }
    switch (way) {
      case 'optional': case 'absent': return { ...as, schema: Type.Optional(schema), isWrong: isWrong && way === 'optional' }
      // A default is written as it stands.
      case 'default': return isWrong ? as : { ...as, schema: { ...schema, default: sent }, absent: true }
      case 'alias': return { ...as, schema: { ...schema, alias: `${name}-alias` }, key: `${name}-alias` }
      default: return as
    }
  })
  const hidden = fc.constant<Property>({ schema: Type.String(), value: `${SECRET} hidden`, sent: undefined, key: name, name, absent: false, exclude: { [name]: true } })
  return fc.oneof({ weight: 5, arbitrary: kept }, { weight: 1, arbitrary: hidden })
}

/** The ways in which a handler may hold the fields of a model. */
const DRESSES: ReadonlyArray<(fields: Record<string, unknown>) => unknown> = [
  fields => fields,
  fields => Object.assign(Object.create(null), fields),
  fields => new Map(Object.entries(fields)),
  fields => Object.create(Object.defineProperties({}, Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, { get: () => value }]))))
]

const planted = fc.dictionary(
  fc.constantFrom('password', '__proto__', 'constructor', 'toJSON', 'f0', 'kind', 'length', 'then'),
  fc.constantFrom(SECRET, [SECRET], { inside: SECRET }, new Map([[SECRET, SECRET]])),
  { maxKeys: 3 }
)

function object (path: string, depth: number, fixed: Readonly<Record<string, TSchema>> = {}, values: Record<string, unknown> = {}): fc.Arbitrary<Part> {
  const properties = fc.integer({ min: 1, max: 4 }).chain(count => fc.tuple(...Array.from({ length: count }, (_, index) => property(`${path}_${index}`, depth))))
  return fc.tuple(properties, planted, fc.constantFrom(...DRESSES), fc.boolean()).map(([properties, secrets, dress, closed]) => {
    const schema = Type.Object({ ...fixed, ...Object.fromEntries(properties.map(({ name, schema }) => [name, schema])) }, closed ? { additionalProperties: false } : {})
    const present = properties.filter(({ absent }) => !absent)
    const value = { ...secrets, ...values, ...Object.fromEntries(present.map(({ name, value }) => [name, value])) }
    const shown = properties.filter(({ exclude, name, absent, schema }) => exclude?.[name] !== true && (!absent || 'default' in schema))
    const excludes = properties.filter(({ exclude }) => exclude !== undefined).map(({ name, exclude }) => [name, exclude?.[name] === true ? true : exclude as Selection] as const)
    return {
      schema,
      value: dress(value),
      sent: { ...values, ...Object.fromEntries(shown.map(({ key, sent }) => [key, sent])) },
      exclude: excludes.length > 0 ? Object.fromEntries(excludes) : undefined,
      isWrong: properties.some(({ isWrong, absent }) => isWrong === true && !absent)
    }
  })
}

/** One of several objects, which a literal tells apart: with a discriminator, or without one. */
function union (path: string, depth: number): fc.Arbitrary<Part> {
  const member = (name: string): fc.Arbitrary<Part> => object(`${path}${name}`, depth - 1, { kind: Literal([name]) }, { kind: name })
  return fc.tuple(member('a'), member('b'), fc.boolean(), fc.boolean()).map(([a, b, first, tagged]) => {
    const schema = Type.Union([a.schema, b.schema], tagged ? { discriminator: { propertyName: 'kind' } } : {})
    const exclude = { ...a.exclude, ...b.exclude }
    return { ...first ? a : b, schema, exclude: Object.keys(exclude).length > 0 ? exclude : undefined }
  })
}

function list (path: string, depth: number): fc.Arbitrary<Part> {
  return fc.tuple(part(path, depth - 1), fc.integer({ min: 1, max: 3 }), fc.constantFrom('array', 'record', 'map', 'nullable', 'tuple')).map(([item, count, kind]) => {
    const { schema, value, sent } = item
    const keys = Array.from({ length: count }, (_, index) => String(index))
    const of = (one: unknown): Record<string, unknown> => Object.fromEntries(keys.map(key => [key, one]))
    switch (kind) {
      case 'array': return { ...item, schema: Type.Array(schema), value: keys.map(() => value), sent: keys.map(() => sent) }
      case 'record': return { ...item, schema: Type.Record(Type.String(), schema), value: of(value), sent: of(sent) }
      case 'map': return { ...item, schema: DictOf(Type.Integer(), schema), value: new Map(keys.map(key => [Number(key), value])), sent: of(sent) }
      case 'tuple': return { ...item, schema: Type.Tuple([schema, Type.Integer()]), value: [value, count], sent: [sent, count] }
      default: return { ...item, schema: Nullable(schema) }
    }
  })
}

function part (path: string, depth: number): fc.Arbitrary<Part> {
  return depth <= 0 ? leaf : fc.oneof({ weight: 3, arbitrary: leaf }, { weight: 3, arbitrary: object(path, depth) }, list(path, depth), union(path, depth))
}

/** A model that is an object, three deep. */
export const model: fc.Arbitrary<Part> = fc.oneof({ weight: 3, arbitrary: object('f', 3) }, list('f', 3), union('f', 3))
