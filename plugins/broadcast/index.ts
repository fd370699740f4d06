/**
 * Messages to every process of an app: for server-sent events and WebSockets, by PostgreSQL or Redis.
 *
 * @module
 */

import type { FastifyPluginAsync, FastifyRequest } from 'fastify'
import fp from 'fastify-plugin'
import { addHealthCheck } from '../core/health-checks.ts'
import { parseOptions } from '../core/options.ts'
import { purposeOf } from '../core/purpose.ts'
import type { Broadcast } from './broadcast.ts'
import { APIKIT_ERR_BROADCAST_OPTIONS } from './errors.ts'
import { Hub } from './hub.ts'
import { BroadcastOptions } from './options.ts'
import { RequestBroadcast } from './request-broadcast.ts'
import { transportOf } from './transports.ts'

const name = 'fastify-apikit/broadcast'

export { BroadcastOptions }
export type { Broadcast } from './broadcast.ts'
export * from './errors.ts'
export type { RequestBroadcast } from './request-broadcast.ts'
export type { SubscribeOptions, Subscription } from './subscription.ts'
export { type Topic, topic } from './topic.ts'

declare module 'fastify' {
  interface FastifyInstance {
    /** Publishes messages to every process, and subscribes to them. Added by `fastify-apikit/broadcast`. */
    broadcast: Broadcast
  }
  interface FastifyRequest {
    /** Publishes messages once the request's transaction is committed. Added by `fastify-apikit/broadcast`. */
    readonly broadcast: RequestBroadcast
  }
}

const plugin: FastifyPluginAsync<BroadcastOptions> = async (app, options) => {
  const isRegistered = app.hasDecorator('broadcast')
  const parsed = parseOptions(name, BroadcastOptions, options, app)
  if (isRegistered) throw new APIKIT_ERR_BROADCAST_OPTIONS('it is registered twice, or app.broadcast belongs to another plugin. Register it once, above all scopes that use it.')
  const transport = transportOf(parsed)
  const hub = new Hub(transport, parsed, app.log)

  app.decorate('broadcast', hub)
  app.decorateRequest('broadcast', { getter (this: FastifyRequest) { return new RequestBroadcast(this, hub) } })

  // A document is written without a server.
  if (purposeOf(app) !== 'describe') {
    try {
      await transport.open(hub)
    } catch (cause) {
      throw Object.assign(new APIKIT_ERR_BROADCAST_OPTIONS(`the server of "url" cannot be reached: ${[Object(cause).message, Object(cause).code].find(Boolean)}`), { cause })
    }
  }
  if (parsed.url !== null) addHealthCheck(app, 'broadcast', () => { if (!hub.isConnected) throw new Error('the connection is lost, and being restored') })
  app.addHook('preClose', async () => { hub.end() })
  // Behind the requests under way.
  app.addHook('onClose', () => hub.close())
}

/**
 * Adds `app.broadcast` and `request.broadcast`: messages that reach every process of an app, each at most once. Register it before the routes.
 *
 * @param options `url` of PostgreSQL or Redis. Without it, messages stay in this process.
 * @throws APIKIT_ERR_INVALID_OPTIONS when options are unknown or invalid
 * @throws APIKIT_ERR_BROADCAST_OPTIONS when the server cannot be reached, or the plugin is registered twice
 * @throws APIKIT_ERR_MISSING_PEER when `pg` or `ioredis` is not installed
 * @example
 * ```ts
 * const line = topic('line', Type.Object({ text: Type.String() }))
 * await app.register(broadcast, { url: 'postgres://app@localhost/app' })
 * app.get('/rooms/:room', { schema: { response: { 200: sse() } } }, async function * ({ params, signal }) {
 *   yield * await app.broadcast.subscribe(line.of(params.room), { signal })
 * })
 * ```
 */
export const broadcast = fp(plugin, { name, fastify: '5.x || 6.x' })
export default broadcast
