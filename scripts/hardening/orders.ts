/**
 * Plugins registered in random orders: `npm run hardening -- orders [--runs 300] [--seed N]`.
 *
 * @module
 */

import { BATTERY, tryOrders } from './random-orders.ts'
import { suite } from './suite.ts'

export const orders = suite('Plugins registered in random orders and subsets: the same answers, or no start', {
  runs: { about: 'Random orders', default: 300 },
  seed: { about: 'Repeats the orders of a run' }
}, async ({ runs, seed = Date.now() & 0x7fffffff }) => {
  const { alike, refused, wrong } = await tryOrders(runs, seed)
  console.log(`${runs} orders × ${BATTERY.length} requests (--seed ${seed}): ${alike} answered alike, ${refused} refused to start, ${wrong.length} otherwise`)
  return wrong
})
