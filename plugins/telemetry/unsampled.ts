/**
 * The context of a request that is not traced, without asking the tracer: nearly all of them need none.
 *
 * @module
 */

import { randomBytes } from 'node:crypto'
import type { Context } from '@opentelemetry/api'
import { LazyContext } from './lazy-context.ts'
import type { Api } from './providers.ts'

/**
 * Has a span that is not sampled, so that an instrumentation below continues it and does not begin a trace of its own. Its
 * identifiers are made when somebody first looks.
 */
export class Unsampled extends LazyContext {
  readonly #api: Api
  readonly #around: Context
  #whole: Context | undefined = undefined

  /** @param around what the client sent: its baggage */
  constructor (api: Api, around: Context) {
    super()
    this.#api = api
    this.#around = around
  }

  protected override look (): Context {
    const { trace, TraceFlags } = this.#api
    return (this.#whole ??= trace.setSpan(this.#around, trace.wrapSpanContext({
      traceId: randomBytes(16).toString('hex'), spanId: randomBytes(8).toString('hex'), traceFlags: TraceFlags.NONE
    })))
  }
}
