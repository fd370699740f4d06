import fc from 'fast-check'
import { Temporal } from 'temporal-polyfill'
import t from 'tap'
import { encodeDuration } from '../../../plugins/types/duration.ts'
import { Duration } from '../../../plugins/types/index.ts'
import { inDocument, read, reason, wire } from './codec-of.ts'

const schema = Duration()

t.test('a span of time is a Temporal.Duration, of which the seconds are known', async t => {
  t.same(inDocument(schema), { type: 'string', format: 'duration' })
  t.equal(read(schema, 'P1DT2H').total('seconds'), 93600)
  t.equal(read(schema, '-PT90S').total('seconds'), -90)
  t.equal(read(schema, 'P1Y2M').total('days'), 425)
})

t.test('it is written as pydantic writes it', async t => {
  const cases = [
    ['P1DT2H', 'P1DT2H'], ['-PT90S', '-PT1M30S'], ['PT1.5S', 'PT1.5S'], ['PT0.000001S', 'PT0.000001S'], ['PT0S', 'PT0S'], ['-P0D', 'PT0S'],
    ['+P1W', 'P7D'], ['P1Y', 'P1Y'], ['P2Y1M', 'P2Y30D'], ['P1.5D', 'P1DT12H'], ['PT1,5H', 'PT1H30M'], ['P0.1M', 'P3D'], ['P.5D', 'invalid'],
    ['1 day', 'P1D'], ['3 days, 04:05:06.789', 'P3DT4H5M6.789S'], ['2d10:20', 'P2DT10H20M'], ['1DAY 00:00', 'P1D'], ['-1 day 00:00:01', '-P1DT1S'], ['1 dX', 'invalid'],
    ['10:20', 'PT10H20M'], ['100:20:30.1234567', 'P4DT4H20M30.123456S'], [':30:00', 'PT30M'],
    [90, 'PT1M30S'], [-1.5, '-PT1.5S'], [0, 'PT0S'], [true, 'PT1S'], [false, 'PT0S'], [0.9999999, 'PT1S']
  ] as const
  for (const [input, written] of cases) {
    if (written === 'invalid') t.match(wire(schema, input), /^time_delta_parsing: Input should be a valid timedelta, /, String(input))
    else t.equal(wire(schema, input), written, String(input))
  }
})

t.test('what a handler makes by itself is written with years of 365 days and months of 30', async t => {
  const cases = [
    [{ years: 1, months: 1, weeks: 1, days: 1 }, 'P1Y38D'], [{ hours: 30 }, 'P1DT6H'], [{ minutes: -90 }, '-PT1H30M'],
    [{ milliseconds: 1500, microseconds: 20, nanoseconds: 999 }, 'PT1.50002S'], [{ days: 365 }, 'P1Y']
  ] as const
  for (const [parts, written] of cases) t.equal(encodeDuration(Temporal.Duration.from(parts)), written)
  const duration = Temporal.Duration.from({ hours: 2 })
  t.equal(read(schema, duration), duration)
})

t.test('the first thing that is wrong is named', async t => {
  const cases = [
    ['', 'input is too short'], ['-', 'input is too short'], ['P', 'input is too short'], ['PT', 'input is too short'],
    ['30', '"day" identifier in duration not correctly formatted'], ['x', 'invalid digit in duration'], ['Pxx', 'invalid digit in duration'],
    ['P1H', 'quantity invalid in date part of duration'], ['PT1D', 'quantity invalid in time part of duration'], ['PTT1S', '`t` character repeated in duration'],
    ['P1.5D1D', 'quantity fraction invalid in duration'], ['P4294967296D', 'a numeric value in the duration is too large'], ['P4294967295DT999999S', 'a numeric value in the duration is too large'], ['P4294967295W', 'a numeric value in the duration is too large'],
    ['PT4294967295H', 'a numeric value in the duration is too large'], ['1000000000 days', 'durations may not exceed 999,999,999 days'],
    ['1daya 10:20', 'invalid character in hour'], ['1 da 10:20', '"day" identifier in duration not correctly formatted'], ['1 days 1', 'input is too short'],
    ['1 day 24:00', 'durations may not exceed 999,999,999 hours'], ['12345678901:00', 'durations may not exceed 999,999,999 hours'], ['2400000001:00', 'durations may not exceed 999,999,999 hours'],
    ['12345', 'invalid character in hour'], ['1x:20:30', 'invalid character in hour'], ['10:60:00', 'minute value is outside expected range of 0-59'],
    ['10:20:30x', 'unexpected extra characters at the end of the input'], [1e15, 'durations may not exceed 999,999,999 days'],
    [Infinity, 'durations may not exceed 999,999,999 days'], [NaN, 'NaN values not permitted']
  ] as const
  for (const [input, error] of cases) t.equal(reason(schema, input), error, String(input))
  for (const input of [null, [], {}]) t.equal(wire(schema, input), 'time_delta_type: Input should be a valid timedelta')
})

t.test('a fraction of hundreds of digits counts for nothing more', async t => {
  t.equal(wire(schema, `PT1.${'0'.repeat(400)}S`), 'PT1S')
})

t.test('what is written is read as the same span', async () => {
  const limit = 86_399_999_999_999
  fc.assert(fc.property(fc.integer({ min: -limit, max: limit }), fc.integer({ min: 0, max: 999_999 }), (seconds, microseconds) => {
    const duration = Temporal.Duration.from({ seconds, microseconds: seconds < 0 ? -microseconds : microseconds })
    return Temporal.Duration.compare(read(schema, wire(schema, duration)), duration) === 0
  }))
})
