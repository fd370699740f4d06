import { tracingChannel } from 'node:diagnostics_channel'
import { type EventEmitter, once } from 'node:events'
import http from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks'
import { context, createContextKey, metrics as globalMetrics, propagation, ROOT_CONTEXT, type SpanContext, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api'
import { CompositePropagator, W3CBaggagePropagator, W3CTraceContextPropagator } from '@opentelemetry/core'
import { AggregationTemporality, InMemoryMetricExporter, MeterProvider, PeriodicExportingMetricReader } from '@opentelemetry/sdk-metrics'
import { AlwaysOnSampler, InMemorySpanExporter, ParentBasedSampler, type ReadableSpan, SimpleSpanProcessor, TraceIdRatioBasedSampler, TracerProvider } from '@opentelemetry/sdk-trace'
import { Type } from '@sinclair/typebox'
import type { FastifyBaseLogger, FastifyInstance, FastifyServerOptions } from 'fastify'
import t, { type Test } from 'tap'
import { kMeasures, traceparentOf } from '../../plugins/core/request/measures.ts'
import { declarePurpose } from '../../plugins/core/purpose.ts'
import { column, sessionOf, table } from '../../plugins/db/index.ts'
import { dependency } from '../../plugins/dependencies/index.ts'
import { NotFound } from '../../plugins/errors/index.ts'
import apikit, { type ApikitOptions } from '../../plugins/index.ts'
import { background, task } from '../../plugins/tasks/index.ts'
import telemetry, { type TelemetryOptions } from '../../plugins/telemetry/index.ts'
import { connect as open } from '../../plugins/testing/index.ts'
import { socketOf, WebSocketException } from '../../plugins/websocket/index.ts'
import { bare, build } from '../helper.ts'

context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable())
propagation.setGlobalPropagator(new CompositePropagator({ propagators: [new W3CTraceContextPropagator(), new W3CBaggagePropagator()] }))

const PARENT = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01'

interface Recording {
  readonly app: FastifyInstance
  readonly origin: () => Promise<string>
  /** Waits until a server span has ended. */
  readonly spans: (count?: number) => Promise<ReadableSpan[]>
}

async function recording (t: Test, options: TelemetryOptions = {}, others: ApikitOptions = {}, server: FastifyServerOptions = {}, sampler?: TraceIdRatioBasedSampler): Promise<Recording> {
  const exporter = new InMemorySpanExporter()
  const ended = new EventTarget()
  const tracerProvider = new TracerProvider({
    ...sampler !== undefined && { sampler },
    spanProcessors: [new SimpleSpanProcessor({ exporter }), {
      onStart () {}, onEnd (span) { if (span.kind === SpanKind.SERVER) ended.dispatchEvent(new Event('end')) }, forceFlush: async () => {}, shutdown: async () => {}
    }]
  })
  const app = bare(t, server)
  await app.register(apikit, { docs: false, ...others, telemetry: { tracerProvider, ...options } })
  const servers = () => exporter.getFinishedSpans().filter(({ kind }) => kind === SpanKind.SERVER).length
  return {
    app,
    origin: () => app.listen(),
    spans: async (count = 1) => {
      while (servers() < count) await once(ended, 'end')
      await tracerProvider.forceFlush()
      return exporter.getFinishedSpans()
    }
  }
}

const named = (spans: ReadableSpan[], name: string): ReadableSpan => spans.find(span => span.name === name) as ReadableSpan
const ask = async (url: string, init?: RequestInit) => { await (await fetch(url, init)).text() }

t.test('a server span has the pattern of its route, and attributes of the semantic conventions without the query', async t => {
  const { app, origin, spans } = await recording(t)
  app.get('/items/:id', async () => 'ok')
  const url = await origin()
  await ask(`${url}/items/7?token=secret`, { headers: { traceparent: PARENT, authorization: 'Bearer secret' } })
  const found = await spans()
  const server = named(found, 'GET /items/:id')
  t.same(server.attributes, {
    'http.request.method': 'GET',
    'http.route': '/items/:id',
    'http.response.status_code': 200,
    'url.scheme': 'http',
    'url.path': '/items/7',
    'server.address': new URL(url).hostname,
    'server.port': Number(new URL(url).port),
    'network.protocol.version': '1.1'
  })
  t.same([server.spanContext().traceId, server.parentSpanContext?.spanId], PARENT.split('-').slice(1, 3))
  t.equal(server.status.code, SpanStatusCode.UNSET)
  t.notMatch(JSON.stringify(found.map(({ name, attributes, events }) => ({ name, attributes, events }))), /secret/)
})

t.test('validation, dependencies, the handler, serialization, statements and background functions are below it', async t => {
  const items = table('items', { id: column.id(), name: column.text() })
  const { app, origin, spans } = await recording(t, {}, { db: { url: 'sqlite::memory:', tables: [items] }, tasks: true })
  await app.db.createTables([items])
  const early = dependency({ name: 'early' }, () => 1)
  const late = dependency({ name: 'late', query: Type.Object({ q: Type.Optional(Type.String()) }) }, async () => 2)
  const ran = Promise.withResolvers<void>()
  let traceparent: string | undefined
  app.post('/items', {
    config: { depends: { early, late, db: sessionOf([items]), background } },
    schema: { body: Type.Object({ name: Type.String() }), response: { 200: Type.Object({ name: Type.String() }) } }
  }, async function addItem (request) {
    const { db, background } = request.deps as { db: { insertInto: (table: 'items') => { values: (row: object) => { execute: () => Promise<unknown> } } }, background: { add: (call: () => void) => void } }
    await db.insertInto('items').values({ name: 'a private name' }).execute()
    background.add(function mail () { ran.resolve() })
    traceparent = traceparentOf(request)
    return { name: 'pen' }
  })
  await ask(`${await origin()}/items`, { method: 'POST', body: '{"name":"pen"}', headers: { 'content-type': 'application/json' } })
  await ran.promise
  const found = await spans()
  const server = named(found, 'POST /items')
  const parents = Object.fromEntries(found.map(span => [`${span.name} ${String(span.attributes['code.function.name'] ?? '')}`.trim(), found.find(other => other.spanContext().spanId === span.parentSpanContext?.spanId)?.name]))
  t.match(parents, {
    'apikit.validation': 'POST /items',
    'apikit.dependency late': 'apikit.validation',
    'apikit.handler addItem': 'POST /items',
    'apikit.serialization': 'POST /items',
    'apikit.background mail': 'POST /items',
    'INSERT items': 'apikit.handler'
  })
  t.ok(Object.keys(parents).some(name => name === 'apikit.dependency early'))
  t.equal(traceparent, `00-${server.spanContext().traceId}-${server.spanContext().spanId}-01`)
  const insert = named(found, 'INSERT items')
  t.match(insert.attributes, { 'db.system.name': 'sqlite', 'db.namespace': 'default', 'db.operation.name': 'INSERT', 'db.collection.name': 'items', 'db.query.text': /insert into "items"/ })
  t.ok(found.some(({ name }) => name === 'COMMIT' || name === 'BEGIN'), 'its transaction')
  t.notMatch(JSON.stringify(found.map(({ name, attributes, events }) => ({ name, attributes, events }))), /private/)
})

t.test('a failure is an error with its type, a mistake of the client is none', async t => {
  const { app, origin, spans } = await recording(t)
  class Broken extends Error {}
  app.get('/broken', async () => { throw new Broken('with a value') })
  app.get('/sync', (): string => { throw Object.assign(new Error('no'), { code: 'ECONNREFUSED' }) })
  app.get('/null', async () => { throw Object.assign(Object.create(null), { statusCode: 500 }) })
  app.get('/503', async (_request, reply) => reply.code(503).send('later'))
  app.get('/missing', async () => { throw new NotFound('no') })
  app.get('/items/:id', { schema: { params: Type.Object({ id: Type.Integer() }) } }, async () => 'ok')
  const url = await origin()
  const paths = ['/broken', '/sync', '/null', '/503', '/missing', '/items/x', '/nowhere']
  for (const path of paths) await ask(url + path)
  const found = await spans(paths.length)
  const about = (name: string) => found.filter(span => span.name === name).map(({ status, attributes }) => [status.code, attributes['error.type']])
  const [ERROR, UNSET] = [SpanStatusCode.ERROR, SpanStatusCode.UNSET]
  t.same(about('GET /broken'), [[ERROR, 'Broken']])
  t.same(about('GET /sync'), [[ERROR, 'ECONNREFUSED']])
  t.same(about('GET /null')[0]?.[0], ERROR)
  t.same(about('GET /503'), [[ERROR, '503']])
  t.same([about('GET /missing'), about('GET /items/:id'), about('GET')], [[[UNSET, undefined]], [[UNSET, undefined]], [[UNSET, undefined]]])
  const handlers = found.filter(({ name }) => name === 'apikit.handler').map(({ status }) => status.code)
  t.same(handlers, [ERROR, ERROR, ERROR, UNSET, UNSET])
  t.same(found.flatMap(({ events }) => events), [], 'messages of errors are left to the log')
  t.equal(found.filter(({ name, status }) => name === 'apikit.validation' && status.code === UNSET).length > 0, true)
})

t.test('what is thrown may be such that reading it throws: the span has failed, and the app goes on', async t => {
  const hostile = (): unknown => new Proxy({}, { get () { throw new Error('no') } })
  const ended = Promise.withResolvers<void>()
  const bad = task('bad', { onFailed () { ended.resolve() } }, async () => { throw hostile() })
  const { app, origin, spans } = await recording(t, {}, { tasks: { engine: 'inline', tasks: [bad] } })
  app.get('/async', async () => { throw hostile() })
  app.get('/sync', (): string => { throw hostile() })
  app.get('/job', async () => { await app.tasks.add(bad, {}) })
  const url = await origin()
  for (const path of ['/async', '/sync']) t.equal((await fetch(url + path)).status, 500)
  await ask(`${url}/job`)
  await ended.promise
  await app.tasks.drain()
  const found = await spans(3)
  const about = (name: string) => found.filter(span => span.name === name).map(({ status, attributes }) => [status.code, attributes['error.type']])
  const failed = [SpanStatusCode.ERROR, '_OTHER']
  t.same([about('GET /async'), about('GET /sync'), about('task bad')], [[failed], [failed], [failed]])
  t.same(about('apikit.handler').slice(0, 2), [failed, failed])
})

t.test('a client that leaves, an unknown method and a very long path', async t => {
  const { app, spans } = await recording(t)
  const called = Promise.withResolvers<void>()
  const left = Promise.withResolvers<void>()
  app.get('/slow', async (_request, reply) => {
    reply.raw.once('close', () => { left.resolve() })
    called.resolve()
    await left.promise
    return 'late'
  })
  const { port } = new URL(await app.listen())
  const socket = connect(Number(port), '127.0.0.1').end('GET /slow HTTP/1.1\r\nhost: a\r\n\r\n')
  await called.promise
  socket.destroy()
  await left.promise
  const request = http.request({ port, method: 'PURGE', path: `/${'a'.repeat(9000)}` }).end()
  const [response] = await once(request, 'response') as [http.IncomingMessage]
  await response.resume().toArray()
  const found = await spans(2)
  t.match(named(found, 'GET /slow').attributes, { 'error.type': 'client_disconnected', 'http.response.status_code': undefined })
  t.match(named(found, 'HTTP').attributes, { 'http.request.method': '_OTHER' })
  t.equal(String(named(found, 'HTTP').attributes['url.path']).length, 1024)
})

t.test('trustTraceparent: false begins a trace of its own, with a link', async t => {
  const { app, origin, spans } = await recording(t, { trustTraceparent: false })
  app.get('/', async () => 'ok')
  const url = await origin()
  await ask(url, { headers: { traceparent: PARENT } })
  await ask(url)
  const [first, second] = (await spans(2)).filter(({ kind }) => kind === SpanKind.SERVER)
  t.notMatch(first?.spanContext().traceId, PARENT.split('-')[1])
  t.equal(first?.parentSpanContext, undefined)
  t.match(first?.links, [{ context: { traceId: PARENT.split('-')[1] } }])
  t.same(second?.links, [])
})

t.test('where an instrumentation has begun a span, it gets the name of the route and the spans below it', async t => {
  const exporter = new InMemorySpanExporter()
  const tracerProvider = new TracerProvider({ spanProcessors: [new SimpleSpanProcessor({ exporter })] })
  const app = bare(t)
  const span = tracerProvider.getTracer('http').startSpan('GET', { kind: SpanKind.SERVER })
  app.addHook('onRequest', (_request, _reply, done) => { context.with(trace.setSpan(context.active(), span), done) })
  await app.register(telemetry, { tracerProvider })
  app.get('/items/:id', async () => 'ok')
  await app.inject('/items/1')
  span.end()
  await app.inject('/nowhere')
  const found = exporter.getFinishedSpans()
  t.same(found.filter(({ kind }) => kind === SpanKind.SERVER).map(({ name, attributes }) => [name, attributes['http.route']]), [['GET /items/:id', '/items/:id']])
  t.equal(named(found, 'apikit.handler').parentSpanContext?.spanId, span.spanContext().spanId)
})

t.test('a request that is not sampled has no spans, and begins no trace elsewhere', async t => {
  const { app } = await recording(t, {}, {}, {}, new TraceIdRatioBasedSampler(0))
  let flags: number | undefined
  app.post('/', { schema: { body: Type.Object({}) } }, async request => {
    flags = trace.getSpanContext(context.active())?.traceFlags
    return String(traceparentOf(request))
  })
  const { body } = await app.inject({ method: 'POST', url: '/', body: {} })
  t.same([body, flags], ['undefined', 0])
})

t.test('a job that a request adds is linked to the span of that request, not to that of its client', async t => {
  const done = Promise.withResolvers<string | null>()
  const mail = task('mail', {}, async (_payload, { traceparent }) => { done.resolve(traceparent) })
  const { app, origin, spans } = await recording(t, {}, { tasks: { tasks: [mail] } })
  app.post('/', async request => { await request.tasks.add(mail, {}) })
  await ask(await origin(), { method: 'POST', headers: { traceparent: PARENT } })
  const { traceId, spanId } = named(await spans(), 'POST /').spanContext()
  t.equal(await done.promise, `00-${traceId}-${spanId}-01`)
})

t.test('an attempt of a job is a trace of its own, linked to the request', async t => {
  const exporter = new InMemorySpanExporter()
  const app = bare(t)
  await app.register(apikit, { docs: false, db: { url: 'sqlite::memory:' }, telemetry: { tracerProvider: new TracerProvider({ spanProcessors: [new SimpleSpanProcessor({ exporter })] }) } })
  await app.ready()
  const attempts = tracingChannel('fastify-apikit:tasks.job')
  const { sql } = await import('kysely')
  const work = async () => { await sql`select 1`.execute(app.db) }
  await attempts.tracePromise(work, { app, id: '1', task: 'mail', attempt: 1, traceparent: PARENT, ending: 'done' })
  const broken = async () => { throw new RangeError('no') }
  await attempts.tracePromise(broken, { app, id: '2', task: 'mail', attempt: 2, traceparent: null }).catch(() => {})
  await work()
  const other = bare(t)
  await other.register(telemetry, { tracerProvider: new TracerProvider(), metrics: false })
  await attempts.tracePromise(async () => {}, { app: other, id: '4', task: 'mail', attempt: 1, traceparent: null })
  await other.close()
  const found = exporter.getFinishedSpans()
  t.same(found.map(({ name }) => name), ['SELECT', 'task mail', 'task mail'], 'a statement outside of requests and jobs is not traced')
  const [select, first, second] = found
  t.match(first, { kind: SpanKind.CONSUMER, attributes: { 'apikit.task.name': 'mail', 'apikit.task.id': '1', 'apikit.task.attempt': 1, 'apikit.task.ending': 'done' }, links: [{ context: { spanId: PARENT.split('-')[2] } }] })
  t.equal(select?.parentSpanContext?.spanId, first?.spanContext().spanId)
  t.match(second, { status: { code: SpanStatusCode.ERROR }, attributes: { 'error.type': 'RangeError' }, links: [] })
  await app.close()
  await attempts.tracePromise(work, { app, id: '3', task: 'mail', attempt: 1, traceparent: null }).catch(() => {})
  t.equal(exporter.getFinishedSpans().length, 0 + found.length, 'until the app closes')
})

t.test('statements of another app in the process, and those that fail', async t => {
  const items = table('items', { id: column.id(), name: column.text({ unique: true }) })
  const { app, origin, spans } = await recording(t, {}, { db: { url: 'sqlite::memory:', tables: [items] } })
  await app.db.createTables([items])
  const other = bare(t)
  const exporter = new InMemorySpanExporter()
  await other.register(telemetry, { tracerProvider: new TracerProvider({ spanProcessors: [new SimpleSpanProcessor({ exporter })] }), metrics: false })
  await other.register(apikit, { docs: false, db: { url: 'sqlite::memory:', tables: [items] } })
  await other.db.createTables([items])
  const db = sessionOf([items])
  for (const one of [app, other]) {
    one.post('/', { config: { depends: { db } } }, async ({ deps: { db } }) => {
      await db.insertInto('items').values({ name: 'pen' }).execute()
      return 'ok'
    })
    one.get('/app-db', async () => one.db.of([items]).selectFrom('items').selectAll().execute())
  }
  const url = await origin()
  await other.inject({ method: 'POST', url: '/' })
  await ask(url, { method: 'POST' })
  await ask(url, { method: 'POST' })
  const inserts = (await spans(2)).filter(({ name }) => name === 'INSERT items')
  t.equal(exporter.getFinishedSpans().filter(({ name }) => name === 'INSERT items').length, 1, 'each has its own')
  t.same(inserts.map(({ status }) => status.code), [SpanStatusCode.UNSET, SpanStatusCode.ERROR])

  exporter.reset()
  for (const one of [app, other]) await one.inject('/app-db')
  const counts = (await spans(3)).filter(({ name }) => name === 'SELECT items')
  t.same([counts.length, exporter.getFinishedSpans().filter(({ name }) => name === 'SELECT items').length], [1, 1], 'of app.db as well')
})

t.test('a statement of PostgreSQL, one of SQL, and a very long one', async t => {
  const exporter = new InMemorySpanExporter()
  const tracerProvider = new TracerProvider({ spanProcessors: [new SimpleSpanProcessor({ exporter })] })
  const app = bare(t)
  await app.register(telemetry, { tracerProvider, metrics: false })
  const span = tracerProvider.getTracer('a').startSpan('above')
  const statements = tracingChannel('fastify-apikit:db.traced-query')
  await context.with(trace.setSpan(ROOT_CONTEXT, span), async () => {
    await statements.tracePromise(async () => {}, { database: 'reports', dialect: 'postgres', role: 'primary', sql: `vacuum ${'x'.repeat(9000)}`, operation: 'vacuum' })
  })
  const [vacuum] = exporter.getFinishedSpans()
  t.match(vacuum, { name: 'VACUUM', attributes: { 'db.system.name': 'postgresql', 'db.namespace': 'reports', 'db.collection.name': undefined } })
  t.equal(String(vacuum?.attributes['db.query.text']).length, 2048)
})

t.test('a statement whose context was lost is below the span of its request', async t => {
  const { app, origin, spans } = await recording(t)
  app.get('/', (request): string => {
    const event = { database: 'default', dialect: 'sqlite', role: 'primary', sql: 'select 1', operation: 'select', table: undefined, request }
    context.with(ROOT_CONTEXT, () => tracingChannel('fastify-apikit:db.traced-query').tracePromise(async () => {}, event))
    return 'ok'
  })
  await ask(await origin())
  const found = await spans()
  t.equal(named(found, 'SELECT').parentSpanContext?.spanId, named(found, 'GET /').spanContext().spanId)
})

t.test('a request to upgrade that no route takes is one like others', async t => {
  const { app, origin, spans } = await recording(t)
  const late = dependency({ name: 'late', query: Type.Object({ q: Type.Optional(Type.String()) }) }, () => { throw new Error('no') })
  app.get('/late', { config: { depends: { late } } }, async () => 'ok')
  app.get('/', async () => 'ok')
  const url = await origin()
  const request = http.get(url, { headers: { upgrade: 'websocket', connection: 'upgrade' } })
  const [response] = await once(request, 'response') as [http.IncomingMessage]
  t.equal((await response.toArray()).join(''), 'ok')
  await ask(`${url}/late`)
  const found = await spans(2)
  t.equal(named(found, 'GET /').attributes['http.response.status_code'], 200)
  t.ok(found.some(({ name, status }) => name === 'apikit.validation' && status.code === SpanStatusCode.ERROR), 'a dependency fails at once')
})

t.test('metrics have no values of requests', async t => {
  const exporter = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE)
  const reader = new PeriodicExportingMetricReader({ exporter, exportIntervalMillis: 2 ** 30 })
  const meterProvider = new MeterProvider({ readers: [reader] })
  const app = bare(t)
  await app.register(apikit, { docs: false, telemetry: { tracing: false, meterProvider } })
  app.get('/items/:id', async () => 'ok')
  app.get('/broken', async () => { throw new Error('no') })
  for (let index = 0; index < 20; index++) for (const path of ['/items/', '/nowhere/']) await app.inject(path + index)
  await app.inject('/broken')
  await reader.forceFlush()
  const found = exporter.getMetrics().at(-1)?.scopeMetrics.flatMap(({ metrics }) => metrics) ?? []
  const points = (name: string) => found.find(({ descriptor }) => descriptor.name === name)?.dataPoints.map(({ attributes }) => attributes)
  const common = { 'http.request.method': 'GET', 'url.scheme': 'http' }
  t.same(points('http.server.active_requests'), [common])
  t.same(found.find(({ descriptor }) => descriptor.name === 'http.server.active_requests')?.dataPoints.map(({ value }) => value), [0])
  t.same(points('http.server.request.duration'), [
    { ...common, 'http.route': '/items/:id', 'http.response.status_code': 200 },
    { ...common, 'http.response.status_code': 404 },
    { ...common, 'http.route': '/broken', 'http.response.status_code': 500, 'error.type': 'Error' }
  ])
  await meterProvider.shutdown()
})

t.test('what a processor of spans throws fails no request, and does not stop the process', async t => {
  for (const step of ['onStart', 'onEnd']) {
    for (const name of ['GET /', 'apikit.validation', 'apikit.handler', 'apikit.serialization']) {
      let thrown = 0
      const fail = (at: string, span: { readonly name: string }): void => {
        if (at !== step || span.name !== name) return
        thrown++
        throw new Error('a processor fails')
      }
      const tracerProvider = new TracerProvider({
        spanProcessors: [{ onStart (span) { fail('onStart', span as unknown as ReadableSpan) }, onEnd (span) { fail('onEnd', span) }, forceFlush: async () => {}, shutdown: async () => {} }]
      })
      const app = bare(t)
      await app.register(apikit, { docs: false, telemetry: { tracerProvider } })
      app.get('/', { schema: { querystring: Type.Object({ n: Type.Integer() }) } }, async () => 'ok')
      const response = await fetch(`${await app.listen()}/?n=1`, { signal: AbortSignal.timeout(5000) })
      t.equal(response.status, 200, `${step} of ${name}`)
      t.equal(await response.text(), 'ok')
      await app.close()
      t.equal(thrown, 1)
    }
  }
})

t.test('a request that says it is the handshake of a WebSocket, and is none, is measured', async t => {
  const exporter = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE)
  const meterProvider = new MeterProvider({ readers: [new PeriodicExportingMetricReader({ exporter, exportIntervalMillis: 2 ** 30 })] })
  const app = bare(t)
  await app.register(apikit, { docs: false, websocket: true, telemetry: { tracing: false, meterProvider } })
  app.get('/', async () => 'ok')
  await app.listen()
  const { port } = app.server.address() as AddressInfo
  const socket = connect(port, '127.0.0.1').end('GET / HTTP/1.1\r\nhost: a\r\nupgrade: websocket\r\n\r\n')
  t.match(Buffer.concat(await socket.toArray()).toString(), /^HTTP\/1\.1 200/)
  await app.close()
  await meterProvider.forceFlush()
  const found = exporter.getMetrics().at(-1)?.scopeMetrics.flatMap(({ metrics }) => metrics) ?? []
  t.same(found.map(({ descriptor, dataPoints }) => [descriptor.name, dataPoints.length]), [['http.server.active_requests', 1], ['http.server.request.duration', 1]])
  await meterProvider.shutdown()
})

t.test('the handshake of a WebSocket is a request that ends with 101, and its connection is below it', async t => {
  const { app, origin, spans } = await recording(t, {}, { websocket: true })
  const user = dependency({ name: 'user' }, async () => 'ann')
  const closed = Promise.withResolvers<void>()
  app.get('/ws', { websocket: true, config: { depends: { user } } }, async function chat (socket) {
    const messages = socketOf(socket as never)
    ;(socket as unknown as EventEmitter).once('close', () => { closed.resolve() })
    for await (const message of messages) {
      const { traceId } = trace.getSpanContext(context.active()) ?? {}
      await messages.send(`${String(message)} ${String(traceId)}`)
    }
  })
  await origin()
  const socket = await open(app, '/ws', { headers: { traceparent: PARENT } })
  const [, traceId] = PARENT.split('-')
  for (const word of ['one', 'two']) {
    await socket.send(word)
    t.equal(await socket.receive(), `${word} ${traceId}`)
  }
  await socket.close(3001)
  await closed.promise
  const found = await spans()
  const [server, connection, dependent] = [named(found, 'GET /ws'), named(found, 'apikit.websocket'), named(found, 'apikit.dependency')]
  t.match(server.attributes, { 'http.route': '/ws', 'http.response.status_code': 101 })
  t.equal(connection.parentSpanContext?.spanId, server.spanContext().spanId)
  t.equal(dependent.spanContext().traceId, traceId)
  t.match(connection.attributes, { 'code.function.name': 'chat', 'apikit.websocket.received': 2, 'apikit.websocket.close_code': 3001 })
  t.equal(connection.status.code, SpanStatusCode.UNSET)
  t.equal(found.filter(({ name }) => name === 'GET /ws').length, 1)
})

t.test('handlers of WebSockets that fail, and handshakes that are refused', async t => {
  const { app, origin, spans } = await recording(t, {}, { websocket: true })
  const closed: Array<Promise<unknown>> = []
  const noted = (socket: unknown): void => { closed.push(once(socket as EventEmitter, 'close')) }
  app.get('/later', { websocket: true }, async socket => { noted(socket); throw new RangeError('no') })
  app.get('/now', { websocket: true }, socket => { noted(socket); throw new SyntaxError('no') })
  app.get('/polite', { websocket: true }, async socket => { noted(socket); throw new WebSocketException(1008, 'go') })
  app.get('/sync', { websocket: true }, socket => { noted(socket); (socket as unknown as { close: () => void }).close() })
  const refused = dependency({ name: 'refused' }, () => { throw new NotFound('no') })
  app.get('/refused', { websocket: true, config: { depends: { refused } } }, async () => {})
  await origin()
  for (const path of ['/later', '/now', '/polite', '/sync'] as const) {
    const socket = await open(app, path)
    await t.rejects(socket.receive())
  }
  await t.rejects(open(app, '/refused'))
  await Promise.all(closed)
  const found = await spans(5)
  t.same(found.filter(({ name }) => name === 'apikit.websocket').map(({ status, attributes }) => [status.code, attributes['error.type']]).sort(), [
    [SpanStatusCode.UNSET, undefined], [SpanStatusCode.UNSET, undefined], [SpanStatusCode.ERROR, 'RangeError'], [SpanStatusCode.ERROR, 'SyntaxError']
  ])
  t.equal(named(found, 'GET /refused').attributes['http.response.status_code'], 404)
})

t.test('a WebSocket whose handshake is not sampled begins no trace elsewhere', async t => {
  const { app, origin } = await recording(t, { ratio: 0 }, { websocket: true })
  app.get('/ws', { websocket: true }, async socket => { (socket as unknown as { send: (text: string) => void }).send(String(trace.getSpanContext(context.active())?.traceFlags)) })
  await origin()
  const socket = await open(app, '/ws')
  t.equal(await socket.receive(), '0')
  await socket.close()

  const { app: untraced } = await recording(t, { tracing: false, meterProvider: new MeterProvider() }, { websocket: true })
  untraced.get('/ws', { websocket: true }, async socket => { (socket as unknown as { send: (text: string) => void }).send(String(trace.getSpanContext(context.active()))) })
  await untraced.listen()
  const other = await open(untraced, '/ws')
  t.equal(await other.receive(), 'undefined', 'with metrics alone')
  await other.close()
})

t.test('ratio: the tracer hears of a share of the requests, and of all that belong to a trace', async t => {
  const { app, origin, spans } = await recording(t, { ratio: 0 })
  const seen: Array<{ traceId: string, spanId: string, traceFlags: number, isStable: boolean, isChildOfIt: boolean, baggage: string | undefined }> = []
  app.post('/', { schema: { body: Type.Object({}) } }, async () => {
    const active = context.active()
    const { traceId, spanId, traceFlags } = trace.getSpanContext(active) as SpanContext
    const child = new TracerProvider({ sampler: new ParentBasedSampler({ root: new AlwaysOnSampler() }) }).getTracer('foreign').startSpan('query', {}, active)
    const key = createContextKey('mine')
    const deeper = active.setValue(key, 'x')
    seen.push({
      traceId,
      spanId,
      traceFlags,
      isStable: trace.getSpanContext(active)?.spanId === spanId && deeper.getValue(key) === 'x' && deeper.deleteValue(key).getValue(key) === undefined && trace.getSpan(trace.deleteSpan(active)) === undefined,
      isChildOfIt: child.spanContext().traceId === traceId && !child.isRecording(),
      baggage: propagation.getBaggage(active)?.getEntry('user')?.value
    })
  })
  const url = await origin()
  const post = async (headers: Record<string, string>) => { await ask(url, { method: 'POST', body: '{}', headers: { 'content-type': 'application/json', ...headers } }) }
  await post({ baggage: 'user=ann' })
  await post({})
  t.match(seen, [{ traceFlags: 0, isStable: true, isChildOfIt: true, baggage: 'ann' }, { traceFlags: 0, isChildOfIt: true, baggage: undefined }])
  t.match(seen.map(({ traceId, spanId }) => `${traceId} ${spanId}`), [/^[0-9a-f]{32} [0-9a-f]{16}$/, /^[0-9a-f]{32} [0-9a-f]{16}$/])
  t.not(seen[0]?.traceId, seen[1]?.traceId)
  await post({ traceparent: PARENT })
  const servers = (await spans()).filter(({ kind }) => kind === SpanKind.SERVER)
  t.same(servers.map(span => span.spanContext().traceId), [PARENT.split('-')[1]])

  const { app: some, spans: theirs } = await recording(t, { ratio: 0.5, trustTraceparent: false })
  some.get('/', async () => 'ok')
  const { random } = Math
  t.teardown(() => { Math.random = random })
  for (const value of [0.4, 0.6, 0.49, 0.5]) {
    Math.random = () => value
    await some.inject({ url: '/', headers: { traceparent: PARENT } })
  }
  Math.random = random
  t.equal((await theirs(2)).filter(({ kind }) => kind === SpanKind.SERVER).length, 2)
})

t.test('a handler has the context of its request, also where hooks or the body lost it', async t => {
  const app = bare(t)
  await app.register(telemetry, { tracerProvider: new TracerProvider(), ratio: 0 })
  const seen: unknown[] = []
  app.addHook('onRequest', async () => { seen.push(trace.getSpanContext(context.active())?.traceId) })
  // As a hook that goes on from a callback of a pool.
  app.addHook('preHandler', (_request, _reply, done) => { context.with(ROOT_CONTEXT, done) })
  app.post('/', async () => { seen.push(trace.getSpanContext(context.active())?.traceId) })
  const [first, second] = ['{"name":', '"pen"}']
  const request = http.request(await app.listen(), { method: 'POST', headers: { 'content-type': 'application/json', 'content-length': first.length + second.length } })
  await new Promise(resolve => request.write(first, resolve))
  request.end(second)
  const [response] = await once(request, 'response') as [http.IncomingMessage]
  await response.resume().toArray()
  t.equal(seen.length, 2)
  t.match(seen[0], /^[0-9a-f]{32}$/)
  t.equal(seen[1], seen[0])
})

t.test('statements of a request that is not sampled are not traced', async t => {
  const { app, origin, spans } = await recording(t, { ratio: 0 }, { db: { url: 'sqlite::memory:' } })
  const { sql } = await import('kysely')
  app.get('/', async () => { await sql`select 1`.execute(app.db) })
  app.post('/', { config: { depends: { db: sessionOf([]) } } }, async ({ deps: { db } }) => { await sql`select 2`.execute(db) })
  const url = await origin()
  for (const method of ['GET', 'POST']) {
    await ask(url, { method })
    await ask(url, { method, headers: { traceparent: PARENT } })
  }
  t.same((await spans(2)).flatMap(({ attributes }) => attributes['db.query.text'] ?? []).sort(), ['begin', 'commit', 'select 1', 'select 2'])
})

t.test('log lines of a sampled request have the identifiers of its span', async t => {
  const lines: Array<Record<string, unknown>> = []
  const logger = { level: 'info', stream: { write: (line: string) => { lines.push(JSON.parse(line)) } } }
  const { app, origin, spans } = await recording(t, {}, {}, { logger })
  app.get('/', async request => { request.log.info('hello') })
  await ask(await origin())
  const { traceId, spanId } = named(await spans(), 'GET /').spanContext()
  for (const msg of ['hello', 'request completed']) t.match(lines.find(line => line.msg === msg), { trace_id: traceId, span_id: spanId })

  for (const options of [{ logIds: false }, { ratio: 0 }]) {
    lines.length = 0
    const { app: other } = await recording(t, options, {}, { logger })
    other.get('/', async request => { request.log.info('hello') })
    await other.inject('/')
    t.notOk(lines.some(line => 'trace_id' in line))
    t.ok(lines.some(({ msg }) => msg === 'hello'))
  }
})

t.test('lines of a logger that requests share have no identifiers of one of them', async t => {
  const lines: Array<Record<string, unknown>> = []
  const logger = { level: 'info', stream: { write: (line: string) => { lines.push(JSON.parse(line)) } } }
  let shared: FastifyBaseLogger | undefined
  const { app, origin, spans } = await recording(t, {}, {}, { logger, childLoggerFactory: log => (shared ??= log.child({ shared: true })) })
  app.get('/', async request => { request.log.info('hello') })
  await ask(await origin())
  const { traceId } = named(await spans(), 'GET /').spanContext()
  shared?.info('of nobody')
  t.match(lines.find(({ msg }) => msg === 'hello'), { shared: true, trace_id: traceId })
  t.notOk(lines.some(line => line.msg === 'of nobody' && 'trace_id' in line))
})

t.test('a logger that is not pino’s fails no request', async t => {
  const log = { level: 'info', silent () {}, fatal () {}, error () {}, warn () {}, info () {}, debug () {}, trace () {}, child () { return log }, setBindings () {}, bindings () { throw new Error('none') } }
  const { app, origin, spans } = await recording(t, {}, {}, { loggerInstance: log as unknown as FastifyBaseLogger })
  app.get('/', async () => 'ok')
  t.equal((await fetch(await origin())).status, 200)
  t.equal((await spans()).filter(({ kind }) => kind === SpanKind.SERVER).length, 1)
})

t.test('without a provider, and with OTEL_SDK_DISABLED, the app is as without the plugin', async t => {
  const app = bare(t)
  const handler = async () => 'ok'
  let served: unknown
  await app.register(telemetry)
  app.addHook('onRoute', route => { served = route.handler })
  app.get('/', handler)
  t.equal(app.hasRequestDecorator(kMeasures), false)
  t.equal(served, handler)
  t.equal((await app.inject('/')).body, 'ok')

  process.env.OTEL_SDK_DISABLED = 'TRUE'
  t.teardown(() => { delete process.env.OTEL_SDK_DISABLED })
  const disabled = bare(t)
  await disabled.register(telemetry, { tracerProvider: new TracerProvider(), autoConfigure: true })
  t.equal(disabled.hasRequestDecorator(kMeasures), false)
})

t.test('it is registered once', async t => {
  const { app } = await recording(t)
  await t.rejects(async () => { await app.register(telemetry) }, { code: 'APIKIT_ERR_TELEMETRY', message: /it is registered already/ })
})

t.test('autoConfigure', async t => {
  const set = (t: Test, env: Record<string, string>) => {
    Object.assign(process.env, { OTEL_NODE_RESOURCE_DETECTORS: 'none', ...env })
    t.teardown(() => { for (const name of Object.keys(env)) Reflect.deleteProperty(process.env, name) })
  }
  const app = async (t: Test) => {
    const lines: string[] = []
    const server = bare(t, { logger: { level: 'warn', stream: { write: (line: string) => { lines.push(line) } } } })
    await server.register(telemetry, { autoConfigure: true })
    server.get('/', async () => 'ok')
    return { server, lines, isOn: server.hasRequestDecorator(kMeasures) }
  }

  t.test('exports spans and metrics to where the environment says', async t => {
    const paths: string[] = []
    const collector = http.createServer((request, response) => {
      paths.push(String(request.url))
      request.resume().once('end', () => { response.end() })
    }).listen(0)
    await once(collector, 'listening')
    t.teardown(() => collector.close())
    const { port } = collector.address() as { port: number }
    set(t, { OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${port}` })
    const { server, isOn, lines } = await app(t)
    t.equal(isOn, true)
    await server.inject('/')
    await server.close()
    t.same([...new Set(paths)].sort(), ['/v1/metrics', '/v1/traces'])
    t.same(lines, [])
    t.equal((await app(t)).isOn, true, 'and the next app of the process, too')
  })

  t.test('does nothing without an endpoint, or with the exporter "none"', async t => {
    t.equal((await app(t)).isOn, false)
    set(t, { OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: 'http://127.0.0.1:9', OTEL_TRACES_EXPORTER: 'none' })
    t.equal((await app(t)).isOn, false)
    set(t, { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:9' })
    const described = bare(t)
    declarePurpose(described, 'describe')
    await described.register(telemetry, { autoConfigure: true })
    t.equal(described.hasRequestDecorator(kMeasures), false, 'nor for an app whose document is written')
  })

  t.test('takes one signal only', async t => {
    await t.test('spans', async t => {
      set(t, { OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: 'http://127.0.0.1:9' })
      const { isOn, server } = await app(t)
      t.equal(isOn, true)
      await server.close()
    })
    set(t, { OTEL_EXPORTER_OTLP_METRICS_ENDPOINT: 'http://127.0.0.1:9' })
    const { isOn, server } = await app(t)
    t.equal(isOn, false)
    t.not(globalMetrics.getMeterProvider().getMeter('a'), undefined)
    await server.close()
  })

  t.test('a bad URL is a warning', async t => {
    for (const url of ['nonsense', 'ftp://127.0.0.1']) {
      set(t, { OTEL_EXPORTER_OTLP_ENDPOINT: url })
      const { server, lines, isOn } = await app(t)
      t.equal(isOn, false)
      t.match(lines.map(line => JSON.parse(line).msg), ['telemetry could not be configured from the environment. The app runs without it'])
      t.equal((await server.inject('/')).body, 'ok')
    }
  })
})

t.test('the reference app has it', async t => {
  t.equal((await (await build(t)).inject('/nowhere')).statusCode, 404)
})
