import type { Bar } from '../bar.ts'
import { good, variant } from '../apps/typed-post/load.ts'
import { race } from '../race.ts'

export const typedPost: Bar = {
  id: 'T2',
  title: 'POST of JSON, six fields with a nested list, echoed through a response model',
  run: settings => race({
    what: 'typed POST',
    load: good,
    ours: { name: 'fastify-apikit', module: variant('apikit') },
    others: [{ name: 'Fastify (Ajv, fast-json-stringify)', module: variant('fastify'), goal: { atLeast: 1 } }]
  }, settings)
}
