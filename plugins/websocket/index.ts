/**
 * WebSockets as routes: with the parameters, dependencies and security schemes of HTTP routes, by @fastify/websocket.
 *
 * @module
 * @see https://fastapi.tiangolo.com/advanced/websockets/
 */

import type { FastifyPluginAsync, FastifyPluginCallback, FastifyReply, FastifyRequest } from 'fastify'
import fp from 'fastify-plugin'
import { parseOptions } from '../core/options.ts'
import { optionalPeer } from '../core/peer.ts'
import { contribute } from '../core/plan/conductor.ts'
import type { RoutePlan, SocketHandler } from '../core/plan/route-plan.ts'
import { registrations } from '../core/registry.ts'
import { RequestValidationError } from '../validation/index.ts'
import { Connections } from './connections.ts'
import { APIKIT_ERR_WEBSOCKET_TWICE } from './errors.ts'
import { WebSocketException } from './exceptions.ts'
import { WebSocketOptions } from './options.ts'

const name = 'fastify-apikit/websocket'

export { WebSocketOptions }
export * from './errors.ts'
export { WebSocketDisconnect, WebSocketException } from './exceptions.ts'
export { type MessageOptions, type Messages, type Received, type Sendable, socketOf } from './messages.ts'
export type { SocketRouteHandler } from './route-types.ts'
export type { Socket, SocketEvents } from './socket.ts'

/** Its own declarations are not used: see `route-types.ts`. */
interface PeerOptions {
  readonly options: { readonly maxPayload: number, readonly closeTimeout: number }
  errorHandler (error: Error, socket: unknown, request: FastifyRequest): void
  preClose (): Promise<void>
}

const plugin: FastifyPluginAsync<WebSocketOptions> = async (app, options) => {
  const isRegistered = registrations(app).some(({ plugin }) => plugin === 'websocket')
  const parsed = parseOptions(name, WebSocketOptions, options, app)
  if (isRegistered) throw new APIKIT_ERR_WEBSOCKET_TWICE(`${name} is registered twice. One registration serves the server of an app: register it once, above all routes that need it.`)
  if (app.hasDecorator('websocketServer')) throw new APIKIT_ERR_WEBSOCKET_TWICE(`@fastify/websocket is registered before ${name}, which registers it itself. Remove your registration.`)

  const connections = new Connections(parsed)
  // Before @fastify/websocket: what it finds as the handler of a route is ours.
  contribute(app, 'websocket', plan => { addSocket(plan, connections, parsed.origins) })
  const { maxPayload, closeTimeout } = parsed
  await app.register(optionalPeer<FastifyPluginCallback<PeerOptions>>(name, '@fastify/websocket'), {
    options: { maxPayload, closeTimeout },
    // Only of the socket itself: what a handler throws does not come here. The socket is closed already.
    errorHandler (error, _socket, request) { request.log.info({ err: error }, 'websocket failed') },
    async preClose () {
      // Handshakes that are under way are refused.
      Reflect.get(app, 'websocketServer').close()
      await connections.drain()
    }
  })
}

/** What @fastify/websocket adds to a route. */
interface Declared {
  readonly websocket?: boolean
  readonly wsHandler?: SocketHandler
}

function addSocket ({ route, handler, slots }: RoutePlan, connections: Connections, origins: readonly string[] | undefined): void {
  const { websocket = false, wsHandler } = route as Declared
  if (!websocket && wsHandler === undefined) return
  slots.socket = {
    handler: websocket ? handler as unknown as SocketHandler : wsHandler as SocketHandler,
    isOnly: websocket,
    admits: (request, reply) => admits(request, reply, websocket, origins),
    serve: connections.serve.bind(connections)
  }
  slots.fail.translate = (error, request) => request.ws && error instanceof RequestValidationError ? refused(error) : error
}

function admits (request: FastifyRequest, reply: FastifyReply, isOnly: boolean, origins: readonly string[] | undefined): boolean {
  if (!request.ws) {
    if (!isOnly) return true
    reply.callNotFound()
    return false
  }
  const { origin } = request.headers
  if (origins !== undefined && origin !== undefined && !origins.includes(origin)) throw new WebSocketException(1008, 'Origin not allowed')
  return true
}

/** As in FastAPI, where a socket that is closed with 1008 before it is accepted is a handshake refused with 403. */
function refused (error: RequestValidationError): WebSocketException {
  return new WebSocketException(1008, 'The parameters do not fit', { cause: error, detail: error.issues })
}

/**
 * Serves WebSockets. Register it before the routes.
 *
 * @throws APIKIT_ERR_INVALID_OPTIONS, APIKIT_ERR_WEBSOCKET_TWICE, APIKIT_ERR_MISSING_PEER without @fastify/websocket
 * @example
 * ```ts
 * await app.register(websocket)
 * app.get('/rooms/:room', { websocket: true, schema: { params: Type.Object({ room: Type.String() }) } }, async (socket, { params }) => {
 *   const messages = socketOf(socket)
 *   for await (const message of messages) await messages.send(`${params.room}: ${message}`)
 * })
 * ```
 */
export const websocket = fp(plugin, { name, fastify: '5.x || 6.x' })
export default websocket
