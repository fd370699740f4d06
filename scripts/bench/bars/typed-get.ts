import type { Bar } from '../bar.ts'
import { page, variant } from '../apps/typed-get/load.ts'
import { competitors } from '../competitors.ts'
import { compareRoughly, duel } from '../duel.ts'

const get = { what: 'typed GET', load: page, ours: { name: 'fastify-apikit', module: variant('apikit') } }

export const typedGet: Bar = {
  id: 'T1',
  title: 'GET with path and query checked, the user of a bearer token by dependency, a filtered response',
  run: async settings => [
    ...await duel({
      ...get,
      theirs: { name: 'Fastify, wired by hand', module: variant('fastify') },
      goals: { socket: { atMost: 0.98 }, bytes: { atMost: 1 } }
    }, settings),
    ...await compareRoughly(get, competitors, settings)
  ]
}
