/**
 * Spans of WebSockets: the handshake is a request that ends with 101, and the connection is below it.
 *
 * @module
 */

import type { EventEmitter } from 'node:events'
import type { Span } from '@opentelemetry/api'
import type { RoutePlan } from '../core/plan/route-plan.ts'
import { fail } from './failures.ts'
import { endSpan, type Starter } from './guard.ts'
import type { Api } from './providers.ts'
import { endServer, recordedOf } from './server-spans.ts'

/** What is needed of a socket. */
type Socket = EventEmitter<{ message: unknown[], close: [code: number] }>

export function traceSocket (api: Api, tracer: Starter, { slots }: RoutePlan): void {
  const { socket } = slots
  if (socket === undefined) return
  const { handler } = socket
  slots.socket = {
    ...socket,
    handler (ws, request) {
      const call = (): unknown => handler.call(this, ws, request)
      const { context, server } = recordedOf(request)
      if (server === undefined) return api.context.with(context, call)
      endServer(api, server, { 'http.response.status_code': 101 })
      const span = tracer.startSpan('apikit.websocket', { attributes: { 'code.function.name': handler.name } }, context)
      watch(api, ws, span)
      return failing(api, span, () => api.context.with(api.trace.setSpan(context, span), call))
    }
  }
}

/** Ends the span with the connection. */
function watch (api: Api, socket: Socket, span: Span): void {
  let received = 0
  socket.on('message', () => { received++ })
  socket.once('close', code => {
    span.setAttributes({ 'apikit.websocket.received': received, 'apikit.websocket.close_code': code })
    endSpan(api, span)
  })
}

/** Marks the span if the handler fails. That its client has left, or that it closes the socket, is no failure. */
function failing<T> (api: Api, span: Span, call: () => T): T {
  const note = (error: unknown): void => { if (!('closeCode' in Object(error))) fail(api, span, error) }
  let result: T
  try {
    result = call()
  } catch (error) {
    note(error)
    throw error
  }
  if (result instanceof Promise) result.catch(note)
  return result
}
