/**
 * The server span of a request, and the metrics of all of them, by the semantic conventions of OpenTelemetry.
 *
 * @module
 * @see https://opentelemetry.io/docs/specs/semconv/http/http-spans/#http-server-span
 */

import type { ServerResponse } from 'node:http'
import type { Attributes, Context, Histogram, Span, UpDownCounter } from '@opentelemetry/api'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { isHandshake, observedMethod } from '../core/http/observed-request.ts'
import { whenClosed } from '../core/http/when-closed.ts'
import { addToLines } from '../core/request/log-lines.ts'
import { measure } from '../core/request/measures.ts'
import { addressOf, attributesOf, endingOf, nameOf, routeOf } from './attributes.ts'
import { connectionOf, enterConnections, isInjectedBy } from './connections.ts'
import { endSpan, guarded, type Starter } from './guard.ts'
import type { ParsedOptions } from './options.ts'
import type { Api, Providers } from './providers.ts'
import { RequestTrace } from './request-trace.ts'
import { Unsampled } from './unsampled.ts'

const NAME = 'fastify-apikit'

/** Seconds. */
const BUCKETS = [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10]

const kTelemetry: unique symbol = Symbol('fastify-apikit.telemetry')

declare module 'fastify' {
  interface FastifyRequest {
    [kTelemetry]: Recorded | null
  }
}

/** What is recorded of a request. */
export interface Recorded {
  /** `undefined` if nothing is traced. */
  readonly context: Context | undefined
  /** `undefined` if the request is not sampled. */
  readonly server: Server | undefined
  error: unknown
}

/** The span of a request that is sampled. */
interface Server {
  readonly span: Span
  /** Else another has begun it, and ends it. */
  readonly isOwn: boolean
  readonly trace: RequestTrace
  hasEnded: boolean
}

/** What is traced of a request, sampled or not. */
interface Traced extends Recorded {
  readonly context: Context
}

/** Of a request of an app that is traced, from its first hook on. */
export function recordedOf (request: FastifyRequest): Traced {
  return request[kTelemetry] as Traced
}

interface Meters {
  readonly active: UpDownCounter
  readonly duration: Histogram
}

export class ServerSpans {
  readonly #api: Api
  readonly #tracer: Starter | undefined
  readonly #meters: Meters | undefined
  readonly #options: ParsedOptions
  /** Headers that the propagator reads. */
  readonly #fields: readonly string[]

  constructor (api: Api, { tracers, meters }: Providers, options: ParsedOptions) {
    this.#api = api
    this.#tracer = tracers && guarded(api, tracers.getTracer(NAME))
    const meter = meters?.getMeter(NAME)
    this.#meters = meter && {
      active: meter.createUpDownCounter('http.server.active_requests', { unit: '{request}', description: 'Number of active HTTP server requests.' }),
      duration: meter.createHistogram('http.server.request.duration', { unit: 's', description: 'Duration of HTTP server requests.', advice: { explicitBucketBoundaries: BUCKETS } })
    }
    this.#options = options
    this.#fields = api.propagation.fields().map(field => field.toLowerCase())
  }

  get tracer (): Starter | undefined {
    return this.#tracer
  }

  install (app: FastifyInstance): void {
    app.decorateRequest(kTelemetry, null)
    if (this.#tracer !== undefined) enterConnections(app, this.#api)
    const { context: contexts } = this.#api
    app.addHook('onRequest', (request, reply, done) => {
      const around = this.#tracer === undefined ? undefined : contexts.active()
      const { context } = this.#begin(request, reply, around)
      if (context === around) done()
      else contexts.with(context as Context, done)
    })
    // A stream of HTTP/2 ends in no context.
    if (this.#tracer !== undefined && app.initialConfig.http2 === true) {
      app.addHook('onResponse', (request, _reply, done) => {
        const context = request[kTelemetry]?.context
        if (context === undefined) done()
        else contexts.with(context, done)
      })
    }
    app.addHook('onError', (request, _reply, error, done) => {
      const recorded = request[kTelemetry]
      if (recorded !== null) recorded.error = error
      done()
    })
  }

  /** @param around the context that the request has come in; `undefined` if nothing is traced */
  #begin (request: FastifyRequest, reply: FastifyReply, around: Context | undefined): Recorded {
    const recorded = request[kTelemetry] = around === undefined ? { context: undefined, server: undefined, error: undefined } : this.#traced(this.#tracer as Starter, request, around)
    const { server } = recorded
    if (server !== undefined) {
      measure(request).trace = server.trace
      noteHead(reply, server.trace)
      if (this.#options.logIds) addToLines(request, reply, server.trace.ids)
    }
    // There is nothing to say at the end of a request that is not sampled.
    if (server !== undefined || this.#meters !== undefined) this.#watch(request, reply, recorded)
    return recorded
  }

  #watch (request: FastifyRequest, reply: FastifyReply, recorded: Recorded): void {
    // A socket may be open for days, and its messages are not requests.
    const finish = isHandshake(request) ? () => {} : this.#meter(request)
    whenClosed(reply.raw, () => {
      const ending = endingOf(reply, recorded.error)
      finish(ending)
      if (recorded.server !== undefined) endServer(this.#api, recorded.server, ending)
    })
  }

  /** @returns what to call at the end */
  #meter (request: FastifyRequest): (ending: Attributes) => void {
    const meters = this.#meters
    if (meters === undefined) return () => {}
    const start = performance.now()
    const common = { 'http.request.method': observedMethod(request), 'url.scheme': request.protocol }
    const route = routeOf(request)
    meters.active.add(1, common)
    return ending => {
      meters.active.add(-1, common)
      meters.duration.record((performance.now() - start) / 1000, { ...common, ...route !== undefined && { 'http.route': route }, ...ending })
    }
  }

  #traced (tracer: Starter, request: FastifyRequest, around: Context): Traced {
    const connection = connectionOf(around)
    if (connection !== undefined && isInjectedBy(connection, request)) return { context: connection, server: undefined, error: undefined }
    const isAsked = this.#mayBeTraced(request)
    if (connection !== undefined && !isAsked && this.#isLeftOut()) {
      connection.begin()
      return { context: connection, server: undefined, error: undefined }
    }
    const { propagation, trace, ROOT_CONTEXT } = this.#api
    const active = connection === undefined ? trace.getSpan(around) : undefined
    if (active !== undefined) return this.#continued(tracer, request, active, around)

    const { trustTraceparent } = this.#options
    const sent = isAsked ? propagation.extract(ROOT_CONTEXT, request.headers) : ROOT_CONTEXT
    const remote = trace.getSpanContext(sent)
    const parent = trustTraceparent ? sent : ROOT_CONTEXT
    const isRoot = remote === undefined || !trustTraceparent
    // On a connection, the others have been left out above.
    if (isRoot && (isAsked || connection === undefined) && this.#isLeftOut()) return { context: new Unsampled(this.#api, parent), server: undefined, error: undefined }

    const route = routeOf(request)
    const span = tracer.startSpan(nameOf(request, route), { kind: this.#api.SpanKind.SERVER, attributes: attributesOf(request, route), ...isRoot && remote !== undefined && { links: [{ context: remote }] } }, parent)
    const inner = trace.setSpan(parent, span)
    if (!span.isRecording()) return { context: inner, server: undefined, error: undefined }
    span.setAttributes(addressOf(request))
    return { context: inner, server: { span, isOwn: true, trace: new RequestTrace(this.#api, tracer, span, inner), hasEnded: false }, error: undefined }
  }

  #isLeftOut (): boolean {
    const { ratio } = this.#options
    return ratio < 1 && Math.random() >= ratio
  }

  /** Whether the client has sent something that the propagator reads. Most have not, and reading takes longer than looking. */
  #mayBeTraced ({ headers }: FastifyRequest): boolean {
    for (const field of this.#fields) {
      if (headers[field] !== undefined) return true
    }
    return this.#fields.length === 0
  }

  /** An instrumentation of node:http has begun, which cannot know the route. */
  #continued (tracer: Starter, request: FastifyRequest, span: Span, context: Context): Traced {
    if (!span.isRecording()) return { context, server: undefined, error: undefined }
    const route = routeOf(request)
    if (route !== undefined) span.updateName(nameOf(request, route)).setAttribute('http.route', route)
    return { context, server: { span, isOwn: false, trace: new RequestTrace(this.#api, tracer, span, context), hasEnded: false }, error: undefined }
  }
}

/** Tells when the handler's value has become text. By this response alone: a hook would cost all requests, of which most are not sampled. */
function noteHead ({ raw }: FastifyReply, trace: RequestTrace): void {
  const { writeHead } = raw
  raw.writeHead = function (this: ServerResponse, ...parts: unknown[]) {
    trace.serialized()
    return Reflect.apply(writeHead, this, parts)
  }
}

/** Ends the span of a request: that of a handshake when the socket opens. */
export function endServer (api: Api, server: Server, ending: Attributes): void {
  if (server.hasEnded) return
  server.hasEnded = true
  server.span.setAttributes(ending)
  if (Number(ending['http.response.status_code']) >= 500) server.span.setStatus({ code: api.SpanStatusCode.ERROR })
  if (server.isOwn) endSpan(api, server.span)
}
