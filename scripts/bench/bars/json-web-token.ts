import { page, variant } from '../apps/typed-get/load.ts'
import { token } from '../apps/typed-get/token.ts'
import type { Bar } from '../bar.ts'
import { race } from '../race.ts'

/** A token that comes again is known; its time, and whether it is revoked, are looked at each time. */
export const jsonWebToken: Bar = {
  id: 'JWT',
  title: 'T1 with a JSON Web Token, verified, in place of a lookup',
  run: async settings => race({
    what: 'typed GET with a JSON Web Token',
    load: page,
    ours: { name: 'fastify-apikit with jwt', module: variant('jwt'), load: { headers: { authorization: `Bearer ${token}` } } },
    others: [{ name: 'fastify-apikit with a lookup', module: variant('apikit'), goal: { atLeast: 0.85 } }]
  }, settings)
}
