/**
 * Spans for what the plan of a route does: reading the request, and the handler.
 *
 * @module
 */

import type { RoutePlan } from '../core/plan/route-plan.ts'
import type { Api } from './providers.ts'
import { recordedOf } from './server-spans.ts'

export function traceSteps ({ context: contexts }: Api, { handler: { name }, slots }: RoutePlan): void {
  const { read } = slots
  if (read !== undefined) {
    slots.read = (request, reply, done) => {
      const trace = recordedOf(request).server?.trace
      if (trace === undefined) return read(request, reply, done)
      trace.validation(next => { read(request, reply, next) }, done)
    }
  }
  slots.around.trace = handler => function (request, reply) {
    const { context, server } = recordedOf(request)
    if (server !== undefined) return server.trace.handler(name, () => handler.call(this, request, reply))
    if (context === contexts.active()) return handler.call(this, request, reply)
    // A hook has lost the context. What is not sampled must not begin a trace elsewhere.
    return contexts.with(context, () => handler.call(this, request, reply))
  }
}
