import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { type AddressInfo, connect } from 'node:net'
import { Writable } from 'node:stream'
import rateLimit from '@fastify/rate-limit'
import underPressure from '@fastify/under-pressure'
import Fastify, { type FastifyInstance, type FastifyServerOptions } from 'fastify'
import t, { type Test } from 'tap'
import broadcast from '../../plugins/broadcast/index.ts'
import { addHealthCheck } from '../../plugins/core/health-checks.ts'
import db from '../../plugins/db/index.ts'
import health, { healthRoutes, type HealthOptions } from '../../plugins/health/index.ts'
import apikit, { type ApikitOptions } from '../../plugins/index.ts'
import { dependency } from '../../plugins/dependencies/index.ts'
import { openid } from '../../plugins/openid/index.ts'
import tasks from '../../plugins/tasks/index.ts'
import { TestProvider } from '../fixtures/oidc-provider.ts'
import { bare, build } from '../helper.ts'

async function healthy (t: Test, options: HealthOptions = {}, server: FastifyServerOptions = {}): Promise<FastifyInstance> {
  const app = bare(t, server)
  await app.register(health, { maxEventLoopDelay: 0, ...options }) // tests may run on a busy machine
  return app
}

async function ready (app: FastifyInstance, url = '/health/ready'): Promise<readonly [number, unknown]> {
  const response = await app.inject(url)
  return [response.statusCode, response.json()]
}

t.test('an app without checks lives and is ready, and says so to GET and HEAD', async t => {
  const app = await healthy(t)
  for (const url of ['/health/live', '/health/ready']) {
    const { statusCode, headers, body } = await app.inject(url)
    t.same([statusCode, body, headers['cache-control'], headers['content-type']], [200, '{"status":"ok"}', 'no-store', 'application/json; charset=utf-8'])
    const head = await app.inject({ method: 'HEAD', url })
    t.same([head.statusCode, head.body], [200, ''])
  }
})

t.test('a check that throws, rejects or takes too long makes the app unready, and strangers are not told why', async t => {
  for (const check of [() => { throw new Error('secret') }, async () => { throw new Error('secret') }, () => new Promise(() => {})]) {
    const app = await healthy(t)
    app.health.check('search', check, { timeout: 20 })
    t.same(await ready(app), [503, { status: 'unavailable' }])
    t.equal((await app.inject('/health/live')).statusCode, 200)
  }
})

t.test('a check gets a signal, which is aborted when its time is over', async t => {
  const app = await healthy(t, { timeout: 20, details: true })
  const aborted = Promise.withResolvers<unknown>()
  app.health.check('slow', signal => new Promise((_resolve, reject) => {
    signal.addEventListener('abort', () => {
      aborted.resolve(signal.reason)
      reject(signal.reason)
    })
  }))
  t.match(await ready(app), [503, { checks: { slow: { status: 'failed', critical: true, error: 'no result after 20 ms' } } }])
  t.match(await aborted.promise, { message: 'no result after 20 ms' })
})

t.test('a check that is not critical is reported, and the app stays ready', async t => {
  const app = await healthy(t, { details: true })
  app.health.check('extra', () => { throw null }, { critical: false }) // eslint-disable-line no-throw-literal
  app.health.check('main', () => false)
  const [status, body] = await ready(app)
  t.equal(status, 200)
  t.match(body, { status: 'ok', checks: { extra: { status: 'failed', critical: false, error: 'null' }, main: { status: 'ok', critical: true } } })
  t.equal(typeof (body as { checks: { main: { duration: number } } }).checks.main.duration, 'number')
})

t.test('the results are for those whom the option details names', async t => {
  const app = await healthy(t, { details: async ({ headers }) => headers.authorization === 'Bearer me' })
  t.same(await ready(app), [200, { status: 'ok' }])
  t.match((await app.inject({ url: '/health/ready', headers: { authorization: 'Bearer me' } })).json(), { checks: {} })
})

t.test('however many ask, a check runs once at a time, and once while its result is kept', async t => {
  for (const [cache, expected] of [[60_000, 1], [0, 2]] as const) {
    const app = await healthy(t, { cache })
    let runs = 0
    const { promise, resolve } = Promise.withResolvers<void>()
    app.health.check('counted', () => {
      runs++
      return promise
    })
    await app.ready()
    const flood = Array.from({ length: 500 }, () => ready(app))
    resolve()
    for (const answer of await Promise.all(flood)) t.same(answer, [200, { status: 'ok' }])
    await ready(app)
    t.equal(runs, expected)
  }
})

t.test('a check that ignores its signal is not started again until it has ended', async t => {
  const app = await healthy(t, { cache: 0, details: true })
  let runs = 0
  const { promise, resolve } = Promise.withResolvers<void>()
  app.health.check('stuck', () => ++runs === 1 ? promise : undefined, { timeout: 5 })
  t.match(await ready(app), [503, { checks: { stuck: { error: 'no result after 5 ms' } } }])
  t.match(await ready(app), [503, { checks: { stuck: { error: 'the run before has not ended' } } }])
  t.equal(runs, 1)
  resolve()
  t.match(await ready(app), [200, { checks: { stuck: { status: 'ok' } } }])
})

t.test('the log tells the cause once when a check begins to fail, and when it succeeds again', async t => {
  const lines: Array<{ msg: string, check: string, err?: { message: string } }> = []
  const stream = new Writable({ write (chunk, _encoding, done) { lines.push(JSON.parse(String(chunk))); done() } })
  const app = await healthy(t, { cache: 0 }, { logger: { stream } })
  let fails = true
  app.health.check('search', () => { if (fails) throw new Error('no route') })
  await ready(app)
  await ready(app)
  fails = false
  await ready(app)
  await ready(app)
  t.match(lines, [{ msg: 'a health check fails', check: 'search', err: { message: 'no route' } }, { msg: 'a health check succeeds again', check: 'search' }])
  t.equal(lines.length, 2, 'probes themselves are not logged')
})

/** Blocks the event loop until the app says that it was. */
async function block (app: FastifyInstance): Promise<unknown> {
  for (;;) {
    await new Promise(resolve => setTimeout(resolve, 20))
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 400)
    await new Promise(resolve => setTimeout(resolve, 20))
    const [status, body] = await ready(app)
    if (status === 503) return body
  }
}

t.test('a blocked event loop makes the app unready, until two seconds have passed', async t => {
  const app = await healthy(t, { maxEventLoopDelay: 300, details: true, cache: 0 })
  t.match(await block(app), { checks: { 'event-loop': { error: /^blocked for \d+ ms, maxEventLoopDelay is 300$/ } } })
  let status = 503
  while (status !== 200) {
    await new Promise(resolve => setTimeout(resolve, 50))
    ;[status] = await ready(app)
  }

  const other = await healthy(t, { maxEventLoopDelay: 0, details: true })
  t.same(await ready(other), [200, { status: 'ok', checks: {} }])
})

t.test('as soon as the app begins to close it is not ready, also to those who asked before', async t => {
  const app = await healthy(t, {}, { return503OnClosing: false })
  const begun = Promise.withResolvers<void>()
  const { promise, resolve } = Promise.withResolvers<void>()
  app.health.check('slow', () => {
    begun.resolve()
    return promise
  })
  app.addHook('preClose', async () => { resolve() })
  await app.listen({ host: '127.0.0.1', port: 0 })
  const { port } = app.server.address() as AddressInfo
  const ask = (path: string): Promise<string> => new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1', () => { socket.write(`GET ${path} HTTP/1.1\r\nhost: 10.0.0.1\r\nconnection: close\r\n\r\n`) })
    let text = ''
    socket.on('data', chunk => { text += String(chunk) }).once('end', () => resolve(text)).once('error', reject)
  })
  const early = ask('/health/ready')
  await begun.promise
  const live = connect(port, '127.0.0.1')
  await once(live, 'connect')
  const closed = app.close()
  t.match(await early, /^HTTP\/1\.1 503 [^]*{"status":"draining"}$/)
  live.destroy()
  await closed

  const other = await healthy(t)
  t.same(await ready(other), [200, { status: 'ok' }])
  other.health.drain()
  t.same(await ready(other), [503, { status: 'draining' }])
})

t.test('no guard of the app turns a probe away, and the document does not have it', async t => {
  const app = bare(t)
  await app.register(underPressure, { maxRssBytes: 1, sampleInterval: 10 })
  await app.register(rateLimit, { max: 1, timeWindow: 60_000 })
  const options: ApikitOptions = { trustedHost: { allowedHosts: ['shop.example'] }, httpsRedirect: {}, health: true }
  await app.register(apikit, options)
  app.guard({ default: 'deny', public: ['/openapi.json', '/docs*', '/redoc*'] })
  app.depends({ never: dependency((): string => { throw new Error('never called') }) })
  await app.ready()
  await new Promise(resolve => setTimeout(resolve, 50)) // its first sample
  for (let i = 0; i < 3; i++) {
    for (const url of ['/health/live', '/health/ready']) t.equal((await app.inject({ url, headers: { host: '10.0.0.7:3000' } })).statusCode, 200)
  }
  const refused = { url: '/openapi.json', headers: { host: '10.0.0.7:3000' } }
  t.not((await app.inject(refused)).statusCode, 200, 'as it does others')
  t.same(Object.keys((app.swagger() as { paths: object }).paths), [])
})

t.test('it can have another URL, or another server', async t => {
  const app = await healthy(t, { url: '/status/' })
  t.same(await ready(app, '/status/ready'), [200, { status: 'ok' }])

  const [hidden, probes] = [await healthy(t, { url: null }), Fastify()]
  await hidden.ready()
  t.equal((await hidden.inject('/health/ready')).statusCode, 404)
  await probes.register(healthRoutes(hidden.health))
  t.same(await ready(probes), [200, { status: 'ok' }])
  hidden.health.drain()
  t.same(await ready(probes), [503, { status: 'draining' }])
  await probes.close()
})

t.test('before the app is ready it says so', async t => {
  const app = await healthy(t)
  t.same(await app.health.ready(), { status: 'unavailable', checks: {} })
})

t.test('wrong checks and options are refused', async t => {
  const app = await healthy(t)
  app.health.check('there', () => {})
  for (const [args, message] of [
    [['a b', () => {}], /"a b": the name must have/],
    [[5, () => {}], /5: the name must have/],
    [['a', 'no'], /"a": expected a function/],
    [['a', () => {}, { retries: 1 }], /unknown option "retries"\. Expected: timeout, critical/],
    [['a', () => {}, { timeout: 0 }], /timeout must be an integer ≥ 1, got 0/],
    [['a', () => {}, { critical: 'no' }], /critical must be a boolean/],
    [['there', () => {}], /there is a check "there" already/]
  ] as const) t.throws(() => { app.health.check(...args as unknown as Parameters<typeof app.health.check>) }, { code: 'APIKIT_ERR_HEALTH', message })
  await app.ready()
  t.throws(() => { app.health.check('late', () => {}) }, { code: 'APIKIT_ERR_HEALTH', message: /"late": the app is ready/ })

  await t.rejects(healthy(t, { details: 'yes' } as object), { code: 'APIKIT_ERR_INVALID_OPTIONS', message: 'fastify-apikit/health: options/details: Expected boolean or function' })

  const other = await healthy(t, { exclude: ['dba', 'event-loop'], maxEventLoopDelay: 1000 })
  await t.rejects(async () => { await other.ready() }, { code: 'APIKIT_ERR_HEALTH', message: /exclude: unknown check "dba"\. Known: event-loop/ })
  await t.rejects(healthy(t, { url: 'health', urls: 1 } as object), { code: 'APIKIT_ERR_INVALID_OPTIONS', message: /(?=.*options\/urls: Unknown option)(?=.*options\/url:)/ })
})

t.test('checks that are left out are not run', async t => {
  const app = await healthy(t, { exclude: ['event-loop', 'search'], details: true, maxEventLoopDelay: 1000 })
  app.health.check('search', () => { throw new Error('no') })
  t.same(await ready(app), [200, { status: 'ok', checks: {} }])
})

t.test('a plugin that is registered twice has two checks', async t => {
  const app = await healthy(t, { details: true, maxEventLoopDelay: 0 })
  await app.register(async one => { addHealthCheck(one, 'db', () => {}) })
  await app.register(async other => { addHealthCheck(other, 'db', () => { throw new Error('no') }) })
  t.match(await ready(app), [503, { checks: { db: { status: 'ok' }, 'db-2': { status: 'failed' } } }])
})

t.test('a second registration, and a URL without a slash, are refused', async t => {
  const app = bare(t)
  await app.register(health)
  await t.rejects(async () => { await app.register(health) }, { code: 'APIKIT_ERR_HEALTH', message: /registered twice/ })
  await t.rejects(async () => { await bare(t).register(health, { url: 'health' }) }, { message: /options\/url: Expected string to match '\^\/' or null/ })
})

t.test('the reference app is ready when its database and its queue are, and not when they are gone', async t => {
  const app = await build(t, { settings: { health: { details: true, cache: 0, maxEventLoopDelay: 60_000 } } })
  t.match(await ready(app), [200, { checks: { db: { status: 'ok' }, tasks: { status: 'ok' }, 'event-loop': {} } }])
  await app.db.destroy()
  t.match(await ready(app), [503, { checks: { db: { status: 'failed' }, tasks: { status: 'failed' } } }])
})

t.test('each database has a check by its name, and so has the connection of broadcast, if there is one', async t => {
  const app = await healthy(t, { details: true, cache: 0 })
  await app.register(db, { url: 'sqlite::memory:' })
  await app.register(db, { name: 'reports', url: 'sqlite::memory:' })
  await app.register(broadcast, { url: process.env.TEST_REDIS_URL ?? 'redis://127.0.0.1:6379', prefix: randomUUID() })
  t.match(await ready(app), [200, { checks: { db: { status: 'ok' }, 'db:reports': { status: 'ok' }, broadcast: { status: 'ok' } } }])
  await app.database('reports').destroy()
  Object.defineProperty(app.broadcast, 'isConnected', { value: false })
  t.match(await ready(app), [503, { checks: { db: { status: 'ok' }, 'db:reports': { status: 'failed' }, broadcast: { status: 'failed', error: 'the connection is lost, and being restored' } } }])

  const alone = await healthy(t, { details: true })
  await alone.register(broadcast)
  t.notOk('broadcast' in ((await ready(alone))[1] as { checks: object }).checks, 'messages that stay in the process need no connection')
})

t.test('tasks are checked in each engine', async t => {
  const inline = await healthy(t, { details: true })
  await inline.register(tasks)
  t.match(await ready(inline), [200, { checks: { tasks: { status: 'ok' } } }])

  const schema = `health_${process.pid}`
  const boss = await healthy(t, { details: true, cache: 0 })
  const url = process.env.TEST_POSTGRES_URL ?? 'postgres://postgres@127.0.0.1:5432/test'
  await boss.register(tasks, { engine: 'pg-boss', url, schema })
  t.match(await ready(boss), [200, { checks: { tasks: { status: 'ok' } } }])
  await boss.close()
  t.match((await boss.health.ready()).status, 'draining')
  const { default: pg } = await import('pg')
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  await client.query(`drop schema "${schema}" cascade`)
  await client.end()
})

t.test('the keys of an OpenID provider are fetched if they are needed', async t => {
  const provider = await TestProvider.start()
  const app = await healthy(t, { details: true, cache: 0 })
  await app.register(openid, { issuer: provider.issuer, audience: 'api' })
  app.openid.jwks()
  t.match(await ready(app), [200, { checks: { openid: { status: 'ok' } } }])
  await provider.stop()
  t.match(await ready(app), [200, { checks: { openid: { status: 'ok' } } }], 'those that were fetched may still be used')

  const late = await healthy(t, { details: true })
  await late.register(openid, { issuer: provider.issuer, audience: 'api' })
  late.openid.jwks()
  t.match(await ready(late), [503, { checks: { openid: { status: 'failed' } } }])

  const idle = await healthy(t, { details: true })
  await idle.register(openid, { issuer: provider.issuer, audience: 'api' })
  t.match(await ready(idle), [200, { checks: { openid: { status: 'ok' } } }])
})
