/**
 * Counts and measures requests, and the dependencies that they call.
 *
 * Labels have values that the app declares, and statuses. Nothing that a client sends is one: its path could have any
 * number of values.
 *
 * @module
 */

import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { Registry } from 'prom-client'
import { isHandshake, observedMethod } from '../core/http/observed-request.ts'
import { whenClosed } from '../core/http/when-closed.ts'
import { kMeasures, measure } from '../core/request/measures.ts'
import type { Client } from './client.ts'

const kStart: unique symbol = Symbol('fastify-apikit.metrics.start')

declare module 'fastify' {
  interface FastifyRequest {
    [kStart]: number
  }
}

/** Route of a request for which no route is declared. Routes begin with a slash or a star. */
const NO_ROUTE = 'unknown'

/** Status of a request whose client left before it was answered. As nginx has it. */
const CLIENT_LEFT = 499

/** Adds the hooks to a scope. */
export function observeRequests (app: FastifyInstance, { Gauge, Histogram }: Client, registry: Registry, buckets: number[]): void {
  const registers = [registry]
  const durations = new Histogram({
    name: 'http_request_duration_seconds', help: 'Duration of requests, until the response was sent or the client has left.', labelNames: ['method', 'route', 'status_code'], buckets, registers
  })
  const inFlight = new Gauge({ name: 'http_requests_in_flight', help: 'Requests that are being answered.', registers })
  const dependencies = new Histogram({ name: 'dependency_duration_seconds', help: 'Duration of calls of dependencies.', labelNames: ['dependency'], buckets, registers })

  const note = (request: FastifyRequest, status: number, milliseconds: number): void => {
    durations.observe({ method: observedMethod(request), route: request.is404 ? NO_ROUTE : String(request.routeOptions.url), status_code: status }, milliseconds / 1000)
    for (const { name, duration } of request[kMeasures]?.all ?? []) dependencies.observe({ dependency: name }, duration / 1000)
  }

  app.decorateRequest(kStart, 0)
  if (!app.hasRequestDecorator(kMeasures)) app.decorateRequest(kMeasures, null)

  app.addHook('onRequest', (request, reply, done) => {
    measure(request)
    // Of an open socket there is a gauge. Its handshake is noted below, if it is refused.
    if (!isHandshake(request)) {
      const start = request[kStart] = performance.now()
      inFlight.inc()
      // Fastify does not tell of the end if the client leaves before the response, or the handler bypasses it.
      whenClosed(reply.raw, () => {
        inFlight.dec()
        note(request, reply.raw.headersSent ? reply.raw.statusCode : CLIENT_LEFT, performance.now() - start)
      })
    }
    done()
  })
  // A hook that was registered before the plugin may have answered: it is not in the way of this one.
  app.addHook('onResponse', (request, reply, done) => {
    if (request[kStart] === 0) note(request, reply.statusCode, reply.elapsedTime)
    done()
  })
}
