import { once } from 'node:events'
import { connect } from 'node:net'
import type { FastifyInstance } from 'fastify'
import t, { type Test } from 'tap'
import errors from '../../plugins/errors/index.ts'
import httpsRedirect from '../../plugins/https-redirect/index.ts'
import trustedHost, { type TrustedHostOptions } from '../../plugins/trusted-host/index.ts'
import { bare } from '../helper.ts'

async function trusting (t: Test, options: TrustedHostOptions, server = {}) {
  const app = bare(t, server)
  await app.register(errors)
  await app.register(trustedHost, options)
  app.get('/', async () => 'ok')
  return app
}

/** Sends what no client would, and returns the status line and the headers in lower case. */
async function raw (t: Test, app: FastifyInstance, request: string): Promise<string> {
  await app.listen({ port: 0, host: '127.0.0.1' })
  const { port } = app.server.address() as { port: number }
  const socket = connect(port, '127.0.0.1')
  t.teardown(() => socket.destroy())
  socket.end(request)
  let text = ''
  socket.on('data', data => { text += data })
  await once(socket, 'close')
  return text
}

t.test('only hosts on the list are answered, on unknown paths, too', async t => {
  const app = await trusting(t, { allowedHosts: ['example.com', '*.example.com', '[::1]'] })
  const cases: ReadonlyArray<readonly [host: string, isAllowed: boolean]> = [
    ['example.com', true], ['example.com:8080', true], ['example.com:', false], ['a.b.example.com', true], ['[::1]', true], ['[::1]:3000', true],
    ['', false], ['evil.com', false], ['EXAMPLE.com', true], ['a.EXAMPLE.com:80', true], ['[::g]', false], ['example.com.', false], ['notexample.com', false], ['example.com.evil.com', false],
    ['example.com@evil.com', false], ['example.com:80@evil.com', false], ['evil.com/example.com', false], ['example.com:80:80', false], ['example.com:x', false],
    ['example.com evil.com', false], ['[::1', false], ['::1', false], ['[::2]', false], ['evil.com#.example.com', false], ['evil.com?.example.com', false], ['evil.com\\.example.com', false]
  ]
  for (const [host, isAllowed] of cases) {
    const answer = await app.inject({ url: '/', headers: { host } })
    const expected = isAllowed ? { statusCode: 200, body: 'ok' } : { statusCode: 400, body: 'Invalid host header', headers: { 'content-type': 'text/plain; charset=utf-8' } }
    t.match(answer, expected, JSON.stringify(host))
  }
  t.equal((await app.inject({ url: '/nowhere', headers: { host: 'evil.com' } })).statusCode, 400)
  t.equal((await app.inject({ url: '/nowhere', headers: { host: 'example.com' } })).statusCode, 404)
})

t.test('two hosts are none', async t => {
  const app = await trusting(t, { allowedHosts: ['example.com'] })
  t.match(await raw(t, app, 'GET / HTTP/1.1\r\nHost: example.com\r\nHOST: evil.com\r\nConnection: close\r\n\r\n'), 'HTTP/1.1 400')
})

t.test('X-Forwarded-Host counts from a proxy that is trusted, and from nobody else', async t => {
  const headers = { host: '10.0.0.1:3000', 'x-forwarded-host': 'example.com' }
  const behind = await trusting(t, { allowedHosts: ['example.com'] }, { trustProxy: true })
  t.equal((await behind.inject({ url: '/', headers })).statusCode, 200)
  t.equal((await behind.inject({ url: '/', headers: { host: 'example.com', 'x-forwarded-host': 'evil.com' } })).statusCode, 400)

  const open = await trusting(t, { allowedHosts: ['example.com'] })
  t.equal((await open.inject({ url: '/', headers })).statusCode, 400)
  t.equal((await open.inject({ url: '/', headers: { host: 'example.com', 'x-forwarded-host': 'evil.com' } })).statusCode, 200)
})

t.test('who leaves www out is sent there, if only that is on the list', async t => {
  const app = await trusting(t, { allowedHosts: ['www.example.com'] })
  const sent = await app.inject({ url: '/a?b=c', headers: { host: 'example.com:8080' } })
  t.match(sent, { statusCode: 307, headers: { location: 'http://www.example.com:8080/a?b=c' } })
  t.equal((await app.inject({ url: '/a', headers: { host: 'example.com' } })).headers.location, 'http://www.example.com/a')

  const strict = await trusting(t, { allowedHosts: ['www.example.com'], wwwRedirect: false })
  t.equal((await strict.inject({ url: '/', headers: { host: 'example.com' } })).statusCode, 400)
})

t.test('without a list all are answered', async t => {
  const app = await trusting(t, {})
  t.equal((await app.inject({ url: '/', headers: { host: 'anybody' } })).statusCode, 200)
})

t.test('it guards its scope and all below, also what was registered before it, and nothing beside', async t => {
  const app = bare(t)
  await app.register(async child => {
    await child.register(async grandchild => { grandchild.get('/early', async () => 'ok') })
    await child.register(trustedHost, { allowedHosts: ['*.example.com'] })
    await child.register(async grandchild => {
      await grandchild.register(trustedHost, { allowedHosts: ['a.example.com', 'b.example.org'] })
      grandchild.get('/both', async () => 'ok')
    })
  })
  app.get('/beside', async () => 'ok')

  const status = async (url: string, host: string) => (await app.inject({ url, headers: { host } })).statusCode
  t.same(await Promise.all(['evil.com', 'b.example.com'].map(host => status('/early', host))), [400, 200])
  t.same(await Promise.all(['evil.com', 'b.example.com', 'b.example.org', 'a.example.com'].map(host => status('/both', host))), [400, 400, 400, 200])
  t.equal(await status('/beside', 'evil.com'), 200)
})

t.test('lists that can never be met are refused', async t => {
  const app = bare(t)
  await t.rejects(async () => { await app.register(trustedHost, { allowedHosts: ['example.com:80', 'a*.com', 'https://a.com', '*.'] }) }, {
    code: 'APIKIT_ERR_INVALID_OPTIONS', message: /(?=.*allowedHosts\/0)(?=.*allowedHosts\/1)(?=.*allowedHosts\/2)(?=.*allowedHosts\/3)/
  })
})

async function redirecting (t: Test, options = {}, server = {}) {
  const app = bare(t, server)
  await app.register(errors)
  await app.register(httpsRedirect, options)
  app.get('/', async () => 'ok')
  return app
}

t.test('plain http is sent to https: same host, path, query and method', async t => {
  const app = await redirecting(t)
  const cases = [
    ['example.com', '/', 'https://example.com/'],
    ['example.com:8080', '/items/?a=1&b=c%20d', 'https://example.com:8080/items/?a=1&b=c%20d'],
    ['example.com:80', '/nowhere', 'https://example.com/nowhere'],
    ['example.com:443', '/caf%C3%A9', 'https://example.com/caf%C3%A9'],
    ['[::1]:80', '/', 'https://[::1]/'],
    ['example.com', '//evil.com/x', 'https://example.com//evil.com/x']
  ] as const
  for (const [host, url, location] of cases) {
    t.match(await app.inject({ method: 'POST', url: `http://x${url}`, headers: { host } }), { statusCode: 307, headers: { location }, body: '' }, host + url)
  }
  for (const host of ['a b', 'example.com@evil.com', 'evil.com/', 'evil.com#', 'example.com:80@evil.com']) {
    t.match(await app.inject({ url: '/', headers: { host } }), { statusCode: 400, headers: { location: undefined } }, host)
  }
})

t.test('the host in a request line has no say in it', async t => {
  const app = await redirecting(t)
  t.match(await raw(t, app, 'GET http://evil.com/a?b HTTP/1.1\r\nHost: example.com\r\nConnection: close\r\n\r\n'), /location: https:\/\/example\.com\/a\?b\r\n/)
})

t.test('what has no place in a URL is encoded', async t => {
  const app = await redirecting(t)
  t.match(await raw(t, app, 'GET /a"<b>|c HTTP/1.1\r\nHost: example.com\r\nConnection: close\r\n\r\n'), 'location: https://example.com/a%22%3Cb%3E%7Cc\r\n')
})

t.test('an OPTIONS of the whole server is sent to its root', async t => {
  const app = await redirecting(t)
  t.match(await raw(t, app, 'OPTIONS * HTTP/1.1\r\nHost: example.com\r\nConnection: close\r\n\r\n'), /location: https:\/\/example\.com\/\*\r\n/)
})

t.test('everybody to one host', async t => {
  const app = await redirecting(t, { host: 'example.com:8443' })
  t.equal((await app.inject({ url: '/a', headers: { host: 'evil.com' } })).headers.location, 'https://example.com:8443/a')
})

t.test('a trusted proxy says what came to it encrypted', async t => {
  const behind = await redirecting(t, {}, { trustProxy: true })
  t.equal((await behind.inject({ url: '/', headers: { 'x-forwarded-proto': 'https' } })).statusCode, 200)
  t.equal((await behind.inject({ url: '/', headers: { 'x-forwarded-proto': 'http', 'x-forwarded-host': 'example.com' } })).headers.location, 'https://example.com/')

  const open = await redirecting(t)
  t.equal((await open.inject({ url: '/', headers: { 'x-forwarded-proto': 'https' } })).statusCode, 307)
})

t.test('nobody is sent to a host that is not trusted, in whichever order the two are registered', async t => {
  for (const first of [trustedHost, httpsRedirect]) {
    const app = bare(t)
    const plugins = [async () => { await app.register(trustedHost, { allowedHosts: ['example.com'] }) }, async () => { await app.register(httpsRedirect) }]
    for (const register of first === trustedHost ? plugins : plugins.reverse()) await register()
    app.get('/', async () => 'ok')
    t.match(await app.inject({ url: '/', headers: { host: 'evil.com' } }), { statusCode: 400, body: 'Invalid host header' })
    t.equal((await app.inject({ url: '/', headers: { host: 'example.com' } })).headers.location, 'https://example.com/')
  }
})

t.test('of nested lists it asks all', async t => {
  const app = bare(t)
  await app.register(trustedHost, { allowedHosts: ['*.example.com'] })
  await app.register(async child => {
    await child.register(httpsRedirect)
    await child.register(trustedHost, { allowedHosts: ['a.example.com', 'b.example.org'] })
    child.get('/', async () => 'ok')
  })
  const status = async (host: string) => (await app.inject({ url: '/', headers: { host } })).statusCode
  t.same(await Promise.all(['a.example.com', 'b.example.com', 'b.example.org'].map(status)), [307, 400, 400])
})

t.test('a warning says that it sends anywhere, unless it does not', async t => {
  const warnings = async (options: object, trusted: boolean) => {
    const app = bare(t)
    if (trusted) await app.register(trustedHost, { allowedHosts: ['example.com'] })
    await app.register(httpsRedirect, options)
    const logged = t.capture(app.log, 'warn')
    await app.ready()
    return logged().length
  }
  t.same([await warnings({}, false), await warnings({}, true), await warnings({ host: 'example.com' }, false)], [1, 0, 0])
})

t.test('it redirects its scope and nothing beside', async t => {
  const app = bare(t)
  await app.register(async child => {
    await child.register(httpsRedirect)
    child.get('/inside', async () => 'ok')
  })
  app.get('/beside', async () => 'ok')
  t.equal((await app.inject('/inside')).statusCode, 307)
  t.equal((await app.inject('/beside')).statusCode, 200)
  await t.rejects(async () => { await bare(t).register(httpsRedirect, { host: 'https://example.com' }) }, { code: 'APIKIT_ERR_INVALID_OPTIONS' })
})
