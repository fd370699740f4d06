import fc from 'fast-check'
import t from 'tap'
import { DateTime } from '../../../plugins/types/index.ts'
import { codecOf, inDocument, read, reason, wire } from './codec-of.ts'

const schema = DateTime()

t.test('a date-time is a Date in the handler, and ISO 8601 in UTC on the wire', async t => {
  t.same(read(schema, '2026-01-02T03:04:05Z'), new Date(Date.UTC(2026, 0, 2, 3, 4, 5)))
  t.same(inDocument(schema), { type: 'string', format: 'date-time' })
  const cases = [
    ['2026-01-02T03:04:05.678Z', '2026-01-02T03:04:05.678000Z'],
    ['2026-01-02T03:04:05.6Z', '2026-01-02T03:04:05.600000Z'],
    ['2026-01-02T03:04:05.999999999Z', '2026-01-02T03:04:05.999000Z'],
    ['2026-01-02T03:04:05.12345678901234567890Z', '2026-01-02T03:04:05.123000Z'],
    ['2026-01-02T03:04:05+02:00', '2026-01-02T01:04:05Z'],
    ['2026-01-02t03:04-0330', '2026-01-02T06:34:00Z'],
    ['2026-01-02_03:04:05,5z', '2026-01-02T03:04:05.500000Z'],
    ['2026-01-02 03:04:05\u221202:00', '2026-01-02T05:04:05Z'],
    ['2026-01-02', '2026-01-02T00:00:00Z'],
    ['2024-02-29T00:00:00Z', '2024-02-29T00:00:00Z'],
    ['0001-01-01T00:00:00Z', '0001-01-01T00:00:00Z']
  ] as const
  for (const [text, written] of cases) t.equal(wire(schema, text), written, text)
})

t.test('what has no offset is UTC', async t => {
  t.equal(wire(schema, '2026-01-02T03:04:05'), '2026-01-02T03:04:05Z')
})

t.test('numbers, in JSON and in text, are unix time: seconds up to 2e10, milliseconds beyond', async t => {
  const cases = [
    [0, '1970-01-01T00:00:00Z'], ['0', '1970-01-01T00:00:00Z'], [1.5, '1970-01-01T00:00:01.500000Z'], ['-1.5', '1969-12-31T23:59:58.500000Z'],
    [2e10, '2603-10-11T11:33:20Z'], [20_000_000_001, '1970-08-20T11:33:20.001000Z'], ['20000000001', '1970-08-20T11:33:20.001000Z'],
    ['20000000001.5', '1970-08-20T11:33:20.001000Z'], ['-62135596800.5', '1968-01-12T20:06:43.199000Z'], ['-253402300799.0', '1961-12-21T02:28:19.201000Z'], ['253402300799999.0', '9999-12-31T23:59:59.999000Z'], ['1.5e1', '1970-01-01T00:00:15Z'], ['.5', '1970-01-01T00:00:00.500000Z'], ['+1.', '1970-01-01T00:00:01Z']
  ] as const
  for (const [input, written] of cases) t.equal(wire(schema, input), written, String(input))
})

t.test('the first thing that is wrong is named', async t => {
  const cases = [
    ['', 'input is too short'], ['2026-1-2', 'input is too short'], ['x026-01-02', 'invalid character in year'], ['20x6-01-02', 'invalid character in year'],
    ['2026/01/02', 'invalid date separator, expected `-`'], ['2026-01/02', 'invalid date separator, expected `-`'],
    ['2026-x1-02', 'invalid character in month'], ['2026-01-x2', 'invalid character in day'],
    ['2026-13-02', 'month value is outside expected range of 1-12'], ['2026-00-02', 'month value is outside expected range of 1-12'],
    ['2026-02-29', 'day value is outside expected range'], ['1900-02-29', 'day value is outside expected range'], ['2026-01-00', 'day value is outside expected range'],
    ['2026-01-02X', 'unexpected extra characters at the end of the input'], ['2026-01-02T25:00:00Z', 'unexpected extra characters at the end of the input'],
    ['2026-01-02T03:04:05.6x8Z', 'unexpected extra characters at the end of the input'], ['2026-01-02T03:04:05.Z', 'unexpected extra characters at the end of the input'],
    ['2026-01-02T03:04:05x6Z', 'unexpected extra characters at the end of the input'],
    ['２０２６-01', 'invalid character in year'],
    ['0000-01-01', 'year 0 is out of range'], ['0000-01-01T00:00:00Z', 'year 0 is out of range'], ['-62135596801000', 'year 0 is out of range'],
    ['253402300800000', 'dates after 9999 are not supported as unix timestamps'], ['9'.repeat(18), 'dates after 9999 are not supported as unix timestamps'],
    ['-' + '9'.repeat(18), 'dates before 0000 are not supported as unix timestamps'], ['-1.5e99', 'input is too short'],
    ['9223372036854775808', 'invalid date separator, expected `-`'],
    [253402300800000, 'dates after 9999 are not supported as unix timestamps'], [-1e15, 'dates before 0000 are not supported as unix timestamps'],
    [NaN, 'NaN values not permitted'], [Infinity, 'dates after 9999 are not supported as unix timestamps'],
    [-Infinity, 'dates before 0000 are not supported as unix timestamps']
  ] as const
  for (const [input, error] of cases) t.equal(reason(schema, input), error, String(input))
  t.match(wire(schema, 'x'), /^datetime_from_date_parsing: Input should be a valid datetime or date, /)
  t.match(wire(schema, 1e30), /^datetime_parsing: Input should be a valid datetime, /)
  for (const input of [true, null, [], {}, new Date(NaN)]) t.equal(wire(schema, input), 'datetime_type: Input should be a valid datetime')
})

t.test('a Date is read as itself', async t => {
  const date = new Date()
  t.equal(read(schema, date), date)
  t.equal(codecOf(schema).is(new Date(NaN)), false)
})

t.test('what is written is read as the same moment', async () => {
  fc.assert(fc.property(fc.date({ min: new Date('0001-01-01T00:00:00Z'), max: new Date('9999-12-31T23:59:59.999Z'), noInvalidDate: true }), date => {
    const again = read(schema, wire(schema, date))
    return again.getTime() === date.getTime() && read(schema, date.toISOString()).getTime() === date.getTime()
  }))
})

t.test('an offset moves the moment by as much', async () => {
  fc.assert(fc.property(fc.date({ min: new Date('1000-01-01'), max: new Date('9000-01-01'), noInvalidDate: true }), fc.integer({ min: -1439, max: 1439 }), (date, minutes) => {
    const [hours, rest] = [Math.floor(Math.abs(minutes) / 60), Math.abs(minutes) % 60].map(part => String(part).padStart(2, '0'))
    const text = date.toISOString().replace('Z', `${minutes < 0 ? '-' : '+'}${hours}:${rest}`)
    return read(schema, text).getTime() === date.getTime() - minutes * 60_000
  }))
})
