/**
 * The server span of a request, and the metrics of all of them, by the semantic conventions of OpenTelemetry.
 *
 * @module
 * @see https://opentelemetry.io/docs/specs/semconv/http/http-spans/#http-server-span
 */

import type { Attributes, Context, Histogram, Span, SpanOptions, Tracer, UpDownCounter } from '@opentelemetry/api'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { isHandshake, observedMethod, OTHER_METHOD } from '../core/http/observed-request.ts'
import { whenClosed } from '../core/http/when-closed.ts'
import { measure } from '../core/request/measures.ts'
import type { Api, Providers } from './providers.ts'
import { RequestTrace, typeOf } from './request-trace.ts'

const NAME = 'fastify-apikit'

/** Seconds. */
const BUCKETS = [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10]

/** Characters of what a client sends. */
const LONGEST_PATH = 1024
const LONGEST_HOST = 255

const kTelemetry: unique symbol = Symbol('fastify-apikit.telemetry')

declare module 'fastify' {
  interface FastifyRequest {
    [kTelemetry]: Recorded | null
  }
}

/** What is recorded of a request. */
interface Recorded {
  /** `undefined` if nothing is traced. */
  readonly context: Context | undefined
  /** `undefined` if the request is not sampled. */
  readonly trace: RequestTrace | undefined
  error: unknown
}

export function recordedOf (request: FastifyRequest): Recorded | null {
  return request[kTelemetry]
}

/** What is known of a request before its span. */
interface About {
  readonly method: string
  /** Its pattern. */
  readonly route: string | undefined
  readonly common: Attributes
}

interface Server {
  readonly span: Span
  /** Else another has begun it, and ends it. */
  readonly isOwn: boolean
  readonly context: Context
  /** `undefined` if it is not sampled. */
  readonly trace: RequestTrace | undefined
}

interface Meters {
  readonly active: UpDownCounter
  readonly duration: Histogram
}

export class ServerSpans {
  readonly #api: Api
  readonly #tracer: Tracer | undefined
  readonly #meters: Meters | undefined
  readonly #trusts: boolean

  /** @param trusts whether the traces of clients are continued */
  constructor (api: Api, { tracers, meters }: Providers, trusts: boolean) {
    this.#api = api
    this.#tracer = tracers?.getTracer(NAME)
    const meter = meters?.getMeter(NAME)
    this.#meters = meter && {
      active: meter.createUpDownCounter('http.server.active_requests', { unit: '{request}', description: 'Number of active HTTP server requests.' }),
      duration: meter.createHistogram('http.server.request.duration', { unit: 's', description: 'Duration of HTTP server requests.', advice: { explicitBucketBoundaries: BUCKETS } })
    }
    this.#trusts = trusts
  }

  get tracer (): Tracer | undefined {
    return this.#tracer
  }

  install (app: FastifyInstance): void {
    app.decorateRequest(kTelemetry, null)
    app.addHook('onRequest', (request, reply, done) => {
      // A socket may be open for days, and its messages are not requests.
      if (isHandshake(request)) return done()
      const { context } = this.#begin(request, reply)
      if (context === undefined) done()
      else this.#api.context.with(context, done)
    })
    app.addHook('onError', (request, _reply, error, done) => {
      const recorded = request[kTelemetry]
      if (recorded !== null) recorded.error = error
      done()
    })
    if (this.#tracer === undefined) return
    app.addHook('onSend', (request, _reply, payload, done) => {
      if (typeof payload === 'string') request[kTelemetry]?.trace?.serialized()
      done(null, payload)
    })
  }

  #begin (request: FastifyRequest, reply: FastifyReply): Recorded {
    const method = observedMethod(request)
    const common: Attributes = { 'http.request.method': method, 'url.scheme': request.protocol }
    // Fastify makes an object of it each time.
    const route = request.is404 ? undefined : request.routeOptions.url
    const server = this.#tracer && this.#span(this.#tracer, request, { method, route, common })
    const recorded: Recorded = request[kTelemetry] = { context: server?.context, trace: server?.trace, error: undefined }
    if (server?.trace !== undefined) measure(request).trace = server.trace
    // There is nothing to say at the end of a request that is not sampled.
    if (this.#meters === undefined && server?.trace === undefined) return recorded

    const start = performance.now()
    this.#meters?.active.add(1, common)
    whenClosed(reply.raw, () => {
      const ending = endingOf(reply, recorded)
      if (this.#meters !== undefined) {
        this.#meters.active.add(-1, common)
        this.#meters.duration.record((performance.now() - start) / 1000, { ...common, ...route !== undefined && { 'http.route': route }, ...ending })
      }
      if (server?.trace === undefined) return
      server.span.setAttributes(ending)
      if (reply.raw.statusCode >= 500) server.span.setStatus({ code: this.#api.SpanStatusCode.ERROR })
      if (server.isOwn) server.span.end()
    })
    return recorded
  }

  #span (tracer: Tracer, request: FastifyRequest, { method, route, common }: About): Server {
    const { trace, context, propagation, ROOT_CONTEXT, SpanKind } = this.#api
    const word = method === OTHER_METHOD ? 'HTTP' : method
    const name = route === undefined ? word : `${word} ${route}`
    const around = context.active()
    const active = trace.getSpan(around)
    if (active !== undefined) {
      // An instrumentation of node:http has begun, which cannot know the route.
      if (active.isRecording() && route !== undefined) active.updateName(name).setAttribute('http.route', route)
      return { span: active, isOwn: false, context: around, trace: this.#traceOf(tracer, active, around) }
    }
    const sent = propagation.extract(ROOT_CONTEXT, request.headers)
    const remote = trace.getSpanContext(sent)
    const options: SpanOptions = { kind: SpanKind.SERVER, attributes: { ...common, 'url.path': pathOf(request) } }
    if (route !== undefined) Object.assign(options.attributes as Attributes, { 'http.route': route })
    if (!this.#trusts && remote !== undefined) options.links = [{ context: remote }]
    const parent = this.#trusts ? sent : ROOT_CONTEXT
    const span = tracer.startSpan(name, options, parent)
    const inner = trace.setSpan(parent, span)
    if (span.isRecording()) {
      // Without the query: it may hold credentials.
      const [address = '', port] = request.host.slice(0, LONGEST_HOST).split(/:(?=\d{1,5}$)/)
      span.setAttributes({ 'server.address': address, ...port !== undefined && { 'server.port': Number(port) }, 'network.protocol.version': request.raw.httpVersion })
    }
    return { span, isOwn: true, context: inner, trace: this.#traceOf(tracer, span, inner) }
  }

  #traceOf (tracer: Tracer, span: Span, context: Context): RequestTrace | undefined {
    return span.isRecording() ? new RequestTrace(this.#api, tracer, span, context) : undefined
  }
}

/** How a request has ended. A client that has left was not answered. */
function endingOf ({ raw: { headersSent, statusCode } }: FastifyReply, { error }: Recorded): Attributes {
  if (!headersSent) return { 'error.type': 'client_disconnected' }
  const ending: Attributes = { 'http.response.status_code': statusCode }
  if (statusCode >= 500) ending['error.type'] = error === undefined ? String(statusCode) : typeOf(error)
  return ending
}

function pathOf ({ url }: FastifyRequest): string {
  const end = url.indexOf('?')
  return url.slice(0, Math.min(LONGEST_PATH, end === -1 ? url.length : end))
}
