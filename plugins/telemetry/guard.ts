/**
 * Spans that begin and end without an error. Samplers and processors are the app's own, and are called meanwhile: what they
 * throw behind a response would stop the process, and before one the client would wait for it in vain.
 *
 * @module
 */

import type { Context, Span, SpanOptions, Tracer } from '@opentelemetry/api'
import type { Api } from './providers.ts'

/** What is needed of a tracer. */
export interface Starter {
  startSpan (name: string, options: SpanOptions, parent: Context): Span
}

/** In place of a span that cannot begin there is one that records nothing, with the identifiers of that above it. */
export function guarded (api: Api, tracer: Tracer): Starter {
  return {
    startSpan (name, options, parent) {
      try {
        return tracer.startSpan(name, options, parent)
      } catch (error) {
        api.diag.error(`fastify-apikit/telemetry: the span ${JSON.stringify(name)} could not begin`, error)
        return api.trace.wrapSpanContext(api.trace.getSpanContext(parent) ?? api.INVALID_SPAN_CONTEXT)
      }
    }
  }
}

export function endSpan (api: Api, span: Span): void {
  try {
    span.end()
  } catch (error) {
    api.diag.error('fastify-apikit/telemetry: a span could not end', error)
  }
}
