import { Type } from '@sinclair/typebox'
import { Temporal } from 'temporal-polyfill'
import fc from 'fast-check'
import t from 'tap'
import docs from '../../../plugins/docs/index.ts'
import forms from '../../../plugins/forms/index.ts'
import responseModel, { jsonable } from '../../../plugins/response-model/index.ts'
import { DictOf, Form, Json, Nullable, OffsetDateTime, OffsetTime, SetOf, TimeWithOffset } from '../../../plugins/types/index.ts'
import validation, { parse } from '../../../plugins/validation/index.ts'
import { bare } from '../../helper.ts'
import { inDocument, read, reason, wire } from './codec-of.ts'

const zoned = (text: string): Temporal.ZonedDateTime => Temporal.ZonedDateTime.from(text)
const clock = (text: string, offset?: string): TimeWithOffset => new TimeWithOffset(Temporal.PlainTime.from(text), offset)

t.test('a date-time keeps its offset and its microseconds', async t => {
  const schema = OffsetDateTime()
  t.same(inDocument(schema), { type: 'string', format: 'date-time' })
  const value = read(schema, '2024-01-01T10:00:00.123456+02:00')
  t.equal(value.offset, '+02:00')
  t.equal(value.microsecond, 456)
  t.equal(value.epochMilliseconds, Date.UTC(2024, 0, 1, 8, 0, 0, 123))
  t.equal(read(schema, '2024-01-01T10:00Z').timeZoneId, 'UTC')
  // As pydantic 2.14 reads and writes them.
  const cases = [
    ['2024-01-01T10:00:00.123456+02:00', '2024-01-01T10:00:00.123456+02:00'], ['2024-01-01t10:00:00z', '2024-01-01T10:00:00Z'],
    ['2024-01-01 10:00-0230', '2024-01-01T10:00:00-02:30'], ['2024-01-01_10:00:00,5Z', '2024-01-01T10:00:00.500000Z'],
    ['2024-01-01T10:00:00.1+00:00', '2024-01-01T10:00:00.100000Z'], ['2024-01-01T10:00:00.1234567-00:00', '2024-01-01T10:00:00.123456Z'],
    ['2024-01-01T10:00:00.000+23:59', '2024-01-01T10:00:00+23:59'], ['2024-01-01T10:00:00-00:30', '2024-01-01T10:00:00-00:30'],
    ['0001-01-01T00:00:00+02:00', '0001-01-01T00:00:00+02:00'], ['9999-12-31T23:59:59.999999-02:00', '9999-12-31T23:59:59.999999-02:00'],
    [1704096000, '2024-01-01T08:00:00Z'], [1704096000.5, '2024-01-01T08:00:00.500000Z'], ['1704096000.5', '2024-01-01T08:00:00.500000Z'], [-1.5, '1969-12-31T23:59:58.500000Z']
  ] as const
  for (const [input, text] of cases) t.equal(wire(schema, input), text, String(input))
})

t.test('a date-time without an offset is UTC, and is written without one unless it was changed', async t => {
  const schema = OffsetDateTime()
  for (const input of ['2024-01-01T10:00:00', '2024-01-01', '2024-01-01T10:00:00.000005']) t.equal(wire(schema, input), input.length === 10 ? `${input}T00:00:00` : input)
  const value = read(schema, '2024-01-01T10:00:00')
  t.equal(value.epochMilliseconds, Date.UTC(2024, 0, 1, 10))
  t.equal(wire(schema, value.add({ hours: 1 })), '2024-01-01T11:00:00Z')
})

t.test('a date-time in any time zone is written with its offset there', async t => {
  const schema = OffsetDateTime()
  t.equal(wire(schema, zoned('2024-07-01T12:00[Europe/Berlin]')), '2024-07-01T12:00:00+02:00')
  t.equal(wire(schema, zoned('2024-07-01T12:00:00.0000019[UTC]')), '2024-07-01T12:00:00.000001Z')
})

t.test('what is wrong with a date-time is said as by pydantic', async t => {
  const schema = OffsetDateTime()
  for (const input of [true, null, {}, new Date()]) t.equal(wire(schema, input), 'datetime_type: Input should be a valid datetime')
  t.equal(reason(schema, '2024-01-01T10:00:00+24:00'), 'unexpected extra characters at the end of the input')
  t.equal(reason(schema, 'x'), 'input is too short')
  t.equal(wire(schema, '0000-01-01T00:00Z'), 'datetime_parsing: Input should be a valid datetime, year 0 is out of range')
  t.equal(reason(schema, NaN), 'NaN values not permitted')
  const strict = OffsetDateTime({ requireOffset: true, title: 'At' })
  t.same(inDocument(strict), { type: 'string', format: 'date-time', title: 'At' })
  for (const input of ['2024-01-01T10:00', '2024-01-01']) t.equal(wire(strict, input), 'timezone_aware: Input should have timezone info')
  for (const input of ['2024-01-01T10:00Z', 0]) t.match(wire(strict, input), /Z$/)
})

t.test('a time of day keeps its offset', async t => {
  const schema = OffsetTime()
  t.same(inDocument(schema), { type: 'string', format: 'time' })
  const value = read(schema, '10:00:00.5+02:00')
  t.ok(value.time.equals(Temporal.PlainTime.from('10:00:00.5')))
  t.equal(value.offset, '+02:00')
  t.equal(value.offsetSeconds, 7200)
  t.equal(read(schema, '10:00').offset, undefined)
  const cases = [
    ['10:00:00.123456+02:00', '10:00:00.123456+02:00'], ['10:00:00', '10:00:00'], ['10:00z', '10:00:00Z'], ['10:00-0230', '10:00:00-02:30'], ['10:00:00.1+00:00', '10:00:00.100000Z'],
    ['10:00:00-00:30', '10:00:00-00:30'], ['10:00:00.000001', '10:00:00.000001'], [3600, '01:00:00Z'], [3600.5, '01:00:00.500000Z']
  ] as const
  for (const [input, text] of cases) t.equal(String(wire(schema, input)), text, String(input))
  t.equal(reason(schema, '3600'), 'input is too short')
  t.equal(reason(schema, 86400), 'numeric times may not exceed 86,399 seconds')
  for (const input of [true, null]) t.equal(wire(schema, input), 'time_type: Input should be a valid time')
})

t.test('a TimeWithOffset is made of a time and an offset, and cannot be changed', async t => {
  t.equal(String(clock('09:30', '+02:00')), '09:30:00+02:00')
  t.equal(JSON.stringify([clock('09:30:00.5', '+00:00'), clock('09:30', '-0130'), clock('09:30')]), '["09:30:00.500000Z","09:30:00-01:30","09:30:00"]')
  for (const offset of ['+2', '+24:00', 'Europe/Berlin', ':30']) t.throws(() => clock('09:30', offset), new RangeError(`TimeWithOffset: the offset must be like "+02:00" or "Z", got "${offset}"`))
  t.notOk(Reflect.set(clock('09:30'), 'offset', 'Z'))
})

t.test('what is written is read as the same point in time', async () => {
  const inputs = fc.tuple(fc.bigInt(-62_135_510_400_000_000n, 253_402_214_400_000_000n), fc.integer({ min: -1439, max: 1439 }))
  fc.assert(fc.property(inputs, ([micros, minutes]) => {
    const [hours, rest] = [Math.trunc(Math.abs(minutes) / 60), Math.abs(minutes) % 60].map(part => String(part).padStart(2, '0'))
    const value = new Temporal.ZonedDateTime(micros * 1000n, `${minutes < 0 ? '-' : '+'}${hours}:${rest}`)
    const again = read(OffsetDateTime(), wire(OffsetDateTime(), value))
    return again.epochNanoseconds === value.epochNanoseconds && again.offset === value.offset
  }))
})

const Both = Type.Object({
  at: OffsetDateTime(),
  opens: OffsetTime({ default: '08:00+01:00' }),
  all: Type.Array(OffsetDateTime(), { default: [] }),
  by: DictOf(OffsetDateTime(), OffsetTime(), { default: {} }),
  either: Type.Optional(Type.Union([OffsetTime(), OffsetDateTime()])),
  maybe: Nullable(OffsetDateTime(), { default: null })
}, { title: 'Both' })

t.test('a body goes through a route unchanged', async t => {
  const app = bare(t)
  await app.register(validation)
  await app.register(responseModel)
  await app.register(docs)
  app.post('/', { schema: { body: Both, response: { 200: Both } } }, async ({ body }) => body as never)
  app.post('/extra', { schema: { body: Both, response: { 200: Type.Object({ at: OffsetDateTime() }, { additionalProperties: true }) } } }, async ({ body }) => body as never)
  const payload = {
    at: '2024-01-01T10:00:00.123456+02:00',
    all: ['2024-01-01T10:00:00', '2024-01-01T10:00:00Z'],
    by: { '2024-01-01T10:00:00-05:00': '10:00:00.000001' },
    either: '10:00:00+05:30',
    maybe: '2024-01-01T00:00:00Z'
  }
  for (const url of ['/', '/extra']) t.same((await app.inject({ method: 'POST', url, payload })).json(), { ...payload, opens: '08:00:00+01:00' }, url)
  const invalid = await app.inject({ method: 'POST', url: '/', payload: { at: 'x', either: 'x' } })
  t.same(invalid.json().detail, [
    { type: 'datetime_from_date_parsing', loc: ['body', 'at'], msg: 'Input should be a valid datetime or date, input is too short', input: 'x', ctx: { error: 'input is too short' } },
    { type: 'time_parsing', loc: ['body', 'either', 'time'], msg: 'Input should be in a valid time format, input is too short', input: 'x', ctx: { error: 'input is too short' } },
    { type: 'datetime_from_date_parsing', loc: ['body', 'either', 'datetime'], msg: 'Input should be a valid datetime or date, input is too short', input: 'x', ctx: { error: 'input is too short' } }
  ])
  t.match((await app.inject('/openapi.json')).json().components.schemas, { Both: { properties: { at: { type: 'string', format: 'date-time' }, opens: { type: 'string', format: 'time', default: '08:00+01:00' } } } })
})

t.test('parameters and forms have offsets too', async t => {
  const app = bare(t)
  await app.register(validation)
  await app.register(forms)
  const At = Type.Object({ at: OffsetDateTime(), opens: OffsetTime() })
  app.get('/', { schema: { querystring: At, headers: Type.Object({ since: OffsetDateTime() }) } }, async ({ query, headers }) => [query, headers].map(part => Object.values(part as object).filter(value => typeof value !== 'string').map(value => wireOf(value))))
  app.post('/', { schema: { body: Form({ at: OffsetDateTime(), all: Type.Array(OffsetTime()), json: Json(At) }) } }, async ({ body }) => Object.values(body as object).map(wireOf))
  const wireOf = (value: unknown): unknown => jsonable(value)
  const since = '2024-01-01T10:00:00+02:00'
  t.same((await app.inject({ url: `/?at=${encodeURIComponent(since)}&opens=10:00Z`, headers: { since } })).json(), [[since, '10:00:00+00:00'], [since]])
  const form = new URLSearchParams([['at', since], ['all', '10:00+01:00'], ['all', '11:00'], ['json', JSON.stringify({ at: since, opens: '10:00' })]])
  const sent = await app.inject({ method: 'POST', url: '/', headers: { 'content-type': 'application/x-www-form-urlencoded' }, payload: String(form) })
  t.same(sent.json(), [since, ['10:00:00+01:00', '11:00:00'], { at: since, opens: '10:00:00' }])
})

t.test('values without a schema are written in the same text', async t => {
  const values = [zoned('2024-01-01T10:00:00.5+02:00[+02:00]'), zoned('2024-07-01T12:00[Europe/Berlin]'), zoned('2024-01-01T10:00[UTC]'), read(OffsetDateTime(), '2024-01-01T10:00'), clock('10:00', 'Z'), clock('10:00')]
  const app = bare(t)
  await app.register(responseModel)
  app.get('/', { schema: { response: { 200: Type.Any() } } }, async () => values)
  t.same((await app.inject('/')).json(), ['2024-01-01T10:00:00.500000+02:00', '2024-07-01T12:00:00+02:00', '2024-01-01T10:00:00Z', '2024-01-01T10:00:00', '10:00:00Z', '10:00:00'])
  // As FastAPI's encoder: isoformat.
  t.same(jsonable(values), ['2024-01-01T10:00:00.500000+02:00', '2024-07-01T12:00:00+02:00', '2024-01-01T10:00:00+00:00', '2024-01-01T10:00:00', '10:00:00+00:00', '10:00:00'])
})

t.test('in a set, points in time are the same at any offset, and none of those without', async t => {
  const size = (schema: Parameters<typeof SetOf>[0], items: readonly string[]): number => parse(SetOf(schema), items).size
  t.equal(size(OffsetDateTime(), ['2024-01-01T10:00:00+02:00', '2024-01-01T08:00:00Z', '2024-01-01T08:00:00', '2024-01-01T08:00:00.000001Z']), 3)
  t.equal(size(OffsetTime(), ['10:00+02:00', '08:00Z', '08:00', '08:00', '08:00:00.000001Z']), 3)
})

t.test('a value of the app is refused where it is of another type', async t => {
  const app = bare(t)
  await app.register(responseModel)
  app.get('/', { schema: { response: { 200: OffsetDateTime() } } }, async () => new Date() as never)
  t.equal((await app.inject('/')).statusCode, 500)
})
