import { type TSchema, Type } from '@sinclair/typebox'
import { Decimal as DecimalJs } from 'decimal.js'
import { Temporal } from 'temporal-polyfill'
import t from 'tap'
import responseModel, { jsonable } from '../../plugins/response-model/index.ts'
import { AnyUrl, Bytes, DateTime, Decimal, DictOf, Duration, Enum, IPv4, PlainDate, PlainTime, Secret, SecretText, SetOf, Uuid } from '../../plugins/types/index.ts'
import { bare } from '../helper.ts'
import { TYPES } from './coercion-types.ts'
import type { Row } from './departure-rows.ts'
import { isSameInstant } from './departures.ts'
import { diffJson } from './json-diff.ts'
import { recorded } from './recorded.ts'

function read<T> (name: string): T {
  return JSON.parse(recorded(`${name}.json`))
}

const OFFSET = /(Z|[+-]\d\d:\d\d)$/

/** An instant is one, whatever its offset, and a time of the day keeps none. */
function isSame (type: string, expected: unknown, got: unknown): boolean {
  if (/datetime/.test(type) && isSameInstant(expected, got)) return true
  if (type === 'time' && String(expected).replace(OFFSET, '') === got) return true
  return diffJson(expected, got, type.startsWith('set') ? { unordered: [''] } : {}).length === 0
}

/** What JSON.parse or a `Date` cannot hold, or that has another form in JavaScript. */
const DEVIATIONS: Readonly<Record<string, Row>> = {
  'Decimal 1': 'whole',
  'Decimal 1000': 'whole',
  'Decimal 1e+25': 'large',
  'Decimal 12345678901234567000': 'large'
}

t.test('a response model writes each value as FastAPI\'s does', async t => {
  const app = bare(t)
  await app.register(responseModel)
  let value: unknown
  for (const [index, schema] of Object.values(TYPES).entries()) {
    app.get(`/${index}`, { schema: { response: { 200: Type.Object({ v: schema }) } } }, async () => ({ v: value }))
  }

  const types = Object.keys(TYPES)
  let total = 0
  for (const [type, rows] of Object.entries(read<Record<string, Array<[unknown, unknown]>>>('coercion-response-model'))) {
    const misses: string[] = []
    for (const [input, expected] of rows) {
      value = input
      const { statusCode, body } = await app.inject(`/${types.indexOf(type)}`)
      const got: unknown = statusCode === 200 ? JSON.parse(body).v : statusCode
      // One number is in the table twice, as 1 and as 1.0.
      const deviates = `${type} ${JSON.stringify(input)}` in DEVIATIONS
      if (!isSame(type, expected, got) && !deviates) misses.push(`${JSON.stringify(input)}: ${JSON.stringify(got)} for ${JSON.stringify(expected)}`)
    }
    t.same(misses, [], `${type}: ${rows.length} values`)
    total += rows.length
  }
  t.comment(`coercion-response-model: ${total} values`)
})

const at = (text: string): Date => new Date(text)
const str = Type.String()

/** The values of the matrix, and their types; without the naive times and the other offsets, which a `Date` does not have. */
const VALUES: Readonly<Record<string, readonly [value: unknown, schema: TSchema]>> = {
  'datetime utc': [at('2020-01-02T03:04:05Z'), DateTime()],
  date: [Temporal.PlainDate.from('2020-01-02'), PlainDate()],
  time: [Temporal.PlainTime.from('03:04:05'), PlainTime()],
  timedelta: [Temporal.Duration.from('P1DT5.5S'), Duration()],
  'timedelta neg': [Temporal.Duration.from('-PT1M30S'), Duration()],
  UUID: ['123e4567-e89b-12d3-a456-426614174000', Uuid()],
  'Decimal 1': [new DecimalJs('1'), Decimal()],
  'Decimal 1.10': ['1.10', Decimal()],
  'Decimal 1E+3': ['1E+3', Decimal()],
  bytes: [Buffer.from('abc'), Bytes()],
  'Enum str': ['red', Enum(['red'])],
  'Enum int': [1, Enum([1])],
  set: [new Set([1, 2, 3]), SetOf(Type.Integer())],
  tuple: [[1, 'a'], Type.Tuple([Type.Integer(), str])],
  frozenset: [new Set(['a']), SetOf(str, { frozen: true })],
  'float int': [1, Type.Number()],
  'float nan': [NaN, Type.Number()],
  'float inf': [Infinity, Type.Number()],
  'float 1e22': [1e22, Type.Number()],
  'float 1e16': [1e16, Type.Number()],
  'float 1e-5': [1e-5, Type.Number()],
  'float 0.1+0.2': [0.1 + 0.2, Type.Number()],
  'int big': [2n ** 70n, Type.Integer()],
  'dict int keys': [new Map([[1, 2]]), DictOf(Type.Integer(), Type.Number())],
  url: [new URL('http://a.com'), AnyUrl()],
  secret: [new SecretText('x'), Secret()],
  ip: ['1.2.3.4', IPv4()],
  path: ['/a', str],
  pattern: [/a+/, Type.Any()],
  bool: [true, Type.Boolean()],
  none: [null, Type.Null()],
  'str uni': ['é\u2028</\u007f\u0001', str]
}
/** A string has no trailing zeros to keep for the encoder: there a decimal is the number itself. */
const PLAIN: Readonly<Record<string, unknown>> = { 'Decimal 1.10': new DecimalJs('1.10'), 'Decimal 1E+3': new DecimalJs('1E+3') }

t.test('values are written as in FastAPI, with a model and without', async t => {
  const matrix = read<Record<string, [plain: string, model: string]>>('serialization-matrix')
  const app = bare(t)
  await app.register(responseModel)
  for (const [index, [value, schema]] of Object.values(VALUES).entries()) {
    app.get(`/${index}`, { schema: { response: { 200: Type.Object({ v: schema }) } } }, async () => ({ v: value }))
    app.get(`/any/${index}`, { schema: { response: { 200: Type.Any() } } }, async () => ({ v: value }))
  }

  for (const [index, [name, [value]]] of Object.entries(VALUES).entries()) {
    const [plain, model] = matrix[name] ?? ['', '']
    t.same((await app.inject(`/${index}`)).json(), JSON.parse(model), `${name}, in a model`)
    if (!(name in PLAIN)) t.same((await app.inject(`/any/${index}`)).json(), JSON.parse(model), `${name}, where a model says nothing of it`)
    const given = { v: PLAIN[name] ?? value }
    if (plain === 'HTTP 500') t.throws(() => jsonable(given), { code: 'APIKIT_ERR_JSONABLE' }, `${name}, without a model`)
    else t.same(jsonable(given), JSON.parse(plain), `${name}, without a model`)
  }
  t.same(Object.keys(matrix).filter(name => !(name in VALUES)), ['datetime naive', 'datetime us', 'datetime +2', 'time us tz'], 'nothing else is left out')
})
