/**
 * The reference app in a process of its own, with routes for load; it tells its port.
 *
 * @module
 */

import Fastify from 'fastify'
import app, { options } from '../../../app.ts'

const [patience = '3'] = process.argv.slice(2)

const server = Fastify({ ...options, requestTimeout: Number(patience) * 1000, connectionTimeout: 0, http: { headersTimeout: Number(patience) * 1000, connectionsCheckingInterval: 500 } })
await server.register(app, { env: { JWT__SECRET: 'a secret of a test, of 32 bytes or more', DATABASE_URL: 'sqlite::memory:' }, envFile: null, settings: { underPressure: { maxEventLoopDelay: 200, retryAfter: 1 } } })
server.get('/quick', async () => 'quick')
server.post('/echo', async ({ body }) => body)
server.get<{ Params: { ms: string } }>('/busy/:ms', async ({ params: { ms } }) => {
  const until = performance.now() + Number(ms)
  while (performance.now() < until);
  return { worked: Number(ms) }
})
await server.listen({ port: 0, host: '127.0.0.1' })
process.send?.(server.server.address())
