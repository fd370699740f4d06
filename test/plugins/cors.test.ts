import fastifyCors from '@fastify/cors'
import t, { type Test } from 'tap'
import cors, { type CorsOptions } from '../../plugins/cors/index.ts'
import dependencies from '../../plugins/dependencies/index.ts'
import errors from '../../plugins/errors/index.ts'
import security, { httpBearer } from '../../plugins/security/index.ts'
import trustedHost from '../../plugins/trusted-host/index.ts'
import { bare } from '../helper.ts'

const OURS = 'https://ours.example'
const OTHERS = 'https://others.example'

const PREFLIGHT_VARY = 'Origin, Access-Control-Request-Method, Access-Control-Request-Headers, Access-Control-Request-Private-Network'

async function open (t: Test, options: CorsOptions) {
  const app = bare(t)
  await app.register(errors)
  await app.register(cors, options)
  app.get('/', async () => 'ok')
  app.get('/varies', async (_request, reply) => reply.header('vary', 'Accept-Encoding').send('ok'))
  app.get('/claims', async (_request, reply) => reply.headers({ 'access-control-allow-origin': OTHERS, vary: '*' }).send('ok'))
  app.get('/fails', async () => { throw new Error('no') })
  return app
}

type App = Awaited<ReturnType<typeof open>>

/** The headers of CORS alone. */
function marks (headers: Readonly<Record<string, unknown>>) {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => name === 'vary' || name.startsWith('access-control-')))
}

async function from (app: App, origin: string | undefined, url = '/') {
  return marks((await app.inject({ url, headers: origin === undefined ? {} : { origin } })).headers)
}

async function preflight (app: App, origin: string, method: string, headers: Record<string, string> = {}, url = '/') {
  const answer = await app.inject({ method: 'OPTIONS', url, headers: { origin, 'access-control-request-method': method, ...headers } })
  return { status: answer.statusCode, text: answer.body, ...marks(answer.headers) }
}

t.test('a page of a listed origin may read answers, of any path and any status; others may not', async t => {
  const app = await open(t, { allowOrigins: [OURS], exposeHeaders: ['X-One', 'X-Two'] })
  const exposed = { 'access-control-expose-headers': 'X-One, X-Two' }
  for (const url of ['/', '/nowhere', '/fails']) {
    t.same(await from(app, OURS, url), { ...exposed, 'access-control-allow-origin': OURS, vary: 'Origin' }, url)
    t.same(await from(app, OTHERS, url), { ...exposed, vary: 'Origin' }, url)
    t.same(await from(app, undefined, url), { vary: 'Origin' }, url)
  }
  for (const origin of ['null', '', `${OURS}/`, `${OURS}:443`, OURS.toUpperCase(), `${OURS}.evil.example`, 'http://ours.example', `${OURS}, ${OTHERS}`]) {
    t.same(await from(app, origin), { ...exposed, vary: 'Origin' }, origin)
  }
})

t.test('what a handler says of caches is kept, and cannot undo the policy', async t => {
  const app = await open(t, { allowOrigins: [OURS] })
  t.equal((await from(app, OURS, '/varies')).vary, 'Accept-Encoding, Origin')
  t.equal((await from(app, OTHERS, '/varies')).vary, 'Accept-Encoding, Origin')
  t.equal((await from(app, undefined, '/varies')).vary, 'Accept-Encoding, Origin')
  t.same(await from(app, OURS, '/claims'), { 'access-control-allow-origin': OURS, vary: '*' })
})

t.test('everybody may, without credentials', async t => {
  const app = await open(t, { allowOrigins: ['*'] })
  t.same(await from(app, 'null'), { 'access-control-allow-origin': '*', vary: 'Origin' })
  t.same(await preflight(app, OTHERS, 'GET'), {
    status: 200,
    text: 'OK',
    vary: PREFLIGHT_VARY,
    'access-control-allow-origin': '*',
    'access-control-allow-methods': 'GET',
    'access-control-allow-headers': 'Accept, Accept-Language, Content-Language, Content-Type',
    'access-control-max-age': '600'
  })
})

t.test('origins by a pattern, which is for the whole of them', async t => {
  const app = await open(t, { allowOriginRegex: 'https://.*\\.ours\\.example' })
  t.equal((await from(app, 'https://a.ours.example'))['access-control-allow-origin'], 'https://a.ours.example')
  t.same(await from(app, 'https://a.ours.example.evil.example'), { vary: 'Origin' })
  t.same(await from(app, 'xhttps://a.ours.example'), { vary: 'Origin' })
})

t.test('a preflight is told what may be done, or what may not', async t => {
  const app = await open(t, { allowOrigins: [OURS], allowMethods: ['GET', 'PUT'], allowHeaders: ['X-One'], allowCredentials: true, maxAge: 5 })
  const shared = {
    vary: PREFLIGHT_VARY,
    'access-control-allow-methods': 'GET, PUT',
    'access-control-allow-headers': 'Accept, Accept-Language, Content-Language, Content-Type, X-One',
    'access-control-allow-credentials': 'true',
    'access-control-max-age': '5'
  }
  const allowed = { ...shared, 'access-control-allow-origin': OURS }
  t.same(await preflight(app, OURS, 'PUT', { 'access-control-request-headers': 'x-ONE, content-type' }, '/nowhere'), { ...allowed, status: 200, text: 'OK' })
  t.same(await preflight(app, OURS, 'put'), { ...allowed, status: 400, text: 'Disallowed CORS method' })
  t.same(await preflight(app, OURS, 'GET', { 'access-control-request-headers': 'X-One,X-Two' }), { ...allowed, status: 400, text: 'Disallowed CORS headers' })
  t.same(await preflight(app, OURS, 'GET', { 'access-control-request-private-network': 'true' }), { ...allowed, status: 400, text: 'Disallowed CORS private-network' })
  t.same(await preflight(app, OTHERS, 'POST', { 'access-control-request-headers': 'X-Two' }), { ...shared, status: 400, text: 'Disallowed CORS origin, method, headers' })
})

t.test('all methods, all headers, and a private network', async t => {
  const app = await open(t, { allowOrigins: [OURS], allowMethods: ['*'], allowHeaders: ['*'], allowPrivateNetwork: true })
  t.same(await preflight(app, OURS, 'DELETE', { 'access-control-request-headers': 'X-Any', 'access-control-request-private-network': 'true' }), {
    status: 200,
    text: 'OK',
    vary: PREFLIGHT_VARY,
    'access-control-allow-origin': OURS,
    'access-control-allow-methods': 'DELETE, GET, HEAD, OPTIONS, PATCH, POST, PUT, QUERY',
    'access-control-allow-headers': 'X-Any',
    'access-control-allow-private-network': 'true',
    'access-control-max-age': '600'
  })
})

t.test('an OPTIONS that is no preflight is a request like any other', async t => {
  const app = await open(t, { allowOrigins: [OURS] })
  const answer = await app.inject({ method: 'OPTIONS', url: '/', headers: { origin: OURS } })
  t.match(answer, { statusCode: 405, headers: { allow: 'GET', 'access-control-allow-origin': OURS } })
  t.equal((await app.inject({ method: 'OPTIONS', url: '/', headers: { 'access-control-request-method': 'GET' } })).statusCode, 405)
})

t.test('in a child scope it answers the preflights of the routes there, and leaves all others alone', async t => {
  const app = bare(t)
  await app.register(errors)
  app.get('/plain', async () => 'ok')
  await app.register(async child => {
    await child.register(cors, { allowOrigins: [OURS] })
    child.get('/', async () => 'ok')
    child.get('/items/:id', async () => 'ok')
    child.put('/items/:id', async () => 'ok')
    child.options('/own', async () => 'own')
  }, { prefix: '/api' })
  await app.register(async child => { child.get('/', async () => 'ok') }, { prefix: '/other' })

  for (const url of ['/api', '/api/', '/api/items/1']) {
    t.equal((await preflight(app, OURS, 'GET', {}, url)).status, 200, url)
    t.equal((await from(app, OURS, url))['access-control-allow-origin'], OURS, url)
  }
  for (const url of ['/plain', '/other']) {
    t.same(await preflight(app, OURS, 'GET', {}, url), { status: 405, text: '{"detail":"Method Not Allowed"}' }, url)
    t.same(await from(app, OURS, url), {}, url)
  }
  // The routes for preflights are told of to nobody.
  t.match(await app.inject({ method: 'DELETE', url: '/api/items/1' }), { statusCode: 405, headers: { allow: 'GET' } })
  t.match(await app.inject({ method: 'OPTIONS', url: '/api/items/1' }), { statusCode: 405, headers: { allow: 'GET' } })
  t.equal((await app.inject({ method: 'OPTIONS', url: '/api/own' })).body, 'own')
})

t.test('scopes side by side have policies of their own, and no path of others, a catch-all of the app included', async t => {
  const app = bare(t)
  await app.register(errors)
  app.options('*', async () => 'own')
  app.get('/plain', async () => 'ok')
  for (const [url, origin] of [['/one', OURS], ['/two', OTHERS]] as const) {
    await app.register(async child => {
      await child.register(cors, { allowOrigins: [origin] })
      child.get(url, async () => 'ok')
    })
    await app.register(async child => {
      await child.register(cors, { allowOrigins: [origin] })
      child.get('/', async () => 'ok')
    }, { prefix: `/in${url}` })
  }
  for (const below of ['', '/in']) {
    t.equal((await preflight(app, OURS, 'GET', {}, `${below}/one`)).status, 200)
    t.equal((await preflight(app, OTHERS, 'GET', {}, `${below}/one`)).status, 400)
    t.equal((await preflight(app, OTHERS, 'GET', {}, `${below}/two`)).status, 200)
    t.same(await from(app, OURS, `${below}/two`), { vary: 'Origin' })
  }
  for (const url of ['/plain', '/nowhere', '/in/ones', '/in/one/nowhere']) {
    t.same(await preflight(app, OURS, 'GET', {}, url), { status: 200, text: 'own' }, url)
  }
})

t.test('where app.guard denies by default, preflights need no protection, and the routes still do', async t => {
  for (const place of ['root', 'child']) {
    const guarded = async (config: object) => {
      const app = bare(t)
      for (const plugin of [errors, dependencies, security]) await app.register(plugin)
      app.guard({ default: 'deny' })
      if (place === 'root') await app.register(cors, { allowOrigins: [OURS] })
      await app.register(async child => {
        if (place === 'child') await child.register(cors, { allowOrigins: [OURS] })
        child.get('/', { config }, async () => 'ok')
      }, { prefix: '/api' })
      await app.ready()
      return app
    }
    const app = await guarded({ depends: { token: httpBearer() } })
    t.equal((await preflight(app, OURS, 'GET', {}, '/api')).status, 200, place)
    t.equal((await app.inject({ url: '/api', headers: { origin: OURS } })).statusCode, 401, place)
    await t.rejects(guarded({}), { code: 'APIKIT_ERR_ROUTES', message: /GET \/api/ }, place)
  }
})

t.test('of nested policies the nearest holds, whichever is registered first', async t => {
  for (const order of ['outer first', 'inner first']) {
    const app = bare(t)
    const outer = async () => { await app.register(cors, { allowOrigins: [OTHERS] }) }
    if (order === 'outer first') await outer()
    await app.register(async child => {
      await child.register(cors, { allowOrigins: [OURS] })
      child.get('/', async () => 'ok')
    }, { prefix: '/api' })
    if (order === 'inner first') await outer()
    app.get('/', async () => 'ok')

    t.equal((await preflight(app, OURS, 'GET', {}, '/api')).status, 200, order)
    t.equal((await preflight(app, OTHERS, 'GET', {}, '/api')).status, 400, order)
    t.same(await from(app, OTHERS, '/api'), { vary: 'Origin' }, order)
    t.equal((await from(app, OTHERS))['access-control-allow-origin'], OTHERS, order)
  }
})

t.test('a refusal of a hook can be read by the page, whether the hook stands behind it or before', async t => {
  for (const place of ['behind', 'before']) {
    const app = bare(t)
    if (place === 'before') await app.register(trustedHost, { allowedHosts: ['api.example'] })
    await app.register(cors, { allowOrigins: [OURS] })
    if (place === 'behind') await app.register(trustedHost, { allowedHosts: ['api.example'] })
    const answer = await app.inject({ url: '/', headers: { origin: OURS, host: 'evil.example' } })
    t.match(answer, { statusCode: 400, headers: { 'access-control-allow-origin': OURS, vary: 'Origin' } }, place)
  }
})

t.test('a Vary that was there before is kept as it was, and a handler that writes past the hooks finds the headers', async t => {
  const app = bare(t)
  app.addHook('onRequest', async (request, reply) => {
    if (request.url === '/own') reply.header('vary', 'Origin, Accept')
  })
  await app.register(cors, { allowOrigins: [OURS], exposeHeaders: ['X-One'] })
  app.get('/own', async () => 'ok')
  app.get('/raw', (_request, reply) => {
    reply.hijack()
    reply.raw.writeHead(200, reply.getHeaders() as Record<string, string>).end('ok')
  })
  t.equal((await from(app, OTHERS, '/own')).vary, 'Origin, Accept')
  t.equal((await from(app, undefined, '/own')).vary, 'Origin, Accept')
  t.equal((await from(app, OURS, '/own')).vary, 'Origin, Accept')
  t.same(await from(app, OURS, '/raw'), { 'access-control-allow-origin': OURS, 'access-control-expose-headers': 'X-One', vary: 'Origin' })
  t.same(await from(app, OTHERS, '/raw'), { 'access-control-expose-headers': 'X-One', vary: 'Origin' })
  t.same(await from(app, undefined, '/raw'), { vary: 'Origin' })
})

t.test('options that would let every page act for its visitor, or that mean nothing, are refused', async t => {
  const refused = async (options: object, code: string, message: RegExp) => {
    const app = bare(t)
    await t.rejects(async () => { await app.register(cors, options) }, { code, message })
  }
  await refused({ allowOrigins: ['*'], allowCredentials: true }, 'APIKIT_ERR_CORS', /'\*' with allowCredentials/)
  await refused({ allowOrigins: [OURS, 'null'], allowCredentials: true }, 'APIKIT_ERR_CORS', /'null' with allowCredentials/)
  await refused({ allowOriginRegex: '(' }, 'APIKIT_ERR_CORS', /allowOriginRegex is not a valid pattern/)
  await refused({ allowOrigins: [`${OURS}/`], maxAge: -1, origin: '*' }, 'APIKIT_ERR_INVALID_OPTIONS', /(?=.*options\/origin: Unknown)(?=.*allowOrigins\/0)(?=.*maxAge)/)
})

t.test('a second policy for the same routes is refused: that of @fastify/cors, and that of a route', async t => {
  const app = bare(t)
  await app.register(fastifyCors, { origin: OTHERS })
  await t.rejects(async () => { await app.register(cors, { allowOrigins: [OURS] }) }, { code: 'APIKIT_ERR_CORS', message: /@fastify\/cors is registered in this scope or above/ })

  const other = bare(t)
  await other.register(cors, { allowOrigins: [OURS] })
  t.throws(() => other.get('/', { config: { cors: { origin: OTHERS } } as object }, async () => 'ok'), { code: 'APIKIT_ERR_CORS', message: /GET \/: config.cors is not supported/ })
})
