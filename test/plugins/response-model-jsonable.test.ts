import { Type } from '@sinclair/typebox'
import { Decimal as DecimalJs } from 'decimal.js'
import { Temporal } from 'temporal-polyfill'
import t from 'tap'
import { jsonable, type JsonableOptions } from '../../plugins/response-model/index.ts'
import { DateTime, Decimal, Duration, Nullable, Secret, SecretText, SetOf } from '../../plugins/types/index.ts'

class Point {
  x = 1
  y = new Date(0)
  get sum (): number { return this.x }
}
class Named extends Point { name = 'p' }

t.test('a value is written by what it is', t => {
  const circle: unknown[] = []
  circle.push({ circle })
  const twice = { a: 1 }
  const values: ReadonlyArray<readonly [name: string, value: unknown, json: unknown]> = [
    ['JSON itself', { a: [1, 'x', null, true], b: {} }, { a: [1, 'x', null, true], b: {} }],
    ['date', new Date(Date.UTC(2020, 0, 2, 3, 4, 5, 120)), '2020-01-02T03:04:05.120000+00:00'],
    ['day and time', [Temporal.PlainDate.from('2020-01-02'), Temporal.PlainTime.from('03:04:05.5')], ['2020-01-02', '03:04:05.500000']],
    ['no zone', ['T03:04', 'T03:04:05.0006', 'T03:04:05.1'].map(time => Temporal.PlainDateTime.from(`2020-01-02${time}`)), ['2020-01-02T03:04:00', '2020-01-02T03:04:05.000600', '2020-01-02T03:04:05.100000']],
    ['durations', [Temporal.Duration.from('P1DT5.5S'), Temporal.Duration.from('-PT1M30S'), Temporal.Duration.from('P1Y1M')], [86405.5, -90, 395 * 86400]],
    ['decimals', [new DecimalJs('1.10'), new DecimalJs('1E+3')], [1.1, 1000]],
    ['bytes', Buffer.from('é'), 'é'],
    ['sets, generators, maps', [new Set([1, 2]), (function * () { yield 3 })(), new Map<unknown, unknown>([[1, 2], [new Date(0), 3], [undefined, 4]])], [[1, 2], [3], { 1: 2, '1970-01-01T00:00:00+00:00': 3, undefined: 4 }]],
    ['pattern, URL, secret', [/a+/, new URL('http://a.com'), new SecretText('x'), new SecretText('')], ['a+', 'http://a.com/', '**********', '']],
    ['big integers', [5n, 2n ** 70n], [5, 2 ** 70]],
    ['instances', new Named(), { x: 1, y: '1970-01-01T00:00:00+00:00', name: 'p' }],
    ['toJSON', { toJSON: () => ({ at: new Date(0) }) }, { at: '1970-01-01T00:00:00+00:00' }],
    ['what JSON leaves out', { a: undefined, b: () => 1, c: Symbol('c'), d: [undefined] }, { d: [null] }],
    ['nothing', undefined, null],
    ['no prototype', Object.assign(Object.create(null), { a: 1 }), { a: 1 }],
    ['a key of the prototype', JSON.parse('{"__proto__": 1}'), JSON.parse('{"__proto__": 1}')],
    ['the same twice', [twice, twice], [{ a: 1 }, { a: 1 }]]
  ]
  for (const [name, value, json] of values) t.strictSame(jsonable(value), json, name)

  for (const [value, message] of [
    [{ a: [NaN] }, 'jsonable: a.0 is NaN, which JSON cannot represent'],
    [2n ** 70n + 1n, 'jsonable: the value is an integer that a number would round'],
    [circle, 'jsonable: 0.circle contains itself'],
    [new Date(NaN), 'jsonable: the value is an invalid date'],
    [[Buffer.from([0xff])], /^jsonable: 0 cannot be written: /]
  ] as const) t.throws(() => jsonable(value), { code: 'APIKIT_ERR_JSONABLE', message })
  t.end()
})

t.test('encoders know the values of a class better', t => {
  const encoders: NonNullable<JsonableOptions['encoders']> = new Map<abstract new (...args: never[]) => unknown, (value: never) => unknown>([
    [Date, (date: Date) => date.getTime()],
    [Point, (point: Point) => [point.x, point.y]],
    [Map, () => undefined]
  ])
  t.strictSame(jsonable([new Date(5), new Named(), new Point(), { map: new Map() }, new Set()], { encoders }), [5, [1, 0], [1, 0], {}, []])
  t.strictSame(jsonable(new Named(), { encoders: new Map<abstract new (...args: never[]) => unknown, (value: never) => unknown>([[Point, () => 'point'], [Named, () => 'named']]) }), 'named')
  t.end()
})

t.test('fields are left away without a model, too', t => {
  const value = { a: 1, b: null, c: { a: 2, b: null, list: [{ a: 3, b: null }] } }
  t.strictSame(jsonable(value, { excludeNull: true }), { a: 1, c: { a: 2, list: [{ a: 3 }] } })
  t.strictSame(jsonable(value, { include: ['a', 'b'] }), { a: 1, b: null })
  t.strictSame(jsonable([value], { exclude: { b: true, c: { list: ['b'], a: true } } }), [{ a: 1, c: { b: null, list: [{ a: 3 }] } }])
  t.strictSame(jsonable({ a: undefined, b: 1 }, { excludeUnset: true }), { b: 1 })
  t.end()
})

t.test('by a schema it is what a response would send', t => {
  const Item = Type.Object({ at: DateTime(), cost: Decimal({ alias: 'price' }), lasts: Duration({ default: 'PT1H' }), tags: SetOf(Type.String(), { default: [] }), note: Nullable(Type.String(), { default: null }), pass: Type.Optional(Secret()) })
  const item = { at: new Date(0), cost: new DecimalJs('1.10'), tags: new Set(['a']), other: 1 }
  const options = { schema: Item }
  t.strictSame(jsonable(item, options), { at: '1970-01-01T00:00:00Z', price: '1.1', lasts: 'PT1H', tags: ['a'], note: null })
  t.strictSame(jsonable(item, { ...options, excludeUnset: true, byAlias: false }), { at: '1970-01-01T00:00:00Z', cost: '1.1', tags: ['a'] })
  t.strictSame(jsonable([item], { schema: Type.Array(Item), include: ['tags'] }), [{ tags: ['a'] }])
  t.strictSame(jsonable(item, options), { at: '1970-01-01T00:00:00Z', price: '1.1', lasts: 'PT1H', tags: ['a'], note: null }, 'the models of one schema are told apart')
  t.throws(() => jsonable({ at: 'x' }, options), { code: 'APIKIT_ERR_RESPONSE' })
  t.throws(() => jsonable(item, { ...options, include: ['tag'] }), { message: 'jsonable: include.tag: unknown field of the model' })
  t.throws(() => jsonable(item, { ...options, encoders: new Map([[Date, String]]) as never }), { message: 'jsonable: encoders cannot be used with a schema' })
  t.throws(() => jsonable(1, { schema: Type.Unsafe({ $ref: 'x' }) }), { code: 'APIKIT_ERR_JSONABLE', message: /unknown reference/ })
  t.end()
})

t.test('wrong options are refused', t => {
  t.throws(() => jsonable(1, { excludeUnst: true } as JsonableOptions), { message: /^jsonable: options: unknown option "excludeUnst"/ })
  t.throws(() => jsonable(1, { byAlias: false }), { message: 'jsonable: excludeDefaults and byAlias need a schema' })
  t.end()
})
