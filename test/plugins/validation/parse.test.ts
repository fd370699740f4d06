import { Writable } from 'node:stream'
import { Type } from '@sinclair/typebox'
import t from 'tap'
import errors, { UnprocessableContent } from '../../../plugins/errors/index.ts'
import { fieldsSet } from '../../../plugins/response-model/index.ts'
import { parse, ValidationError } from '../../../plugins/validation/index.ts'
import { Bytes, DateTime, DictOf, Embed, Nullable, PlainDate, Refine, SetOf } from '../../../plugins/types/index.ts'
import { bare } from '../../helper.ts'
import { bodyReader } from './reader.ts'

const Item = Type.Object({
  name: Refine(Type.String({ maxLength: 50 }), name => {
    if (name === 'admin') throw new Error('is taken')
  }),
  price: Type.Number({ exclusiveMinimum: 0 }),
  tags: SetOf(Type.String(), { default: [] }),
  soldAt: Type.Optional(Nullable(DateTime(), { alias: 'sold_at' }))
}, { title: 'Item' })

/** What `parse` says of a value that does not fit. */
function refused (...args: Parameters<typeof parse>): ValidationError {
  try {
    parse(...args)
  } catch (error) {
    if (error instanceof ValidationError) return error
    throw error
  }
  throw new Error('it fits')
}

t.test('a value is converted, filled with defaults and rid of other keys; what was given stays as it was', async t => {
  const given = { name: 'pen', price: '1.5', sold_at: '2026-01-01T00:00:00Z', more: 1 }
  const item = parse(Item, given)
  t.strictSame(item, { name: 'pen', price: 1.5, tags: new Set(), soldAt: new Date('2026-01-01T00:00:00Z') })
  t.strictSame([...fieldsSet(item)].sort(), ['name', 'price', 'soldAt'], 'and it is known which fields were set')
  t.strictSame(given, { name: 'pen', price: '1.5', sold_at: '2026-01-01T00:00:00Z', more: 1 })
  t.not(parse(Item, given).tags, item.tags, 'each value has defaults of its own')
})

t.test('a schema may be of any kind, and contain itself', async t => {
  t.equal(parse(Type.Integer(), ' 1_000 '), 1000)
  t.strictSame(parse(Type.Array(Type.Boolean()), ['yes', 0]), [true, false])
  t.equal(parse(Nullable(Type.String()), null), null)
  t.equal(parse(Type.Transform(Type.String()).Decode(text => text.length).Encode(String), 'four'), 4)
  t.strictSame(parse(Type.Recursive(This => Type.Object({ next: Type.Optional(This) })), { next: { next: {} } }), { next: { next: {} } })
})

t.test('nothing is a default, or missing', async t => {
  t.strictSame(parse(SetOf(Type.Integer(), { default: [1] }), undefined), new Set([1]))
  t.strictSame(refused(Type.Integer(), undefined).errors(), [{ type: 'missing', loc: [], msg: 'Field required', input: null }])
})

t.test('issues are those of a request body, with a place that begins in the value', async t => {
  const wrong = [{}, [], 'text', null, { name: 'admin', price: 0, tags: 'x', sold_at: 'never' }, { name: 'x'.repeat(51), price: '1,5' }]
  const { refuses } = await bodyReader(t, Type.Object({ value: Item }))
  for (const value of wrong) {
    const issues = await refuses({ value })
    t.strictSame(refused(Item, value).errors(), issues.map(({ loc, ...issue }) => ({ ...issue, loc: loc.slice(2) })), JSON.stringify(value))
  }
  t.strictSame(refused(Embed({ item: Item }), { item: {} }).errors().map(({ loc }) => loc), [['item', 'name'], ['item', 'price']])
})

t.test('what is of the domain already is checked, and taken', async t => {
  const Row = Type.Object({ at: DateTime(), tags: SetOf(Type.Integer()), byDay: DictOf(PlainDate(), Type.Integer({ minimum: 0 })) })
  const row = parse(Row, { at: '2026-01-01T00:00:00Z', tags: [1], byDay: { '2026-01-01': 1 } })
  t.strictSame(parse(Row, row), row)
  t.strictSame(parse(Type.Record(Type.String(), Type.Integer()), new Map([['a', '1']])), { a: 1 })
  const wrong = { at: new Date(NaN), tags: new Set(['x']), byDay: new Map<unknown, number>([[1.5, 0], ['2026-01-01', -1]]) }
  t.strictSame(refused(Row, wrong).errors().map(({ type, loc }) => [type, ...loc]), [
    ['datetime_type', 'at'], ['int_parsing', 'tags', 0], ['date_from_datetime_inexact', 'byDay', '1.5', '[key]'], ['greater_than_equal', 'byDay', '2026-01-01']
  ])
})

t.test('a collection is no object of fields', async t => {
  const Open = Type.Object({ a: Type.Optional(Type.String()) })
  t.match(refused(Open, new Map([['a', 'b']])).errors(), [{ type: 'model_attributes_type' }])
  for (const value of [new Set(['a']), Buffer.from('a'), new URLSearchParams('a=b')]) {
    t.match(refused(Open, value).errors(), [{ type: 'model_attributes_type' }])
    t.match(refused(DictOf(Type.String(), Type.String()), value).errors(), [{ type: 'dict_type' }])
  }
  t.strictSame(parse(Bytes(), Buffer.from('raw')), Buffer.from('raw'), 'but bytes are bytes')
})

t.test('issues are bounded, and can be sent whatever the value was', async t => {
  const many = refused(Type.Array(Type.Integer()), new Array(1000).fill('x'.repeat(5000))).errors()
  t.equal(many.length, 100)
  t.ok(JSON.stringify(many).length < 65_536)

  const circle: Record<string, unknown> = {}
  circle.self = circle
  for (const value of [circle, 2n ** 80n, Symbol('s'), () => 1, NaN]) t.doesNotThrow(() => JSON.stringify(refused(Type.String(), value).errors()))
  const big = JSON.stringify(refused(Type.String(), 2n ** 70n).errors())
  t.equal(big, '[{"type":"string_type","loc":[],"msg":"Input should be a valid string","input":1180591620717411303424}]', 'with all digits')
})

t.test('a schema is compiled once', async t => {
  let compiled = 0
  const Counted = Type.Object({})
  Object.defineProperty(Counted, 'properties', { enumerable: true, get: () => ({ n: { type: 'integer', get minimum () { return ++compiled } } }) })
  for (let n = 5; n < 8; n++) t.strictSame(parse(Counted, { n }), { n })
  const first = compiled
  parse(Counted, { n: 5 })
  t.equal(compiled, first)
})

t.test('a schema that cannot be understood is no mistake of the value’s', async t => {
  const Strange = Type.Object({ a: Type.Unsafe({ type: 'strange' }), b: Type.Unsafe({ $ref: 'nowhere' }) })
  for (let i = 0; i < 2; i++) {
    t.throws(() => parse(Strange, {}), { code: 'APIKIT_ERR_PARSE', message: /^parse: schema\.a: type must be one of JSON Schema, got "strange".*; schema\.b: unknown reference "nowhere"/ })
  }
})

t.test('uncaught it is a 500 that shows nothing; the log has what was wrong, and no value', async t => {
  for (const plugins of [[errors], []]) {
    const log: string[] = []
    const stream = new Writable({ write (line, _encoding, done) { log.push(String(line)); done() } })
    const app = bare(t, { logger: { stream } })
    for (const plugin of plugins) await app.register(plugin)
    app.get('/', async () => parse(Item, { name: 'top secret', price: 'hidden too' }))

    const { statusCode, body } = await app.inject('/')
    t.equal(statusCode, 500)
    t.notMatch(body, /price|float|secret|hidden/)
    t.match(log.join(''), /1 validation error:\\n {2}float_parsing at \('price'\): Input should be a valid number/)
    t.notMatch(log.join(''), /secret|hidden/)
  }
})

t.test('caught it is a 422 in one line', async t => {
  const app = bare(t)
  await app.register(errors)
  app.handle(ValidationError, error => { throw new UnprocessableContent(error.errors()) })
  app.get('/', async () => parse(Item, { name: 'pen' }))
  const response = await app.inject('/')
  t.equal(response.statusCode, 422)
  t.strictSame(response.json(), { detail: [{ type: 'missing', loc: ['price'], msg: 'Field required', input: { name: 'pen' } }] })
})
