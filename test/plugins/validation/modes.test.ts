import { Type } from '@sinclair/typebox'
import t from 'tap'
import docs from '../../../plugins/docs/index.ts'
import responseModel from '../../../plugins/response-model/index.ts'
import { DictOf, Nullable, Refine, SetOf } from '../../../plugins/types/index.ts'
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
    t.same(read(schema, ['x', 1, 2, 3]), [['int_parsing', 0]])
    t.same(read(schema, [1, 2, 'x', 3]), make === SetOf as unknown ? [['int_parsing', 2]] : [['too_long']])
    t.same(read(make(Type.Integer(), { maxItems: 2 }), ['x', 1, 2, 3]), [['too_long']])
    t.same([...read(schema, [1, 2]) as number[]], [1, 2])
    t.same(read(make(Type.Integer()), ['x', 'y']), [['int_parsing', 0], ['int_parsing', 1]])
  }
  const union = Type.Union([Type.Array(Type.Integer(), { failFast: true }), Type.Array(Type.Integer(), { title: 'all' })])
  t.equal((read(union, ['x', 'y']) as unknown[]).length, 3)
})

t.test('so it does on tuples and dictionaries', t => {
  const tuple = Type.Tuple([Type.Integer(), Type.Integer()], { failFast: true })
  const tuples: ReadonlyArray<readonly [input: unknown, issues: unknown]> = [
    [['x', 'y'], [['int_parsing', 0]]], [[1, 'x', 3], [['int_parsing', 1]]], [[1, 2, 3], [['too_long']]], [['x', 2, 3], [['int_parsing', 0]]], [['x'], [['int_parsing', 0]]], [[], [['missing', 0]]], [[1, 2], [1, 2]]
  ]
  for (const [input, issues] of tuples) t.same(read(tuple, input), issues, JSON.stringify(input))

  const free = Type.Record(Type.String(), Type.Integer(), { failFast: true })
  t.same(read(free, { a: 'x', b: 'y' }), [['int_parsing', 'a']])
  t.same(read(free, { a: 1, b: 'y', c: 'z' }), [['int_parsing', 'b']])
  t.same(read(free, { a: 1 }), { a: 1 })
  const sized = Type.Record(Type.String(), Type.Integer(), { failFast: true, minProperties: 1 })
  t.same(read(sized, { a: 'x', b: 'y' }), [['int_parsing', 'a']])
  const few = DictOf(Type.Integer(), Type.Integer(), { failFast: true, maxProperties: 1 })
  const maps: ReadonlyArray<readonly [input: unknown, issues: unknown]> = [
    [{ a: 'x', b: 'y' }, [['int_parsing', 'a', '[key]']]],
    [{ 1: 'x', b: 'y' }, [['int_parsing', '1'], ['int_parsing', 'b', '[key]']]],
    [{ 1: 'x', 2: 'y' }, [['int_parsing', '1']]],
    [{ 1: 1, 2: 2, 3: 'x' }, [['too_long']]]
  ]
  for (const [input, issues] of maps) t.same(read(few, input), issues, JSON.stringify(input))
  t.end()
})

t.test('a dictionary that is too long says only that', t => {
  const schema = DictOf(Type.Integer(), Type.Integer(), { maxProperties: 1 })
  t.same(read(schema, { x: 'y', 1: 1, 2: 2 }), [['too_long']])
  t.same(read(schema, { 1: 1, 2: 'x', '01': 2 }), [['int_parsing', '2']])
  t.end()
})

t.test('validateDefault reads a default as if it were sent, and refuses an invalid one at startup', t => {
  const even = Refine(Type.Integer({ default: '4', validateDefault: true }), value => {
    if (value % 2 !== 0) throw new Error('odd')
    return value * 10
  })
  t.same(read(Type.Object({ a: even }), {}), { a: 40 })
  t.same(read(Type.Object({ a: Type.Integer({ default: '5', validateDefault: true }), b: Type.Integer({ default: 'x' }) }), {}), { a: 5, b: 'x' })
  t.same(read(Type.Object({ a: Type.Integer({ validateDefault: true }) }), {}), [['missing', 'a']])
  t.same(read({ type: ['integer', 'null'], default: null, validateDefault: true } as never, 1), 1)
  const Tree = Type.Recursive(This => Type.Object({ next: Type.Optional(This) }), { $id: 'T', default: { next: { next: {} } }, validateDefault: true })
  t.same(read(Tree, undefined), { next: { next: {} } })

  const refused = (schema: Parameters<typeof parse>[0], message: RegExp): void => { t.throws(() => parse(schema, {}), { code: 'APIKIT_ERR_PARSE', message }) }
  refused(Type.Object({ a: Type.Integer({ default: -1, minimum: 0, validateDefault: true }) }), /a: the default is invalid: Input should be greater than or equal to 0\. Change it, or remove validateDefault/)
  refused(Type.Array(Type.Integer(), { default: [1, 'x'], validateDefault: true }), /the default is invalid: 1: Input should be a valid integer/)
  refused(Type.Object({ a: { ...even, default: 3 } }), /the default is invalid: Value error, odd/)
  t.end()
})

t.test('both hold in requests, and stand in no document', async t => {
  const app = bare(t)
  await app.register(validation)
  await app.register(responseModel)
  await app.register(docs)
  const Value = Type.Union([Type.Integer(), Type.String()], { unionMode: 'left_to_right' })
  app.get('/', { schema: { querystring: Type.Object({ d: Type.Integer({ default: '3', validateDefault: true }), v: Value, n: Type.Array(Type.Integer(), { failFast: true, default: [] }) }), response: { 200: Value } } }, async ({ query }) => (query as { v: string }).v)
  app.get('/text', { schema: { response: { 200: Value } } }, async () => '7')
  t.equal((await app.inject('/?v=5')).body, '5')
  t.equal((await app.inject('/text')).body, '7')
  t.equal((await app.inject('/?v=5&n=x&n=y')).json().detail.length, 1)
  t.notMatch((await app.inject('/openapi.json')).body, /unionMode|failFast|validateDefault/)
})
