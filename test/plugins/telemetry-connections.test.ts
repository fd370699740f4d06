import { once } from 'node:events'
import http from 'node:http'
import http2 from 'node:http2'
import type { Socket } from 'node:net'
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks'
import { context, propagation, type SpanContext, trace, TraceFlags } from '@opentelemetry/api'
import { CompositePropagator, W3CBaggagePropagator, W3CTraceContextPropagator } from '@opentelemetry/core'
import { TracerProvider } from '@opentelemetry/sdk-trace'
import t, { type Test } from 'tap'
import telemetry from '../../plugins/telemetry/index.ts'
import { bare } from '../helper.ts'

context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable())
propagation.setGlobalPropagator(new CompositePropagator({ propagators: [new W3CTraceContextPropagator(), new W3CBaggagePropagator()] }))

const TRACE = '0af7651916cd43dd8448eb211c80319c'
const PARENT = `00-${TRACE}-b7ad6b7169203331-01`
const OPTIONS = { tracerProvider: new TracerProvider(), ratio: 0 }

const active = (): SpanContext | undefined => trace.getSpanContext(context.active())

/** Makes requests one after the other, over one connection. */
function overOne (t: Test, url: string) {
  const agent = new http.Agent({ keepAlive: true, maxSockets: 1 })
  t.teardown(() => { agent.destroy() })
  return async (path: string, headers: http.OutgoingHttpHeaders = {}): Promise<{ body: string, port: number | undefined }> => {
    const request = http.get(url + path, { agent, headers })
    const [response] = await once(request, 'response') as [http.IncomingMessage]
    const port = request.socket?.localPort
    return { body: Buffer.concat(await response.toArray()).toString(), port }
  }
}

t.test('requests of one connection: each that is left out has its own identifiers, and one that is traced leaves nothing behind', async t => {
  const app = bare(t)
  const before: unknown[] = []
  app.addHook('onRequest', async () => { before.push(active()?.traceFlags) })
  await app.register(telemetry, OPTIONS)
  app.get('/', async () => {
    const first = active()
    await new Promise(resolve => { setImmediate(resolve) })
    const sent: Record<string, string> = {}
    propagation.inject(context.active(), sent)
    return { ...active(), isStable: active()?.spanId === first?.spanId, sent: sent.traceparent, baggage: propagation.getBaggage(context.active())?.getEntry('user')?.value }
  })
  const get = overOne(t, await app.listen())
  const answers = [await get('/'), await get('/', { traceparent: PARENT }), await get('/'), await get('/', { baggage: 'user=ann' }), await get('/')]
  t.equal(new Set(answers.map(({ port }) => port)).size, 1, 'over one connection')
  const seen = answers.map(({ body }) => JSON.parse(body))
  t.match(seen.map(({ traceFlags, isStable, baggage }) => [traceFlags, isStable, baggage]), [[0, true, undefined], [1, true, undefined], [0, true, undefined], [0, true, 'ann'], [0, true, undefined]])
  t.equal(seen[1].traceId, TRACE)
  t.equal(new Set(seen.map(({ traceId }) => traceId)).size, 5, 'each has a trace of its own')
  for (const { sent, traceId, spanId, traceFlags } of seen) t.equal(sent, `00-${traceId}-${spanId}-0${traceFlags}`, 'what it sends to others says so')
  t.equal(before[0], undefined, 'a connection has no span before its first request')
})

t.test('a fast sequence of requests, of which some are pipelined, answers each with its own trace', async t => {
  const app = bare(t)
  await app.register(telemetry, OPTIONS)
  app.get('/:n', async ({ params }) => {
    await new Promise(resolve => { setImmediate(resolve) })
    return `${(params as { n: string }).n} ${active()?.traceFlags} ${active()?.traceId === TRACE}`
  })
  await app.listen()
  const { port } = app.server.address() as { port: number }
  const { connect } = await import('node:net')
  const socket = connect(port, '127.0.0.1')
  const count = 20
  socket.write(Array.from({ length: count }, (_, n) => `GET /${n} HTTP/1.1\r\nhost: a\r\n${n % 3 === 0 ? `traceparent: ${PARENT}\r\n` : ''}${n === count - 1 ? 'connection: close\r\n' : ''}\r\n`).join(''))
  const text = Buffer.concat(await socket.toArray()).toString()
  for (let n = 0; n < count; n++) t.match(text, n % 3 === 0 ? `\r\n${n} ${TraceFlags.SAMPLED} true` : `\r\n${n} ${TraceFlags.NONE} false`)
})

for (const when of ['before the plugin is registered', 'before the app listens', 'when the app listens']) {
  t.test(`an upgrade that is for somebody else, who is there ${when}, over a connection that had requests, has no span of theirs`, async t => {
    const app = bare(t)
    const seen: unknown[] = []
    const other = (_request: unknown, socket: Socket): void => {
      seen.push(active())
      socket.end('HTTP/1.1 400 Bad Request\r\nconnection: close\r\n\r\n')
    }
    if (when === 'before the plugin is registered') app.server.on('upgrade', other)
    await app.register(telemetry, OPTIONS)
    app.get('/', async () => 'ok')
    if (when === 'before the app listens') app.server.on('upgrade', other)
    const url = await app.listen({ host: '127.0.0.1', port: 0 })
    if (when === 'when the app listens') app.server.on('upgrade', other)
    const get = overOne(t, url)
    const upgrade = { connection: 'upgrade', upgrade: 'other' }
    const { port } = await get('/')
    t.equal((await get('/', upgrade)).port, port)
    t.same(seen, [undefined])
    app.server.off('upgrade', other)
    t.equal((await get('/', upgrade)).body, 'ok', 'nobody listens any more')
    t.equal(seen.length, 1)
  })
}

t.test('routes outside of the scope have no span of a request within it', async t => {
  const app = bare(t)
  await app.register(async scope => {
    await scope.register(telemetry, OPTIONS)
    scope.get('/in', async () => String(active()?.traceFlags))
  })
  app.get('/out', async () => String(active()?.traceFlags))
  const get = overOne(t, await app.listen())
  t.equal((await get('/in')).body, '0')
  t.equal((await get('/out')).body, 'undefined')
})

t.test('whoever has added a listener of connections finds and removes it', async t => {
  const app = bare(t)
  let called = 0
  const mine = () => { called++ }
  app.server.on('connection', mine)
  const before = app.server.listeners('connection')
  await app.register(telemetry, OPTIONS)
  app.get('/', async () => 'ok')
  t.same(app.server.listeners('connection'), before)
  const url = await app.listen()
  await (await fetch(url)).text()
  t.equal(called, 1)
  app.server.off('connection', mine)
  await overOne(t, url)('/')
  t.equal(called, 1)
})

t.test('streams of HTTP/2 that are left out are not sampled, side by side with one that is', async t => {
  const app = bare(t, { http2: true } as object)
  await app.register(telemetry, OPTIONS)
  const all = Promise.withResolvers<void>()
  let count = 0
  app.get('/', async () => {
    if (++count === 3) all.resolve()
    await all.promise
    return `${active()?.traceFlags} ${active()?.traceId === TRACE}`
  })
  const client = http2.connect(await app.listen())
  t.teardown(() => { client.close() })
  const bodies = await Promise.all([{}, { traceparent: PARENT }, {}].map(async headers => Buffer.concat(await client.request({ ':path': '/', ...headers }).toArray()).toString()))
  t.same(bodies, ['0 false', '1 true', '0 false'])
})

t.test('a request that is injected by one that is left out is left out with it', async t => {
  const app = bare(t)
  await app.register(telemetry, OPTIONS)
  app.get('/', async () => ({ ...active() }))
  app.get('/outer', async () => {
    const outer = active()
    const inner = (await app.inject({ url: '/', headers: { traceparent: PARENT } })).json()
    return { outer, inner, after: active() }
  })
  const get = overOne(t, await app.listen())
  for (const headers of [{}, { traceparent: PARENT }, {}]) {
    const { outer, inner, after } = JSON.parse((await get('/outer', headers)).body)
    t.equal(inner.traceId, outer.traceId)
    t.equal(inner.traceFlags, outer.traceFlags)
    t.same(after, outer)
  }
})

t.test('a listener that is called once is called once', async t => {
  const app = bare(t)
  let called = 0
  app.server.once('connection', () => { called++ })
  await app.register(telemetry, OPTIONS)
  app.get('/', async () => 'ok')
  const url = await app.listen()
  await overOne(t, url)('/')
  await overOne(t, url)('/')
  t.equal(called, 1)
})

t.test('hooks behind the response of a stream of HTTP/2 are in the context of its request, if it has come as far', async t => {
  const app = bare(t, { http2: true } as object)
  app.addHook('onRequest', async (request, reply) => request.headers.cookie === undefined ? undefined : reply.send('before'))
  await app.register(telemetry, OPTIONS)
  const seen: unknown[] = []
  const all = Promise.withResolvers<void>()
  app.addHook('onResponse', async () => { if (seen.push([active()?.traceFlags, active()?.traceId === TRACE]) === 3) all.resolve() })
  app.get('/', async () => 'ok')
  const client = http2.connect(await app.listen())
  t.teardown(() => { client.close() })
  for (const headers of [{}, { traceparent: PARENT }, { cookie: 'a=b' }]) await client.request({ ':path': '/', ...headers }).toArray()
  await all.promise
  t.same(seen, [[TraceFlags.NONE, false], [TraceFlags.SAMPLED, true], [undefined, false]])
})

t.test('requests are not below the span in which the app began to listen', async t => {
  for (const ratio of [0, 1]) {
    const app = bare(t)
    await app.register(telemetry, { ...OPTIONS, ratio })
    app.get('/', async () => String(active()?.traceId))
    const startup = OPTIONS.tracerProvider.getTracer('startup').startSpan('startup')
    const url = await context.with(trace.setSpan(context.active(), startup), async () => await app.listen({ host: '127.0.0.1', port: 0 }))
    startup.end()
    const { body } = await overOne(t, url)('/')
    t.match(body, /^[\da-f]{32}$/)
    t.not(body, startup.spanContext().traceId, `ratio: ${ratio}`)
  }
})
