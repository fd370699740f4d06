import fc from 'fast-check'
import t from 'tap'
import { instantText } from '../../../plugins/db/engine/instant-text.ts'

t.test('an instant is written as toISOString does', async t => {
  const days = [0, 1, -1, 86_399_999, 86_400_000, -86_400_000, -62_198_755_200_000, -62_167_219_200_001, 253_402_300_799_999, 253_402_300_800_000, 8.64e15, -8.64e15]
  for (const time of [...days, ...days.toReversed()]) t.equal(instantText(new Date(time)), new Date(time).toISOString())
  // Those of one day follow each other, as in rows that are written together.
  fc.assert(fc.property(fc.date({ noInvalidDate: true }), fc.array(fc.integer({ min: 0, max: 86_399_999 })), (date, later) =>
    [0, ...later].map(later => new Date(date.getTime() + later)).filter(date => !Number.isNaN(date.getTime())).every(date => instantText(date) === date.toISOString())))
})

t.test('an invalid date is refused, and the one behind it is right', async t => {
  const date = new Date('2026-01-02T03:04:05.006Z')
  for (let round = 0; round < 2; round++) {
    t.throws(() => instantText(new Date(NaN)), RangeError)
    t.equal(instantText(date), '2026-01-02T03:04:05.006Z')
  }
})
