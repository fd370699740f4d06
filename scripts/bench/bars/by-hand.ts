import type { Bar } from '../bar.ts'
import { good, variant } from '../apps/typed-post/load.ts'
import { race } from '../race.ts'

export const byHand: Bar = {
  id: 'T4',
  title: 'The same POST beside node:http, parsed, checked and filtered by hand',
  run: settings => race({
    what: 'typed POST',
    load: good,
    ours: { name: 'fastify-apikit', module: variant('apikit') },
    others: [{ name: 'node:http by hand', module: variant('node-http'), goal: { atLeast: 0.8 } }]
  }, settings)
}
