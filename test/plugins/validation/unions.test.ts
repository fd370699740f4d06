import { type TSchema, Type } from '@sinclair/typebox'
import t from 'tap'
import responseModel, { jsonable } from '../../../plugins/response-model/index.ts'
import { DateTime, Email, Enum, Json, Literal, Refine, SetOf } from '../../../plugins/types/index.ts'
import { parse, ValidationError } from '../../../plugins/validation/index.ts'
import { bare } from '../../helper.ts'
import { bodyReader } from './reader.ts'

/** A tree of kinds that a literal tells apart, as most are written. */
const Expression = Type.Recursive(This => Type.Union([
  Type.Object({ op: Type.Literal('and'), args: Type.Array(This) }, { title: 'And' }),
  Type.Object({ op: Type.Literal('or'), args: Type.Array(This) }, { title: 'Or' }),
  Type.Object({ op: Type.Literal('not'), args: Type.Array(This) }, { title: 'Not' }),
  Type.Object({ op: Type.Literal('eq'), field: Type.String(), value: Type.String() }, { title: 'Eq' })
]))

/** A tree of which every member takes every node. */
const Overlapping = Type.Recursive(This => Type.Union([
  Type.Object({ child: Type.Optional(This), a: Type.Optional(Type.Integer()) }, { title: 'A' }),
  Type.Object({ child: Type.Optional(This), b: Type.Optional(Type.Integer()) }, { title: 'B' }),
  Type.Object({ child: Type.Optional(Type.Array(This)), c: Type.Optional(Type.Integer()) }, { title: 'C' })
]))

/** A tree of which one member holds a chain without any union, the other the whole. */
const Crossing = (() => {
  const chain = Type.Object({ c: Type.Optional(Type.Ref('Chain')), x: Type.Optional(Type.Integer()) }, { $id: 'Chain' })
  return Type.Recursive(This => Type.Union([
    Type.Object({ c: Type.Optional(chain), n: Type.Optional(Type.Integer()), x: Type.Optional(Type.Integer()) }, { title: 'A' }),
    Type.Object({ c: This }, { title: 'B' }),
    Type.Object({ x: Type.Integer() }, { title: 'End' })
  ]))
})()

const SHAPES: ReadonlyArray<readonly [name: string, schema: TSchema, wrap: (inner: object) => object, good: object, bad: object]> = [
  ['told apart by a literal', Expression, inner => ({ op: 'and', args: [inner] }), { op: 'eq', field: 'a', value: 'b' }, { op: 'eq', field: 'a', value: 1 }],
  ['overlapping', Overlapping, inner => ({ child: inner }), { a: 1 }, { a: 'x', b: 'x', c: 'x' }],
  ['overlapping lists', Overlapping, inner => ({ child: [inner, { b: 1 }] }), { a: 1 }, { a: 'x', b: 'x', c: 'x' }],
  ['crossing', Crossing, inner => ({ c: inner }), { x: 1 }, { x: 'y' }]
]

const nest = (wrap: (inner: object) => object, value: object, depth: number): object => depth === 0 ? value : wrap(nest(wrap, value, depth - 1))

/** A value that counts how often a property of it is read, at any depth. */
function counted (value: object): { readonly value: object, reads (): number } {
  let reads = 0
  const watch = (part: unknown): unknown => {
    if (typeof part !== 'object' || part === null) return part
    const copy = Array.isArray(part) ? part.map(watch) : Object.fromEntries(Object.entries(part).map(([key, inner]) => [key, watch(inner)]))
    return new Proxy(copy, { get: (target, key) => { reads++; return Reflect.get(target, key) } })
  }
  return { value: watch(value) as object, reads: () => reads }
}

const issuesOf = (schema: TSchema, value: unknown) => {
  try {
    parse(schema, value)
  } catch (error) {
    if (error instanceof ValidationError) return error.errors()
    throw error
  }
  return []
}

t.test('recursive unions take work in proportion to the input', async t => {
  for (const [name, schema, wrap, good, bad] of SHAPES) {
    for (const [leaf, kind] of [[good, 'valid'], [bad, 'invalid']] as const) {
      const [small, large] = [100, 400].map(depth => {
        const { value, reads } = counted(nest(wrap, leaf, depth))
        const issues = issuesOf(schema, value)
        if (kind === 'valid') t.equal(issues.length, 0, `${name}: ${issues[0]?.msg}`)
        else t.ok(issues.length > 0 && issues.length <= 100)
        return reads()
      }) as [number, number]
      // Each of the hundred issues may be at the end of a path of its own.
      t.ok(large <= (kind === 'valid' ? 4.5 * small : 100 * 400), `${name}, ${kind}: ${small} reads for 100 levels, ${large} for 400`)
    }
  }
})

t.test('responses of recursive unions take work in proportion to the value', async t => {
  for (const [name, schema, wrap, good, bad] of SHAPES) {
    for (const [leaf, kind] of [[good, 'valid'], [bad, 'invalid']] as const) {
      const [small, large] = [100, 400].map(depth => {
        const { value, reads } = counted(nest(wrap, leaf, depth))
        if (kind === 'valid') t.strictSame(jsonable(value, { schema }), nest(wrap, leaf, depth))
        else t.throws(() => jsonable(value, { schema }), { code: 'APIKIT_ERR_RESPONSE' })
        return reads()
      }) as [number, number]
      // Each of the hundred issues may be at the end of a path of its own.
      t.ok(large <= (kind === 'valid' ? 4.5 * small : 100 * 400), `${name}, ${kind}: ${small} reads for 100 levels, ${large} for 400`)
    }
  }
})

t.test('the issues of a recursive union are those of each member at each level, as many as the answer holds', async t => {
  const { refuses } = await bodyReader(t, Expression, { options: { maxIssues: 12 } })
  const bad = { op: 'eq', field: 'a', value: 1 }
  const at = (await refuses({ op: 'and', args: [bad] })).map(({ loc, type }) => `${loc.slice(1).join('.')} ${type}`)
  t.strictSame(at, [
    'And.args.0.And.op literal_error', 'And.args.0.And.args missing', 'And.args.0.Or.op literal_error', 'And.args.0.Or.args missing',
    'And.args.0.Not.op literal_error', 'And.args.0.Not.args missing', 'And.args.0.Eq.value string_type',
    'Or.op literal_error', 'Or.args.0.And.op literal_error', 'Or.args.0.And.args missing', 'Or.args.0.Or.op literal_error', 'Or.args.0.Or.args missing'
  ])
  t.equal((await refuses(nest(inner => ({ op: 'and', args: [inner] }), bad, 400))).length, 12)
})

t.test('the items of a list that are wrong are told of for each member', async t => {
  const Lists = Type.Recursive(This => Type.Union(['A', 'B', 'C'].map(name => Type.Object({ [name]: Type.Optional(Type.Integer()), in: Type.Optional(Type.Array(This)) }, { title: name }))))
  const bad = { A: 'x', B: 'x', C: 'x' }
  const body = { in: [{ A: 1 }, { in: [bad, {}] }, { in: [{}, bad] }, { B: 2 }] }
  const whole = (await (await bodyReader(t, Lists, { options: { maxIssues: 1000 } })).refuses(body)).map(({ loc }) => loc.join('.'))
  const expected = ['A', 'B', 'C'].flatMap(one => [1, 2].flatMap(index => ['A', 'B', 'C'].flatMap(two => ['A', 'B', 'C'].map(three => `body.${one}.in.${index}.${two}.in.${index - 1}.${three}.${three}`))))
  t.strictSame(whole, expected)
  const some = (await (await bodyReader(t, Lists, { options: { maxIssues: 25 } })).refuses(body)).map(({ loc }) => loc.join('.'))
  t.strictSame(some, expected.slice(0, 25))
  const few = (await (await bodyReader(t, Lists, { options: { maxIssues: 8 } })).refuses({ in: [bad, bad] })).map(({ loc }) => loc.join('.'))
  t.strictSame(few, [...[0, 1].flatMap(index => ['A', 'B', 'C'].map(name => `body.A.in.${index}.${name}.${name}`)), 'body.B.in.0.A.A', 'body.B.in.0.B.B'])
  const outside = (await (await bodyReader(t, Type.Array(Type.Array(Lists)))).refuses([[bad, {}], [bad]])).map(({ loc }) => loc.join('.'))
  t.strictSame(outside, [0, 1].flatMap(index => ['A', 'B', 'C'].map(name => `body.${index}.0.${name}.${name}`)))
})

t.test('members that cannot be the best are not read', async t => {
  let reads = 0
  const watched = Refine(Type.Integer(), () => { reads++ })
  const member = (name: string) => Type.Object({ [name]: Type.Optional(watched), both: Type.Optional(watched) }, { title: name })
  const U = Type.Union([member('a'), member('b'), member('c')])
  t.strictSame(parse(U, { both: 1 }), { both: 1 })
  t.equal(reads, 3, 'refined fields may be anything')

  const scalars = Type.Union([Type.Number(), Type.Boolean(), Type.Integer(), Email(), Type.String(), Literal(['x']), Type.Null()])
  for (const [sent, value] of [['1', '1'], ['x', 'x'], [1, 1], [1.5, 1.5], [true, true], ['a@B.org', 'a@b.org']] as const) t.strictSame(parse(scalars, sent), value)
  t.strictSame(parse(Type.Union([Type.Number(), Type.Boolean(), Literal([2])]), '1'), 1, 'the first among equals')
  t.strictSame(parse(Type.Union([Type.Boolean(), Type.Number()]), '1'), true)
  t.strictSame(parse(Type.Union([Type.Number(), Type.Integer()]), 2), 2)
  t.strictSame(parse(Type.Union([Type.Boolean(), Enum([1])]), '1'), true)
  t.strictSame(parse(Type.Union([Type.Boolean(), DateTime(), Type.Integer({ minimum: 9 })]), '1970-01-01T00:00:00Z'), new Date(0))
  t.strictSame(parse(Type.Union([Json(Type.Object({ a: Type.Integer() })), Type.Object({ a: Type.Integer() })]), '{"a":1}'), { a: 1 })
  const kinds = Type.Union([Type.Null(), Type.Array(Type.Integer()), SetOf(Type.Boolean()), Type.Tuple([Type.String()]), Type.Record(Type.String(), Type.Integer()), Type.Integer()])
  for (const [sent, value] of [['1', 1], [[1], [1]], [[true], new Set([true])], [['a'], ['a']], [{ a: 1 }, { a: 1 }]] as const) t.strictSame(parse(kinds, sent), value)
  const sets = Type.Union([Type.Object({ a: SetOf(Type.Integer()) }), Type.Object({ a: SetOf(Type.Integer()), b: Type.Any(), c: Type.Null(), d: Type.Boolean() }), Type.Object({ a: Type.Tuple([Type.Integer()]) })])
  t.strictSame(parse(sets, { a: [1], b: 1, c: null, d: true }), { a: new Set([1]), b: 1, c: null, d: true })
  const kept = Type.Union([Type.Object({ a: Type.Optional(Type.Integer()) }), Type.Object({ b: Type.Optional(Type.Integer()) }, { additionalProperties: Type.Integer() })])
  t.strictSame(parse(kept, { b: 1, x: 2 }), { b: 1, x: 2 })
  const extras = Type.Union([Type.Object({ a: Type.Optional(Type.Integer()) }), Type.Object({}, { additionalProperties: Type.Object({ b: Type.Integer() }) })])
  t.strictSame(parse(extras, { x: { b: 1 } }), { x: { b: 1 } }, 'fields below count as well')
  const lists = Type.Union([Type.Object({ a: Type.Array(Type.Integer()) }), Type.Object({ a: Type.Array(Type.Integer()), n: Type.Optional(Type.Union([Type.Integer(), Type.Null()])) }), Type.Array(Type.Integer())])
  t.strictSame(parse(lists, { a: [1], n: null }), { a: [1], n: null })
  t.strictSame(parse(lists, [1]), [1])
})

t.test('JSON in JSON in a union has a limit', async t => {
  const Nested = Type.Recursive(This => Type.Union(['a', 'b', 'c', 'd', 'e', 'f'].map(name => Type.Object({ [name]: Type.Optional(Type.Integer()), in: Json(Type.Union([This, Type.Integer()])) }, { title: name }))))
  let text = '"x"'
  for (let i = 0; i < 9; i++) text = JSON.stringify({ in: text })
  const { refuses } = await bodyReader(t, Nested)
  t.match(await refuses(JSON.parse(text)), [{
    type: 'union_too_complex', loc: ['body'], msg: 'Input takes too much work to tell which member of the union it is'
  }])
})

t.test('a value that is another one each time it is read has a limit in responses', async t => {
  class Fresh {
    get child (): Fresh | undefined { return this.#left > 0 ? new Fresh(this.#left - 1) : undefined }
    readonly #left: number
    constructor (left: number) { this.#left = left }
    get a () { return 1 }
  }
  const app = bare(t)
  await app.register(responseModel)
  const Tree = Type.Recursive(This => Type.Union(['a', 'b', 'c', 'd'].map(name => Type.Object({ [name]: Type.Optional(Type.Integer()), child: Type.Optional(This) }, { title: name }))))
  app.get('/', { schema: { response: { 200: Tree } } }, async () => new Map<string, unknown>([['a', 1], ['child', new Fresh(40)]]) as never)
  let cause: unknown
  app.addHook('onError', async (_request, _reply, error) => { cause = error.cause })
  t.equal((await app.inject('/')).statusCode, 500)
  t.match(String(cause), 'Input takes too much work to tell which member of the union it is')
})
