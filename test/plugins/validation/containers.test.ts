import { type TSchema, Type } from '@sinclair/typebox'
import t from 'tap'
import { Bytes, DateTime, Decimal, DictOf, Email, Enum, ExcludeUnset, Json, Literal, Nullable, PlainDate, Refine, Secret, SetOf, Uuid } from '../../../plugins/types/index.ts'
import { bare } from '../../helper.ts'
import { column, table } from '../../../plugins/db/index.ts'
import { jsonable } from '../../../plugins/response-model/index.ts'
import validation, { parse } from '../../../plugins/validation/index.ts'
import { bodyReader, json, reader } from './reader.ts'

const MODEL_TYPE = { type: 'model_attributes_type', msg: 'Input should be a valid dictionary or object to extract fields from' }
const INT_PARSING = { type: 'int_parsing', msg: 'Input should be a valid integer, unable to parse string as an integer' }
const INT_TYPE = { type: 'int_type', msg: 'Input should be a valid integer' }
const STRING_TYPE = { type: 'string_type', msg: 'Input should be a valid string' }

/** An issue with its keys in the order of the wire. */
const issue = ({ type, msg }: { type: string, msg: string }, loc: Array<string | number>, input: unknown, ctx?: object) => ({ type, loc, msg, input, ...ctx && { ctx } })
const missing = (loc: Array<string | number>, input: unknown) => issue({ type: 'missing', msg: 'Field required' }, loc, input)

/** Readers of a schema by generated code and by its parsers. */
const bothWays = async (t: Parameters<typeof bodyReader>[0], schema: ReturnType<typeof Type.Unsafe>) =>
  Promise.all([bodyReader(t, schema), bodyReader(t, Refine(schema, () => {}))])

t.test('lists', async t => {
  for (const { accepts, refuses } of await bothWays(t, Type.Array(Type.Integer(), { minItems: 1, maxItems: 3 }))) {
    t.strictSame(await accepts([1, '2', true]), [1, 2, 1])
    for (const input of [{}, 'ab', 5, true]) t.strictSame(await refuses(input), [issue({ type: 'list_type', msg: 'Input should be a valid list' }, ['body'], input)])
    t.strictSame(await refuses(['x', 1, null]), [issue(INT_PARSING, ['body', 0], 'x'), issue(INT_TYPE, ['body', 2], null)])
    t.strictSame(await refuses(['x', 1, 2, 3]), [
      issue({ type: 'too_long', msg: 'List should have at most 3 items after validation, not 4' }, ['body'], ['x', 1, 2, 3], { field_type: 'List', max_length: 3, actual_length: 4 })
    ], 'the items of one that is too long are not looked at')
    t.strictSame(await refuses([]), [issue({ type: 'too_short', msg: 'List should have at least 1 item after validation, not 0' }, ['body'], [], { field_type: 'List', min_length: 1, actual_length: 0 })])
  }
  const { accepts, refuses } = await bodyReader(t, Type.Array(Type.Unknown(), { minItems: 2, maxItems: 2 }))
  t.strictSame(await accepts([null, [1]]), [null, [1]])
  t.match(await refuses([1]), [{ msg: 'List should have at least 2 items after validation, not 1' }])
  const plain = await bodyReader(t, { type: 'array' })
  t.strictSame(await plain.accepts([1, 'a']), [1, 'a'], 'items that are not described are anything')
  const invalid = await bodyReader(t, Type.Array(Type.Integer(), { minItems: 2 }))
  t.strictSame((await invalid.refuses(['x'])).map(({ type }) => type), ['int_parsing'], 'the length counts once all items are valid')
})

t.test('sets', async t => {
  const [set, frozen] = [await bodyReader(t, SetOf(Type.Integer(), { minItems: 2, maxItems: 3 })), await bodyReader(t, SetOf(Type.Integer(), { frozen: true, maxItems: 1 }))]
  t.strictSame(await set.accepts([1, '2', 2, 1, 1, 1]), new Set([1, 2]))
  t.strictSame(await set.refuses('a'), [issue({ type: 'set_type', msg: 'Input should be a valid set' }, ['body'], 'a')])
  t.strictSame(await set.refuses([1, 1]), [issue({ type: 'too_short', msg: 'Set should have at least 2 items after validation, not 1' }, ['body'], [1, 1], { field_type: 'Set', min_length: 2, actual_length: 1 })])
  t.strictSame(await set.refuses([1, 2, 3, 4, 'x']), [issue({ type: 'too_long', msg: 'Set should have at most 3 items after validation, not more' }, ['body'], [1, 2, 3, 4, 'x'], { field_type: 'Set', max_length: 3, actual_length: null })])
  t.strictSame(await set.refuses([1, 'x']), [issue(INT_PARSING, ['body', 1], 'x')])
  t.strictSame(await frozen.accepts([]), new Set())
  t.strictSame(await frozen.refuses({}), [issue({ type: 'frozen_set_type', msg: 'Input should be a valid frozenset' }, ['body'], {})])
  t.match(await frozen.refuses([1, 2]), [{ msg: 'Frozenset should have at most 1 item after validation, not more', ctx: { field_type: 'Frozenset' } }])

  t.test('hold what is equal once', async t => {
    const dates = await bodyReader(t, SetOf(DateTime()))
    t.equal((await dates.accepts(['2020-01-01T00:00:00Z', '2020-01-01T01:00:00+01:00', 1577836800])).size, 1)
    const mixed = await bodyReader(t, SetOf(Type.Unknown()))
    t.equal((await mixed.accepts([1, '1', null, null, true])).size, 4)
    t.equal((await mixed.accepts([{ a: 1, b: [2] }, { b: [2], a: 1 }, { a: 1, b: [3] }, [1], '\0[1]', '\0\0[1]', { constructor: null }, { toJSON: 1 }])).size, 7)
  })

  t.test('tell members apart by what they stand for, and not by what JSON shows of them', async t => {
    const Whole = table('wholes', { id: column.bigint({ primaryKey: true }) }).Create.properties.id
    const lists: ReadonlyArray<readonly [name: string, items: TSchema, json: string, size: number]> = [
      ['secrets', Secret(), '["aaaa","bbbb","bbbb"]', 2],
      ['in objects', Type.Object({ s: Secret() }), '[{"s":"aaaa"},{"s":"bbbb"},{"s":"bbbb"}]', 2],
      ['infinite numbers', Type.Object({ n: Type.Number() }), '[{"n":"inf"},{"n":"-inf"},{"n":"nan"},{"n":"nan"}]', 3],
      ['sets', SetOf(Type.Integer(), { frozen: true }), '[[1,2],[2,1],[1],[3]]', 3],
      ['maps', DictOf(Type.Integer(), Type.Integer()), '[{"1":2,"2":1},{"2":1,"1":2},{"1":1}]', 2],
      ['integers of 64 bits', Type.Object({ id: Whole }), '[{"id":1},{"id":2},{"id":"2"}]', 2],
      ['bytes', Bytes(), '["a","b","b"]', 2],
      ['decimals', Decimal(), '["1.0","1","2"]', 2]
    ]
    for (const [name, items, payload, size] of lists) {
      const set = await reader(t, { body: SetOf(items) })
      const request = { method: 'POST', url: '/', headers: { 'content-type': 'application/json' }, payload } as const
      t.equal((await set.accepts(request)).body.size, size, name)
      const unique = await reader(t, { body: Type.Array(items, { uniqueItems: true }) })
      t.match(await unique.refuses(request), [{ msg: 'Input must NOT have duplicate items' }], name)
    }
    for (const [items, ...members] of [[Secret(), 'aaaa', 'bbbb'], [Type.Number(), 'inf', 'nan'], [SetOf(Type.Integer()), [1], [2]]] as const) {
      t.equal((await (await bodyReader(t, Type.Array(items, { uniqueItems: true }))).accepts(members)).length, 2)
    }
    class Own {}
    const [one, other] = [new Own(), new Own()]
    t.equal(parse(SetOf(Type.Unknown()), [one, other, one, [one], [one], [other]]).size, 4)
  })
})

t.test('tuples', async t => {
  for (const { accepts, refuses } of await bothWays(t, Type.Tuple([Type.Integer(), Type.String()]))) {
    t.strictSame(await accepts(['1', 'a']), [1, 'a'])
    t.strictSame(await refuses({}), [issue({ type: 'tuple_type', msg: 'Input should be a valid tuple' }, ['body'], {})])
    t.strictSame(await refuses(['x']), [issue(INT_PARSING, ['body', 0], 'x'), missing(['body', 1], ['x'])])
    t.strictSame(await refuses([1, 'a', 2]), [issue({ type: 'too_long', msg: 'Tuple should have at most 2 items after validation, not 3' }, ['body'], [1, 'a', 2], { field_type: 'Tuple', max_length: 2, actual_length: 3 })])
  }
  const prefix = await bodyReader(t, { type: 'array', prefixItems: [{ type: 'integer' }], items: false })
  t.strictSame(await prefix.accepts(['1']), [1])
  const empty = await bodyReader(t, Type.Tuple([]))
  t.strictSame(await empty.accepts([]), [])
  t.match(await empty.refuses([1]), [{ msg: 'Tuple should have at most 0 items after validation, not 1' }])
})

t.test('dictionaries', async t => {
  t.test('with keys of text are objects', async t => {
    const { accepts, refuses } = await bodyReader(t, Type.Record(Type.String(), Type.Integer(), { minProperties: 1, maxProperties: 2 }))
    t.strictSame(await accepts({ a: '1', constructor: 2 }), { a: 1, constructor: 2 })
    t.strictSame(await refuses([1]), [issue({ type: 'dict_type', msg: 'Input should be a valid dictionary' }, ['body'], [1])])
    t.strictSame(await refuses({ a: 'x', b: null }), [issue(INT_PARSING, ['body', 'a'], 'x'), issue(INT_TYPE, ['body', 'b'], null)])
    t.strictSame(await refuses({}), [issue({ type: 'too_short', msg: 'Dictionary should have at least 1 item after validation, not 0' }, ['body'], {}, { field_type: 'Dictionary', min_length: 1, actual_length: 0 })])
    t.strictSame(await refuses({ a: 1, b: 2, c: 3 }), [
      issue({ type: 'too_long', msg: 'Dictionary should have at most 2 items after validation, not more' }, ['body'], { a: 1, b: 2, c: 3 }, { field_type: 'Dictionary', max_length: 2, actual_length: null })
    ])
  })

  t.test('with other keys are Maps, and a key that comes twice keeps its last value', async t => {
    const { accepts, refuses } = await bodyReader(t, DictOf(Type.Integer(), Type.Number()))
    t.strictSame(await accepts({ 1: 2.3, '01': '4', '1.0': 5 }), new Map([[1, 5]]))
    t.strictSame(await refuses({ foo: 'x', 2: 1 }), [
      issue(INT_PARSING, ['body', 'foo', '[key]'], 'foo'),
      issue({ type: 'float_parsing', msg: 'Input should be a valid number, unable to parse string as a number' }, ['body', 'foo'], 'x')
    ])
    const dates = await bodyReader(t, DictOf(DateTime(), Type.Unknown()))
    t.strictSame(await dates.accepts({ '2020-01-01T00:00:00Z': null }), new Map([[new Date('2020-01-01'), null]]))
    const unkeyed = await bodyReader(t, { ...DictOf(Type.Integer(), Type.Integer()), [Symbol.for('fastify-apikit.key')]: undefined })
    t.strictSame(await unkeyed.accepts({ a: 1 }), new Map([['a', 1]]))
  })

  t.test('of anything keep what they are given', async t => {
    for (const schema of [Type.Object({}, { additionalProperties: true }), { type: 'object' }, { type: 'object', additionalProperties: true }, { type: 'object', properties: {}, additionalProperties: {} }]) {
      const { accepts } = await bodyReader(t, schema, { server: { onProtoPoisoning: 'ignore' } })
      const given = await accepts(JSON.parse('{"a":[1],"__proto__":{"b":2}}'))
      t.strictSame(Object.entries(given), [['a', [1]], ['__proto__', { b: 2 }]])
      t.equal(Object.getPrototypeOf(given), Object.prototype)
    }
    const typed = await bodyReader(t, { type: 'object', additionalProperties: { type: 'integer' } }, { server: { onProtoPoisoning: 'ignore' } })
    t.strictSame(Object.entries(await typed.accepts(JSON.parse('{"__proto__":"2"}'))), [['__proto__', 2]])
  })

  t.test('whose keys have a pattern', async t => {
    const record = (others?: unknown) => ({ type: 'object', patternProperties: { '^x-': { type: 'integer' } }, ...others !== undefined && { additionalProperties: others } })
    const cases: Array<[others: unknown, body: object, value: object | null]> = [
      [undefined, { 'x-a': '1', b: 'z' }, { 'x-a': 1 }],
      [true, { 'x-a': '1', b: 'z' }, { 'x-a': 1, b: 'z' }],
      [{ type: 'boolean' }, { 'x-a': '1', b: 'yes' }, { 'x-a': 1, b: true }],
      [false, { 'x-a': '1' }, { 'x-a': 1 }],
      [false, { 'x-a': '1', b: 'z' }, null]
    ]
    for (const [others, body, value] of cases) {
      const { accepts, refuses } = await bodyReader(t, record(others))
      if (value !== null) t.strictSame(await accepts(body), value)
      else t.strictSame(await refuses(body), [issue({ type: 'extra_forbidden', msg: 'Extra inputs are not permitted' }, ['body', 'b'], 'z')])
    }
    const { refuses } = await bodyReader(t, Type.Record(Type.RegExp('^[a-z]$'), Type.Integer(), { additionalProperties: false }))
    t.strictSame((await refuses({ a: 'x', B: 1 })).map(({ type, loc }) => [type, loc]), [['int_parsing', ['body', 'a']], ['extra_forbidden', ['body', 'B']]])
  })

  t.test('may require keys', async t => {
    const { accepts, refuses } = await bodyReader(t, { type: 'object', required: ['a'], additionalProperties: { type: 'integer' } })
    t.strictSame(await accepts({ a: '1', b: 2 }), { a: 1, b: 2 })
    t.strictSame(await refuses({ b: 2 }), [issue({ type: 'json_schema', msg: "Input must have required property 'a'" }, ['body'], { b: 2 }, { keyword: 'required' })])
  })
})

t.test('objects', async t => {
  const Image = Type.Object({ url: Type.String(), name: Type.Optional(Type.String()) }, { title: 'Image' })
  const Item = Type.Object({ name: Type.String(), size: Type.Integer({ alias: 'item-size' }), image: Type.Optional(Nullable(Image)), images: Type.Array(Image, { default: [] }) }, { title: 'Item' })

  t.test('are read field by field, in the order of the schema, all the way down', async t => {
    for (const { accepts, refuses } of await bothWays(t, Item)) {
      t.strictSame(await accepts({ extra: 1, images: [{ url: 'u', x: 1 }], 'item-size': '5', name: 'n', size: 9 }), { name: 'n', size: 5, images: [{ url: 'u' }] })
      t.strictSame(await accepts({ name: 'n', 'item-size': 5, image: null }), { name: 'n', size: 5, image: null, images: [] })
      const wrong = { images: [{}, { url: 1 }, 5], image: [], size: 5 }
      t.strictSame(await refuses(wrong), [
        missing(['body', 'name'], wrong),
        missing(['body', 'item-size'], wrong),
        issue(MODEL_TYPE, ['body', 'image'], []),
        missing(['body', 'images', 0, 'url'], {}),
        issue(STRING_TYPE, ['body', 'images', 1, 'url'], 1),
        issue(MODEL_TYPE, ['body', 'images', 2], 5)
      ])
    }
  })

  t.test('refuse, keep or read what they do not name', async t => {
    const of = (additionalProperties: unknown) => Type.Unsafe({ type: 'object', properties: { a: { type: 'integer' } }, additionalProperties })
    for (const { accepts, refuses } of await bothWays(t, of(false))) {
      t.strictSame(await accepts({ a: 1 }), { a: 1 })
      t.strictSame(await refuses({ c: 1, a: 'x', b: null }), [
        issue(INT_PARSING, ['body', 'a'], 'x'),
        issue({ type: 'extra_forbidden', msg: 'Extra inputs are not permitted' }, ['body', 'c'], 1),
        issue({ type: 'extra_forbidden', msg: 'Extra inputs are not permitted' }, ['body', 'b'], null)
      ])
    }
    for (const { accepts } of await bothWays(t, of(true))) t.strictSame(await accepts({ b: [1], a: '1' }), { a: 1, b: [1] })
    for (const { accepts, refuses } of await bothWays(t, of({ type: 'boolean' }))) {
      t.strictSame(await accepts({ b: 'on' }), { b: true })
      t.match(await refuses({ b: 'x' }), [{ type: 'bool_parsing', loc: ['body', 'b'] }])
    }
    for (const schema of [Type.Object({}, { additionalProperties: false }), { type: 'object', additionalProperties: false }]) {
      const nothing = await bodyReader(t, schema)
      t.strictSame(await nothing.accepts({}), {})
      t.match(await nothing.refuses({ a: 1 }), [{ type: 'extra_forbidden' }])
    }
    for (const additionalProperties of [{ type: 'object', properties: {}, additionalProperties: false }, undefined]) {
      const { accepts } = await bodyReader(t, Type.Object({ a: Type.Optional(Type.Integer()) }, additionalProperties && { additionalProperties: additionalProperties as never }))
      t.strictSame(await accepts({ a: '1' }), { a: 1 })
    }
  })

  t.test('may require keys that they do not describe', async t => {
    const cases: Array<[object, object, object]> = [
      [{ type: 'object', properties: { a: { type: 'integer' } } }, { a: '1', b: 'x' }, { a: 1, b: 'x' }],
      [{ properties: { a: { type: 'integer' } }, additionalProperties: { type: 'integer' } }, { a: '1', b: '2' }, { a: 1, b: 2 }]
    ]
    for (const [schema, sent, value] of cases) {
      const { accepts, refuses } = await bodyReader(t, { ...schema, required: ['b'] })
      t.strictSame(await accepts(sent), value)
      t.strictSame(await refuses({ a: 1 }), [missing(['body', 'b'], { a: 1 })])
    }
  })

  t.test('may have fields called like those of Object.prototype', async t => {
    const fields = { constructor: Type.Optional(Type.Integer()), hasOwnProperty: Type.Integer({ default: 1 }) }
    for (const properties of [fields, { ...fields, ['__proto__']: Type.Optional(Type.Integer()) }]) {
      for (const { accepts, refuses } of [await bodyReader(t, Type.Object(properties), { server: { onProtoPoisoning: 'ignore' } }), await bodyReader(t, Type.Object({ in: Type.Optional(Type.Object(properties)), ...properties }), { server: { onProtoPoisoning: 'ignore' } })]) {
        t.strictSame(Object.entries(await accepts({})).filter(([key]) => key !== 'in'), [['hasOwnProperty', 1]])
        t.strictSame(await accepts({ constructor: '2' }), Object.assign({ hasOwnProperty: 1 }, { constructor: 2 }))
        t.match(await refuses({ constructor: 'x' }), [{ loc: ['body', 'constructor'] }])
      }
    }
    const proto = await bodyReader(t, Type.Object({ ['__proto__']: Type.Object({ a: Type.Integer() }) }), { server: { onProtoPoisoning: 'ignore' } })
    const given = await proto.accepts(JSON.parse('{"__proto__":{"a":"1"}}'))
    t.strictSame(Object.entries(given), [['__proto__', { a: 1 }]])
    t.equal(Object.getPrototypeOf(given), Object.prototype)
  })
})

t.test('unions', async t => {
  t.test('take the member that fits best, whatever their order', async t => {
    const cases: Array<[ReturnType<typeof Type.Unsafe>, Array<[unknown, unknown]>]> = [
      [Type.Union([Type.Integer(), Type.String()]), [[1, 1], ['1', '1'], ['a', 'a'], [true, 1]]],
      [Type.Union([Type.String(), Type.Integer()]), [[1, 1], ['1', '1']]],
      [Type.Union([Type.Integer(), Type.Number()]), [['1', 1], ['1.0', 1], ['1.5', 1.5], [1.5, 1.5], [true, 1]]],
      [Type.Union([Type.Number(), Type.Integer()]), [['1.5', 1.5], [2, 2], ['1', 1]]],
      [Type.Union([Type.Integer(), Type.Boolean()]), [[true, true], ['true', true], [1, 1], ['1', 1], ['0', 0]]],
      [Type.Union([Type.Boolean(), Type.Integer()]), [['1', true], [1, 1], ['2', 2]]],
      [Type.Union([DateTime(), Type.String()]), [['2020-01-01T00:00:00Z', '2020-01-01T00:00:00Z'], [0, new Date(0)]]],
      [Type.Union([Uuid(), Type.Integer(), Type.String()]), [['1', '1'], [1, 1]]],
      [Type.Union([Email(), Type.String()]), [['a@EXAMPLE.com', 'a@example.com'], ['x', 'x']]],
      [Type.Union([Type.String(), Email()]), [['a@EXAMPLE.com', 'a@EXAMPLE.com']]],
      [Type.Union([Json(Type.Integer()), Type.String()]), [['5', 5], ['x', 'x']]],
      [Type.Union([Refine(Type.String({ minLength: 2 }), text => text.toUpperCase()), Type.String()]), [['ab', 'AB'], ['a', 'a']]],
      [Type.Union([Type.Union([Email(), Type.Integer()]), Type.String()]), [['a@EXAMPLE.com', 'a@example.com'], [1, 1], ['x', 'x']]],
      [Type.Union([Type.Union([Nullable(Uuid()), Type.Integer()]), Type.String()]), [['x', 'x'], [1, 1], [null, null]]],
      [Type.Union([Type.String({ minLength: 3 }), Type.Integer({ minimum: 5 }), Type.Boolean()]), [['abc', 'abc'], ['1', true], [7, 7], [1, true]]],
      [Type.Union([Enum([1, 2], { title: 'Small' }), Type.String()]), [['1', '1'], [2, 2]]],
      [Type.Union([Literal(['a']), Type.Integer()]), [['a', 'a'], ['5', 5]]],
      [Type.Union([Literal([1]), Type.Boolean()]), [[true, 1], [false, false], ['on', true]]],
      [Type.Union([Enum([1]), Type.Boolean(), Type.String()]), [[true, true], ['1', '1'], [1, 1]]],
      [Type.Union([Type.String({ format: 'ipv6' }), Type.Integer(), Type.String()]), [['::1', '::1'], ['1', '1'], [1, 1]]],
      [Type.Union([Refine(Type.String(), text => `${text}!`), Type.String(), Json(Type.Integer())]), [['a', 'a!'], ['1', '1!']]],
      [Type.Union([Type.Array(Type.Integer()), Type.Array(Type.String())]), [[[1], [1]], [['1'], ['1']], [['a'], ['a']], [[], []]]],
      [Type.Union([Type.Array(Type.Integer()), Type.Integer()]), [['1', 1], [['1'], [1]]]],
      [Type.Union([Type.Unknown(), Type.Integer()]), [['1', '1']]],
      [Type.Union([Type.Null(), Type.Integer()]), [[null, null], ['1', 1]]],
      [Nullable(Type.Union([Type.Integer(), Type.String()])), [[null, null], ['1', '1']]]
    ]
    for (const [schema, pairs] of cases) {
      for (const { accepts } of await bothWays(t, Type.Array(schema))) {
        for (const [sent, value] of pairs) t.strictSame(await accepts([sent]), [value], `${JSON.stringify(schema)} ${JSON.stringify(sent)}`)
      }
    }
  })

  t.test('may have the whole as a member', async t => {
    for (const { accepts } of await bothWays(t, Type.Recursive(This => Type.Object({ v: Type.Union([This, Type.Array(This), Type.String()]) })))) {
      for (const value of [{ v: 'a' }, { v: { v: '1' } }, { v: [{ v: 'b' }] }]) t.strictSame(await accepts(value), value)
    }
  })

  t.test('of models take the one with most fields set, then the first', async t => {
    const A = Type.Object({ a: Type.Optional(Type.Integer()) }, { title: 'A' })
    const AB = Type.Object({ a: Type.Optional(Type.Integer()), b: Type.Optional(Type.Integer()), in: Type.Optional(Type.Object({ c: Type.Optional(Type.Integer()), d: Type.Optional(Type.Integer()) })) }, { title: 'AB' })
    const C = Type.Object({ in: Type.Optional(Type.Object({ c: Type.Optional(Type.Integer()) })), z: Type.Integer({ default: 0 }) }, { title: 'C' })
    for (const { accepts } of await bothWays(t, Type.Union([A, AB, C]))) {
      t.strictSame(await accepts({ a: 1 }), { a: 1 })
      t.strictSame(await accepts({ a: 1, b: 2 }), { a: 1, b: 2 })
      t.strictSame(await accepts({ in: { c: 1 } }), { in: { c: 1 } })
      t.strictSame(await accepts({ in: { c: 1, d: 1 } }), { in: { c: 1, d: 1 } })
      t.strictSame(await accepts({}), {})
      t.strictSame(await accepts({ b: 1, z: 5 }), { b: 1 })
    }
    for (const { accepts } of await bothWays(t, Type.Union([Type.Object({ x: Type.Union([A, AB]) }), Type.Object({ x: AB, y: Type.Optional(Type.Integer()) })]))) {
      t.strictSame(await accepts({ x: { a: 1, b: 2 }, y: 3 }), { x: { a: 1, b: 2 }, y: 3 })
      t.strictSame(await accepts({ x: { a: 1 } }), { x: { a: 1 } })
    }
  })

  t.test('whose members a literal tells apart take the one of the literal', async t => {
    const member = (kind: ReturnType<typeof Type.Unsafe>, name: string) => Type.Object({ kind, [name]: Type.Integer() })
    for (const { accepts, refuses } of await bothWays(t, Type.Union([member(Literal(['cat', 'lion']), 'lives'), member(Literal([null, 3]), 'scales')]))) {
      for (const pet of [{ kind: 'cat', lives: 9 }, { kind: 'lion', lives: 1 }, { kind: null, scales: 5 }, { kind: 3, scales: 5 }]) t.strictSame(await accepts({ ...pet, x: 1 }), pet)
      t.strictSame(await accepts({ kind: 3, scales: '5' }), { kind: 3, scales: 5 })
      t.strictSame((await refuses({ kind: 'cat', scales: 5 })).map(({ type }) => type), ['missing', 'literal_error'])
      t.strictSame((await refuses([])).map(({ type }) => type), ['model_attributes_type', 'model_attributes_type'])
    }
    for (const { accepts } of await bothWays(t, Type.Union([member(Enum([1, 2]), 'n'), member(Literal(['1']), 'n')]))) {
      t.strictSame(await accepts({ kind: '1', n: 1 }), { kind: '1', n: 1 }, 'and that of the text before one that converts it')
    }
  })

  t.test('that nothing fits tell the issues of all members, each under its label', async t => {
    const of = async (members: Array<ReturnType<typeof Type.Unsafe>>, input: unknown) => {
      const [fast, exact] = await bothWays(t, Type.Object({ v: Type.Union(members) }))
      const issues = await fast.refuses({ v: input })
      t.strictSame(await exact.refuses({ v: input }), issues)
      return issues
    }
    const Item = Type.Object({ name: Type.String() }, { title: 'Item' })
    t.strictSame(await of([Item, Type.Integer()], 'x'), [issue(MODEL_TYPE, ['body', 'v', 'Item'], 'x'), issue(INT_PARSING, ['body', 'v', 'int'], 'x')])
    t.strictSame(await of([Item, Type.Integer()], {}), [missing(['body', 'v', 'Item', 'name'], {}), issue(INT_TYPE, ['body', 'v', 'int'], {})])

    const members: Array<[ReturnType<typeof Type.Unsafe>, string]> = [
      [Type.Integer(), 'int'], [Type.Integer({ minimum: 1 }), 'constrained-int'], [Type.Number(), 'float'], [Type.Number({ maximum: 1 }), 'constrained-float'],
      [Type.Boolean(), 'bool'], [Type.String(), 'str'], [Type.String({ maxLength: 3 }), 'constrained-str'], [Type.String({ minLength: 0 }), 'constrained-str'], [Type.String({ pattern: 'a' }), 'constrained-str'],
      [DateTime(), 'datetime'], [PlainDate(), 'date'], [Uuid(), 'uuid'], [Decimal(), 'decimal'], [Bytes(), 'bytes'],
      [Literal(['a', 1, true]), "literal['a',1,True]"], [Enum(['a'], { title: 'ModelName' }), 'str-enum[ModelName]'], [Enum(['a']), 'str-enum'], [Enum([1, 2], { title: 'N' }), 'int-enum[N]'],
      [Enum([1.5], { title: 'F' }), 'float-enum[F]'], [Enum(['a', 1], { title: 'Mixed' }), 'enum[Mixed]'],
      [Type.Array(Type.Integer()), 'list[int]'], [SetOf(Type.String()), 'set[str]'], [SetOf(Type.String(), { frozen: true }), 'frozenset[str]'], [Type.Tuple([Type.Integer(), Type.String()]), 'tuple[int, str]'],
      [Type.Record(Type.String(), Type.Integer()), 'dict[str,int]'], [DictOf(Type.Integer(), Type.Number()), 'dict[int,float]'],
      [Type.Object({ a: Type.Integer() }), 'model'], [Type.Object({ a: Type.Integer() }, { $id: 'Named' }), 'Named'], [Nullable(Type.Integer()), 'nullable[int]'],
      [Type.Array(Type.Union([Type.Integer(), Type.Boolean()])), 'list[union[int,bool]]'], [Type.Array(Type.Unknown()), 'list[any]'], [Type.Array(Type.Null()), 'list[none]'],
      [Json(Type.Integer()), 'json'], [Refine(Type.Integer(), () => {}), 'function-after[int]'], [Type.String({ format: 'ipv6' }), 'str'],
      [Type.Unsafe({ $defs: { n: { type: 'integer' } }, $ref: 'n' }), 'int'],
      [Type.Recursive(This => Type.Object({ next: Type.Array(This) }, { title: 'Node' })), 'Node'],
      [Type.Union([Type.Object({ k: Type.Literal('a') }), Type.Object({ k: Type.Literal('b') })], { discriminator: { propertyName: 'k' } }), 'tagged-union[model,model]'],
      // A model stands there once for each of its tags.
      [Type.Union([Type.Object({ k: Literal(['a', 'b']) }, { title: 'A' }), Type.Union([Type.Object({ k: Literal(['c']), s: Literal(['x']) }, { title: 'B' }), Type.Object({ k: Literal(['c']), s: Literal(['y']) }, { title: 'C' })], { discriminator: { propertyName: 's' } })], { discriminator: { propertyName: 'k' } }), 'tagged-union[A,A,tagged-union[B,C]]']
    ]
    for (const [member, label] of members) {
      const issues = await of([member, Type.Object({}, { title: 'Other' })], /^(constrained-)?str$|bytes/.test(label) ? 5 : '~')
      t.equal(issues[0]?.loc[2], label)
    }
    const recursive = await bodyReader(t, Type.Recursive(This => Type.Object({ next: Type.Union([Type.Array(This), Type.Integer()]) }, { title: 'Node' })))
    t.strictSame((await recursive.refuses({ next: 'x' })).map(({ loc }) => loc), [['body', 'next', 'list[Node]'], ['body', 'next', 'int']])
    t.strictSame((await recursive.refuses({ next: [{ next: 'x' }] })).map(({ loc }) => loc), [
      ['body', 'next', 'list[Node]', 0, 'next', 'list[Node]'], ['body', 'next', 'list[Node]', 0, 'next', 'int'], ['body', 'next', 'int']
    ])
  })

  // As pydantic answers: of models with as many fields, the one that converts nothing, and any value before one that is converted.
  t.test('of models with as many fields, the one that fits best', async t => {
    const model = (title: string, f: TSchema) => Type.Object({ f }, { title })
    const [any, int, date, list] = [Type.Any(), Type.Integer(), Nullable(DateTime()), Type.Array(Type.Integer())]
    const cases: ReadonlyArray<readonly [TSchema, TSchema, unknown, 0 | 1]> = [
      [date, any, 1.5, 1], [any, date, 1.5, 0], [int, any, '1', 1], [int, any, 1, 0], [any, int, 1, 0], [Decimal(), any, '2', 1], [Type.Number(), any, 1, 0],
      [list, Type.Array(any), ['1'], 1], [list, Type.Array(any), [1], 0], [Type.Object({ a: int }), Type.Object({ a: any }), { a: '1' }, 1]
    ]
    for (const [first, second, f, best] of cases) {
      const union = Type.Union([model('First', first), model('Second', second)])
      const label = JSON.stringify([first, second, f])
      const expected = parse(model('Best', best === 0 ? first : second), { f })
      t.strictSame(parse(union, { f }), expected, label)
      t.strictSame(jsonable({ f }, { schema: union }), jsonable({ f }, { schema: model('Best', best === 0 ? first : second) }), label)
    }
    const nearlyAny = Type.Union([Type.Object({ a: int }, { title: 'Model' }), Type.Record(Type.String(), any)])
    t.strictSame(parse(nearlyAny, { a: 1 }), { a: 1 })
    t.strictSame(parse(nearlyAny, { a: '1' }), { a: '1' })
  })

  t.test('of one member, or of null alone, are what they are', async t => {
    const one = await bodyReader(t, Type.Unsafe({ anyOf: [{ type: 'integer' }] }))
    t.match(await one.refuses('x'), [{ loc: ['body'] }])
    const none = await bodyReader(t, Type.Object({ v: Type.Unsafe({ oneOf: [{ type: 'null' }] }) }))
    t.strictSame(await none.accepts({ v: null }), { v: null })
    t.match(await none.refuses({ v: 1 }), [{ type: 'none_required' }])
  })
})

t.test('discriminated unions', async t => {
  const Cat = Type.Object({ pet: Literal(['cat', 'lion']), meows: Type.Integer() }, { title: 'Cat' })
  const Dog = Type.Object({ pet: Type.Literal('dog'), barks: Type.Number() }, { title: 'Dog' })
  const Lizard = Type.Object({ pet: Literal([3]), scales: Type.Boolean() })
  const Pet = Type.Union([Type.Union([Cat, Dog], { discriminator: { propertyName: 'pet' } }), Lizard], { discriminator: { propertyName: 'pet' } })
  for (const { accepts, refuses } of await bothWays(t, Type.Object({ pet: Pet }))) {
    for (const pet of [{ pet: 'cat', meows: 1 }, { pet: 'lion', meows: 2 }, { pet: 'dog', barks: 1.5 }, { pet: 3, scales: true }]) t.strictSame(await accepts({ pet }), { pet })
    t.strictSame(await accepts({ pet: { pet: 'cat', meows: '4' } }), { pet: { pet: 'cat', meows: 4 } })
    t.strictSame(await refuses({ pet: { pet: 'dog' } }), [missing(['body', 'pet', 'dog', 'barks'], { pet: 'dog' })])
    t.strictSame(await refuses({ pet: { pet: 3 } }), [missing(['body', 'pet', '3', 'scales'], { pet: 3 })])
    t.strictSame(await refuses({ pet: 5 }), [issue(MODEL_TYPE, ['body', 'pet'], 5)])
    t.strictSame(await refuses({ pet: {} }), [
      issue({ type: 'union_tag_not_found', msg: "Unable to extract tag using discriminator 'pet'" }, ['body', 'pet'], {}, { discriminator: "'pet'" })
    ])
    for (const [tag, text] of [['fish', 'fish'], [5, '5'], [null, 'None'], [true, 'True'], [['cat', null], "['cat', None]"], [{ a: { b: "it's" } }, '{\'a\': {\'b\': "it\'s"}}'], [['é\u0000\t\\ \u2028\u{e0001}😀'], "['é\\x00\\t\\\\ \\u2028\\U000e0001😀']"]] as const) {
      const expected = "'cat', 'lion', 'dog', 3"
      t.strictSame(await refuses({ pet: { pet: tag } }), [issue(
        { type: 'union_tag_invalid', msg: `Input tag '${text}' found using 'pet' does not match any of the expected tags: ${expected}` },
        ['body', 'pet'], { pet: tag }, { discriminator: "'pet'", tag: text, expected_tags: expected }
      )])
    }
  }
  // As Python prints numbers.
  for (const [tag, text] of [[NaN, 'nan'], [Infinity, 'inf'], [-Infinity, '-inf'], [0, '0'], [1.5, '1.5'], [0.0001, '0.0001'], [0.00001, '1e-05'], [-2.5e-7, '-2.5e-07'], [1e-100, '1e-100'], [[1e-9, Infinity], '[1e-09, inf]']] as const) {
    t.throws(() => parse(Pet, { pet: tag }), { cause: { message: new RegExp(`Input tag '${text.replaceAll(/[[.]/g, '\\$&')}' found`) } }, text)
  }
})

// As FastAPI 0.165 answers the same models.
t.test('discriminated unions of discriminated unions, and discriminators with an alias', async t => {
  const Black = Type.Object({ pet: Literal(['cat']), color: Literal(['black']), a: Type.Integer() }, { title: 'Black' })
  const White = Type.Object({ pet: Literal(['cat']), color: Literal(['white']), b: Type.Integer() }, { title: 'White' })
  const Dog = Type.Object({ pet: Literal(['dog']), n: Type.Integer() }, { title: 'Dog' })
  const Pet = Type.Union([Type.Union([Black, White], { discriminator: { propertyName: 'color' } }), Dog], { discriminator: { propertyName: 'pet' } })
  for (const { accepts, refuses } of await bothWays(t, Pet)) {
    for (const pet of [{ pet: 'cat', color: 'black', a: 1 }, { pet: 'cat', color: 'white', b: 1 }, { pet: 'dog', n: 1 }]) t.strictSame(await accepts(pet), pet)
    t.match(await refuses({ pet: 'cat', color: 'red' }), [{ type: 'union_tag_invalid', loc: ['body', 'cat'], ctx: { expected_tags: "'black', 'white'" } }])
    t.match(await refuses({ pet: 'cat' }), [{ type: 'union_tag_not_found', loc: ['body', 'cat'] }])
    t.match(await refuses({ pet: 'cat', color: 'white', b: 'x' }), [{ type: 'int_parsing', loc: ['body', 'cat', 'white', 'b'] }])
    t.match(await refuses({ pet: 'x' }), [{ type: 'union_tag_invalid', loc: ['body'], ctx: { expected_tags: "'cat', 'dog'" } }])
  }

  const alias = { alias: 'type' }
  const Called = Type.Union([Type.Object({ kind: Literal(['a'], alias), x: Type.Integer() }), Type.Object({ kind: Type.Union([Type.Literal('b')], alias), y: Type.Integer() })], { discriminator: { propertyName: 'kind' } })
  for (const { accepts, refuses } of await bothWays(t, Called)) {
    t.strictSame(await accepts({ type: 'a', x: 1 }), { kind: 'a', x: 1 })
    t.match(await refuses({ kind: 'a', x: 1 }), [{ type: 'missing', loc: ['body', 'a', 'type'] }])
    t.match(await refuses({ type: 'c' }), [{ type: 'union_tag_invalid', ctx: { discriminator: "'kind' | 'type'", tag: 'c' } }])
  }
  const More = Type.Union([Called, Type.Object({ kind: Literal(['c'], alias) })], { discriminator: { propertyName: 'kind' } })
  for (const { accepts, refuses } of await bothWays(t, More)) {
    t.strictSame(await accepts({ type: 'a', x: 1 }), { kind: 'a', x: 1 })
    t.match(await refuses({ type: 'b' }), [{ type: 'missing', loc: ['body', 'b', 'y'] }])
  }
})

t.test('what cannot be told apart is refused at the start', async t => {
  const starts = async (...members: TSchema[]) => { await (await reader(t, { body: Type.Union(members, { discriminator: { propertyName: 'kind' } }) })).app.ready() }
  const A = Type.Object({ kind: Literal(['a'], { alias: 'type' }) })
  await t.rejects(starts(A, Type.Object({ kind: Literal(['b']) })), { code: 'APIKIT_ERR_ROUTES', message: /must have the same alias in every member of the union, got type, kind/ })
  for (const other of [Type.Object({ kind: Type.String() }), Type.Object({}), Type.Integer(), Type.Union([A, Type.Object({ x: Type.Integer() })]), Type.Union([A, Type.Object({ kind: Literal(['c']) })])]) {
    await t.rejects(starts(A, other), { code: 'APIKIT_ERR_ROUTES', message: /the discriminator "kind" must be a literal in every member/ })
  }
  await starts(A, Type.Union([Type.Object({ kind: Literal(['b'], { alias: 'type' }) }), Type.Object({ kind: Literal(['c'], { alias: 'type' }) })]))
})

// As pydantic 2.14 judges the same values.
t.test('a set or a tuple beside a list is a list, and a literal is as exact as a boolean', async t => {
  const [Ints, Set] = [Type.Array(Type.Integer()), SetOf(Type.Integer())]
  const cases: ReadonlyArray<readonly [schema: TSchema, input: unknown, value: unknown]> = [
    [Type.Union([Set, Ints]), [3, 3], [3, 3]], [Type.Union([Ints, Set]), [3, 3], [3, 3]], [Type.Union([Set, Ints]), ['1'], new global.Set([1])],
    [Type.Union([SetOf(Type.Integer(), { frozen: true }), Ints]), [3, 3], [3, 3]], [Type.Union([Set, Type.Tuple([Type.Integer(), Type.Integer()])]), [3, 3], new global.Set([3])],
    [Type.Union([Set, Type.Array(Type.String())]), [3], new global.Set([3])],
    [Type.Union([Literal([1, 2]), Type.Boolean()]), true, 1], [Type.Union([Type.Boolean(), Literal([1, 2])]), true, true], [Type.Union([Literal([1, 2]), Type.Boolean()]), false, false],
    [Type.Union([Literal([true]), Type.Integer()]), 1, true], [Type.Union([Literal([true]), Type.Integer()]), 2, 2],
    [Literal(['a', 1]), true, 1], [Literal([true, 'a']), 1, true]
  ]
  for (const [schema, input, value] of cases) {
    for (const { accepts } of await bothWays(t, Type.Object({ v: schema }))) t.strictSame(await accepts({ v: input }), { v: value }, JSON.stringify([schema, input]))
  }
})

t.test('discriminated unions inside themselves', async t => {
  const Expression = Type.Recursive(This => Type.Object({
    op: Type.Literal('add'),
    of: Type.Array(Type.Union([This, Type.Object({ op: Type.Literal('number'), value: Type.Number() })], { discriminator: { propertyName: 'op' } }))
  }))
  for (const { accepts, refuses } of await bothWays(t, Expression)) {
    const sum = { op: 'add', of: [{ op: 'number', value: 1 }, { op: 'add', of: [] }] }
    t.strictSame(await accepts(sum), sum)
    t.strictSame((await refuses({ op: 'add', of: [{ op: 'add', of: [{ op: 'x' }] }] })).map(({ type, loc }) => [type, loc]), [['union_tag_invalid', ['body', 'of', 0, 'add', 'of', 0]]])
  }
})

t.test('references', async t => {
  t.test('lead into the schema itself, by pointer, by $id and by the names of $defs', async t => {
    const defs = { 'a/b~c d': { type: 'integer' }, list: { type: 'array', items: { $ref: '#/$defs/a~1b~0c%20d' } } }
    const { accepts, refuses } = await bodyReader(t, { $defs: defs, type: 'object', properties: { n: { $ref: '#/$defs/a~1b~0c%20d' }, l: { $ref: 'list' } } })
    t.strictSame(await accepts({ n: '1', l: ['2'] }), { n: 1, l: [2] })
    t.match(await refuses({ l: ['x'] }), [{ loc: ['body', 'l', 0] }])
    const Module = Type.Module({ Node: Type.Object({ next: Type.Optional(Type.Ref('Node')), value: Type.Ref('Value') }), Value: Type.Integer() })
    const module = await bodyReader(t, Module.Import('Node'))
    t.strictSame(await module.accepts({ value: '1', next: { value: 2 } }), { value: 1, next: { value: 2 } })
    t.match(await module.refuses({ value: 1, next: { value: 1, next: {} } }), [{ type: 'missing', loc: ['body', 'next', 'next', 'value'] }])
    const siblings = await bodyReader(t, { $defs: { n: { type: 'integer' } }, $ref: '#/$defs/n', minimum: 3 })
    t.strictSame(await siblings.accepts('3'), 3)
    t.match(await siblings.refuses(2), [{ type: 'json_schema', msg: 'Input must be >= 3', ctx: { keyword: 'minimum' } }])
  })

  t.test('lead to the schemas of the app, and from those on', async t => {
    const app = bare(t)
    await app.register(validation)
    app.addSchema({ $id: 'price', type: 'object', properties: { amount: { $ref: '#/definitions/positive' }, currency: { $ref: 'currency#' } }, required: ['amount'], definitions: { positive: { type: 'number', exclusiveMinimum: 0 } } })
    app.addSchema({ $id: 'currency', type: 'string', enum: ['EUR', 'USD'] })
    app.post('/', { schema: { body: { type: 'object', properties: { price: { $ref: 'price#' }, min: { $ref: 'price#/definitions/positive' } } } } }, async ({ body }) => body)
    t.strictSame((await app.inject(json('{"price":{"amount":"5","currency":"EUR"},"min":"1"}'))).json(), { price: { amount: 5, currency: 'EUR' }, min: 1 })
    t.match((await app.inject(json('{"price":{"amount":0,"currency":"x"},"min":0}'))).json().detail, [
      { type: 'greater_than', loc: ['body', 'price', 'amount'] }, { type: 'enum', loc: ['body', 'price', 'currency'] }, { type: 'greater_than', loc: ['body', 'min'] }
    ])
  })

  t.test('may go round', async t => {
    const Tree = Type.Recursive(This => Type.Object({ value: Type.Integer(), children: Type.Array(This, { default: [] }), parent: Type.Optional(Nullable(This)) }, { title: 'Tree' }))
    for (const { accepts, refuses } of await bothWays(t, Tree)) {
      t.strictSame(await accepts({ value: '1', children: [{ value: 2, parent: null }] }), { value: 1, children: [{ value: 2, children: [], parent: null }] })
      t.strictSame((await refuses({ value: 1, children: [{ value: 2, children: [{}] }] })).map(({ loc }) => loc), [['body', 'children', 0, 'children', 0, 'value']])
    }
    const cycle: Record<string, unknown> = { type: 'object', properties: { n: { type: 'integer' } }, required: ['n'] }
    Object.assign(cycle.properties as object, { next: cycle, map: { type: 'object', additionalProperties: cycle } })
    const { accepts, refuses } = await bodyReader(t, cycle)
    t.strictSame(await accepts({ n: '1', next: { n: 2 }, map: { a: { n: '3' } } }), { n: 1, next: { n: 2 }, map: { a: { n: 3 } } })
    t.match(await refuses({ n: 1, next: { n: 2, map: { a: {} } } }), [{ loc: ['body', 'next', 'map', 'a', 'n'] }])
    const JsonValue = Type.Recursive(This => Type.Union([Type.Array(This), Type.Record(Type.String(), This), Type.Integer(), Type.String()]))
    for (const { accepts } of await bothWays(t, JsonValue)) t.strictSame(await accepts([1, ['a', { b: [2] }]]), [1, ['a', { b: [2] }]])
    {
      const { refuses } = await bodyReader(t, JsonValue)
      const of = 'union[list[...],dict[str,...],int,str]'
      t.strictSame((await refuses([true, null])).map(({ loc }) => loc), [
        ['body', `list[${of}]`, 1, `list[${of}]`], ['body', `list[${of}]`, 1, `dict[str,${of}]`], ['body', `list[${of}]`, 1, 'int'], ['body', `list[${of}]`, 1, 'str'],
        ['body', `dict[str,${of}]`], ['body', 'int'], ['body', 'str']
      ])
    }
    const list = await bodyReader(t, Type.Recursive(This => Type.Array(This)))
    t.strictSame(await list.accepts([[], [[]]]), [[], [[]]])
    t.match(await list.refuses([[], [5]]), [{ type: 'list_type', loc: ['body', 1, 0] }])
  })
})

t.test('intersections of objects are one object', async t => {
  const schema = Type.Intersect([Type.Object({ a: Type.Integer() }), Type.Object({ b: Type.String(), a: Type.Integer({ minimum: 2 }) })], { title: 'Both' })
  for (const { accepts, refuses } of await bothWays(t, schema)) {
    t.strictSame(await accepts({ a: '2', b: 'x', c: 1 }), { a: 2, b: 'x' })
    t.strictSame((await refuses({ a: 1 })).map(({ type, loc }) => [type, loc]), [['greater_than_equal', ['body', 'a']], ['missing', ['body', 'b']]])
  }
  for (const closed of [
    Type.Intersect([Type.Object({ a: Type.Integer() }), Type.Object({})], { unevaluatedProperties: false }),
    Type.Intersect([Type.Object({ a: Type.Integer() }, { additionalProperties: false }), Type.Object({})])
  ]) {
    const { refuses } = await bodyReader(t, closed)
    t.match(await refuses({ a: 1, z: 1 }), [{ type: 'extra_forbidden', loc: ['body', 'z'] }])
  }
  const union = await bodyReader(t, Type.Union([schema, Type.Integer()]))
  t.match(await union.refuses('x'), [{ loc: ['body', 'Both'] }, { loc: ['body', 'int'] }])
})

t.test('null', async t => {
  for (const schema of [Nullable(Type.Integer()), Type.Unsafe({ type: 'integer', nullable: true }), Type.Unsafe({ type: ['integer', 'null'] })]) {
    for (const { accepts, refuses } of await bothWays(t, Type.Object({ n: schema }))) {
      t.strictSame(await accepts({ n: null }), { n: null })
      t.strictSame(await accepts({ n: '5' }), { n: 5 })
      t.strictSame(await refuses({ n: 'null' }), [issue(INT_PARSING, ['body', 'n'], 'null')])
      t.strictSame(await refuses({}), [missing(['body', 'n'], {})])
    }
  }
  const types = await bodyReader(t, Type.Unsafe({ type: ['integer', 'boolean'], description: 'either' }))
  t.strictSame([await types.accepts(true), await types.accepts(5)], [true, 5])
  t.match(await types.refuses('x'), [{ loc: ['body', 'int'] }, { loc: ['body', 'bool'] }])
})

t.test('Refine', async t => {
  t.test('says what is wrong, or replaces the value, or leaves it', async t => {
    const Slug = Refine(Refine(Refine(Type.String({ minLength: 2 }), text => {
      if (text.includes(' ')) throw new Error('must be a slug')
    }), text => text.toLowerCase()), text => {
      // eslint-disable-next-line no-throw-literal
      if (text === 'admin') throw 'is taken'
    })
    const { accepts, refuses } = await bodyReader(t, Type.Object({ slug: Slug }))
    t.strictSame(await accepts({ slug: 'AB' }), { slug: 'ab' })
    t.strictSame(await refuses({ slug: 'a b' }), [issue({ type: 'value_error', msg: 'Value error, must be a slug' }, ['body', 'slug'], 'a b', { error: {} })])
    t.strictSame(await refuses({ slug: 'ADMIN' }), [issue({ type: 'value_error', msg: 'Value error, is taken' }, ['body', 'slug'], 'ADMIN', { error: {} })])
    t.strictSame((await refuses({ slug: 'a' })).map(({ type }) => type), ['string_too_short'], 'a value that its schema refuses is not asked about')
  })

  t.test('of an object runs when all its fields are right', async t => {
    const Passwords = Refine(Type.Object({ a: Type.String(), b: Type.String() }), ({ a, b }) => {
      if (a !== b) throw new Error('passwords do not match')
      return { hash: a }
    })
    const { accepts, refuses } = await bodyReader(t, Passwords)
    t.strictSame(await accepts({ a: 'x', b: 'x' }), { hash: 'x' })
    t.strictSame(await refuses({ a: 'x', b: 'y' }), [issue({ type: 'value_error', msg: 'Value error, passwords do not match' }, ['body'], { a: 'x', b: 'y' }, { error: {} })])
    t.strictSame((await refuses({ a: 'x' })).map(({ type }) => type), ['missing'])
  })

  t.test('that fails by a mistake of its own is a 500', async t => {
    for (const mistake of [() => (undefined as unknown as { x: { y: number } }).x.y, () => { throw new ReferenceError('nope is not defined') }]) {
      const { app } = await bodyReader(t, Refine(Type.String(), mistake))
      t.equal((await app.inject(json('"a"'))).statusCode, 500)
    }
  })
})

t.test('the Transform of TypeBox decodes', async t => {
  const Sorted = Type.Transform(Type.Array(Type.Integer())).Decode(list => list.toSorted((a, b) => a - b)).Encode(list => list)
  const { accepts, refuses } = await bodyReader(t, Type.Object({ list: Sorted }))
  t.strictSame(await accepts({ list: [3, '1', 2] }), { list: [1, 2, 3] })
  t.match(await refuses({ list: ['x'] }), [{ type: 'int_parsing', loc: ['body', 'list', 0] }])
})

t.test('Json reads what is in a string', async t => {
  for (const { accepts, refuses } of await bothWays(t, Type.Object({ j: Json(Type.Object({ n: Type.Integer() })) }))) {
    t.strictSame(await accepts({ j: '{"n":"1"}' }), { j: { n: 1 } })
    t.strictSame(await refuses({ j: '{"n":"x"}' }), [issue(INT_PARSING, ['body', 'j', 'n'], 'x')])
    t.strictSame(await refuses({ j: 5 }), [issue({ type: 'json_type', msg: 'JSON input should be string, bytes or bytearray' }, ['body', 'j'], 5)])
    const error = 'EOF while parsing a list at line 1 column 1'
    t.strictSame(await refuses({ j: '[' }), [issue({ type: 'json_invalid', msg: `Invalid JSON: ${error}` }, ['body', 'j'], '[', { error })])
  }
  const any = await bodyReader(t, Type.Object({ j: Json() }))
  t.strictSame(await any.accepts({ j: '[1,"a"]' }), { j: [1, 'a'] })
})

t.test('ExcludeUnset leaves away what was not sent', async t => {
  const Item = Type.Object({ name: Type.String(), tax: Type.Number({ default: 10.5 }), owner: Type.Object({ name: Type.String({ default: 'me' }) }, { default: {} }) })
  for (const { accepts, refuses } of await bothWays(t, ExcludeUnset(Item))) {
    t.strictSame(await accepts({ name: 'a' }), { name: 'a' })
    t.strictSame(await accepts({ name: 'a', tax: '1', owner: {} }), { name: 'a', tax: 1, owner: { name: 'me' } })
    t.strictSame(await refuses({}), [missing(['body', 'name'], {})])
  }
})

t.test('defaults', async t => {
  const schema = Type.Object({
    set: SetOf(Type.Integer(), { default: [1, 1] }),
    date: DateTime({ default: '2020-01-01T00:00:00Z' }),
    any: Type.Unknown({ default: { list: [] } }),
    list: Type.Array(Type.Unknown(), { default: [{}] }),
    nested: Type.Object({ n: Type.Integer({ default: 5 }) }, { default: {} }),
    null: Nullable(Type.Integer(), { default: null }),
    infinite: Type.Number({ default: Infinity }),
    text: Type.String({ default: 'it\'s "quoted" \u2028' }),
    undefined: Type.Optional(Type.Unknown({ default: undefined })),
    checked: Refine(Nullable(Type.String({ default: '', format: 'ipv6' }), { default: 'none' }), () => { throw new Error('no') }),
    number: Type.Integer({ default: 'not a number' }),
    object: Type.Integer({ default: { not: ['a number'] } })
  })
  const expected = () => ({
    set: new Set([1]),
    date: new Date('2020-01-01'),
    any: { list: [] },
    list: [{}],
    nested: { n: 5 },
    null: null,
    infinite: Infinity,
    text: 'it\'s "quoted" \u2028',
    undefined,
    checked: 'none',
    number: 'not a number',
    object: { not: ['a number'] }
  })
  for (const { accepts } of await bothWays(t, schema)) {
    t.test('are decoded, are not checked, and are fresh for each request', async t => {
      const first = await accepts({})
      t.strictSame(first, expected())
      first.set.add(2)
      first.date.setTime(0)
      first.any.list.push(1)
      first.list[0].a = 1
      first.nested.n = 6
      first.object.not.push('b')
      t.strictSame(await accepts({}), expected())
    })
  }

  t.test('of a schema inside itself end', async t => {
    const Node = Type.Recursive(This => Type.Object({ n: Type.Integer({ default: 1 }), next: Type.Optional(Type.Array(This, { default: [{ next: [] }] })) }))
    for (const { accepts } of await bothWays(t, Node)) t.strictSame(await accepts({}), { n: 1, next: [{ n: 1, next: [] }] })
  })

  t.test('of a whole body count, too', async t => {
    const { accepts } = await reader(t, { body: SetOf(Type.Integer(), { default: [1] }) })
    t.strictSame((await accepts({ method: 'POST', url: '/' })).body, new Set([1]))
  })
})

t.test('the items of a list that is to be unique are told apart by value, whatever the order of their keys', async t => {
  const { accepts, refuses } = await bodyReader(t, Type.Array(Type.Unknown(), { uniqueItems: true }))
  const unique = ['1', 1, null, 'null', { a: 1, b: [2] }, { a: 1, b: [3] }, [1], ['1']]
  t.strictSame(await accepts(unique), unique)
  for (const twice of [[{ b: 2, a: 1, c: 3 }, { c: 3, a: 1, b: 2 }], [1, 1], [null, null]]) {
    t.match(await refuses(twice), [{ type: 'json_schema', loc: ['body'], ctx: { keyword: 'uniqueItems' } }])
  }
  t.equal(await (await bodyReader(t, { uniqueItems: true })).accepts('no list'), 'no list')
})
