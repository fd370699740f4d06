import { context, propagation, ROOT_CONTEXT, SpanKind, trace } from '@opentelemetry/api'
import { listening } from '../listening.ts'
import { build as plain } from '../typed-post/apikit.ts'
import { startSdk } from './sdk.ts'

/** The least that traces requests with the SDK and its sampler: one span, one context. */
export const build = () => plain(app => {
  const tracer = startSdk(0.01).getTracer('floor')
  app.addHook('onRequest', (request, reply, done) => {
    const parent = propagation.extract(ROOT_CONTEXT, request.headers)
    const attributes = { 'http.request.method': request.method, 'url.scheme': request.protocol, 'url.path': request.url, 'http.route': '/items' }
    const span = tracer.startSpan('POST /items', { kind: SpanKind.SERVER, attributes }, parent)
    if (span.isRecording()) reply.raw.once('close', () => { span.end() })
    context.with(trace.setSpan(parent, span), done)
  })
})

export default async (): Promise<number> => listening(await build())
