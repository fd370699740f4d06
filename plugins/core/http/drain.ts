/**
 * How a server ends: requests that are under way are answered, and connections on which nothing is under way are closed.
 *
 * @module
 */

import type { ServerResponse } from 'node:http'
import type { FastifyInstance } from 'fastify'

/** Milliseconds between two looks at connections whose answer had begun before the app closed. */
const INTERVAL = 50

/**
 * Lets an app close without cutting an answer, and without waiting for clients that keep their connection. Answers say
 * `connection: close` from then on; connections are closed behind them. Register it before the routes.
 *
 * @param timeout milliseconds that requests under way are waited for; then their connections are cut
 */
export function drain (app: FastifyInstance, timeout: number): void {
  const { server } = app
  // HTTP/2 says of itself that a session ends, and has no connections that are idle.
  if (!('closeIdleConnections' in server)) return
  const underWay = new Set<ServerResponse>()
  let isClosing = false

  app.addHook('onRequest', (_request, { raw }, done) => {
    underWay.add(raw)
    raw.once('close', () => { underWay.delete(raw) })
    done()
  })
  app.addHook('onSend', (_request, reply, payload, done) => {
    if (isClosing) reply.header('connection', 'close')
    done(null, payload)
  })

  // Node takes an answer that is still on its way to a slow reader for one that is done, and cuts it.
  const closeIdle = server.closeIdleConnections.bind(server)
  server.closeIdleConnections = () => {
    const ended = [...underWay].filter(({ writableEnded }) => writableEnded)
    for (const raw of ended) Reflect.set(raw, 'finished', false)
    closeIdle()
    for (const raw of ended) Reflect.set(raw, 'finished', true)
  }

  const timers: NodeJS.Timeout[] = []
  app.addHook('preClose', done => {
    isClosing = true
    timers.push(setInterval(() => { server.closeIdleConnections() }, INTERVAL), setTimeout(() => {
      app.log.warn({ requests: underWay.size }, 'open requests are closed, because the drain timeout has passed')
      server.closeAllConnections()
    }, timeout))
    done()
  })
  app.addHook('onClose', async () => { timers.forEach(clearTimeout) })
}
