/**
 * Drains a server that closes: finishes open requests, and closes idle connections.
 *
 * @module
 */

import type { ServerResponse } from 'node:http'
import type { FastifyInstance } from 'fastify'
import { whenClosed } from './when-closed.ts'

/** Interval in milliseconds for checking connections whose response had begun before the app closed. */
const INTERVAL = 50

/**
 * Lets an app close without cutting a response, and without waiting for idle keep-alive connections. Responses have
 * `connection: close` from then on; connections are closed behind them. Register it before the routes.
 *
 * @param timeout time in milliseconds to wait for open requests; then their connections are closed
 */
export function drain (app: FastifyInstance, timeout: number): void {
  const { server } = app
  // HTTP/2 says of itself that a session ends, and has no connections that are idle.
  if (!('closeIdleConnections' in server)) return
  const underWay = new Set<ServerResponse>()
  let isClosing = false

  app.addHook('onRequest', (_request, { raw }, done) => {
    underWay.add(raw)
    whenClosed(raw, () => { underWay.delete(raw) })
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
