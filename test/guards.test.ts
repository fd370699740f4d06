import { setTimeout as sleep } from 'node:timers/promises'
import { Redis } from 'ioredis'
import t from 'tap'
import app, { options } from '../app.ts'
import { bare, build } from './helper.ts'

t.test('every answer of the reference app has the headers of helmet, without https nothing is said of it', async t => {
  const app = await build(t)
  for (const url of ['/', '/nowhere', '/docs']) {
    const { headers } = await app.inject(url)
    t.match(headers, { 'x-content-type-options': 'nosniff', 'x-frame-options': 'SAMEORIGIN', 'content-security-policy': /default-src 'self'/ }, url)
    t.notMatch(String(headers['content-security-policy']), 'upgrade-insecure-requests')
    t.equal(headers['strict-transport-security'], undefined)
  }
})

t.test('with https it sends there, to trusted hosts, and browsers are told to stay', async t => {
  const app = await build(t, { env: { HTTPS_REDIRECT__ENABLED: 'true', TRUSTED_HOST__ALLOWED_HOSTS: 'example.com' } })
  const plain = await app.inject({ url: '/basic', headers: { host: 'example.com' } })
  t.match(plain, { statusCode: 307, headers: { location: 'https://example.com/basic', 'strict-transport-security': /max-age/, 'content-security-policy': /upgrade-insecure-requests/ } })
  t.equal((await app.inject({ url: '/basic', headers: { host: 'evil.com' } })).statusCode, 400)
})

t.test('origins are a setting', async t => {
  const app = await build(t, { env: { CORS__ALLOW_ORIGINS: 'https://a.example, https://b.example' } })
  const { headers } = await app.inject({ url: '/basic', headers: { origin: 'https://b.example' } })
  t.equal(headers['access-control-allow-origin'], 'https://b.example')
  // A section has a policy of its own.
  const own = await app.inject({ url: '/hosts', headers: { origin: 'https://gzky.live' } })
  t.equal(own.headers['access-control-allow-origin'], 'https://gzky.live')
  t.equal((await app.inject({ method: 'POST', url: '/hosts/items/' })).body, '{"made":true}')
  t.equal((await app.inject({ method: 'OPTIONS', url: '/hosts/items/', headers: { origin: 'https://gzky.live', 'access-control-request-method': 'POST' } })).body, 'OK')
})

t.test('who asks too often is told when to come again; the document says so', async t => {
  const app = await build(t, { settings: { rateLimit: { max: 2 } } })
  await app.inject('/basic')
  await app.inject('/basic')
  const answer = await app.inject('/basic')
  t.match(answer, { statusCode: 429, headers: { 'retry-after': /^\d+$/, 'content-type': 'application/json' } })
  t.match(answer.json(), { detail: /retry in/ })
  t.match(app.swagger(), { paths: { '/basic/': { get: { responses: { 429: { content: { 'application/json': { schema: { $ref: '#/components/schemas/TooManyRequests' } } } } } } } } })
})

t.test('processes that share a Redis count requests together; without it requests are not limited, and the log says so', async t => {
  const redisUrl = process.env.TEST_REDIS_URL ?? 'redis://127.0.0.1:6379'
  const redis = new Redis(redisUrl)
  const forget = async (): Promise<void> => { await redis.del(...['', ...await redis.keys('apikit-rate-limit:*')]) }
  t.teardown(async () => {
    await forget()
    redis.disconnect()
  })
  await forget()
  const limited = { rateLimit: { max: 2, redisUrl } }
  const [one, other] = [await build(t, { settings: limited }), await build(t, { settings: limited })]
  t.same([await one.inject('/basic'), await other.inject('/basic'), await one.inject('/basic'), await other.inject('/basic')].map(({ statusCode }) => statusCode), [200, 200, 429, 429])

  const away = await build(t, { settings: { rateLimit: { max: 1, redisUrl: 'redis://127.0.0.1:1' } } })
  const warned: string[] = []
  away.log.warn = ((_what: unknown, message: string) => { warned.push(message) }) as never
  t.same([await away.inject('/basic'), await away.inject('/basic')].map(({ statusCode }) => statusCode), [200, 200])
  while (warned.length === 0) await sleep(5)
  t.equal(warned[0], 'requests are not limited: Redis cannot be reached')
})

t.test('an app under pressure turns requests away, and says when to come again', async t => {
  const app = await build(t, { settings: { underPressure: { maxRssBytes: 1, retryAfter: 7 } } })
  // It looks at the memory once a second.
  const deadline = Date.now() + 20_000
  while ((await app.inject('/basic')).statusCode !== 503 && Date.now() < deadline) await sleep(50)
  t.match(await app.inject('/basic'), { statusCode: 503, body: '{"detail":"Service Unavailable"}', headers: { 'retry-after': '7' } })
  t.match(app.swagger(), { paths: { '/basic/': { get: { responses: { 503: { description: 'Service Unavailable' } } } } } })
})

t.test('limits that are off are not documented', async t => {
  const app = await build(t, { settings: { underPressure: { maxEventLoopDelay: 0 } } })
  await app.ready()
  const { paths } = app.swagger() as { paths: Record<string, { get: { responses: object } }> }
  t.same(Object.keys(paths['/basic/']?.get.responses ?? {}), ['200'])
})

t.test('long answers are compressed for whoever accepts it', async t => {
  const app = await build(t)
  t.match((await app.inject({ url: '/openapi.json', headers: { 'accept-encoding': 'gzip' } })).headers, { 'content-encoding': 'gzip', vary: /accept-encoding/i })
  t.equal((await app.inject({ url: '/basic', headers: { 'accept-encoding': 'gzip' } })).headers['content-encoding'], undefined)
})

t.test('hooks of the section of middleware run around its routes', async t => {
  const app = await build(t)
  const logged = t.capture(app.log, 'debug')
  t.match(await app.inject('/middleware/n/3'), { body: '{"n":3}', headers: { 'x-process-time': /^\d+\.\d+$/ } })
  t.equal((await app.inject('/middleware/')).body, '{"message":"Hello World"}')
  t.ok(Array.isArray(logged()))
})

t.test('a route that does not say who may call it stops the start, below a prefix too', async t => {
  for (const prefix of ['', '/api']) {
    const server = bare(t, options)
    server.addHook('onRoute', route => {
      if (route.url === `${prefix}/account/refresh`) route.config = {}
    })
    await t.rejects(async () => { await server.register(app, { env: {}, envFile: null, prefix, settings: { databaseUrl: 'sqlite::memory:' } }).ready() }, {
      code: 'APIKIT_ERR_ROUTES',
      message: /^POST (\/api)?\/account\/refresh: is not protected, and app\.guard[^\n]*$/
    })
  }
})
