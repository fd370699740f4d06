import { type TSchema, Type } from '@sinclair/typebox'
import t from 'tap'
import errors from '../../plugins/errors/index.ts'
import responseModel, { jsonable } from '../../plugins/response-model/index.ts'
import { BigInteger, DictOf, Nullable, OffsetDateTime, OffsetTime, PlainDate, SetOf } from '../../plugins/types/index.ts'
import validation from '../../plugins/validation/index.ts'
import { bare } from '../helper.ts'
import { type Case, readCases } from './coercion-table.ts'
import { LISTS } from './coercion-types.ts'
import { diffJson } from './json-diff.ts'

/** The types of the tables that keep all that was sent: what FastAPI's `datetime`, `time` and `int` are. */
const EXACT: Readonly<Record<string, TSchema>> = {
  int: BigInteger(),
  datetime: OffsetDateTime(),
  time: OffsetTime(),
  'list[int]': Type.Array(BigInteger()),
  'set[int]': SetOf(BigInteger()),
  'tuple[int,str]': Type.Tuple([BigInteger(), Type.String()]),
  'dict[int,float]': DictOf(BigInteger(), Type.Number()),
  'dict[str,int]': Type.Record(Type.String(), BigInteger()),
  'Union[int,str]': Type.Union([BigInteger(), Type.String()]),
  'Union[int,float]': Type.Union([BigInteger(), Type.Number()]),
  'Union[int,bool]': Type.Union([BigInteger(), Type.Boolean()]),
  'Union[date,datetime]': Type.Union([PlainDate(), OffsetDateTime()]),
  'int|None': Nullable(BigInteger())
}

/** The value, as FastAPI's encoder writes it; integers with all digits. */
function encoded (value: unknown): unknown {
  if (typeof value === 'bigint') return Number(value)
  if (typeof value === 'number' && !Number.isFinite(value)) return String(value)
  if (value instanceof Set || Array.isArray(value)) return Array.from(value, encoded)
  if (value instanceof Map || (typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype)) {
    return Object.fromEntries((value instanceof Map ? [...value] : Object.entries(value)).map(([key, part]) => [String(key), encoded(part)]))
  }
  return jsonable(value)
}

t.test('exact types are read as recorded, without a departure', async t => {
  const app = bare(t)
  await app.register(errors)
  await app.register(validation)
  await app.register(responseModel)
  const types = Object.keys(EXACT)
  for (const [index, schema] of Object.values(EXACT).entries()) {
    const answer = (value: unknown): string => JSON.stringify({ value: encoded(value) })
    app.get(`/${index}`, { schema: { querystring: Type.Object({ value: schema }) } }, async ({ query }) => answer(Reflect.get(query as object, 'value')))
    app.post(`/${index}`, { schema: { body: schema } }, async ({ body }) => answer(body))
  }
  const send = (method: 'GET' | 'POST', { text, input }: Case, index: number) => method === 'GET'
    ? app.inject(`/${index}${input === undefined ? '' : `?value=${encodeURIComponent(String(input))}`}`)
    : app.inject({ method, url: `/${index}`, ...input === undefined ? {} : { headers: { 'content-type': 'application/json' }, payload: text } })

  for (const [table, method] of [['coercion-strings', 'GET'], ['coercion-json', 'POST']] as const) {
    let total = 0
    for (const [type, cases] of readCases(table)) {
      const index = types.indexOf(type)
      const misses: string[] = []
      for (const input of index < 0 ? [] : cases) {
        total++
        const { outcome } = input
        const { statusCode, body } = await send(method, input, index)
        const got = JSON.parse(body)
        const isRight = outcome.errors === undefined
          ? statusCode === 200 && (outcome.status === 500 || diffJson(outcome.ok, got.value, type.startsWith('set') ? { unordered: [''] } : {}).length === 0)
          : statusCode === 422 && diffJson(outcome.errors.map(({ type, msg }) => ({ type, msg })), got.detail.map(({ type, msg }: { type: string, msg: string }) => ({ type, msg }))).length === 0
        if (!isRight) misses.push(`${method} ${input.text.slice(0, 60)}: ${body.slice(0, 300)} for ${JSON.stringify(outcome).slice(0, 300)}`)
      }
      if (index >= 0) t.same(misses, [], `${type}: ${cases.length} inputs${LISTS.has(type) ? ', a list' : ''}`)
    }
    t.comment(`${table}: ${total} inputs`)
  }
})
