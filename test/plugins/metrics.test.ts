import { execFileSync } from 'node:child_process'
import { tracingChannel } from 'node:diagnostics_channel'
import { once } from 'node:events'
import http from 'node:http'
import { connect } from 'node:net'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { Type } from '@sinclair/typebox'
import type { FastifyInstance } from 'fastify'
import { Counter } from 'prom-client'
import t, { type Test } from 'tap'
import apikit, { type ApikitOptions } from '../../plugins/index.ts'
import { topic } from '../../plugins/broadcast/index.ts'
import { declareWorkers } from '../../plugins/core/workers.ts'
import { column, sessionOf, table } from '../../plugins/db/index.ts'
import dependencies, { dependency } from '../../plugins/dependencies/index.ts'
import metrics, { type MetricsOptions } from '../../plugins/metrics/index.ts'
import security, { httpBasic, httpBearer } from '../../plugins/security/index.ts'
import { task } from '../../plugins/tasks/index.ts'
import { connect as open } from '../../plugins/testing/index.ts'
import { bare, build } from '../helper.ts'

const TOKEN = 'a token of a scraper'

async function app (t: Test, options: MetricsOptions = { public: true }, others: ApikitOptions = {}): Promise<FastifyInstance> {
  const server = bare(t)
  await server.register(apikit, { docs: false, ...others, metrics: { process: false, ...options } })
  return server
}

/** The samples of a text, without those of buckets and sums. */
async function samples (server: FastifyInstance, start = ''): Promise<Record<string, number>> {
  const lines = (await server.metrics.read()).split('\n').filter(line => line.startsWith(start) && !/^#|^$|_bucket|_sum/.test(line))
  return Object.fromEntries(lines.map(line => [line.slice(0, line.lastIndexOf(' ')), Number(line.slice(line.lastIndexOf(' ') + 1))]))
}

const requests = (server: FastifyInstance) => samples(server, 'http_request_duration_seconds_count')

t.test('requests are counted and measured by method, pattern of the route and status', async t => {
  const server = await app(t)
  server.get('/items/:id', { schema: { params: Type.Object({ id: Type.Integer() }) } }, async () => 'ok')
  server.get('/fails', async () => { throw new Error('no') })
  const origin = await server.listen()
  for (const path of ['/items/1', '/items/2', '/items/x', '/fails', '/nowhere/1', '/nowhere/2']) await (await fetch(origin + path)).text()
  await (await fetch(`${origin}/items/1`, { method: 'HEAD' })).text()

  t.same(await requests(server), {
    'http_request_duration_seconds_count{method="GET",route="/items/:id",status_code="200"}': 2,
    'http_request_duration_seconds_count{method="GET",route="/items/:id",status_code="422"}': 1,
    'http_request_duration_seconds_count{method="GET",route="/fails",status_code="500"}': 1,
    'http_request_duration_seconds_count{method="GET",route="unknown",status_code="404"}': 2,
    'http_request_duration_seconds_count{method="HEAD",route="/items/:id",status_code="200"}': 1
  })
  const text = await (await fetch(`${origin}/metrics`)).text()
  t.match(text, /^http_request_duration_seconds_bucket\{le="0\.005",method="GET",route="\/items\/:id",status_code="200"\} \d$/m)
  t.match(text, /^http_requests_in_flight 1$/m, 'that of the scraper itself')
})

t.test('whatever clients send, the number of series is that of routes, methods and statuses', async t => {
  const server = await app(t)
  server.get('/items/:id', async () => 'ok')
  const origin = new URL(await server.listen())
  const ask = async (method: string, path: string) => {
    const request = http.request({ port: origin.port, host: origin.hostname, method, path, headers: { 'x-any': path } }).end()
    const [response] = await once(request, 'response') as [http.IncomingMessage]
    await response.resume().toArray()
  }
  for (let index = 0; index < 40; index++) {
    await ask('GET', `/items/${index}?q=${index}`)
    await ask('GET', `/nowhere/${index}`)
  }
  for (const method of ['PROPFIND', 'MKCOL', 'SUBSCRIBE', 'PURGE']) await ask(method, '/items/1')
  const counted = await requests(server)
  t.match(counted, {
    'http_request_duration_seconds_count{method="GET",route="/items/:id",status_code="200"}': 40,
    'http_request_duration_seconds_count{method="GET",route="unknown",status_code="404"}': 40
  })
  t.equal(Object.entries(counted).filter(([name]) => name.includes('_OTHER')).reduce((sum, [, count]) => sum + count, 0), 4)
  t.ok(Object.keys(counted).length <= 4, Object.keys(counted).join())
})

for (const line of ['', 'upgrade: websocket\r\n', 'connection: upgrade\r\nupgrade: websocket\r\n']) {
  t.test(`a client that leaves before the response is 499, and no longer in flight: ${JSON.stringify(line)}`, async t => {
    const server = await app(t)
    const [called, left] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
    server.get('/slow', async (_request, reply) => {
      reply.raw.once('close', () => { left.resolve() })
      called.resolve()
      await left.promise
      return 'late'
    })
    const { port } = new URL(await server.listen())
    const socket = connect(Number(port), '127.0.0.1').end(`GET /slow HTTP/1.1\r\nhost: a\r\n${line}\r\n`)
    await called.promise
    t.same(await samples(server, 'http_requests_in_flight'), { http_requests_in_flight: 1 })
    socket.destroy()
    await left.promise
    t.same(await samples(server, 'http_requests_in_flight'), { http_requests_in_flight: 0 })
    t.same(await requests(server), { 'http_request_duration_seconds_count{method="GET",route="/slow",status_code="499"}': 1 })
  })
}

t.test('a request that a hook before the plugin answers is counted', async t => {
  const server = bare(t)
  server.addHook('onRequest', async (request, reply) => request.url === '/refused' ? reply.code(429).send('no') : undefined)
  await server.register(metrics, { path: null, process: false })
  server.get('/refused', async () => 'ok')
  await server.inject('/refused')
  t.same(await requests(server), { 'http_request_duration_seconds_count{method="GET",route="/refused",status_code="429"}': 1 })
})

t.test('dependencies are measured by their names, failing ones too', async t => {
  const server = await app(t, { public: true }, { timing: { serverTiming: true } })
  const sync = dependency({ name: 'sync' }, () => 1)
  const slow = dependency({ name: 'slow' }, async () => 2)
  const broken = dependency({ name: 'broken' }, () => { throw new Error('no') })
  server.get('/', { config: { depends: { sync, slow } } }, async ({ deps }) => deps)
  server.get('/broken', { config: { depends: { broken } } }, async () => 'ok')
  const { headers } = await server.inject('/')
  await server.inject('/broken')
  t.match(headers['server-timing'], /^sync;dur=[\d.]+, slow;dur=[\d.]+, app;dur=/, 'as for the header Server-Timing')
  t.same(await samples(server, 'dependency_duration_seconds_count'), {
    'dependency_duration_seconds_count{dependency="sync"}': 1,
    'dependency_duration_seconds_count{dependency="slow"}': 1,
    'dependency_duration_seconds_count{dependency="broken"}': 1
  })
})

t.test('statements, pools, queues, subscriptions and sockets', async t => {
  const items = table('items', { id: column.id(), name: column.text({ unique: true }) })
  const done = task('done', {}, async () => {})
  const others: ApikitOptions = { db: { url: 'sqlite::memory:', tables: [items] }, tasks: { tasks: [done] }, broadcast: true, websocket: true }
  const server = await app(t, { public: true }, others)
  await server.db.createTables([items])
  const line = topic('line', Type.String())
  server.post('/', { config: { depends: { db: sessionOf([items]) } } }, async ({ deps: { db } }) => {
    await db.insertInto('items').values({ name: 'pen' }).execute()
    return 'ok'
  })
  server.get('/ws', { websocket: true }, async (socket) => { for await (const message of socket as never as AsyncIterable<string>) if (message === '') return })
  // Of another app in the process.
  const other = bare(t)
  await other.register(apikit, { docs: false, db: others.db as object })
  await other.db.createTables([items])
  other.get('/', { config: { depends: { db: sessionOf([items]) } } }, async ({ deps: { db } }) => await db.deleteFrom('items').execute())

  await server.inject({ method: 'POST', url: '/' })
  await server.inject({ method: 'POST', url: '/' })
  await other.inject('/')
  t.match(await samples(server, 'db_query_duration_seconds_count'), {
    'db_query_duration_seconds_count{database="default",role="primary",operation="insert",outcome="ok"}': 1,
    'db_query_duration_seconds_count{database="default",role="primary",operation="insert",outcome="error"}': 1,
    'db_query_duration_seconds_count{database="default",role="primary",operation="delete",outcome="ok"}': undefined
  })
  t.match(Object.keys(await samples(server, 'db_query')).join(), /operation="other"/, 'CREATE TABLE')

  await using subscription = await server.broadcast.subscribe(line) as never as AsyncDisposable & object
  await server.listen()
  const socket = await open(server, '/ws')
  await server.tasks.add(done, {})
  await server.tasks.drain()
  const seen = { ...await samples(server, 'db_pool'), ...await samples(server, 'broadcast'), ...await samples(server, 'websockets') }
  t.match(seen, {
    'db_pool_connections_max{database="default",role="primary"}': 1,
    'db_pool_waiting{database="default",role="primary"}': 0,
    broadcast_subscriptions: 1,
    broadcast_connected: 1,
    websockets_open: 1
  })
  t.ok('db_pool_connections{database="default",role="primary",state="idle"}' in seen)
  t.match(Object.keys(await samples(server, 'tasks_jobs')).join(), /state="running"/)
  t.notMatch(Object.keys(await requests(server)).join(), /"\/ws"/, 'an open socket is no request that takes hours')
  t.ok(subscription)
  await socket.close()
})

t.test('attempts of jobs', async t => {
  const server = await app(t, { path: null })
  const attempts = tracingChannel('fastify-apikit:tasks.job')
  await attempts.tracePromise(async () => {}, { app: server, task: 'mail', waited: 40, duration: 2000, ending: 'done' })
  await attempts.tracePromise(async () => {}, { app: server, task: 'mail', waited: null })
  await attempts.tracePromise(async () => {}, { app: bare(t), task: 'mail of another app', waited: null })
  const text = await server.metrics.read()
  t.match(text, 'task_attempt_duration_seconds_sum{task="mail",ending="done"} 2\n')
  t.match(text, 'task_attempt_duration_seconds_count{task="mail",ending="unknown"} 1\n')
  t.match(text, 'task_wait_seconds_sum{task="mail"} 0.04\n')
  t.notMatch(text, 'another app')
})

t.test('queues are counted by task where they can be; what cannot be read is left out and logged', async t => {
  const lines: string[] = []
  const server = bare(t, { logger: { level: 'warn', stream: { write: (line: string) => { lines.push(line) } } } })
  await server.register(apikit, { docs: false, tasks: true, metrics: { public: true, process: false } })
  Object.assign(server.tasks, { countsByTask: async () => ({ mail: { queued: 2 } }) })
  await server.ready()
  t.same(await samples(server, 'tasks_jobs'), { 'tasks_jobs{task="mail",state="queued"}': 2 })
  Object.assign(server.tasks, { countsByTask: async () => { throw new Error('no database') } })
  const { statusCode, body } = await server.inject('/metrics')
  t.equal(statusCode, 200)
  t.match(body, /^http_requests_in_flight 1$/m)
  t.notMatch(body, 'tasks_jobs{')
  t.match(lines.map(line => JSON.parse(line)), [{ msg: 'a metric could not be read', metric: 'tasks_jobs', err: { message: 'no database' } }])
})

t.test('the route needs a token, dependencies, or the word that it is public', async t => {
  const MESSAGE = /GET \/metrics: would show the metrics to anybody\. Set "token"/
  await t.rejects(async () => { await (await app(t, {})).ready() }, { code: 'APIKIT_ERR_ROUTES', message: MESSAGE })
  const noScheme = await app(t, { depends: { any: dependency({ name: 'any' }, () => 1) } })
  await t.rejects(async () => { await noScheme.ready() }, { message: MESSAGE })
  const lone = bare(t)
  await lone.register(metrics, {})
  await t.rejects(async () => { await lone.ready() }, { message: MESSAGE })

  const withToken = await app(t, { token: TOKEN })
  withToken.guard({ default: 'deny' })
  const read = async (server: FastifyInstance, authorization?: string) => {
    const { statusCode, headers } = await server.inject({ url: '/metrics', headers: { ...authorization !== undefined && { authorization } } })
    return [statusCode, headers['www-authenticate'], headers['content-type']]
  }
  t.same(await read(withToken), [401, 'Bearer', 'application/json'])
  t.same(await read(withToken, 'Bearer another'), [401, 'Bearer', 'application/json'])
  t.same(await read(withToken, `Bearer ${TOKEN}`), [200, undefined, 'text/plain; version=0.0.4; charset=utf-8'])

  t.match(await read(await app(t, { depends: { user: httpBasic() } })), [401, 'Basic'])
  const guarded = bare(t)
  for (const plugin of [dependencies, security]) await guarded.register(plugin)
  guarded.inherit({ security: { auth: httpBearer() } })
  await guarded.register(metrics, { process: false })
  await t.rejects(async () => { await guarded.ready() }, { message: MESSAGE }, 'schemes of the scope are for its users, and do not hold for the route')

  const open = await app(t, { public: true })
  open.guard({ default: 'deny' })
  t.match(await read(open), [200], 'a public route is one for app.guard, too')
})

t.test('options that contradict each other, and a second registration, are refused', async t => {
  const refusal = async (options: MetricsOptions) => { await app(t, options) }
  const code = 'APIKIT_ERR_METRICS'
  await t.rejects(refusal({ token: TOKEN, public: true }), { code, message: 'fastify-apikit/metrics: "token", "depends" and "public" exclude each other. Set one of them.' })
  for (const options of [{ token: TOKEN }, { depends: {} }, { public: true }]) await t.rejects(refusal({ path: null, ...options }), { code, message: /"path: null" leaves out/ })
  await t.rejects(refusal({ token: 'short' }), { code: 'APIKIT_ERR_INVALID_OPTIONS' })
  for (const buckets of [[1, 0.5], [1, 1]]) await t.rejects(refusal({ public: true, buckets }), { code, message: /"buckets" must be in ascending order/ })
  const server = await app(t)
  await t.rejects(async () => { await server.register(metrics, { public: true }) }, { code, message: /it is registered twice/ })
})

t.test('the route is not in the document, and metrics of the app are in its text', async t => {
  const server = await app(t, { public: true, path: '/internal/metrics', statements: false }, { docs: true })
  const orders = new Counter({ name: 'orders_total', help: 'Orders.', registers: [server.metrics.registry] })
  orders.inc(3)
  t.same((await server.inject('/openapi.json')).json().paths, {})
  const { body, headers } = await server.inject('/internal/metrics')
  t.match(body, /^orders_total 3$/m)
  t.equal(headers['cache-control'], 'no-store')
  t.notMatch(body, 'db_query')
})

t.test('the metrics of the process are collected once, for all of its apps', async t => {
  const servers = [await app(t, { public: true, process: true }), await app(t, { public: true, process: true })]
  for (const server of servers) {
    const text = (await server.inject('/metrics')).body
    t.match(text, /^nodejs_eventloop_lag_p99_seconds /m)
    t.equal(text.match(/^# TYPE process_cpu_seconds_total /gm)?.length, 1)
  }
})

t.test('the reference app has the route with a token only', async t => {
  t.equal((await (await build(t)).inject('/metrics')).statusCode, 404)
  const server = await build(t, { env: { METRICS__TOKEN: TOKEN } })
  t.equal((await server.inject('/metrics')).statusCode, 401)
  t.equal((await server.inject({ url: '/metrics', headers: { authorization: `Bearer ${TOKEN}` } })).statusCode, 200)
})

t.test('metrics of one of several workers say which one it is', async t => {
  declareWorkers({ index: 2, count: 3, secret: '' })
  t.teardown(() => { declareWorkers(undefined) })
  const server = await app(t)
  server.get('/', async () => 'ok')
  await server.inject('/')
  t.same(await requests(server), { 'http_request_duration_seconds_count{method="GET",route="/",status_code="200",worker="2"}': 1 })
  t.same(await samples(server, 'worker_up'), { 'worker_up{worker="1"}': 0, 'worker_up{worker="2"}': 1, 'worker_up{worker="3"}': 0 }, 'there is no primary to ask')
})

t.test('the primary process of a cluster reads the sum of its workers', async t => {
  const root = join(import.meta.dirname, '..', '..')
  const at = (path: string) => JSON.stringify(pathToFileURL(join(root, path)).href)
  const dir = t.testdir({
    'cluster.mts': `
      import cluster from 'node:cluster'
      import { once } from 'node:events'
      if (cluster.isPrimary) {
        const { AggregatorRegistry } = await import(${at('node_modules/prom-client/index.js')}).then(it => it.default)
        const workers = [cluster.fork(), cluster.fork()]
        await Promise.all(workers.map(worker => once(worker, 'message')))
        console.log(await new AggregatorRegistry().clusterMetrics())
        for (const worker of workers) worker.kill()
      } else {
        const { default: Fastify } = await import(${at('node_modules/fastify/fastify.js')})
        const { default: metrics } = await import(${at('plugins/metrics/index.ts')})
        const app = Fastify()
        await app.register(metrics, { path: null, process: cluster.worker.id === 1 })
        app.get('/', async () => 'ok')
        await app.inject('/')
        process.send('ready')
      }`
  })
  const text = execFileSync(process.execPath, [join(dir, 'cluster.mts')], { encoding: 'utf8' })
  t.match(text, /^http_request_duration_seconds_count\{method="GET",route="\/",status_code="200"\} 2$/m)
  t.match(text, /^process_cpu_seconds_total /m)
})
