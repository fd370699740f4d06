import { page, variant } from '../apps/tokens/load.ts'
import type { Bar } from '../bar.ts'
import { race } from '../race.ts'

export const tokens: Bar = {
  id: 'T13',
  title: 'A token known by introspection, beside one that is verified here',
  run: settings => race({
    what: 'introspected token, kept',
    load: page,
    ours: { name: 'introspection', module: variant('introspection') },
    others: [
      { name: 'JWT by JWKS, kept', module: variant('jwks'), goal: { atLeast: 0.9 } },
      { name: 'JWT by JWKS, verified anew (EdDSA)', module: variant('jwks-anew') }
    ]
  }, settings)
}
