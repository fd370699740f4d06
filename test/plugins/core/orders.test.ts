import t from 'tap'
import { answersOf, BATTERY, PLUGIN_NAMES, tryOrders } from '../../../scripts/hardening/random-orders.ts'

t.test('whatever the order in which plugins are registered, every request is answered alike, or the app does not start', async t => {
  t.ok(BATTERY.length >= 40)
  const { wrong } = await tryOrders(16, 20261129)
  t.same(wrong, [])
})

t.test('the order that they are held against starts', async t => {
  t.ok(Array.isArray(await answersOf(PLUGIN_NAMES)))
})
