/**
 * The spans of one request.
 *
 * @module
 */

import type { Attributes, Context, HrTime, Span } from '@opentelemetry/api'
import type { Part, Trace } from '../core/request/measures.ts'
import { fail } from './failures.ts'
import { endSpan, type Starter } from './guard.ts'
import type { Api } from './providers.ts'

/** Makes spans for parts of a request, below its server span. */
export class RequestTrace implements Trace {
  /** For lines of the log, as OpenTelemetry names them. */
  readonly ids: { readonly trace_id: string, readonly span_id: string }
  readonly #flags: number
  readonly #api: Api
  readonly #tracer: Starter
  /** What the next part is below. */
  #parent: Context
  /** When the handler was done. */
  #handled: number | undefined

  constructor (api: Api, tracer: Starter, span: Span, context: Context) {
    const { traceId, spanId, traceFlags } = span.spanContext()
    this.ids = { trace_id: traceId, span_id: spanId }
    this.#flags = traceFlags
    this.#api = api
    this.#tracer = tracer
    this.#parent = context
  }

  get traceparent (): string {
    const { ids } = this
    return `00-${ids.trace_id}-${ids.span_id}-${this.#flags.toString(16).padStart(2, '0')}`
  }

  run<T> (part: Part, name: string, call: () => T): T {
    return this.#run(part, name, call, () => {})
  }

  handler<T> (name: string, call: () => T): T {
    return this.#run('handler', name, call, () => { this.#handled = performance.now() })
  }

  /**
   * Reads the request; dependencies are called in the meantime.
   *
   * @param read calls what it is given when it has read
   * @param done goes on with the request, no longer below the span
   */
  validation (read: (done: (error?: Error) => void) => void, done: (error?: Error) => void): void {
    const { context } = this.#api
    const outer = this.#parent
    const span = this.#start('validation', {})
    this.#parent = this.#below(span)
    const end = (error: unknown): void => {
      this.#parent = outer
      if (error != null) fail(this.#api, span, error)
      endSpan(this.#api, span)
    }
    let isWithin = true
    let finished: { readonly error: Error | undefined } | undefined
    const goOn = (error?: Error): void => {
      end(error)
      if (isWithin) finished = { error }
      else context.with(outer, done, undefined, error)
    }
    try {
      context.with(this.#parent, read, undefined, goOn)
    } catch (error) {
      end(error)
      throw error
    }
    isWithin = false
    // Back in the context of the request, without entering it again.
    if (finished !== undefined) done(finished.error)
  }

  /** The value of the handler has become text. */
  serialized (): void {
    if (this.#handled === undefined) return
    endSpan(this.#api, this.#tracer.startSpan('apikit.serialization', { startTime: timeOf(this.#handled) }, this.#parent))
    this.#handled = undefined
  }

  /** @param done is called when the part has succeeded */
  #run<T> (part: Part, name: string, call: () => T, done: () => void): T {
    const span = this.#start(part, { 'code.function.name': name })
    const failed = (error: unknown): void => {
      fail(this.#api, span, error)
      endSpan(this.#api, span)
    }
    const succeeded = (): void => {
      endSpan(this.#api, span)
      done()
    }
    let result: T
    try {
      result = this.#api.context.with(this.#below(span), call)
    } catch (error) {
      failed(error)
      throw error
    }
    if (result instanceof Promise) result.then(succeeded, failed)
    else succeeded()
    return result
  }

  #start (part: Part, attributes: Attributes): Span {
    return this.#tracer.startSpan(`apikit.${part}`, { attributes }, this.#parent)
  }

  #below (span: Span): Context {
    return this.#api.trace.setSpan(this.#parent, span)
  }
}

function timeOf (now: number): HrTime {
  const milliseconds = performance.timeOrigin + now
  return [Math.trunc(milliseconds / 1000), Math.round(milliseconds % 1000 * 1e6)]
}
