/**
 * What metrics and traces say of a request: nothing of it is what a client makes up.
 *
 * @module
 */

import type { FastifyRequest } from 'fastify'

const METHODS: ReadonlySet<string> = new Set(['CONNECT', 'DELETE', 'GET', 'HEAD', 'OPTIONS', 'PATCH', 'POST', 'PUT', 'QUERY', 'TRACE'])

/** The method of requests with another one, as OpenTelemetry has it. Node's parser knows 35, and clients may send them to any path. */
export const OTHER_METHOD = '_OTHER'

/** Returns the method of a request, or `_OTHER` if it is none of the common ones. */
export function observedMethod ({ method }: FastifyRequest): string {
  return METHODS.has(method) ? method : OTHER_METHOD
}

/** Whether a request is the handshake of a WebSocket, which may be open for days. Not by the header alone: any request may have it. */
export function isHandshake ({ headers: { upgrade }, raw }: FastifyRequest): boolean {
  // Node says `false` where it goes on with HTTP. A request that is injected has no such property.
  return upgrade?.toLowerCase() === 'websocket' && Reflect.get(raw, 'upgrade') !== false
}
