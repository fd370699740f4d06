import type { Bar } from '../bar.ts'
import { page, variant } from '../apps/typed-get/load.ts'
import { competitors } from '../competitors.ts'
import { race } from '../race.ts'

export const typedGet: Bar = {
  id: 'T1',
  title: 'GET with path and query checked, the user of a bearer token by dependency, a filtered response',
  run: async settings => race({
    what: 'typed GET',
    load: page,
    ours: { name: 'fastify-apikit', module: variant('apikit') },
    others: [
      { name: 'Fastify, wired by hand', module: variant('fastify'), goal: { atLeast: 1 } },
      ...competitors()
    ]
  }, settings)
}
