/**
 * Spans for what the plan of a route does: reading the request, and the handler.
 *
 * @module
 */

import type { RoutePlan } from '../core/plan/route-plan.ts'
import type { Api } from './providers.ts'
import { recordedOf } from './server-spans.ts'

export function traceSteps (api: Api, { handler: { name }, slots }: RoutePlan): void {
  const { read } = slots
  if (read !== undefined) {
    slots.read = (request, reply, done) => {
      const trace = recordedOf(request)?.trace
      if (trace === undefined) return read(request, reply, done)
      trace.validation(next => { read(request, reply, next) }, done)
    }
  }
  slots.around.trace = handler => function (request, reply) {
    const recorded = recordedOf(request)
    const call = (): unknown => handler.call(this, request, reply)
    if (recorded?.trace !== undefined) return recorded.trace.handler(name, call)
    // The context was lost where the body was read. What is not sampled must not begin a trace elsewhere.
    return recorded?.context === undefined ? call() : api.context.with(recorded.context, call)
  }
}
