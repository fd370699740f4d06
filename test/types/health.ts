// Compiled, never run.
import Fastify from 'fastify'
import health, { healthRoutes } from '../../plugins/health/index.ts'

const app = Fastify()
app.register(health)
app.register(health, { details: ({ headers }) => headers.host === 'internal', cache: 500 })
// @ts-expect-error -- cache is a number
app.register(health, { cache: '500' })

app.health.check('search', async signal => await fetch('http://search', { signal }), { timeout: 500, critical: false })
// @ts-expect-error -- a check is a function
app.health.check('search', 5)

app.health.ready().then(({ status, checks }) => {
  const all: 'ok' | 'unavailable' | 'draining' = status
  const error: string | undefined = checks.search?.error
  return [all, error]
})
Fastify().register(healthRoutes(app.health, { details: true }))
