import { type TSchema, Type } from '@sinclair/typebox'
import t from 'tap'
import { applyPatch, fieldsSet } from '../../../plugins/response-model/index.ts'
import { Bytes, DateTime, Decimal, DictOf, Duration, Refine, Secret, SetOf } from '../../../plugins/types/index.ts'
import { parse } from '../../../plugins/validation/index.ts'
import { bodyReader } from './reader.ts'

const Inner = Type.Object({ n: Type.Integer({ default: 1 }), tags: Type.Array(Type.String(), { default: ['a'] }), sent: Type.Optional(Type.Integer()) })

/** Schemas with a default, and whether all objects may share what it stands for. */
const KINDS: ReadonlyArray<readonly [name: string, schema: TSchema, isShared: boolean]> = [
  ['a string', Type.String({ default: 'x' }), true],
  ['null', Type.Null({ default: null }), true],
  ['a decimal', Decimal({ default: '1.10' }), true],
  ['a duration', Duration({ default: 'P1D' }), true],
  ['a date', DateTime({ default: '2020-01-01T00:00:00Z' }), false],
  ['bytes', Bytes({ default: 'abc' }), false],
  ['a secret', Secret({ default: 'abc' }), false],
  ['a list', Type.Array(Type.String(), { default: ['a', 'b'] }), false],
  ['a list of lists', Type.Array(Type.Array(Type.Integer()), { default: [[1], [2]] }), false],
  ['a list of dates', Type.Array(DateTime(), { default: ['2020-01-01T00:00:00Z'] }), false],
  ['a set', SetOf(Type.Integer(), { default: [1, 2] }), false],
  ['a map', DictOf(Type.Integer(), Type.Integer(), { default: { 1: 2 } }), false],
  ['a list of secrets', Type.Array(Secret(), { default: ['a'] }), false],
  ['a map of secrets', Type.Record(Type.String(), Secret(), { default: { a: 'b' } }), false],
  ['a record', Type.Record(Type.String(), Type.Integer(), { default: { a: 1 } }), false],
  ['a record of lists', Type.Record(Type.String(), Type.Array(Type.Integer()), { default: JSON.parse('{"a":[1],"__proto__":[2]}') }), false],
  ['a model', Object.assign({}, Inner, { default: { sent: 1 } }), false],
  ['an expression', Type.Integer({ default: /x/ as never }), false],
  ['what does not fit', Type.Integer({ default: ['no integer'] }), false]
]

t.test('a default is each object’s own, unless nothing of it can be changed', async t => {
  for (const [name, schema, isShared] of KINDS) {
    const Model = Type.Object({ v: schema })
    for (const model of [Model, Refine(Model, () => {})]) {
      const { accepts } = await bodyReader(t, Type.Array(model))
      const [one, two] = await accepts([{}, {}])
      t.strictSame(one, two, name)
      t.equal(one.v === two.v, isShared, name)
      t.strictSame(fieldsSet(one), new Set(), name)
      t.strictSame(Object.keys(one), ['v'])
    }
  }
})

t.test('what was filled in below a default is known', async t => {
  const [one, two] = parse(Type.Array(Type.Object({ v: Object.assign({}, Inner, { default: { sent: 1 } }) })), [{}, {}]) as any[]
  t.strictSame(one.v, { n: 1, tags: ['a'], sent: 1 })
  t.strictSame(fieldsSet(one.v), new Set(['sent']))
  one.v.tags = ['b']
  t.strictSame([fieldsSet(one.v), fieldsSet(two.v)], [new Set(['sent', 'tags']), new Set(['sent'])], 'of each object by itself')
})

t.test('a default is not read again for each object', async t => {
  let reads = 0
  const written = { get a () { reads++; return [1] } }
  const Model = Type.Object({ v: Type.Record(Type.String(), Type.Array(Type.Integer()), { default: written as never }) })
  for (const model of [Model, Refine(Model, () => {})]) {
    const { accepts } = await bodyReader(t, Type.Array(model))
    t.strictSame(await accepts([{}]), [{ v: { a: [1] } }])
    const before = reads
    t.equal((await accepts(Array(1000).fill({}))).length, 1000)
    t.equal(reads, before)
  }
})

t.test('objects of many fields know which of them were sent', async t => {
  for (const count of [1, 30, 31, 61, 100]) {
    const names = Array.from({ length: count }, (_, i) => `f${i}`)
    const Model = Type.Object({ ...Object.fromEntries(names.map(name => [name, Type.Integer({ default: 0 })])), list: Type.Array(Type.Integer(), { default: [] }) })
    const { accepts } = await bodyReader(t, Type.Array(Model))
    // More sets of fields than are remembered, some of them twice.
    const sets = [[], names, ...Array.from({ length: 150 }, (_, i) => [names[i % count], names[(i * 7) % count]]), names.slice(1), []] as string[][]
    const bodies = await accepts(sets.map(set => Object.fromEntries(set.map(name => [name, 0]))))
    t.strictSame(bodies.map(fieldsSet), sets.map(set => new Set(set)), `${count} fields`)
    const [first] = bodies
    first.f0 = 1
    t.strictSame(fieldsSet(first), new Set(['f0']))
    t.strictSame(fieldsSet(bodies.at(-1)), new Set(), 'objects share no note')
    t.strictSame(fieldsSet(applyPatch(bodies.at(-1), { f0: 5 } as never)), new Set(['f0']))
  }
})
