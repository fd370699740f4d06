import { type TSchema, Type } from '@sinclair/typebox'
import { Decimal as DecimalJs } from 'decimal.js'
import { Temporal } from 'temporal-polyfill'
import t, { type Test } from 'tap'
import { rawJson } from '../../plugins/core/json/raw.ts'
import responseModel, { type ResponseError } from '../../plugins/response-model/index.ts'
import { kCodec, Refusal } from '../../plugins/types/codec.ts'
import { Bytes, DateTime, Decimal, DictOf, Duration, Email, Enum, HttpUrl, IPv4, Json, Literal, Nullable, PlainDate, PlainTime, Refine, Secret, SecretText, SetOf, Uuid } from '../../plugins/types/index.ts'
import { bare } from '../helper.ts'

type Case = readonly [value: unknown, json: string]

/** What the models of one app send for each value; `500 <where>: <words>` for those that do not fit. */
async function sends (t: Test, models: Record<string, readonly [TSchema | object, ...Case[]]>): Promise<void> {
  const app = bare(t)
  await app.register(responseModel)
  app.setErrorHandler((error: ResponseError, _request, reply) => reply.type('text/plain').send(
    `500 ${error.problems.map(({ loc, msg }) => `${loc.slice(1).join('.')}: ${msg}`).join('; ')}`))
  let value: unknown
  for (const [index, [schema]] of Object.values(models).entries()) {
    // In an object, so that strings are part of the model.
    app.get(`/${index}`, { schema: { response: { 200: Type.Object({ v: schema as TSchema }) } } }, async () => ({ v: value }))
  }
  for (const [index, [name, [, ...cases]]] of Object.entries(models).entries()) {
    for (const [number, [input, json]] of cases.entries()) {
      value = input
      const { body } = await app.inject(`/${index}`)
      t.equal(body, json.startsWith('500') ? json : `{"v":${json}}`, `${name}, case ${number}`)
    }
  }
}

const int = Type.Integer()
const str = Type.String()
const A = Type.Object({ a: int })

t.test('scalars are coerced as FastAPI does', t => sends(t, {
  integer: [int, [12, '12'], ['12', '12'], [' 1_0 ', '10'], [1.0, '1'], [true, '1'], [-0, '0'],
    [10n ** 30n, '1' + '0'.repeat(30)], [' 9_223_372_036_854_775_807.00 ', '9223372036854775807'], ['9'.repeat(5000), '500 v: Unable to parse input string as an integer, exceeded maximum size'], [2 ** 60, String(2 ** 60)], [1e22, '1' + '0'.repeat(22)],
    [1.5, '500 v: Input should be a valid integer, got a number with a fractional part'], [null, '500 v: Input should be a valid integer'],
    ['x', '500 v: Input should be a valid integer, unable to parse string as an integer'], [NaN, '500 v: Input should be a finite number']],
  bounded: [Type.Integer({ minimum: 2, maximum: 4, multipleOf: 2 }), [2, '2'], ['4', '4'], [3, '500 v: Input should be a multiple of 2'], [6n, '500 v: Input should be less than or equal to 4']],
  range: [Type.Number({ minimum: 0, exclusiveMaximum: 1 }), [0.5, '0.5'], [1, '500 v: Input should be less than 1'], [-1n, '500 v: Input should be greater than or equal to 0'], ['0.5', '0.5']],
  number: [Type.Number(), [1.5, '1.5'], ['1e3', '1000'], [1e-7, '1e-7'], [NaN, 'null'], [-Infinity, 'null'], [5n, '5'], [[], '500 v: Input should be a valid number']],
  boolean: [Type.Boolean(), [true, 'true'], ['off', 'false'], [1, 'true'], ['x', '500 v: Input should be a valid boolean, unable to interpret input']],
  null: [Type.Null(), [null, 'null'], [0, '500 v: Input should be None']],
  string: [str, ['\\', '"\\\\"'], ['é "\\\u0001\u2028/', '"é \\"\\\\\\u0001\u2028/"'], ['x'.repeat(50), `"${'x'.repeat(50)}"`], ['"'.repeat(50), `"${'\\"'.repeat(50)}"`],
    ['y'.repeat(6000), `"${'y'.repeat(6000)}"`], ['\ud83d\ude00', '"\ud83d\ude00"'], ['\ud800', '"\\ud800"'], [5, '500 v: Input should be a valid string'], [new Date(0), '500 v: Input should be a valid string']],
  text: [Type.String({ minLength: 2, maxLength: 3, pattern: '^[^x]+$' }), ['ab', '"ab"'], ['a', '500 v: String should have at least 2 characters'], ['\ud83d\ude00', '500 v: String should have at least 2 characters'],
    ['\ud83d\ude00\ud83d\ude00', '"\ud83d\ude00\ud83d\ude00"'], ['abcd', '500 v: String should have at most 3 characters'], ['ax', "500 v: String should match pattern '^[^x]+$'"]],
  short: [Type.String({ minLength: 0 }), ['', '""']],
  enum: [Enum(['a', 'b"']), ['b"', '"b\\""'], ['c', "500 v: Input should be 'a' or 'b\"'"]],
  integers: [Enum([1, 2]), ['2', '2'], [1, '1']],
  literal: [Literal([1, 'x', null]), [1, '1'], ['x', '"x"'], [null, 'null']]
}))

t.test('domain types are written as FastAPI writes them', t => sends(t, {
  'date-time': [DateTime(), [new Date(Date.UTC(2020, 0, 2, 3, 4, 5)), '"2020-01-02T03:04:05Z"'], [new Date(Date.UTC(2020, 11, 2, 3, 4, 5, 7)), '"2020-12-02T03:04:05.007000Z"'],
    ['2020-01-02T05:04:05+02:00', '"2020-01-02T03:04:05Z"'], [0, '"1970-01-01T00:00:00Z"'], [new Date(Date.UTC(999, 0)), '"0999-01-01T00:00:00Z"'],
    [new Date(NaN), '500 v: Input should be a valid datetime'], [[], '500 v: Input should be a valid datetime']],
  date: [PlainDate(), [Temporal.PlainDate.from('2020-01-02'), '"2020-01-02"'], ['2020-01-02', '"2020-01-02"']],
  time: [PlainTime(), [Temporal.PlainTime.from('03:04:05.5'), '"03:04:05.500000"']],
  duration: [Duration(), [Temporal.Duration.from('P1DT5.5S'), '"P1DT5.5S"'], [-90, '"-PT1M30S"']],
  decimal: [Decimal({ maximum: 5 }), [new DecimalJs('1.10'), '"1.1"'], ['1.10', '"1.10"'], [new DecimalJs(6), '500 v: Input should be less than or equal to 5']],
  bytes: [Bytes(), [Buffer.from('abc'), '"abc"'], [Buffer.from([255]), '500 v: Cannot be written: The encoded data was not valid for encoding utf-8']],
  base64: [Bytes({ encoding: 'base64' }), [Buffer.from([251, 255]), '"-_8="']],
  secret: [Secret(), [new SecretText('hidden'), '"**********"'], ['', '""']],
  uuid: [Uuid(), ['123E4567-E89B-12D3-A456-426614174000', '"123e4567-e89b-12d3-a456-426614174000"']],
  url: [HttpUrl(), ['http://a.com', '"http://a.com/"'], [new URL('http://a.com/b'), '"http://a.com/b"']],
  set: [SetOf(int, { minItems: 1 }), [new Set([1, '2', 2]), '[1,2]'], [[3, 3], '[3]'], [new Set(), '500 v: Set should have at least 1 item after validation, not 0'], ['x', '500 v: Input should be a valid set']],
  map: [DictOf(int, Type.Number()), [new Map([[1, 2], ['3', NaN]] as never), '{"1":2,"3":null}'], [{ 4: '5' }, '{"4":5}'],
    [new Map([['x', 1]]), '500 v.x.[key]: Input should be a valid integer, unable to parse string as an integer'],
    [new Map([[{}, 1]]), '500 v: Input should be a valid integer'], [new Set(), '500 v: Input should be a valid dictionary']],
  days: [DictOf(PlainDate(), int), [new Map([[Temporal.PlainDate.from('2020-01-02'), 1]]), '{"2020-01-02":1}']],
  json: [Json(A), [{ a: '1', b: 2 }, '{"a":1}'], ['{"a":2}', '{"a":2}'], ['{', '500 v: Input should be a valid dictionary or object to extract fields from'], [{}, '500 v.a: Field required']],
  refined: [Refine(str, text => { if (text === 'no') throw new Error('not that') }), ['yes', '"yes"'], ['no', '500 v: Value error, not that'], [1, '500 v: Input should be a valid string']],
  replaced: [Refine(str, text => text === 'list' ? [text] as unknown as string : text.trim()), [' x ', '"x"'], ['list', '["list"]']],
  strange: [Refine(str, () => { throw 'a string' }), ['x', '500 v: Value error, a string']], // eslint-disable-line no-throw-literal
  transform: [Type.Transform(Type.String({ minLength: 2 })).Decode(text => text.split(',')).Encode(parts => parts.join(',')), [['a', 'b'], '"a,b"'], [[], '500 v: String should have at least 2 characters'],
    [null, "500 v: Value error, Cannot read properties of null (reading 'join')"]],
  codec: [{ [kCodec]: { label: 'even', is: (value: unknown) => value === 2, parse: (value: unknown) => value === 2 ? value : new Refusal('even', 'Not even'), encode: () => undefined } }, [2, '500 v: A value of type undefined cannot be written as JSON'], [3, '500 v: Not even']]
}))

t.test('a Date where a string of a format is declared takes that format', t => sends(t, {
  'date-time': [Type.String({ format: 'date-time' }), [new Date(0), '"1970-01-01T00:00:00.000Z"'], ['1970-01-01T00:00:00Z', '"1970-01-01T00:00:00Z"'], ['x', '500 v: Input must match format "date-time"'], [new Date(NaN), '500 v: Input should be a valid string']],
  date: [Type.String({ format: 'date' }), [new Date(0), '"1970-01-01"']],
  time: [Type.String({ format: 'time' }), [new Date(0), '"00:00:00.000Z"']],
  email: [Type.String({ format: 'email' }), ['a@b.co', '"a@b.co"'], [new Date(0), '500 v: Input should be a valid string']],
  list: [{ type: 'array', items: { type: 'integer' }, contains: { const: 1 } }, [[1], '[1]'], [[1, '2'], '[1,2]'], [[2], '500 v: Input must contain at least 1 valid item(s)']]
}))

class Row {
  readonly a = 1
  get b (): number { return 2 }
  secret = 'SECRET'
}

t.test('objects are filtered to what is declared, in the order of declaration', t => sends(t, {
  object: [Type.Object({ b: int, a: int }), [{ a: 1, b: 2, c: 3 }, '{"b":2,"a":1}'], [new Row(), '{"b":2,"a":1}'], [new Map([['a', 1], ['b', 2], ['c', 3]]), '{"b":2,"a":1}'],
    [Object.assign(Object.create(null), { a: 1, b: '2' }), '{"b":2,"a":1}'], [{ a: 1 }, '500 v.b: Field required'], [{ a: 1, b: null }, '500 v.b: Input should be a valid integer'], [[], '500 v: Input should be a valid dictionary or object to extract fields from']],
  optional: [Type.Partial(Type.Object({ a: int, b: int })), [{}, '{}'], [{ b: 2, c: 3 }, '{"b":2}'], [{ a: 1, b: 2 }, '{"a":1,"b":2}'], [new Map([['a', 1]]), '{"a":1}'],
    [{ a: '1' }, '{"a":1}'], ...[new Date(0), new Set([1]), Promise.resolve(), Buffer.from('a'), null, 'x'].map((value): Case => [value, '500 v: Input should be a valid dictionary or object to extract fields from'])],
  'optional first': [Type.Object({ a: Type.Optional(int), b: int, c: Type.Optional(str), d: str }), [{ b: 2, d: 'd' }, '{"b":2,"d":"d"}'], [{ a: 1, b: 2, c: 'c', d: 'd' }, '{"a":1,"b":2,"c":"c","d":"d"}']],
  defaults: [Type.Object({ o: Type.Optional(int), a: Type.Integer({ default: 5 }), b: Type.Optional(Nullable(str, { default: null })), t: SetOf(str, { default: ['x', 'x'] }), w: Type.Integer({ default: 'bad' as never }), d: Type.Optional(DateTime({ default: '2020-01-01T00:00:00Z' })) }),
    [{}, '{"a":5,"b":null,"t":["x"],"w":"bad","d":"2020-01-01T00:00:00Z"}'], [{ o: 0, a: 1, b: 'b', t: new Set(), w: 2, d: new Date(0) }, '{"o":0,"a":1,"b":"b","t":[],"w":2,"d":"1970-01-01T00:00:00Z"}'], [{ o: '0' }, '{"o":0,"a":5,"b":null,"t":["x"],"w":"bad","d":"2020-01-01T00:00:00Z"}']],
  'default of a transform': [Type.Object({ v: Type.Transform(Type.String({ default: 'a,b' })).Decode(text => text.split(',')).Encode(parts => parts.join(',')) }), [{}, '{"v":"a,b"}'], [{ v: ['c'] }, '{"v":"c"}']],
  empty: [Type.Object({}, { additionalProperties: false }), [{ a: 1 }, '{}']],
  closed: [Type.Object({ a: int }, { additionalProperties: false }), [{ a: 1, b: 2 }, '{"a":1}'], [{ a: '1', b: 2 }, '{"a":1}']],
  open: [Type.Object({ a: int }, { additionalProperties: true }), [{ b: [new Date(0)], a: 1, f () {}, u: undefined }, '{"a":1,"b":["1970-01-01T00:00:00Z"]}'], [new Map([['a', 1], ['c', 2]]), '{"a":1,"c":2}']],
  typed: [Type.Object({ a: int }, { additionalProperties: A }), [{ a: 1, b: { a: 2, s: 'SECRET' } }, '{"a":1,"b":{"a":2}}'], [{ a: 1, b: 2 }, '500 v.b: Input should be a valid dictionary or object to extract fields from']],
  alias: [Type.Object({ full_name: Type.String({ alias: 'fullName' }), age: Type.Integer({ alias: 'AGE' }) }), [{ full_name: 'a', age: 1 }, '{"fullName":"a","AGE":1}'], [{ fullName: 'a', AGE: '1' }, '{"fullName":"a","AGE":1}'], [{ AGE: 1 }, '500 v.fullName: Field required']],
  inherited: [Type.Object({ constructor: Type.Optional(str), toString: Type.Optional(str), ['__proto__']: Type.Optional(str) }), [{}, '{}'], [{ constructor: 'c', toString: 5 }, '500 v.toString: Input should be a valid string'], [{ constructor: 'c', toString: 't' }, '{"constructor":"c","toString":"t"}']],
  intersection: [Type.Intersect([A, Type.Object({ b: str })]), [{ a: 1, b: 'b', c: 3 }, '{"a":1,"b":"b"}']],
  record: [Type.Record(str, A), [{ x: { a: 1, s: 'SECRET' }, y: undefined }, '{"x":{"a":1}}'], [{ x: 1 }, '500 v.x: Input should be a valid dictionary or object to extract fields from'], [new Map([['x', { a: 1 }], ['y', undefined]]), '{"x":{"a":1}}']],
  pattern: [{ type: 'object', patternProperties: { '^x': { type: 'integer' } } }, [{ x1: 1, other: 'SECRET' }, '{"x1":1}']],
  'pattern, open': [{ type: 'object', patternProperties: { '^x': { type: 'integer' } }, additionalProperties: true }, [{ x1: 1, other: new Set([1]) }, '{"x1":1,"other":[1]}']],
  'pattern, typed': [{ type: 'object', patternProperties: { '^x': { type: 'integer' } }, additionalProperties: { type: 'string' } }, [{ x1: 1, other: 's' }, '{"x1":1,"other":"s"}']],
  recursive: [Type.Recursive(This => Type.Object({ v: int, kids: Type.Array(This) }), { $id: 'Node' }), [{ v: 1, s: 'S', kids: [{ v: 2, s: 'S', kids: [] }] }, '{"v":1,"kids":[{"v":2,"kids":[]}]}'], [{ v: 1, kids: [{ v: '2', kids: [] }] }, '{"v":1,"kids":[{"v":2,"kids":[]}]}']],
  'recursive list': [Type.Recursive(This => Type.Array(This), { $id: 'List' }), [[[], [[]]], '[[],[[]]]']]
}))

t.test('a Map, a Set or bytes is not an object that has its properties', t => sends(t, {
  size: [Type.Object({ size: int }), [{ size: 1 }, '{"size":1}'], [new Map([['size', 5]]), '{"size":5}'], [new Set(), '500 v: Input should be a valid dictionary or object to extract fields from']],
  index: [Type.Object({ 0: int }), [{ 0: 1 }, '{"0":1}'], [Buffer.from('a'), '500 v: Input should be a valid dictionary or object to extract fields from']]
}))

t.test('lists and tuples are filtered item by item', t => sends(t, {
  list: [Type.Array(A, { minItems: 1, maxItems: 2 }), [[{ a: 1, s: 'S' }, { a: 2 }], '[{"a":1},{"a":2}]'], [new Set([{ a: '1' }]), '[{"a":1}]'], [[], '500 v: List should have at least 1 item after validation, not 0'], [[1, 2, 3], '500 v: List should have at most 2 items after validation, not 3'],
    [[{}], '500 v.0.a: Field required'], [new Map(), '500 v: Input should be a valid list'], ['text', '500 v: Input should be a valid list']],
  strings: [Type.Array(str), [['a', 'b"'], '["a","b\\""]'], [[], '[]'], [(function * () { yield 'x' })(), '["x"]'], [Buffer.from('a'), '500 v: Input should be a valid list'], [{}, '500 v: Input should be a valid list']],
  tuple: [Type.Tuple([int, A]), [['1', { a: 1, s: 'S' }], '[1,{"a":1}]'], [[1], '500 v.1: Field required']]
}))

const Cat = Type.Object({ kind: Type.Literal('cat'), lives: int })
const Dog = Type.Object({ kind: Literal(['dog', 'wolf']), name: str })

t.test('of a union the member that fits best is sent', t => sends(t, {
  scalars: [Type.Union([int, str, Type.Boolean()]), ['5', '"5"'], [5, '5'], [true, 'true'], [1.5, '500 v.int: Input should be a valid integer, got a number with a fractional part; v.str: Input should be a valid string; v.bool: Input should be a valid boolean']],
  bounded: [Type.Union([Type.Integer({ minimum: 5 }), Type.String({ maxLength: 1 })]), ['7', '"7"'], ['77', '77'], [6, '6']],
  exact: [Type.Union([Email(), str]), ['A@B.CO', '"A@b.co"'], ['x', '"x"']],
  refined: [Type.Union([Refine(str, text => `${text}!`), str]), ['a', '"a!"']],
  checked: [Type.Union([Type.String({ format: 'ipv6' }), str]), ['::1', '"::1"'], ['x', '"x"']],
  'the literal 1': [Type.Union([Literal([1]), Type.Boolean()]), [true, '1'], [false, 'false']],
  inexact: [Type.Union([IPv4(), int]), ['1.2.3.4', '"1.2.3.4"'], [5, '5']],
  dates: [Type.Union([PlainDate(), DateTime()]), [new Date(0), '"1970-01-01T00:00:00Z"'], [Temporal.PlainDate.from('2020-01-02'), '"2020-01-02"']],
  nullable: [Nullable(A), [null, 'null'], [{ a: 1, s: 'S' }, '{"a":1}'], [{ a: '1' }, '{"a":1}']],
  models: [Type.Union([Type.Object({ a: int }), Type.Object({ a: int, b: int })]), [{ a: 1, b: 2, c: 3 }, '{"a":1,"b":2}'], [{ a: 1, s: 'S' }, '{"a":1}'], [{ b: 1 }, '500 v.model.a: Field required; v.model.a: Field required']],
  literals: [Type.Union([Cat, Dog]), [{ kind: 'cat', lives: 9, name: 'S' }, '{"kind":"cat","lives":9}'], [{ kind: 'wolf', name: 'w', lives: 1 }, '{"kind":"wolf","name":"w"}'], [{ kind: 'dog' }, "500 v.model.kind: Input should be 'cat'; v.model.lives: Field required; v.model.name: Field required"], [5, '500 v.model: Input should be a valid dictionary or object to extract fields from; v.model: Input should be a valid dictionary or object to extract fields from']],
  'itself, by its literal': [Type.Recursive(This => Type.Object({ kind: Type.Literal('node'), next: Type.Union([This, Cat]) }), { $id: 'Chain' }), [{ kind: 'node', s: 'S', next: { kind: 'node', next: { kind: 'cat', lives: 1, s: 'S' } } }, '{"kind":"node","next":{"kind":"node","next":{"kind":"cat","lives":1}}}']],
  'the same literal': [Type.Union([Cat, Type.Object({ kind: Type.Literal('cat'), age: Type.Optional(int) })]), [{ kind: 'cat', age: 1 }, '{"kind":"cat","age":1}'], [{ kind: 'cat', lives: 9 }, '{"kind":"cat","lives":9}']],
  'not all literals': [Type.Union([Cat, Type.Object({ kind: str, age: int }), A]), [{ kind: 'x', age: 1 }, '{"kind":"x","age":1}']],
  tagged: [Type.Union([Cat, Dog], { discriminator: { propertyName: 'kind' } }), [{ kind: 'cat', lives: '9', s: 'S' }, '{"kind":"cat","lives":9}'], [{ kind: 'dog', name: 'd', s: 'S' }, '{"kind":"dog","name":"d"}'], [{ kind: 'x' }, "500 v: Input tag 'x' found using 'kind' does not match any of the expected tags: 'cat', 'dog', 'wolf'"], [null, '500 v: Input should be a valid dictionary or object to extract fields from']],
  'a list of a union': [Type.Array(Type.Union([A, Type.Object({ b: str })])), [[{ b: 'b', s: 'S' }, { a: 1 }], '[{"b":"b"},{"a":1}]']]
}))

t.test('anything is written as it is, domain values as their types write them', t => sends(t, {
  any: [Type.Any(),
    [{ a: [1, 'x', true, null, undefined], u: undefined, f () {}, n: NaN, big: 10n ** 20n }, '{"a":[1,"x",true,null,null],"n":null,"big":100000000000000000000}'],
    [new Date(0), '"1970-01-01T00:00:00Z"'], [[new Date(1), new Date(2)], '["1970-01-01T00:00:00.001000Z","1970-01-01T00:00:00.002000Z"]'],
    [new Set([1, new Set(['a'])]), '[1,["a"]]'], [new Map<unknown, unknown>([[1, 'a'], ['b', new Map()], [new Date(0), 1]]), '{"1":"a","b":{},"1970-01-01T00:00:00Z":1}'], [new Map([[undefined, 1]]), '{"":1}'],
    [Temporal.Duration.from('PT1M'), '"PT1M"'], [Temporal.PlainTime.from('01:02:03.5'), '"01:02:03.500000"'], [Temporal.PlainDate.from('2020-01-02'), '"2020-01-02"'], [new DecimalJs('1e3'), '"1000"'], [Buffer.from('é'), '"é"'],
    [new SecretText('x'), '"**********"'], [new URL('http://a.com'), '"http://a.com/"'], [/a+/, '"a+"'], [new Row(), '{"a":1,"secret":"SECRET"}'], [{ toJSON: () => 'own' }, '"own"'],
    [Object.assign(Object.create(null), { a: 1 }), '{"a":1}'], [rawJson('1e400'), '1e400'], [() => 1, '500 v: A value of type function cannot be written as JSON'], [new Date(NaN), 'null']]
}))

t.test('a discriminator is read wherever the handler has it', async t => {
  class Cat {
    get type (): string { return 'cat' }
    get kind (): string { return 'cat' }
    lives = 9
  }
  const members = (type: object): TSchema[] => ['cat', 'dog'].map(name => Type.Object({ type: Type.Unsafe({ ...Literal([name]), ...type }), lives: Type.Optional(Type.Integer()) }))
  const discriminator = (propertyName: string): object => ({ discriminator: { propertyName } })
  const dog = new Map([['type', 'dog']])
  await sends(t, {
    named: [Type.Union(members({}), discriminator('type')), [new Cat(), '{"type":"cat","lives":9}'], [dog, '{"type":"dog"}'], [{ type: 'cow' }, "500 v: Input tag 'cow' found using 'type' does not match any of the expected tags: 'cat', 'dog'"],
      [5, '500 v: Input should be a valid dictionary or object to extract fields from'], [{}, "500 v: Unable to extract tag using discriminator 'type'"]],
    'inside another': [Type.Union([Type.Union(members({}), discriminator('type')), Type.Union(members({}), discriminator('type'))], discriminator('type')), [new Cat(), '{"type":"cat","lives":9}'], [dog, '{"type":"dog"}']],
    'with an alias': [Type.Union(members({ alias: 'kind' }), discriminator('kind')), [new Cat(), '{"kind":"cat","lives":9}'], [dog, '{"kind":"dog"}'], [{ kind: 'dog' }, '{"kind":"dog"}'], [{ type: 'dog' }, '{"kind":"dog"}']]
  })
})
