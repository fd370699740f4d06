import { Type } from '@sinclair/typebox'
import fc from 'fast-check'
import Fastify, { type FastifyInstance } from 'fastify'
import t from 'tap'
import validation from '../../../plugins/validation/index.ts'
import { Refine } from '../../../plugins/types/index.ts'
import { bodies, KEYS, type Schema, schemas, texts } from '../random-schemas.ts'
import { json } from './reader.ts'

/** Schemas tried, half as bodies and half as parameters; more for a long look. */
const numRuns = Math.ceil(Number(process.env.APIKIT_FUZZ_RUNS ?? 300) / 2)
t.setTimeout(60_000 + numRuns * 1000)

const seed = 20260806

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

/** An app that reads by generated code, and one whose parsers read everything. */
async function apps (schema: object, parsed: object) {
  return Promise.all([schema, parsed].map(async schema => {
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

t.test('no body is a 500 or a long answer, and generated code gives what the parsers give', async t => {
  await fc.assert(fc.asyncProperty(schemas, fc.array(bodies, { minLength: 1, maxLength: 8 }), async (schema, values) => {
    const [fast, exact] = await apps({ body: schema }, { body: Refine(schema, () => {}) })
    for (const value of values) {
      const request = json(JSON.stringify(value))
      const [one, other] = [await ask(fast!.app, fast!.got, request), await ask(exact!.app, exact!.got, request)]
      if (one !== other) throw new Error(`${one}\n${other}`)
    }
    await Promise.all([fast!.app.close(), exact!.app.close()])
  }), { numRuns, seed })
  t.pass(`${numRuns} schemas`)
})

t.test('nor is a query string, and generated code gives what the parsers give', async t => {
  const parameters = fc.uniqueArray(fc.record({ key: fc.constantFrom(...KEYS), part: schemas, optional: fc.boolean() }), { maxLength: 4, selector: ({ key }) => key })
  const extras = fc.constantFrom<undefined | boolean | Schema>(undefined, true, false, Type.Integer())
  await fc.assert(fc.asyncProperty(parameters, extras, fc.array(queries, { minLength: 1, maxLength: 8 }), async (fields, additionalProperties, texts) => {
    const of = (wrap: (schema: Schema) => Schema) => ({
      querystring: Type.Object(Object.fromEntries(fields.map(({ key, part, optional }) => [key, optional ? Type.Optional(wrap(part)) : wrap(part)])),
        additionalProperties !== undefined ? { additionalProperties: additionalProperties as boolean } : {})
    })
    const [fast, exact] = await apps(of(part => part), of(part => Refine(part, () => {})))
    for (const text of texts) {
      const request = { url: `/?${text}` }
      const [one, other] = [await ask(fast!.app, fast!.got, request), await ask(exact!.app, exact!.got, request)]
      if (one !== other) throw new Error(`${one}\n${other}`)
    }
    await Promise.all([fast!.app.close(), exact!.app.close()])
  }), { numRuns, seed })
  t.pass(`${numRuns} schemas`)
})
