import { Type } from '@fastify/type-provider-typebox'
import { Decimal } from 'decimal.js'
import { Temporal } from 'temporal-polyfill'
import { jsonable, type JsonableOptions } from '../../../../plugins/response-model/index.ts'
import { parse } from '../../../../plugins/validation/index.ts'
import { Nullable, OffsetDateTime } from '../../../../plugins/types/index.ts'
import { parityApp } from '../app.ts'

const Sub = Type.Object({
  when: OffsetDateTime(),
  left_out: Nullable(Type.String(), { default: null })
}, { title: 'Sub' })

class Point {
  readonly x: number
  readonly y: number

  constructor (x: number, y = 0.5) {
    this.x = x
    this.y = y
  }
}

function * numbers () {
  yield 1
  yield 2
}

const when = '2026-01-02T00:00:00'
const sub = parse(Sub, { when })

/** Made anew for each app: a generator gives its values once. */
const values = () => ({
  datetime: Temporal.PlainDateTime.from('2026-01-02T03:04:05'),
  datetime_us: Temporal.PlainDateTime.from('2026-01-02T03:04:05.0006'),
  date: Temporal.PlainDate.from('2026-01-02'),
  time: Temporal.PlainTime.from('03:04'),
  timedelta: Temporal.Duration.from({ days: 1, milliseconds: 1500 }),
  uuid: '00000000-0000-0000-0000-000000000005',
  decimal_int: new Decimal('3'),
  decimal: new Decimal('1.10'),
  decimal_exp: new Decimal('1E+2'),
  bytes: Buffer.from('hi'),
  set: new Set([1]),
  frozenset: new Set(['a']),
  tuple: [1, 'a', null],
  enum: 'r',
  int_enum: 1,
  path: 'a/b',
  model: sub,
  models: [parse(Sub, { when, left_out: 'x' })],
  dataclass: new Point(1),
  dict: new Map<unknown, unknown>([[1, 'int key'], [null, 'none key'], [2.5, 'float key'], ['s', null]]),
  nested: { a: [{ b: [Temporal.PlainDate.from('2026-01-02')] }] },
  none: null,
  true: true,
  float: 1.0,
  big: 2n ** 60n,
  generator: numbers()
})

const OPTIONS: Readonly<Record<string, JsonableOptions>> = {
  plain: {},
  unset: { excludeUnset: true },
  none: { excludeNull: true },
  include: { include: ['left_out'] },
  exclude: { exclude: ['when'] }
}

export default parityApp(async app => {
  const encoded = new Map(Object.entries(values()).map(([kind, value]) => [kind, jsonable(value)]))

  app.get('/kinds/:kind', {
    schema: {
      summary: 'Kind',
      params: Type.Object({ kind: Type.String() })
    }
  }, async ({ params: { kind } }) => ({ value: encoded.get(kind) }))

  app.get('/options/:how', {
    schema: {
      summary: 'Options',
      params: Type.Object({ how: Type.String() })
    }
  }, async ({ params: { how } }) => jsonable(sub, OPTIONS[how]))
})
