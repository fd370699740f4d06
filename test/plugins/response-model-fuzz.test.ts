import fc from 'fast-check'
import Fastify from 'fastify'
import t from 'tap'
import responseModel from '../../plugins/response-model/index.ts'
import { Refine } from '../../plugins/types/index.ts'
import { bodies, schemas } from './random-schemas.ts'

/** Schemas tried; more for a long look. */
const numRuns = Number(process.env.APIKIT_FUZZ_RUNS ?? 300)
t.setTimeout(60_000 + numRuns * 1000)

const seed = 20260806

class Model {
  readonly a = 1
  readonly size = 2
  get kind () { return 'a' }
}

/** What a handler may return, and no request can bring. */
const domain = fc.constantFrom<unknown>(
  new Date(0), new Date(NaN), new Map([['a', 1], ['size', 1]]), new Set([1]), 5n, NaN, Infinity, -0, new URL('http://example.com'), Buffer.from('ab'), new Model(), [undefined])
const values = fc.oneof({ weight: 4, arbitrary: bodies }, { weight: 1, arbitrary: domain }, { weight: 1, arbitrary: domain.map(value => ({ a: value, kind: 'a' })) })

t.test('generated code writes what the writers write', async t => {
  await fc.assert(fc.asyncProperty(schemas, fc.array(values, { minLength: 1, maxLength: 8 }), async (schema, values) => {
    const app = Fastify()
    await app.register(responseModel)
    let value: unknown
    app.get('/fast', { schema: { response: { 200: schema } } }, async () => value)
    app.get('/exact', { schema: { response: { 200: Refine(schema, () => {}) } } }, async () => value)
    for (value of values) {
      // A string is written by its model, null by none.
      if (value === null || value === undefined) continue
      const [fast, exact] = [await app.inject('/fast'), await app.inject('/exact')]
      if (fast.statusCode !== exact.statusCode || fast.body !== exact.body) throw new Error(`${fast.statusCode} ${fast.body}\n${exact.statusCode} ${exact.body}`)
    }
    await app.close()
  }), { numRuns, seed })
  t.pass(`${numRuns} schemas`)
})
