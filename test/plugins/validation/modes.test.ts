import { Type } from '@sinclair/typebox'
import t from 'tap'
import docs from '../../../plugins/docs/index.ts'
import responseModel from '../../../plugins/response-model/index.ts'
import { Nullable, SetOf } from '../../../plugins/types/index.ts'
import validation, { parse, ValidationError } from '../../../plugins/validation/index.ts'
import { bare } from '../../helper.ts'

/** The value, or the types and places of what is wrong. */
function read (schema: Parameters<typeof parse>[0], input: unknown): unknown {
  try {
    return parse(schema, input)
  } catch (error) {
    return (error as ValidationError).errors().map(({ type, loc }) => [type, ...loc])
  }
}

// All as pydantic 2.14 answers.
t.test('unionMode left_to_right takes the first member that accepts the value', async t => {
  const options = { unionMode: 'left_to_right' }
  const first = Type.Union([Type.Integer(), Type.String()], options)
  const second = Type.Union([Type.String(), Type.Integer()], options)
  const third = Type.Union([Type.Union([Type.Literal(1), Type.Literal(2)]), Type.Boolean()], options)
  t.same(['5', 'x', null, 5.5].map(input => read(first, input)), [5, 'x', [['int_type', 'int'], ['string_type', 'str']], [['int_from_float', 'int'], ['string_type', 'str']]])
  t.same([5, '5'].map(input => read(second, input)), [5, '5'])
  t.equal(read(third, true), 1)
  t.same([null, '5'].map(input => read(Nullable(first), input)), [null, 5])
  t.equal(read(Type.Union([Type.Integer(), Type.String()], { unionMode: 'smart' }), '5'), '5')
  t.throws(() => parse(Type.Union([Type.Integer(), Type.String()], { unionMode: 'left' }), 1), /unionMode must be "smart" or "left_to_right", got "left"/)
})

t.test('failFast stops at the first invalid item', async t => {
  for (const make of [Type.Array, SetOf] as ReadonlyArray<typeof Type.Array>) {
    const schema = make(Type.Integer(), { failFast: true, maxItems: 2 })
    t.same(read(schema, ['x', 'y', 1]), [['int_parsing', 0]])
    t.same(read(schema, [1, 'x', 'y']), [['int_parsing', 1]])
    t.same(read(schema, [1, 2, 3, 'x']), [['too_long']])
    t.same([...read(schema, [1, 2]) as number[]], [1, 2])
    t.same(read(make(Type.Integer()), ['x', 'y']), [['int_parsing', 0], ['int_parsing', 1]])
  }
  const union = Type.Union([Type.Array(Type.Integer(), { failFast: true }), Type.Array(Type.Integer(), { title: 'all' })])
  t.equal((read(union, ['x', 'y']) as unknown[]).length, 3)
})

t.test('both hold in requests, and stand in no document', async t => {
  const app = bare(t)
  await app.register(validation)
  await app.register(responseModel)
  await app.register(docs)
  const Value = Type.Union([Type.Integer(), Type.String()], { unionMode: 'left_to_right' })
  app.get('/', { schema: { querystring: Type.Object({ v: Value, n: Type.Array(Type.Integer(), { failFast: true, default: [] }) }), response: { 200: Value } } }, async ({ query }) => (query as { v: string }).v)
  app.get('/text', { schema: { response: { 200: Value } } }, async () => '7')
  t.equal((await app.inject('/?v=5')).body, '5')
  t.equal((await app.inject('/text')).body, '7')
  t.equal((await app.inject('/?v=5&n=x&n=y')).json().detail.length, 1)
  t.notMatch((await app.inject('/openapi.json')).body, /unionMode|failFast/)
})
