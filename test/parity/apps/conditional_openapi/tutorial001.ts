import type { AppOptions } from '../../apps.ts'
import { parityApp } from '../app.ts'

/** One setting hides all: `OPENAPI_URL=` in the environment of production. */
export default async ({ env = {}, ...options }: AppOptions = {}) => {
  const make = parityApp(async app => {
    app.get('/', { schema: { summary: 'Root' } }, async () => ({ message: 'Hello World' }))
  }, { docs: { openapiUrl: env.OPENAPI_URL ?? '/openapi.json' } })
  return make(options)
}
