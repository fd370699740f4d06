import { createHash, sign } from 'node:crypto'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { mock } from 'node:test'
import { SignJWT } from 'jose'
import { Type } from '@sinclair/typebox'
import type { FastifyInstance, LightMyRequestResponse } from 'fastify'
import type { JWK } from 'oidc-provider'
import t, { type Test } from 'tap'
import dependencies from '../../plugins/dependencies/index.ts'
import docs from '../../plugins/docs/index.ts'
import errors from '../../plugins/errors/index.ts'
import { refusalOfIdToken } from '../../plugins/openid/id-token.ts'
import openid, { type Fetch, InvalidToken, type OpenIdOptions } from '../../plugins/openid/index.ts'
import { BROWSER, signingKey, TestProvider } from '../fixtures/oidc-provider.ts'
import { bare, build } from '../helper.ts'

const SECRET = 'a secret of this app, and of nobody else'
const CALLBACK = 'https://shop.example/login/callback'
const PLAIN = 'http://127.0.0.1:1/okta/login/callback'

/** The cookies of a browser, for one site. */
class Jar {
  readonly cookies = new Map<string, string>()

  /** Takes what an answer sets; gives the attributes, by name. */
  take (headers: readonly string[]): Map<string, string> {
    const attributes = new Map<string, string>()
    for (const header of headers) {
      const [pair = '', ...rest] = header.split('; ')
      const at = pair.indexOf('=')
      const [name, value] = [pair.slice(0, at), pair.slice(at + 1)]
      attributes.set(name, rest.filter(attribute => !attribute.startsWith('Expires=')).sort().join('; '))
      if (value === '') this.cookies.delete(name)
      else this.cookies.set(name, value)
    }
    return attributes
  }

  get header (): string {
    return [...this.cookies].map(([name, value]) => `${name}=${value}`).join('; ')
  }
}

/** A browser that knows this app by `inject`, and the provider by the network. */
class Browser {
  readonly jar = new Jar()
  readonly #provider = new Jar()
  readonly #app: FastifyInstance

  constructor (app: FastifyInstance) {
    this.#app = app
  }

  async get (url: string, method: 'GET' | 'POST' = 'GET'): Promise<LightMyRequestResponse & { readonly set: Map<string, string> }> {
    const answer = await this.#app.inject({ url, method, headers: { cookie: this.jar.header } })
    const set = this.jar.take([answer.headers['set-cookie'] ?? []].flat())
    return Object.assign(answer, { set })
  }

  /** Goes where the provider leads, and gives what it asks for, until it leads back. */
  async login (start: string, account: string | null = 'ann'): Promise<URL> {
    let url = new URL(start)
    let form: URLSearchParams | undefined
    for (let step = 0; step < 12; step++) {
      const answer = await fetch(url, { redirect: 'manual', method: form === undefined ? 'GET' : 'POST', headers: { cookie: this.#provider.header }, ...form && { body: form } })
      this.#provider.take(answer.headers.getSetCookie())
      const location = answer.headers.get('location')
      form = undefined
      if (location !== null) {
        const origin = url.origin
        url = new URL(location, url)
        if (url.origin !== origin) return url
        continue
      }
      const page = await answer.text()
      if (account === null) {
        const [, abort] = /href="([^"]*\/abort)"/.exec(page) ?? []
        url = new URL(String(abort), url)
        continue
      }
      const [, prompt] = /name="prompt" value="(\w+)"/.exec(page) ?? []
      if (prompt === undefined) throw new Error(`${answer.status} ${page}`)
      const [, action] = /action="([^"]*)"/.exec(page) ?? []
      url = new URL(String(action), url)
      form = new URLSearchParams({ prompt, login: account, password: 'x' })
    }
    throw new Error('the provider leads nowhere')
  }
}

async function provided (t: Test): Promise<TestProvider> {
  const provider = await TestProvider.start({ redirectUris: [CALLBACK, PLAIN] })
  t.teardown(() => provider.stop())
  return provider
}

async function shop (t: Test, issuer: string, options: OpenIdOptions = {}): Promise<FastifyInstance> {
  const app = bare(t)
  for (const plugin of [errors, docs, dependencies]) await app.register(plugin)
  await app.register(openid, { issuer, ...BROWSER, login: { callbackUri: CALLBACK, secret: SECRET, scope: ['openid', 'email'] }, ...options })
  const { routes, user } = app.openid.login({ claims: Type.Object({ sub: Type.String(), email: Type.Optional(Type.String()) }) })
  await app.register(routes)
  app.get('/me', { config: { depends: { user } } }, async ({ deps: { user } }) => user)
  return app
}

t.test('a browser logs in at the issuer, comes back with a session, and logs out', async t => {
  const provider = await provided(t)
  const app = await shop(t, provider.issuer)
  const browser = new Browser(app)
  const stranger = await browser.get('/me')
  t.same([stranger.statusCode, stranger.headers['www-authenticate'], stranger.body], [401, 'APIKey', '{"detail":"Not authenticated"}'])

  const begun = await browser.get('/login?return_to=/me%3Fa=1')
  t.equal(begun.statusCode, 302)
  t.equal(begun.headers['cache-control'], 'no-store')
  const flags = 'HttpOnly; Max-Age=600; Path=/; SameSite=Lax; Secure'
  t.same(Object.fromEntries(begun.set), { '__Host-oauth2-code-verifier': flags, '__Host-oauth2-redirect-state': flags, '__Host-oauth2-return-to': flags })
  const asked = new URL(String(begun.headers.location))
  t.match(Object.fromEntries(asked.searchParams), { response_type: 'code', code_challenge_method: 'S256', code_challenge: /^[\w-]{43}$/, state: /^[\w-]{22}$/, scope: 'openid email', redirect_uri: CALLBACK })

  const back = await browser.login(String(asked))
  t.equal(`${back.origin}${back.pathname}`, CALLBACK)
  const ended = await browser.get(`${back.pathname}${back.search}`)
  t.same([ended.statusCode, ended.headers.location], [303, '/me?a=1'])
  t.equal(ended.set.get('__Host-session'), 'HttpOnly; Max-Age=86400; Path=/; SameSite=Lax; Secure')
  t.same([...browser.jar.cookies.keys()], ['__Host-session'], 'state, verifier and path are good for once')
  t.notMatch(Buffer.from(browser.jar.header.split('.')[1] ?? '', 'base64url').toString(), /nonce|at_hash|access/)

  t.same((await browser.get('/me')).json(), { sub: 'ann', email: 'ann@example.com' })
  const again = await browser.get(`${back.pathname}${back.search}`)
  t.same([again.statusCode, again.json()], [400, { detail: 'Invalid state' }], 'the same answer once more')

  t.equal((await browser.get('/logout')).statusCode, 405, 'a link does not log out')
  const out = await browser.get('/logout', 'POST')
  t.same([out.statusCode, out.headers.location], [303, '/'])
  t.equal((await browser.get('/me')).statusCode, 401)
})

t.test('an answer that nobody here has asked for is refused', async t => {
  const provider = await provided(t)
  const app = await shop(t, provider.issuer)
  const [attacker, victim] = [new Browser(app), new Browser(app)]
  const back = await attacker.login(String((await attacker.get('/login')).headers.location), 'mallory')
  const callback = `${back.pathname}${back.search}`

  t.equal((await victim.get(callback)).statusCode, 400, 'a login of another’s')
  await victim.get('/login')
  t.equal((await victim.get(callback)).statusCode, 400, 'with a state of his own')
  t.equal((await victim.get('/me')).statusCode, 401)

  const state = back.searchParams.get('state')
  const iss = `iss=${encodeURIComponent(provider.issuer)}`
  for (const [name, query, status, detail] of [
    ['no code', `state=${state}&${iss}`, 400, 'The login response has no code or no state'],
    ['two codes', `code=a&code=b&state=${state}&${iss}`, 400, 'The login response has no code or no state'],
    ['no state', `code=a&${iss}`, 400, 'The login response has no code or no state'],
    ['another issuer', `code=a&state=${state}&iss=https://example.com`, 400, 'The login response is from another issuer'],
    ['two issuers', `code=a&state=${state}&${iss}&iss=https://example.com`, 400, 'The login response is from another issuer'],
    ['no issuer, though this one declares that it sends it', `code=a&state=${state}`, 400, 'The login response has no iss'],
    ['a refusal of no issuer', `error=access_denied&state=${state}`, 400, 'The login response has no iss'],
    ['a refusal', `error=access_denied&state=${state}&${iss}`, 403, 'access_denied'],
    ['a refusal in many words', `error=%3Cscript%3E&${iss}`, 403, 'Forbidden']
  ] as const) {
    const { statusCode, body } = await new Browser(app).get(`/login/callback?${query}`)
    t.same([statusCode, JSON.parse(body)], [status, { detail }], name)
  }

  await attacker.get('/login')
  attacker.jar.cookies.set('__Host-oauth2-redirect-state', String(state))
  const { statusCode, body } = await attacker.get(callback)
  t.same([statusCode, JSON.parse(body)], [400, { detail: 'The code is no longer valid' }], 'the verifier is another')
})

t.test('who does not want to is not logged in', async t => {
  const provider = await provided(t)
  const browser = new Browser(await shop(t, provider.issuer))
  const back = await browser.login(String((await browser.get('/login')).headers.location), null)
  const { statusCode, body } = await browser.get(`${back.pathname}${back.search}`)
  t.same([statusCode, JSON.parse(body)], [403, { detail: 'access_denied' }])
})

t.test('one goes on only where one was on this site', async t => {
  const provider = await provided(t)
  const app = await shop(t, provider.issuer)
  const ours = ['/', '/items?a=b&c=%2F#d', '/a//b']
  const others = ['https://example.com', '//example.com', '/\\example.com', '/\t/example.com', 'items', '', '/a\\b', '/ä', `/${'x'.repeat(1024)}`]
  for (const path of [...ours, ...others]) {
    const browser = new Browser(app)
    const begun = await browser.get(`/login?return_to=${encodeURIComponent(path)}`)
    const kept = decodeURIComponent(String(browser.jar.cookies.get('__Host-oauth2-return-to')))
    t.equal(begun.statusCode, 302)
    t.equal(kept, ours.includes(path) ? path : '/', path)
  }
  const browser = new Browser(app)
  const back = await browser.login(String((await browser.get('/login?return_to=/a&return_to=/b')).headers.location))
  browser.jar.cookies.set('__Host-oauth2-return-to', '//example.com')
  t.equal((await browser.get(`${back.pathname}${back.search}`)).headers.location, '/', 'a cookie from elsewhere')
})

t.test('a session is of this app, and ends', async t => {
  const provider = await provided(t)
  const old = 'the secret that was used until yesterday'
  const app = await shop(t, provider.issuer, { login: { callbackUri: CALLBACK, secret: [SECRET, old] } })
  const audience = `${provider.issuer} ${BROWSER.clientId}`
  const status = async (key: string, { aud = audience, typ = 'session', exp = Math.floor(Date.now() / 1000) + 60 as number | undefined, user = { sub: 'ann' } as object, alg = 'HS256' } = {}) => {
    const cookie = await new SignJWT({ user, aud, ...exp !== undefined && { exp } }).setProtectedHeader({ alg, typ }).sign(Buffer.from(key))
    return (await app.inject({ url: '/me', headers: { cookie: `__Host-session=${cookie}` } })).statusCode
  }
  t.equal(await status(SECRET), 200)
  t.equal(await status(old), 200)
  t.equal(await status('x'.repeat(64)), 401)
  t.equal(await status(SECRET, { aud: 'another app' }), 401)
  t.equal(await status(SECRET, { typ: 'JWT' }), 401)
  t.equal(await status(SECRET.repeat(2), { alg: 'HS512' }), 401)
  t.equal(await status(SECRET, { user: {} }), 401)
  t.equal(await status(SECRET, { exp: Math.floor(Date.now() / 1000) }), 401)
  t.equal(await status(old, { exp: 1 }), 401)
  t.equal((await app.inject('/me')).statusCode, 401)
  for (const cookie of ['__Host-session=', '__Host-session=x', 'session=x', '__Host-session=eyJhbGciOiJub25lIn0.e30.']) {
    t.equal((await app.inject({ url: '/me', headers: { cookie } })).statusCode, 401, cookie)
  }
})

t.test('the document has the cookie, and not the pages', async t => {
  const provider = await provided(t)
  const app = await shop(t, provider.issuer)
  const { paths, components } = (await app.inject('/openapi.json')).json()
  t.same(Object.keys(paths), ['/me'])
  t.same(paths['/me'].get.security, [{ Session: [] }])
  t.same(components.securitySchemes, { Session: { type: 'apiKey', in: 'cookie', name: '__Host-session' } })
})

t.test('the issuer may be down when the app starts, if its endpoints are given', async t => {
  const provider = await provided(t)
  await provider.stop()
  await t.rejects(shop(t, provider.issuer), { code: 'APIKIT_ERR_OPENID_SETUP', message: /Set endpoints.authorization and endpoints.token to start while/ })

  const app = await shop(t, provider.issuer, { timeout: 300, endpoints: { authorization: '/auth', token: '/token' } })
  const browser = new Browser(app)
  const begun = await browser.get('/login')
  t.equal(begun.statusCode, 302)
  await provider.start()
  const back = await browser.login(String(begun.headers.location))
  await provider.stop()
  t.equal((await browser.get(`${back.pathname}${back.search}`)).statusCode, 503)
  back.searchParams.delete('iss')
  t.equal((await browser.get(`${back.pathname}${back.search}`)).statusCode, 503, 'whether it sends iss is unknown')
  await provider.start()
  mock.timers.enable({ apis: ['Date'], now: Date.now() + 2000 }) // it is not asked again within a second
  t.teardown(() => { mock.timers.reset() })
  const again = await browser.login(String((await browser.get('/login')).headers.location))
  t.equal((await browser.get(`${again.pathname}${again.search}`)).statusCode, 303)
})

t.test('an account without what the app needs does not get in', async t => {
  const provider = await provided(t)
  const app = bare(t)
  for (const plugin of [errors, dependencies]) await app.register(plugin)
  await app.register(openid, { issuer: provider.issuer, ...BROWSER, login: { callbackUri: CALLBACK, secret: SECRET, cookieName: 'who', maxAge: 60 } })
  await app.register(app.openid.login({ claims: Type.Object({ sub: Type.String(), staff: Type.Literal(true) }) }).routes)
  const browser = new Browser(app)
  const back = await browser.login(String((await browser.get('/login')).headers.location))
  t.equal((await browser.get(`${back.pathname}${back.search}`)).statusCode, 403)
  t.notOk(browser.jar.cookies.has('who'))
})

/** An issuer that answers a code as no provider does. */
async function oddIssuer (t: Test, key: JWK, answer: (issuer: string) => [status: number, body: object]): Promise<string> {
  const server = createServer((request, response) => {
    const keys = { keys: [{ kty: key.kty, n: key.n, e: key.e, kid: key.kid }] }
    const [status, body] = request.url === '/keys' ? [200, keys] : request.url === '/token' ? answer(issuer) : [404, {}]
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.teardown(() => { server.close(); server.closeAllConnections() })
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return issuer
}

t.test('the response to a code', async t => {
  const key = signingKey()
  const logged: unknown[] = []
  const answered = async (answer: Parameters<typeof oddIssuer>[2]) => {
    const app = await shop(t, await oddIssuer(t, key, answer), { clientAuth: 'post', endpoints: { authorization: '/auth', token: '/token', jwks: '/keys' } })
    app.handle(InvalidToken, error => {
      logged.push(error.code)
      throw error
    })
    const browser = new Browser(app)
    const state = new URL(String((await browser.get('/login')).headers.location)).searchParams.get('state')
    return await browser.get(`/login/callback?code=x&state=${state}`)
  }
  const idToken = (iss: string, claims: object, header: object): string => {
    const now = Math.floor(Date.now() / 1000)
    const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')
    const input = `${encode({ alg: 'RS256', kid: key.kid, ...header })}.${encode({ iss, aud: BROWSER.clientId, sub: 'ann', iat: now, exp: now + 60, ...claims })}`
    return `${input}.${sign('sha256', Buffer.from(input), { key: key as never, format: 'jwk' }).toString('base64url')}`
  }
  const withClaims = (claims: object, header: object = {}) => answered(iss => [200, { access_token: 'x', token_type: 'Bearer', id_token: idToken(iss, claims, header) }])
  const hash = (of: string) => createHash('sha256').update(of).digest().subarray(0, 16).toString('base64url')

  t.test('has an ID token that is valid, for this client, with its access token', async t => {
    for (const claims of [{}, { azp: BROWSER.clientId }, { at_hash: hash('x') }]) t.equal((await withClaims(claims)).statusCode, 303, JSON.stringify(claims))
    for (const typ of ['JWT', 'jwt', 'application/jwt']) t.equal((await withClaims({}, { typ })).statusCode, 303, typ)
    for (const [code, claims, header] of [
      ['audience', { aud: 'another' }],
      ['client', { aud: [BROWSER.clientId, 'another'], azp: 'another' }],
      ['expired', { exp: 1 }],
      ['issuer', { iss: 'https://example.com' }],
      ['at_hash', { at_hash: hash('another') }],
      ['at_hash', { at_hash: 7 }],
      ['type', {}, { typ: 'at+jwt' }],
      ['type', {}, { typ: 'logout+jwt' }],
      ['malformed', {}, { crit: ['x'], x: 1 }]
    ] as const) {
      logged.length = 0
      const { statusCode, headers, body } = await withClaims(claims, header)
      t.same([statusCode, headers['www-authenticate'], body, ...logged], [401, 'APIKey', '{"detail":"Could not validate credentials"}', code], JSON.stringify([claims, header]))
    }
    t.equal((await answered(() => [200, { access_token: 'x', token_type: 'Bearer', id_token: 'x' }])).statusCode, 401)
  })

  t.test('with claims that are too large for a cookie is a 403', async t => {
    t.equal((await withClaims({ email: 'x'.repeat(5000) })).statusCode, 403)
  })

  t.test('without an ID token is a fault of the issuer', async t => {
    for (const token of [undefined, 7]) t.equal((await answered(() => [200, { access_token: 'x', token_type: 'Bearer', id_token: token }])).statusCode, 500)
    for (const [status, ours] of [[401, 500], [502, 503], [429, 503]] as const) t.equal((await answered(() => [status, { error: 'no' }])).statusCode, ours)
  })
})

t.test('an at_hash is that of the algorithm', t => {
  const [accessToken, claims] = ['x', (of: string) => ({ at_hash: createHash(of).update('x').digest().subarray(0, Number(of.slice(3)) / 16).toString('base64url') })]
  for (const [alg, of] of [['RS256', 'sha256'], ['ES384', 'sha384'], ['PS512', 'sha512'], ['EdDSA', 'sha512']] as const) {
    t.equal(refusalOfIdToken(claims(of), { alg }, 'client', accessToken), undefined, alg)
    t.equal(refusalOfIdToken(claims(of), { alg }, 'client', undefined)?.code, 'at_hash', alg)
  }
  t.end()
})

t.test('mistakes are found at the start', async t => {
  const app = bare(t)
  await app.register(dependencies)
  await t.rejects(async () => { await app.register(openid, { issuer: 'https://example.com', login: { callbackUri: CALLBACK, secret: SECRET } }) }, { message: /options\/login: requires clientId/ })
  await t.rejects(async () => { await bare(t).register(openid, { issuer: 'https://example.com', clientId: 'x', login: { callbackUri: 'http://example.com/login/callback', secret: 'short' } }) }, { message: /secret/ })
  await t.rejects(async () => { await bare(t).register(openid, { issuer: 'https://example.com', clientId: 'x', login: { callbackUri: 'http://example.com/login/callback', secret: SECRET } }) }, { message: /options\/login\/callbackUri: must be an https URL/ })

  await t.rejects(async () => { await bare(t).register(openid, { issuer: 'https://example.com', clientId: 'x', login: { callbackUri: CALLBACK, secret: SECRET, scope: ['email'] } }) }, { message: /options\/login\/scope: must include "openid"/ })

  const other = bare(t)
  const nobody: Fetch = () => Promise.reject(new Error('nobody is asked'))
  await other.register(openid, { issuer: 'https://example.com', ...BROWSER, fetch: nobody })
  t.notOk(other.openid.hasLogin)
  t.throws(() => other.openid.login(), { code: 'APIKIT_ERR_OPENID_SETUP' })
  const wrong = bare(t)
  await wrong.register(openid, { issuer: 'https://example.com', ...BROWSER, login: { callbackUri: 'https://shop.example/callback', secret: SECRET } })
  await t.rejects(async () => { await wrong.register(wrong.openid.login().routes) }, { code: 'APIKIT_ERR_OPENID_SETUP', message: /its route is \/login\/callback/ })
})

t.test('the reference app has a login, over http on this machine without Secure', async t => {
  const provider = await provided(t)
  const app = await build(t, {
    env: {
      OKTA_ISSUER: provider.issuer, OKTA_CLIENT_ID: BROWSER.clientId, OKTA_CLIENT_SECRET: BROWSER.clientSecret, OKTA_CALLBACK_URI: PLAIN, OKTA_SESSION_SECRET: SECRET
    }
  })
  const browser = new Browser(app)
  const begun = await browser.get('/okta/login?return_to=/okta/me')
  t.equal(begun.set.get('oauth2-redirect-state'), 'HttpOnly; Max-Age=600; Path=/; SameSite=Lax')
  const back = await browser.login(String(begun.headers.location))
  const ended = await browser.get(`${back.pathname}${back.search}`)
  t.same([ended.statusCode, ended.headers.location], [303, '/okta/me'])
  t.same((await browser.get('/okta/me')).json(), { sub: 'ann', name: 'ANN', email: 'ann@example.com' })
  t.notMatch(JSON.stringify(app.settings), SECRET)
})
