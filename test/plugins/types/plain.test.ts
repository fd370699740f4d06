import fc from 'fast-check'
import { Temporal } from 'temporal-polyfill'
import t from 'tap'
import { PlainDate, PlainTime } from '../../../plugins/types/index.ts'
import { codecOf, inDocument, read, reason, wire } from './codec-of.ts'

t.test('a day is a Temporal.PlainDate', async t => {
  const schema = PlainDate()
  t.same(inDocument(schema), { type: 'string', format: 'date' })
  t.ok(read(schema, '2026-01-02').equals(Temporal.PlainDate.from('2026-01-02')))
  const cases = [
    ['2026-01-02', '2026-01-02'], ['2026-01-02T00:00', '2026-01-02'], ['2026-01-02T00:00:00.000Z', '2026-01-02'], ['2026-01-02T00:00:00+23:00', '2026-01-02'],
    [86400, '1970-01-02'], ['86400', '1970-01-02'], ['-86400', '1969-12-31'], ['86400.0', '1970-01-02'], [1577836800000, '2020-01-01'], [0, '1970-01-01']
  ] as const
  for (const [input, day] of cases) t.equal(wire(schema, input), day, String(input))
})

t.test('a month has its days, and no more', async t => {
  const schema = PlainDate()
  for (const [index, days] of [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31].entries()) {
    const month = `2026-${String(index + 1).padStart(2, '0')}`
    t.equal(wire(schema, `${month}-${days}`), `${month}-${days}`)
    t.equal(reason(schema, `${month}-${days + 1}`), 'day value is outside expected range', month)
  }
})

t.test('a time of the day makes no day, unless it is midnight', async t => {
  const schema = PlainDate()
  const inexact = 'date_from_datetime_inexact: Datetimes provided to dates should have zero time - e.g. be exact dates'
  for (const input of ['2026-01-02T00:00:01', 1, 86400.5, '86400.5']) t.equal(wire(schema, input), inexact, String(input))
  const cases = [
    ['', 'input is too short'], ['2026-01-02T', 'input is too short'], ['2026-02-30', 'day value is outside expected range'], ['86401', 'date_from_datetime_inexact'],
    ['2026-01-02x', 'invalid datetime separator, expected `T`, `t`, `_` or space'], ['2026-01-02T24:00', 'hour value is outside expected range of 0-23'],
    ['0000-01-01', 'year 0 is out of range'], ['-62135683200000', 'year 0 is out of range'], ['-62135683200', 'date_from_datetime_inexact'], [1e20, 'dates after 9999 are not supported as unix timestamps'],
    ['1.5e40', 'dates after 9999 are not supported as unix timestamps'], ['1.5e400', 'dates after 9999 are not supported as unix timestamps'], ['-1.5e400', 'dates before 0000 are not supported as unix timestamps'], ['-1.5e40', 'dates before 0000 are not supported as unix timestamps'],
    ['1.5e17', 'dates after 9999 are not supported as unix timestamps'], ['9'.repeat(30), 'invalid date separator, expected `-`'], ['20000000000000000000', 'invalid date separator, expected `-`'], ['18446744073709551616', 'invalid date separator, expected `-`'], ['-9223372036854775808', 'dates before 0000 are not supported as unix timestamps'],
    ['-9223372036854775809', 'invalid character in year'], ['0'.repeat(30) + '86401', 'date_from_datetime_inexact'],
    ['9'.repeat(30) + '.5', 'dates after 9999 are not supported as unix timestamps']
  ] as const
  for (const [input, error] of cases) t.equal(reason(schema, input), error, String(input))
  t.match(wire(schema, 'x'), /^date_from_datetime_parsing: Input should be a valid date or datetime, /)
  for (const input of [true, null, {}]) t.equal(wire(schema, input), 'date_type: Input should be a valid date')
})

t.test('a time of the day is a Temporal.PlainTime; sent back as it was read, it has the offset it had', async t => {
  const schema = PlainTime()
  t.same(inDocument(schema), { type: 'string', format: 'time' })
  t.ok(read(schema, '03:04').equals(Temporal.PlainTime.from('03:04')))
  const cases = [
    ['10:20', '10:20:00'], ['10:20:30', '10:20:30'], ['10:20:30.5', '10:20:30.500000'], ['10:20:30,123456789', '10:20:30.123456'],
    ['10:20:30Z', '10:20:30Z'], ['10:20z', '10:20:00Z'], ['10:20-00:00', '10:20:00Z'], ['10:20:30.5+02:00', '10:20:30.500000+02:00'], ['10:20-0530', '10:20:00-05:30'],
    [0, '00:00:00Z'], [36000, '10:00:00Z'], [1.5, '00:00:01.500000Z'], [86399.999999, '23:59:59.999999Z']
  ] as const
  for (const [input, time] of cases) t.equal(wire(schema, input), time, String(input))
  const time = read(schema, '10:20+02:00')
  t.ok(time.equals(Temporal.PlainTime.from('10:20')))
  t.equal(wire(schema, time), '10:20:00+02:00')
  t.equal(wire(schema, time.add({ hours: 1 })), '11:20:00', 'what is reckoned has none')
})

t.test('the first thing that is wrong with a time is named', async t => {
  const schema = PlainTime()
  const cases = [
    ['', 'input is too short'], ['x0:20', 'invalid character in hour'], ['10.20', 'invalid time separator, expected `:`'], ['10:x0', 'invalid character in minute'],
    ['24:00', 'hour value is outside expected range of 0-23'], ['10:60', 'minute value is outside expected range of 0-59'],
    ['10:20:', 'invalid character in second'], ['10:20:60', 'second value is outside expected range of 0-59'], ['10:20:30.', 'second fraction digits missing after `.`'],
    ['10:20:30x', 'invalid timezone sign'], ['10:20+x', 'invalid timezone hour'], ['10:20+02', 'invalid timezone minute'], ['10:20+02:60', 'timezone minute value is outside expected range of 0-59'],
    ['10:20+24:00', 'timezone offset must be less than 24 hours'], ['10:20+02:00x', 'unexpected extra characters at the end of the input'],
    ['10:20Zx', 'unexpected extra characters at the end of the input'],
    [-1, 'time in seconds should be positive'], [86400, 'numeric times may not exceed 86,399 seconds'], [86399.9999999, 'numeric times may not exceed 86,399 seconds'],
    [NaN, 'NaN values not permitted']
  ] as const
  for (const [input, error] of cases) t.equal(reason(schema, input), error, String(input))
  t.match(wire(schema, 'x'), /^time_parsing: Input should be in a valid time format, /)
  for (const input of [true, null, []]) t.equal(wire(schema, input), 'time_type: Input should be a valid time')
})

t.test('what is written is read as the same day and time', async () => {
  fc.assert(fc.property(fc.integer({ min: -719162, max: 2932896 }), days => {
    const day = Temporal.PlainDate.from('1970-01-01').add({ days })
    // Both the date and the timestamp of its midnight.
    return read(PlainDate(), wire(PlainDate(), day)).equals(day) && read(PlainDate(), `${day.toString()}T00:00Z`).equals(day)
  }))
  fc.assert(fc.property(fc.integer({ min: 0, max: 86_399_999_999 }), microseconds => {
    const time = Temporal.PlainTime.from('00:00').add({ microseconds })
    return read(PlainTime(), wire(PlainTime(), time)).equals(time)
  }))
})

t.test("the runtime's own Temporal is used where it has one", async t => {
  class Day {
    readonly [Symbol.toStringTag] = 'Temporal.PlainDate'
    readonly parts: number[]

    constructor (...parts: number[]) {
      this.parts = parts
    }
  }
  const before = Object.getOwnPropertyDescriptor(globalThis, 'Temporal')
  t.teardown(() => before === undefined ? Reflect.deleteProperty(globalThis, 'Temporal') : Object.defineProperty(globalThis, 'Temporal', before))
  Reflect.set(globalThis, 'Temporal', { PlainDate: Day })
  const codec = codecOf(PlainDate())
  const day = codec.parse('2026-01-02')
  t.same(day, new Day(2026, 1, 2))
  t.equal(codec.parse(day), day)
})
