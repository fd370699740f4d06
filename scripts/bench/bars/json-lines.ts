import { lines, variant } from '../apps/json-lines/load.ts'
import type { Bar } from '../bar.ts'
import { race } from '../race.ts'

export const jsonLines: Bar = {
  id: 'T12',
  title: 'A hundred items of an async generator as JSON lines, checked and filtered, beside Readable.from and fast-json-stringify',
  run: settings => race({
    what: 'JSON lines',
    load: lines,
    ours: { name: 'fastify-apikit', module: variant('apikit') },
    others: [{ name: 'Fastify, Readable.from', module: variant('fastify'), goal: { atLeast: 1 } }]
  }, settings)
}
