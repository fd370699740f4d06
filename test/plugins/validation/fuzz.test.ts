import { Type } from '@sinclair/typebox'
import fc from 'fast-check'
import Fastify, { type FastifyInstance } from 'fastify'
import t from 'tap'
import validation from '../../../plugins/validation/index.ts'
import { Bytes, DateTime, Decimal, DictOf, Duration, Email, Enum, HttpUrl, Json, Literal, Nullable, PlainDate, PlainTime, Refine, SetOf, Uuid } from '../../../plugins/types/index.ts'
import { json } from './reader.ts'

/** Schemas tried, half as bodies and half as parameters; more for a long look. */
const numRuns = Math.ceil(Number(process.env.APIKIT_FUZZ_RUNS ?? 300) / 2)
t.setTimeout(60_000 + numRuns * 1000)

const seed = 20260806

type Schema = ReturnType<typeof Type.Unsafe>

const SCALARS: readonly Schema[] = [
  Type.Integer(), Type.Integer({ minimum: 1, maximum: 9 }), Type.Integer({ multipleOf: 3 }), Type.Number(), Type.Number({ exclusiveMinimum: 0 }), Type.Number({ allowInfNan: false }),
  Type.Boolean(), Type.String(), Type.String({ minLength: 2, maxLength: 3 }), Type.String({ pattern: '^a+b?$' }), Type.String({ pattern: '(a+)+$' }), Type.String({ format: 'ipv6' }),
  Enum(['a', 'b']), Enum([1, 2]), Literal(['a', 1, true, null]), Type.Unknown(), Type.Null(),
  DateTime(), PlainDate(), PlainTime(), Duration(), Uuid(), Decimal(), Bytes(), Email(), HttpUrl(), Json(Type.Integer())
]
const KEYS = ['a', 'b', 'kind', '__proto__', 'constructor', 'a_b']
const DEFAULTS = [1, 'x', null, [], {}, true]

const { schema: schemas } = fc.letrec<{ schema: Schema, object: Schema }>(tie => {
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
      part.map(inner => Nullable(inner)))
  }
})

const texts = fc.oneof(
  fc.constantFrom('', '1', ' 1 ', '1.0', '1_0', '-0', '1e3', 'nan', 'inf', 'true', 'on', 'a', 'ab', 'aab', 'null', '[1]', '2020-01-01', '2020-01-01T10:00:00Z', '10:00', 'P1D',
    '12345678-1234-1234-1234-123456789abc', 'a@b.co', 'a@EXAMPLE.com', 'http://EXAMPLE.com', '::1', '9007199254740993'),
  fc.string({ unit: 'binary' }), fc.string())
const bodies = fc.jsonValue({ maxDepth: 4, stringUnit: 'binary' }).chain(plain => fc.oneof(
  fc.constant(plain),
  texts,
  fc.letrec(tie => ({
    value: fc.oneof({ depthSize: 'small' }, texts, fc.constantFrom(0, 1, -1, 1.5, 3, 1e30, true, false, null), fc.array(tie('value'), { maxLength: 4 }),
      fc.array(fc.tuple(fc.constantFrom(...KEYS, 'x', 'z'), tie('value')), { maxLength: 4 }).map(entries => Object.fromEntries(entries)))
  })).value))
const queries = fc.array(fc.tuple(fc.constantFrom(...KEYS, 'x', 'A-b', 'z'), fc.oneof(texts.map(text => encodeURIComponent(text.replaceAll(/\p{Surrogate}/gu, ''))), fc.constantFrom('%', '%FF', '+', '%zz', '=', ''))), { maxLength: 6 })
  .map(pairs => pairs.map(pair => pair.join('=')).join('&'))

/** How an app answers, with what its handler got as text that tells apart all that JavaScript does. */
async function ask (app: FastifyInstance, got: { value?: unknown }, request: object): Promise<string> {
  delete got.value
  const { statusCode, body } = await app.inject(request)
  if (statusCode >= 500) throw new Error(`${statusCode} ${body}`)
  if (Buffer.byteLength(body) > 65_536) throw new Error(`${Buffer.byteLength(body)} bytes`)
  return `${statusCode} ${statusCode === 200 ? described(got.value) : body}`
}

function described (value: unknown): string {
  if (value instanceof Map || value instanceof Set) return `${value.constructor.name}[${[...value].map(described).join()}]`
  if (Array.isArray(value)) return `[${value.map(described).join()}]`
  if (typeof value !== 'object' || value === null) return Object.is(value, -0) ? '0' : `${typeof value} ${String(value)}`
  const { constructor } = Object.getPrototypeOf(value)
  if (constructor !== Object) return `${constructor.name} ${JSON.stringify(value)}`
  return `{${Object.entries(value).map(([key, item]) => `${JSON.stringify(key)}:${described(item)}`).sort().join()}}`
}

/** An app whose schema has no straight way around its parsers. */
async function apps (schema: object, careful: object) {
  return Promise.all([schema, careful].map(async schema => {
    // Not by a helper that closes at the end of all: there are thousands.
    const app = Fastify({ onProtoPoisoning: 'ignore', onConstructorPoisoning: 'ignore', exposeHeadRoutes: false })
    await app.register(validation)
    const got: { value?: unknown } = {}
    app.route({
      method: 'body' in schema ? 'POST' : 'GET',
      url: '/',
      schema,
      async handler ({ query, body }) {
        got.value = 'body' in schema ? body : query
        return 'ok'
      }
    })
    return { app, got }
  }))
}

t.test('no body is a 500 or a long answer, and the straight way gives what the careful one gives', async t => {
  await fc.assert(fc.asyncProperty(schemas, fc.array(bodies, { minLength: 1, maxLength: 8 }), async (schema, values) => {
    const [straight, careful] = await apps({ body: schema }, { body: Refine(schema, () => {}) })
    for (const value of values) {
      const request = json(JSON.stringify(value))
      const [one, other] = [await ask(straight!.app, straight!.got, request), await ask(careful!.app, careful!.got, request)]
      if (one !== other) throw new Error(`${one}\n${other}`)
    }
    await Promise.all([straight!.app.close(), careful!.app.close()])
  }), { numRuns, seed })
  t.pass(`${numRuns} schemas`)
})

t.test('nor is a query string', async t => {
  const parameters = fc.uniqueArray(fc.record({ key: fc.constantFrom(...KEYS), part: schemas, optional: fc.boolean() }), { maxLength: 4, selector: ({ key }) => key })
  const extras = fc.constantFrom<undefined | boolean | Schema>(undefined, true, false, Type.Integer())
  await fc.assert(fc.asyncProperty(parameters, extras, fc.array(queries, { minLength: 1, maxLength: 8 }), async (fields, additionalProperties, texts) => {
    const of = (wrap: (schema: Schema) => Schema) => ({
      querystring: Type.Object(Object.fromEntries(fields.map(({ key, part, optional }) => [key, optional ? Type.Optional(wrap(part)) : wrap(part)])),
        additionalProperties !== undefined ? { additionalProperties: additionalProperties as boolean } : {})
    })
    const [straight, careful] = await apps(of(part => part), of(part => Refine(part, () => {})))
    for (const text of texts) {
      const request = { url: `/?${text}` }
      const [one, other] = [await ask(straight!.app, straight!.got, request), await ask(careful!.app, careful!.got, request)]
      if (one !== other) throw new Error(`${one}\n${other}`)
    }
    await Promise.all([straight!.app.close(), careful!.app.close()])
  }), { numRuns, seed })
  t.pass(`${numRuns} schemas`)
})
