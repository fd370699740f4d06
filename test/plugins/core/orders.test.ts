import t from 'tap'
import { answersOf, BATTERY, compareStarts, PLUGIN_NAMES, tryOrders } from '../../../scripts/hardening/random-orders.ts'

t.test('whatever the order in which plugins are registered, every request is answered alike, or the app does not start', async t => {
  t.ok(BATTERY.length >= 40)
  const { wrong } = await tryOrders(16, 20261129)
  t.same(wrong, [])
})

t.test('what differs is told', async t => {
  const refusal = Object.assign(new Error('no'), { code: 'APIKIT_ERR_ROUTES' })
  t.same(compareStarts(['a', 'b'], ['a', 'c']), ['otherwise', 'c instead of b'])
  t.same(compareStarts(['a'], refusal), ['refused'])
  t.match(compareStarts(['a'], new TypeError('boom')), ['otherwise', /boom/])
  t.same(compareStarts(refusal, ['a']), ['otherwise', 'starts, and should not: no'])
  t.ok(await answersOf(['docs', 'errors', 'static', 'static']) instanceof Error)
})

t.test('the order that they are held against starts', async t => {
  t.ok(Array.isArray(await answersOf(PLUGIN_NAMES)))
})
