import { mkdirSync, writeFileSync } from 'node:fs'
import { once } from 'node:events'
import { connect } from 'node:net'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import type { FastifyServerOptions } from 'fastify'
import t, { type Test } from 'tap'
import docs, { type DocsOptions } from '../../plugins/docs/index.ts'
import errors from '../../plugins/errors/index.ts'
import httpsRedirect from '../../plugins/https-redirect/index.ts'
import staticFiles from '../../plugins/static/index.ts'
import templates from '../../plugins/templates/index.ts'
import trustedHost from '../../plugins/trusted-host/index.ts'
import { bare } from '../helper.ts'

const FORWARDED = { host: 'shop.example', 'x-forwarded-for': '192.0.2.1' }

/** An app with everything that sends URLs. */
async function serve (t: Test, options: DocsOptions = { forwardedPrefix: true }, server: FastifyServerOptions = { trustProxy: '127.0.0.1' }) {
  const root = t.testdir({ 'link.html': '{{ url_for("items") }}' })
  mkdirSync(join(root, 'files'))
  writeFileSync(join(root, 'files', 'index.html'), 'index')
  const app = bare(t, server)
  await app.register(errors, { redirectSlashes: true })
  await app.register(docs, options)
  await app.register(templates, { root })
  await app.register(staticFiles, { root, prefix: '/files', html: true })
  app.get('/items/', { config: { name: 'items' } }, async (_request, reply) => reply.view('link.html'))
  await app.register(async child => {
    await child.register(httpsRedirect)
    child.get('/', async () => 'never')
  }, { prefix: '/secure' })
  await app.register(async child => {
    await child.register(trustedHost, { allowedHosts: ['www.shop.example'] })
    child.get('/', async () => 'never')
  }, { prefix: '/www' })
  await app.register(async child => {
    await child.register(docs, { mounted: true })
    child.get('/x', async () => 'x')
  }, { prefix: '/v1' })
  return {
    app,
    async sent (headers: Record<string, string>) {
      const get = (url: string) => app.inject({ url, headers: { ...FORWARDED, ...headers } })
      const location = async (url: string) => (await get(url)).headers.location
      const page = (await get('/docs')).body
      return {
        servers: (await get('/openapi.json')).json().servers,
        mounted: (await get('/v1/openapi.json')).json().servers,
        page: /href="([^"]*)swagger-ui.css"/.exec(page)?.[1],
        url: /&quot;url&quot;:&quot;(.*?)&quot;/.exec(page)?.[1],
        login: /data-oauth2-redirect="(.*?)"/.exec(page)?.[1],
        redirect: /src="(.*?)oauth2/.exec((await get('/docs/oauth2-redirect')).body)?.[1],
        redoc: /spec-url="(.*?)"/.exec((await get('/redoc')).body)?.[1],
        worker: /new Worker\("(.*?)"/.exec((await get('/redoc/redoc.standalone.js')).body)?.[1],
        slash: await location('/items?q=1'),
        folder: await location('/files/files'),
        https: await location('/secure/?q=1'),
        www: await location('/www/?q=1'),
        link: (await get('/items/')).body
      }
    }
  }
}

const below = (prefix: string, own = prefix) => ({
  servers: own === '' ? undefined : [{ url: own }],
  mounted: [{ url: `${own}/v1` }],
  page: `${prefix}/docs/`,
  url: `${prefix}/openapi.json`,
  login: `${prefix}/docs/oauth2-redirect`,
  redirect: `${prefix}/docs/`,
  redoc: `${prefix}/openapi.json`,
  worker: `${prefix}/redoc/search-worker.js`,
  slash: `http://shop.example${prefix}/items/?q=1`,
  folder: `http://shop.example${prefix}/files/files/`,
  https: `https://shop.example${prefix}/secure/?q=1`,
  www: `http://www.shop.example${prefix}/www/?q=1`,
  link: `http://shop.example${prefix}/items/`
})

t.test('X-Forwarded-Prefix of a trusted proxy is in all URLs that are sent', async t => {
  const { sent } = await serve(t)
  t.same(await sent({}), below(''))
  t.same(await sent({ 'x-forwarded-prefix': '/api' }), below('/api'))
  t.same(await sent({ 'x-forwarded-prefix': '/api/' }), below('/api'), 'a slash at the end is left out')
  t.same(await sent({ 'x-forwarded-prefix': '/evil, /a/b%20c' }), below('/a/b%20c'), 'the last of several')
})

t.test('it replaces rootPath, which holds without it', async t => {
  const { sent } = await serve(t, { rootPath: '/root', forwardedPrefix: true, servers: [{ url: 'https://prod.example' }] })
  const withServers = (prefix: string) => ({ ...below(prefix), servers: [...prefix === '' ? [] : [{ url: prefix }], { url: 'https://prod.example' }] })
  t.same(await sent({}), withServers('/root'))
  t.same(await sent({ 'x-forwarded-prefix': '/api' }), withServers('/api'))
  t.same(await sent({ 'x-forwarded-prefix': '/' }), withServers(''))
})

t.test('rootPathInServers and the servers of the app hold with it', async t => {
  const servers = [{ url: '/api', description: 'here' }, { url: '/root', description: 'there' }]
  const { sent } = await serve(t, { rootPath: '/root', forwardedPrefix: true, servers })
  t.same((await sent({ 'x-forwarded-prefix': '/api' })).servers, servers)
  t.same((await sent({ 'x-forwarded-prefix': '/other' })).servers, [{ url: '/other' }, ...servers])
  const hidden = await serve(t, { rootPathInServers: false, forwardedPrefix: true })
  t.equal((await hidden.sent({ 'x-forwarded-prefix': '/api' })).servers, undefined)
  t.equal((await hidden.sent({ 'x-forwarded-prefix': '/api' })).url, '/api/openapi.json')
})

t.test('what is no path is ignored', async t => {
  const { app } = await serve(t, { forwardedPrefix: true, rootPath: '/root' })
  const hostile = [
    '//evil.example', '/\\evil.example', '\\\\evil.example', 'evil', 'https://evil.example', 'javascript:alert(1)', '/a//b', '//', '/..', '/a/../b', '/.', '/%2e%2E/a', '/a/.%2e',
    '/a?b', '/a#b', '/a b', '/a"b', '/<script>', '/a\tb', '/%', '/%zz', '/é', '', ' ', ',', '/api,', `/${'a'.repeat(256)}`, '{{7*7}}'
  ]
  for (const value of hostile) {
    const { headers } = await app.inject({ url: '/items', headers: { ...FORWARDED, 'x-forwarded-prefix': value } })
    t.equal(headers.location, 'http://shop.example/root/items/', JSON.stringify(value))
  }
  const long = `/${'a'.repeat(255)}`
  const { headers } = await app.inject({ url: '/items', headers: { ...FORWARDED, 'x-forwarded-prefix': long } })
  t.equal(headers.location, `http://shop.example${long}/items/`)
})

t.test('bytes that are no text of a header reach no URL', async t => {
  const { app } = await serve(t)
  await app.listen({ port: 0, host: '127.0.0.1' })
  const ask = async (prefix: string) => {
    const socket = connect((app.server.address() as AddressInfo).port, '127.0.0.1')
    await once(socket, 'connect')
    socket.end(Buffer.from(`GET /items HTTP/1.1\r\nHost: h\r\nX-Forwarded-For: 192.0.2.1\r\nX-Forwarded-Prefix: ${prefix}\r\nConnection: close\r\n\r\n`, 'latin1'))
    return await text(socket)
  }
  t.match(await ask('/api'), /^HTTP\/1.1 307 [^]*location: http:\/\/h\/api\/items\/\r/)
  for (const prefix of ['/a\u00e9', '/a\u0085b', '/a\x7f']) t.match(await ask(prefix), /^HTTP\/1.1 (400|307 [^]*location: http:\/\/h\/items\/\r)/, JSON.stringify(prefix))
  for (const prefix of ['/a\x00b', '/a\rb', '/a\x01']) t.notMatch(await ask(prefix), /location: http:\/\/h\/a/, JSON.stringify(prefix))
})

t.test('only where trustProxy trusts the client, and only with the option', async t => {
  const prefix = { 'x-forwarded-prefix': '/api' }
  const locationOf = async ({ app }: Awaited<ReturnType<typeof serve>>, headers: Record<string, string> = FORWARDED, remoteAddress = '127.0.0.1') =>
    (await app.inject({ url: '/items', headers: { ...headers, ...prefix }, remoteAddress })).headers.location
  const trusting = await serve(t)
  t.equal(await locationOf(trusting), 'http://shop.example/api/items/')
  t.equal(await locationOf(trusting, FORWARDED, '192.0.2.7'), 'http://shop.example/items/', 'another address')
  t.equal(await locationOf(trusting, { host: 'shop.example' }), 'http://shop.example/items/', 'without X-Forwarded-For nobody knows that it is a proxy')
  t.equal(await locationOf(await serve(t, {})), 'http://shop.example/items/', 'without the option')
  t.equal(await locationOf(await serve(t, { forwardedPrefix: true }, { trustProxy: true })), 'http://shop.example/api/items/')
})

t.test('a scope below may have a rootPath of its own', async t => {
  const app = bare(t, { trustProxy: true })
  await app.register(docs, { forwardedPrefix: true })
  await app.register(async child => {
    await child.register(docs, { mounted: true, rootPath: '/own' })
  }, { prefix: '/v1' })
  const servers = async (headers: Record<string, string>) => (await app.inject({ url: '/v1/openapi.json', headers: { ...FORWARDED, ...headers } })).json().servers
  t.same(await servers({}), [{ url: '/own/v1' }])
  t.same(await servers({ 'x-forwarded-prefix': '/api' }), [{ url: '/api/v1' }])
})

t.test('without trustProxy the log says once that it is ignored', async t => {
  const lines: string[] = []
  const { app } = await serve(t, { forwardedPrefix: true }, { logger: { level: 'warn', stream: { write: line => { lines.push(line) } } } })
  for (let i = 0; i < 3; i++) t.equal((await app.inject({ url: '/items', headers: { ...FORWARDED, 'x-forwarded-prefix': '/api' } })).headers.location, 'http://shop.example/items/')
  const said = lines.filter(line => line.includes('X-Forwarded-Prefix'))
  t.equal(said.length, 1)
  t.notMatch(said[0], '/api')
})

t.test('a path that rewriteUrl has shortened has its prefix already', async t => {
  const { app } = await serve(t, { rootPath: '/api' }, { rewriteUrl: ({ url }) => String(url).replace(/^\/(api|other)/, '') })
  for (const [url, location] of [['/api/secure/', '/api/secure/'], ['/secure/', '/api/secure/'], ['/other/secure/', '/api/other/secure/']] as const) {
    t.equal((await app.inject({ url, headers: { host: 'h' } })).headers.location, `https://h${location}`)
  }
})

t.test('a document or script for many prefixes is answered for each, and 304 where the client has it', async t => {
  const { app } = await serve(t)
  const get = (prefix: string, headers = {}) => app.inject({ url: '/openapi.json', headers: { ...FORWARDED, 'x-forwarded-prefix': prefix, ...headers } })
  for (let round = 0; round < 2; round++) for (let i = 0; i < 20; i++) t.same((await get(`/p${i}`)).json().servers, [{ url: `/p${i}` }])
  const etag = String((await get('/a')).headers.etag)
  t.equal((await get('/a', { 'if-none-match': etag })).statusCode, 304)
  t.equal((await get('/b', { 'if-none-match': etag })).statusCode, 200)
})

t.test('rootPath of templates is that of the scope, and two of one scope differ at startup', async t => {
  const root = t.testdir({})
  const app = bare(t)
  await app.register(docs)
  await app.register(templates, { root, rootPath: '/api' })
  t.same((await app.inject('/openapi.json')).json().servers, [{ url: '/api' }])
  const two = bare(t)
  await two.register(docs, { rootPath: '/api' })
  await t.rejects(async () => { await two.register(templates, { root, rootPath: '/other' }) }, {
    code: 'APIKIT_ERR_INVALID_OPTIONS', message: "fastify-apikit/templates: options/rootPath: '/other' differs from '/api' of another plugin in this scope. Set it once"
  })
})
