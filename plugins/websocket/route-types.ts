/**
 * Types of the routes that `websocket: true` makes.
 *
 * Those of @fastify/websocket would be in every message of the compiler about any other route of the app; here the number
 * of arguments is wrong for those, so that they are passed over.
 *
 * @module
 */

import type {
  ContextConfigDefault, FastifyBaseLogger, FastifyInstance, FastifyRequest, FastifySchema, FastifyTypeProvider, FastifyTypeProviderDefault, HTTPMethods,
  RawReplyDefaultExpression, RawRequestDefaultExpression, RawServerBase, RawServerDefault, RouteGenericInterface, RouteShorthandOptions as ShorthandOptions
} from 'fastify'
import type { Socket } from './socket.ts'

/** Serves a socket. What it returns is waited for when the app closes; what it throws closes the socket. */
export type SocketRouteHandler<
  RawServer extends RawServerBase, RawRequest extends RawRequestDefaultExpression<RawServer>, RawReply extends RawReplyDefaultExpression<RawServer>,
  Config, Schema extends FastifySchema, TypeProvider extends FastifyTypeProvider, Logger extends FastifyBaseLogger
> = (
  this: FastifyInstance<RawServer, RawRequest, RawReply, Logger, TypeProvider>,
  socket: Socket,
  request: FastifyRequest<RouteGenericInterface, RawServer, RawRequest, Schema, TypeProvider, Config, Logger>
) => unknown

declare module 'fastify' {
  interface RouteShorthandOptions<RawServer extends RawServerBase = RawServerDefault> {
    /** The route serves WebSockets. Added by `fastify-apikit/websocket`. */
    websocket?: boolean
  }
  interface FastifyRequest {
    /** Whether the request asks for a WebSocket. Added by `fastify-apikit/websocket`. */
    ws: boolean
  }
  interface FastifyInstance<RawServer, RawRequest, RawReply, Logger, TypeProvider> {
    route<const WebSocket = undefined, const Config = ContextConfigDefault, const Schema extends FastifySchema = FastifySchema>(
      opts: ShorthandOptions<RawServer, RawRequest, RawReply, RouteGenericInterface, Config, Schema, TypeProvider, Logger> & {
        websocket?: WebSocket
        method: HTTPMethods | HTTPMethods[]
        url: string
        handler: SocketRouteHandler<RawServer, RawRequest, RawReply, Config, Schema, TypeProvider, Logger>
      },
      ...none: WebSocket extends true ? [] : [never]
    ): FastifyInstance<RawServer, RawRequest, RawReply, Logger, TypeProvider>
  }
  interface RouteShorthandMethod<
    RawServer extends RawServerBase = RawServerDefault,
    RawRequest extends RawRequestDefaultExpression<RawServer> = RawRequestDefaultExpression<RawServer>,
    RawReply extends RawReplyDefaultExpression<RawServer> = RawReplyDefaultExpression<RawServer>,
    TypeProvider extends FastifyTypeProvider = FastifyTypeProviderDefault,
    Logger extends FastifyBaseLogger = FastifyBaseLogger
  > {
    <const WebSocket = undefined, const Config = ContextConfigDefault, const Schema extends FastifySchema = FastifySchema>(
      path: string,
      opts: ShorthandOptions<RawServer, RawRequest, RawReply, RouteGenericInterface, Config, Schema, TypeProvider, Logger> & { websocket?: WebSocket },
      ...handler: WebSocket extends true
        ? [SocketRouteHandler<RawServer, RawRequest, RawReply, Config, Schema, TypeProvider, Logger>]
        : [never, never, never]
    ): FastifyInstance<RawServer, RawRequest, RawReply, Logger, TypeProvider>
  }
}
