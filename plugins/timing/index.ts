/**
 * Adds a response header with the duration of the request in seconds: `x-process-time: 0.001842`.
 *
 * @module
 */

import type { FastifyPluginAsync } from 'fastify'
import fp from 'fastify-plugin'
import { kMeasures, measure, type Measure } from '../core/request/measures.ts'
import { parseOptions } from '../core/options.ts'
import { TimingOptions } from './options.ts'

const name = 'fastify-apikit/timing'

export { TimingOptions }

const kStart: unique symbol = Symbol('fastify-apikit.timing.start')

declare module 'fastify' {
  interface FastifyRequest {
    /** Seconds since the request arrived. Added by `fastify-apikit/timing`. */
    readonly processTime: number
    [kStart]: number
  }
}

const plugin: FastifyPluginAsync<TimingOptions> = async (app, options) => {
  const { header, digits, serverTiming } = parseOptions(name, TimingOptions, options, app)

  app.decorateRequest(kStart, 0)
  app.decorateRequest('processTime', {
    // Not reply.elapsedTime: Fastify leaves it at 0 without logging and onResponse hooks.
    getter () { return (performance.now() - this[kStart]) / 1000 }
  })

  // Plugins that find this on a request add their measurements.
  if (serverTiming && !app.hasRequestDecorator(kMeasures)) app.decorateRequest(kMeasures, null)

  app.addHook('onRequest', (request, _reply, done) => {
    request[kStart] = performance.now()
    if (serverTiming) measure(request)
    done()
  })

  app.addHook('onSend', (request, reply, payload, done) => {
    const seconds = request.processTime
    reply.header(header, seconds.toFixed(digits))
    if (serverTiming) {
      // A list header (W3C Server Timing §2). Values of the handler come first.
      const measured = [reply.getHeader('server-timing') ?? []].flat()
      const parts = request[kMeasures]?.all.map(metric) ?? []
      reply.header('server-timing', [...measured, ...parts, metric({ name: 'app', duration: seconds * 1000 })].join(', '))
    }
    done(null, payload)
  })
}

/** The name must be a token. */
function metric ({ name, duration }: Measure): string {
  return `${name.replaceAll(/[^!#$%&'*+.^_`|~0-9A-Za-z-]/g, '_')};dur=${duration.toFixed(3)}`
}

/**
 * Adds a response header with the duration of the request in seconds, in this scope and below. Register it first.
 *
 * @param options Name and decimal places of the header. Defaults: `x-process-time`, 6. `serverTiming` adds `Server-Timing`.
 * @throws APIKIT_ERR_INVALID_OPTIONS when options are unknown or invalid.
 * @see https://fastapi.tiangolo.com/tutorial/middleware/
 * @example
 * ```ts
 * await app.register(timing, { serverTiming: true })
 * ```
 */
export const timing = fp(plugin, { name, fastify: '5.x || 6.x' })
export default timing
