import type { Bar } from '../bar.ts'
import { good, variant } from '../apps/typed-post/load.ts'
import { duel } from '../duel.ts'

export const typedPost: Bar = {
  id: 'T2',
  title: 'POST of JSON, six fields with a nested list, echoed through a response model',
  run: settings => duel({
    what: 'typed POST',
    load: good,
    ours: { name: 'fastify-apikit', module: variant('apikit') },
    theirs: { name: 'Fastify (Ajv, fast-json-stringify)', module: variant('fastify') },
    goals: { socket: { atMost: 0.98 }, bytes: { atMost: 1 } }
  }, settings)
}
