import { Type } from '@sinclair/typebox'
import { Value } from '@sinclair/typebox/value'
import fc from 'fast-check'
import t from 'tap'
import dependencies, { dependency } from '../../../plugins/dependencies/index.ts'
import responseModel, { jsonable } from '../../../plugins/response-model/index.ts'
import forms from '../../../plugins/forms/index.ts'
import { BigInteger, type BigIntegerOptions, DictOf, Embed, Form, Json, Nullable, PlainTime, SetOf } from '../../../plugins/types/index.ts'
import validation, { parse } from '../../../plugins/validation/index.ts'
import { bare } from '../../helper.ts'
import { reader } from '../validation/reader.ts'
import { inDocument, read, wire } from './codec-of.ts'

const PARSING = 'int_parsing: Input should be a valid integer, unable to parse string as an integer'
const SIZE = 'int_parsing_size: Unable to parse input string as an integer, exceeded maximum size'
const nines = (count: number): string => '9'.repeat(count)

t.test('text is an integer of any size, as by pydantic 2.14', async t => {
  const schema = BigInteger()
  t.same(inDocument(schema), { type: 'integer' })
  const cases: ReadonlyArray<readonly [unknown, unknown]> = [
    ['12345678901234567890123.00', 12345678901234567890123n], [' 1_000_000_000_000_000_000_000 ', 10n ** 21n], ['+5', 5n], ['-0', 0n], ['0005', 5n], ['\u00a01', 1n],
    [nines(4300), 10n ** 4300n - 1n], [`-${nines(4300)}`, 1n - 10n ** 4300n], [`0${nines(4300)}`, 10n ** 4300n - 1n], [`${'0'.repeat(4300)}1`, 1n], [`${nines(4300)}.0`, 10n ** 4300n - 1n], ['9_'.repeat(2200) + '9', BigInt(nines(2201))],
    [true, 1n], [false, 0n], [5, 5n], [-0, 0n], [7n, 7n],
    [nines(4301), SIZE], [`-${nines(4301)}`, SIZE], [`${nines(4301)}.0`, SIZE], [`${nines(5000)}x`, SIZE], [`+${nines(4301)}`, PARSING], [`0${nines(4301)}`, PARSING], [`${nines(4300)}_9`, PARSING],
    ...['1e5', '--5', '', '1__0', '_1', '1_', '1.10', '1.', '.0', '0x1', '١', '\x1f1', '\ufeff1', '- 1'].map(text => [text, PARSING] as const),
    [1e25, SIZE], [2 ** 53, SIZE], [NaN, 'finite_number: Input should be a finite number'], [1.5, 'int_from_float: Input should be a valid integer, got a number with a fractional part'],
    ...[null, [], {}].map(input => [input, 'int_type: Input should be a valid integer'] as const)
  ]
  for (const [input, value] of cases) t.equal(wire(schema, input), value, String(input).slice(0, 40))
  fc.assert(fc.property(fc.bigInt(), value => read(schema, String(value)) === value && read(schema, value) === value))
})

t.test('bounds of any size are checked in order, and told with all digits', async t => {
  const options: BigIntegerOptions = { minimum: -(10n ** 30n), maximum: 10n ** 30n, multipleOf: 2, title: 'N' }
  t.same(inDocument(BigInteger(options)), { type: 'integer', multipleOf: 2, maximum: 1e30, minimum: -1e30, title: 'N' })
  const { refuses, accepts } = await reader(t, { querystring: Type.Object({ n: BigInteger(options), m: BigInteger({ exclusiveMinimum: 10n ** 20n, exclusiveMaximum: 10n ** 22n }) }) })
  t.same((await accepts(`/?n=1${'0'.repeat(30)}&m=100000000000000000002`)).query, { n: 10n ** 30n, m: 10n ** 20n + 2n })
  const odd = '1000000000000000000000000000001'
  t.same(await refuses(`/?n=${odd}&m=100000000000000000000`), [
    { type: 'multiple_of', loc: ['query', 'n'], msg: 'Input should be a multiple of 2', input: odd, ctx: { multiple_of: 2 } },
    { type: 'greater_than', loc: ['query', 'm'], msg: 'Input should be greater than 100000000000000000000', input: '100000000000000000000', ctx: { gt: 1e20 } }
  ])
  t.match(await refuses(`/?n=2${'0'.repeat(30)}&m=10000000000000000000000`), [{ type: 'less_than_equal' }, { type: 'less_than', msg: 'Input should be less than 10000000000000000000000' }])
  t.match(await refuses(`/?n=-2${'0'.repeat(30)}&m=1`), [{ type: 'greater_than_equal', msg: `Input should be greater than or equal to -1${'0'.repeat(30)}` }, { type: 'greater_than' }])
  t.throws(() => BigInteger({ minimum: 1.5 }), RangeError)
  t.throws(() => BigInteger({ multipleOf: 0n }), new RangeError('BigInteger(): multipleOf must be > 0, got 0'))
})

const Part = Type.Object({ n: BigInteger(), m: Type.Optional(BigInteger({ maximum: 10n ** 20n })) })
const Deep = Type.Recursive(This => Type.Object({ id: BigInteger(), children: Type.Array(This, { default: [] }) }))
const Whole = Type.Object({
  list: Type.Array(BigInteger(), { default: [] }),
  set: SetOf(BigInteger(), { default: [] }),
  tuple: Type.Optional(Type.Tuple([Type.Number(), BigInteger()])),
  map: DictOf(BigInteger(), BigInteger(), { default: {} }),
  record: Type.Record(Type.String(), BigInteger(), { default: {} }),
  either: Type.Optional(Type.Union([Type.String(), Part, BigInteger()])),
  tagged: Type.Optional(Type.Union([Type.Object({ kind: Type.Literal('a'), n: BigInteger() }), Type.Object({ kind: Type.Literal('b'), n: Type.Integer() })], { discriminator: { propertyName: 'kind' } })),
  maybe: Nullable(BigInteger(), { default: null }),
  tree: Type.Optional(Deep),
  any: Type.Optional(Type.Any())
}, { additionalProperties: BigInteger() })

t.test('JSON numbers in a body are read with all digits, wherever a schema takes them, and written as numbers', async t => {
  const app = bare(t)
  await app.register(validation)
  await app.register(responseModel)
  app.post('/', { schema: { body: Whole, response: { 200: Whole } } }, async ({ body }) => body as never)
  app.post('/one', { schema: { body: BigInteger(), response: { 200: BigInteger() } } }, async ({ body }) => body as never)
  app.post('/embed', { schema: { body: Embed({ n: BigInteger(), s: Type.String({ default: '' }) }), response: { 200: BigInteger() } } }, async ({ body }) => (body as { n: bigint }).n)
  const send = (url: string, payload: string) => app.inject({ method: 'POST', url, headers: { 'content-type': 'application/json' }, payload })

  const large = '12345678901234567890123456789'
  const json = `{"list":[1,${large},-9007199254740993],"set":[${large}],"tuple":[1.5,${large}],"map":{"${large}":${large}},"record":{"7":1,"__proto_":${large},"constructor":${large}},` +
    `"either":{"n":${large}},"tagged":{"kind":"a","n":${large}},"maybe":${large},"tree":{"id":${large},"children":[{"id":${large},"children":[]}]},"any":1,"more":${large}}`
  t.equal((await send('/', json)).body, json)
  t.equal((await send('/', `{"either":${large}}`)).body, `{"list":[],"set":[],"map":{},"record":{},"either":${large},"maybe":null}`)
  for (const url of ['/one', '/embed']) {
    const of = (number: string): string => url === '/one' ? number : `{"n":${number}}`
    t.equal((await send(url, of(large))).body, large, url)
    t.equal((await send(url, of('1e18'))).body, '1000000000000000000')
    t.equal((await send(url, of('9007199254740993.0'))).body, '9007199254740992')
    t.equal((await send(url, of(nines(4300)))).body, nines(4300))
    t.match((await send(url, of(nines(4301)))).json(), { statusCode: 400, message: 'There was an error parsing the body' })
    for (const number of ['1e25', '9223372036854775808.0']) t.match((await send(url, of(number))).json(), { detail: [{ type: 'int_parsing_size', input: Number(number) }] })
  }
  // As FastAPI, the number that was sent.
  t.match((await send('/', `{"either":{"n":1,"m":${large}}}`)).body, '"loc":["body","either","model","m"]')
  t.match((await send('/', `{"either":{"n":1,"m":${large}}}`)).body, `"msg":"Input should be less than or equal to 100000000000000000000","input":${large},"ctx":{"le":100000000000000000000}`)
  t.match((await send('/', `{"list":{"x":${large}}}`)).json().detail, [{ type: 'list_type', input: { x: Number(large) } }])
  t.match((await send('/', `{"tagged":{"kind":"c","n":${large}}}`)).body, `"input":{"kind":"c","n":${large}}`)
})

t.test('a long body, one with NaN and one with keys out of order keep all digits', async t => {
  const large = '9007199254740993'
  const { app, accepts } = await reader(t, { body: Type.Object({ n: BigInteger(), s: Type.Optional(Type.String()), f: Type.Optional(Type.Number()), d: Type.Optional(Type.Record(Type.String(), Type.Any())), more: Type.Optional(Type.Array(Type.Any())) }) })
  const send = (payload: string) => accepts({ method: 'POST', url: '/', headers: { 'content-type': 'application/json' }, payload })
  t.equal((await send(`{"s":"${'x'.repeat(70_000)}","n":${large}}`)).body.n, 9007199254740993n)
  t.same((await send(`{"f":NaN,"n":${large}}`)).body, { f: NaN, n: 9007199254740993n })
  const { body } = await send(`{"d":{"b":1,"1":2},"n":${large},"more":[${large}]}`)
  t.same(body.n, 9007199254740993n)
  t.same(body.more, [9007199254740992], 'where no schema takes it, a number is a number')
  t.ok(app)
})

t.test('what a hook has changed stays changed', async t => {
  const app = bare(t)
  await app.register(validation)
  app.addHook('preValidation', async request => { Object.assign(request.body as object, { n: 5 }) })
  app.post('/', { schema: { body: Type.Object({ n: BigInteger(), m: Type.Optional(BigInteger()) }) } }, async ({ body }) => String((body as { n: bigint }).n))
  t.equal((await app.inject({ method: 'POST', url: '/', headers: { 'content-type': 'application/json' }, payload: '{"n":9007199254740993}' })).body, '5')
})

t.test('a dependency and its route read the same body with all digits', async t => {
  const app = bare(t)
  await app.register(validation)
  await app.register(dependencies)
  const first = dependency({ body: Embed({ d: Type.Record(Type.String(), Type.Any()), a: BigInteger() }) }, async ({ body }) => String((body as { a: bigint }).a))
  app.post('/', { schema: { body: Embed({ b: BigInteger() }) }, config: { depends: { first } } }, async request => `${Reflect.get(request.deps, 'first') as string} ${(request.body as { b: bigint }).b}`)
  const sent = await app.inject({ method: 'POST', url: '/', headers: { 'content-type': 'application/json' }, payload: '{"a":9007199254740993,"d":{"b":1,"1":1},"b":9007199254740995}' })
  t.equal(sent.body, '9007199254740993 9007199254740995')
})

t.test('forms, JSON in text, and values in code keep all digits', async t => {
  const app = bare(t)
  await app.register(validation)
  await app.register(forms)
  app.post('/', { schema: { body: Form({ n: BigInteger(), part: Part, json: Json(Type.Array(BigInteger())) }) } }, async ({ body }) => {
    const { n, part, json } = body as { n: bigint, part: { n: bigint }, json: bigint[] }
    return `${n} ${part.n} ${json.join()}`
  })
  const payload = String(new URLSearchParams({ n: '9007199254740993', part: '{"n":9007199254740995}', json: '[1,9007199254740997]' }))
  t.equal((await app.inject({ method: 'POST', url: '/', headers: { 'content-type': 'application/x-www-form-urlencoded' }, payload })).body, '9007199254740993 9007199254740995 1,9007199254740997')
  t.same([1n, 1].map(value => Value.Check(BigInteger(), value)), [true, false])
  t.equal(parse(BigInteger(), 2n ** 70n), 2n ** 70n)
  t.equal(jsonable(5n, { schema: BigInteger() }), 5)
})

t.test('in a union, a number is an integer first, and text is text', async t => {
  const number = Type.Union([BigInteger(), Type.Number()])
  t.equal(parse(number, 5), 5n)
  t.equal(parse(number, 5.5), 5.5)
  t.equal(parse(number, 1e25), 1e25)
  t.equal(parse(Type.Union([Type.Number(), BigInteger({ maximum: 5 })]), 2n ** 60n), 2 ** 60)
  t.equal(parse(Type.Union([BigInteger(), Type.String()]), '5'), '5')
  t.equal(parse(Type.Union([BigInteger(), Type.Boolean()]), true), true)
  t.throws(() => parse(Type.Integer(), 2n ** 60n), { code: 'APIKIT_ERR_VALUE' })
  t.match(await (await reader(t, { body: Type.Union([BigInteger({ maximum: 5 }), Type.Integer({ maximum: 5 })]) })).refuses({ method: 'POST', url: '/', headers: { 'content-type': 'application/json' }, payload: '9007199254740993' }), [{ type: 'less_than_equal', loc: ['body', 'constrained-int'] }, { type: 'less_than_equal', loc: ['body', 'constrained-int'] }])
})

t.test('a handler\'s integers are checked and written with all digits', async t => {
  const app = bare(t)
  await app.register(responseModel)
  app.get('/', { schema: { response: { 200: Type.Object({ a: BigInteger(), b: Type.Union([BigInteger(), Type.String()]), c: BigInteger() }) } } }, async () => ({ a: 2n ** 70n, b: 2n ** 71n, c: '9007199254740993' as never }))
  app.get('/bad', { schema: { response: { 200: BigInteger({ maximum: 5 }) } } }, async () => 6n as never)
  t.equal((await app.inject('/')).body, '{"a":1180591620717411303424,"b":2361183241434822606848,"c":9007199254740993}')
  t.equal((await app.inject('/bad')).statusCode, 500)
})

t.test('beside it in a union, other types get a number', async t => {
  const app = bare(t)
  await app.register(validation)
  app.post('/', { schema: { body: Embed({ v: Type.Union([PlainTime(), BigInteger({ maximum: 10 })]) }) } }, async ({ body }) => String((body as { v: unknown }).v))
  const send = async (v: string) => (await app.inject({ method: 'POST', url: '/', headers: { 'content-type': 'application/json' }, payload: `{"v":${v}}` })).json()
  t.match((await app.inject({ method: 'POST', url: '/', headers: { 'content-type': 'application/json' }, payload: '{"v":-9223372036854775809}' })).body, '-9223372036854775809')
  t.match(await send('123456789012345678901234567890'), {
    detail: [{ type: 'time_parsing', loc: ['body', 'v', 'time'], ctx: { error: 'numeric times may not exceed 86,399 seconds' } }, { type: 'less_than_equal', loc: ['body', 'v', 'int'] }]
  })
})
