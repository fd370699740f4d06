import { Type } from '@sinclair/typebox'
import type { FastifyServerOptions } from 'fastify'
import t, { type Test } from 'tap'
import docs from '../../plugins/docs/index.ts'
import errors from '../../plugins/errors/index.ts'
import validation from '../../plugins/validation/index.ts'
import { bare } from '../helper.ts'

async function serve (t: Test, { server = {}, rootPath = '', redirectSlashes = true }: { server?: FastifyServerOptions, rootPath?: string, redirectSlashes?: boolean } = {}) {
  const app = bare(t, server)
  await app.register(errors, { redirectSlashes })
  await app.register(validation)
  await app.register(docs, { rootPath })
  const part = { schema: { params: Type.Object({ id: Type.String() }) } }
  app.get('/items/', async () => 'items')
  app.post('/users', async ({ body }) => body)
  app.get('/x/:id', part, async () => 'x')
  app.get('/x/:id/p/', part, async () => 'p')
  app.get('/f/*', async () => 'f')
  app.get('/', async () => 'root')
  return app
}

type Method = 'GET' | 'POST' | 'PUT'

// As FastAPI 0.165 answers the same paths.
t.test('a path is sent to the other slash, where only that has a route', async t => {
  const app = await serve(t)
  const cases: ReadonlyArray<readonly [method: Method, url: string, location: string]> = [
    ['GET', '/items', '/items/'],
    ['PUT', '/items', '/items/'],
    ['GET', '/items?', '/items/'],
    ['GET', '/items?a=%20b&c=%zz&d="', '/items/?a=%20b&c=%zz&d=%22'],
    ['GET', '/users/', '/users'],
    ['POST', '/users//?q=1', '/users?q=1'],
    ['GET', '/x/a/', '/x/a'],
    ['GET', '/x/a%3Fb%23c%5Cd%C3%A9/p', '/x/a%3Fb%23c%5Cd%C3%A9/p/'],
    ['GET', '/x/100%25/p', '/x/100%25/p/'],
    ['GET', '/x/a%2Fp', '/x/a/p/'],
    ['GET', '/f', '/f/'],
    ['GET', '/docs/', '/docs'],
    ['GET', '/openapi.json/', '/openapi.json']
  ]
  for (const [method, url, location] of cases) {
    const answer = await app.inject({ method, url, headers: { host: 'testserver' } })
    t.match(answer, { statusCode: 307, body: '', headers: { location: `http://testserver${location}`, 'content-type': undefined } }, `${method} ${url}`)
  }
})

t.test('all others are 404 or 405, as without it', async t => {
  const app = await serve(t)
  for (const url of ['/items//', '/x/', '/x', '/nowhere', '/nowhere/', '//']) t.equal((await app.inject(url)).statusCode, 404, url)
  for (const [method, url] of [['POST', '/items/'], ['GET', '/users']] as const) t.equal((await app.inject({ method, url })).statusCode, 405, url)
  t.equal((await app.inject('/f/')).body, 'f')
  t.equal((await app.inject({ url: '/' })).body, 'root')
  const off = await serve(t, { redirectSlashes: false })
  for (const url of ['/items', '/users/']) t.equal((await off.inject(url)).statusCode, 404, url)
})

t.test('the location has the host of the request only where it is one, and the path that a proxy takes off', async t => {
  const app = await serve(t, { rootPath: '/api/v1', server: { trustProxy: true } })
  const to = async (headers: Record<string, string>) => (await app.inject({ url: '/items?q=1', headers })).headers.location
  t.equal(await to({ host: 'shop.example:8000' }), 'http://shop.example:8000/api/v1/items/?q=1')
  t.equal(await to({ host: 'inner', 'x-forwarded-host': 'shop.example', 'x-forwarded-proto': 'https' }), 'https://shop.example/api/v1/items/?q=1')
  for (const host of ['evil@x', 'a:99999', 'a b', 'a/b']) t.equal(await to({ host }), 'http://localhost/api/v1/items/?q=1', host)
})

t.test('the options of Fastify’s router hold', async t => {
  const both = await serve(t, { server: { routerOptions: { ignoreTrailingSlash: true } } })
  t.equal((await both.inject('/items')).body, 'items')
  t.equal((await both.inject('/users/')).statusCode, 405)
  const duplicate = await serve(t, { server: { routerOptions: { ignoreDuplicateSlashes: true, caseSensitive: false } } })
  t.equal((await duplicate.inject({ url: '/Items', headers: { host: 'h' } })).headers.location, 'http://h/Items/')
  const bad = await serve(t, { server: { routerOptions: { onBadUrl: (_path, _request, response) => { response.writeHead(418).end('own') } } } })
  t.match(await bad.inject('/items/%zz'), { statusCode: 418, body: 'own' })
  const given = await serve(t, { server: { frameworkErrors: (_error, _request, reply) => { reply.callNotFound() } } })
  t.equal((await given.inject('/items/%zz')).statusCode, 404, 'what cannot be decoded has no other ending')
})

t.test('a body is not read for it', async t => {
  const app = await serve(t)
  const answer = await app.inject({ method: 'POST', url: '/users/', headers: { host: 'h', 'content-type': 'application/json' }, payload: '{' })
  t.match(answer, { statusCode: 307, headers: { location: 'http://h/users' } })
})
