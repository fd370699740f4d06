import { generateKeyPairSync, type KeyObject, sign } from 'node:crypto'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { mock } from 'node:test'
import { Type } from '@sinclair/typebox'
import type { FastifyInstance, InjectOptions } from 'fastify'
import t, { type Test } from 'tap'
import dependencies, { dependency, scoped } from '../../plugins/dependencies/index.ts'
import docs from '../../plugins/docs/index.ts'
import errors, { Forbidden } from '../../plugins/errors/index.ts'
import jwt, { verified } from '../../plugins/jwt/index.ts'
import openid, {
  APIKIT_ERR_OPENID_ANSWER, APIKIT_ERR_OPENID_REFUSED, type Fetch, InvalidToken, type JwksOptions, type OpenIdOptions, type TokenOptions
} from '../../plugins/openid/index.ts'
import { oauth2PasswordBearer } from '../../plugins/security/index.ts'
import { forge, forgedTokens, goodTokens } from '../fixtures/forged-tokens.ts'
import { AUDIENCE, CLIENT, signingKey, TestProvider } from '../fixtures/oidc-provider.ts'
import { bare, build } from '../helper.ts'

const SECOND = 1000
const MINUTE = 60 * SECOND

async function provided (t: Test, options: ConstructorParameters<typeof TestProvider>[0] = {}): Promise<TestProvider> {
  const provider = await TestProvider.start(options)
  t.teardown(() => provider.stop())
  return provider
}

async function appOf (t: Test, issuer: string, options: OpenIdOptions = {}): Promise<FastifyInstance> {
  const app = bare(t)
  for (const plugin of [errors, dependencies]) await app.register(plugin)
  await app.register(openid, { issuer, audience: AUDIENCE, ...CLIENT, ...options })
  return app
}

function local (app: FastifyInstance, options: JwksOptions = {}): void {
  app.get('/local', { config: { depends: { token: app.openid.jwks(options) } } }, async ({ deps: { token } }) => token)
}

function remote (app: FastifyInstance, options: TokenOptions<never> = {}): void {
  app.get('/remote', { config: { depends: { token: app.openid.introspection(options) } } }, async ({ deps: { token } }) => token)
}

function ask (app: FastifyInstance, url: string, token: string, more: InjectOptions = {}) {
  return app.inject({ url, headers: { authorization: `Bearer ${token}` }, ...more })
}

async function statusOf (app: FastifyInstance, url: string, token: string): Promise<number> {
  return (await ask(app, url, token)).statusCode
}

/** The clock stands still, and goes on by hand. */
function clock (t: Test): (milliseconds: number) => void {
  mock.timers.enable({ apis: ['Date'], now: Math.floor(Date.now() / SECOND) * SECOND })
  t.teardown(() => { mock.timers.reset() })
  return milliseconds => { mock.timers.setTime(Date.now() + milliseconds) }
}

/** An issuer that answers what no provider does. */
function odd (answers: Readonly<Record<string, () => Response | Promise<Response>>>): OpenIdOptions {
  const asked: Fetch = async url => await (answers[new URL(url).pathname.replace('/odd', '')] ?? (() => new Response('nothing here', { status: 404 })))()
  return { issuer: 'http://127.0.0.1:1/odd', endpoints: { introspection: '/introspect', jwks: '/keys', token: '/token' }, fetch: asked }
}

t.test('JWTs of the issuer', async t => {
  t.test('pass by its keys, which are fetched once, and give their claims', async t => {
    const provider = await provided(t)
    const app = await appOf(t, provider.issuer)
    local(app)
    const tokens = [await provider.token('jwt'), await provider.token('jwt'), await provider.token('jwt')]
    for (const { statusCode, body } of await Promise.all(tokens.map(token => ask(app, '/local', token)))) {
      t.equal(statusCode, 200)
      t.match(JSON.parse(body), { iss: provider.issuer, aud: AUDIENCE, client_id: CLIENT.clientId, scope: 'items:read' })
    }
    t.equal(provider.count('/jwks'), 1)
  })

  t.test('are refused when anything about them is wrong', async t => {
    const key = signingKey('known')
    const provider = await provided(t, { keys: [key] })
    const { issuer } = provider
    const app = await appOf(t, issuer, { clockTolerance: 5 })
    local(app, { clients: [CLIENT.clientId, 'another'] })
    for (const [name, token] of Object.entries(goodTokens(issuer, key))) t.equal(await statusOf(app, '/local', token), 200, name)
    for (const [name, token] of Object.entries(forgedTokens(issuer, key))) {
      const { statusCode, headers, body } = await ask(app, '/local', token)
      t.same([statusCode, headers['www-authenticate'], body], [401, 'Bearer error="invalid_token"', '{"detail":"Could not validate credentials"}'], name)
    }
  })

  t.test('with an unknown kid do not have the keys fetched again, but once in the cooldown', async t => {
    const key = signingKey()
    const provider = await provided(t, { keys: [key] })
    const pass = clock(t)
    const app = await appOf(t, provider.issuer)
    local(app)
    await ask(app, '/local', forge(provider.issuer, key))
    const flood = async () => await Promise.all(Array.from({ length: 40 }, () => statusOf(app, '/local', forge(provider.issuer, key, {}, { kid: signingKeyName() }))))
    t.same(new Set(await flood()), new Set([401]))
    t.equal(provider.count('/jwks'), 1)
    pass(30 * SECOND)
    t.same(new Set(await flood()), new Set([401]))
    t.same(new Set(await flood()), new Set([401]))
    t.equal(provider.count('/jwks'), 2)
  })

  t.test('pass by new keys without a restart, and no longer by those that are withdrawn', async t => {
    const [first, second] = [signingKey('first'), signingKey('second')]
    const provider = await provided(t, { keys: [first] })
    const pass = clock(t)
    const app = await appOf(t, provider.issuer)
    local(app)
    const old = await provider.token('jwt')
    t.equal(await statusOf(app, '/local', old), 200)

    provider.keys = [second]
    await provider.restart()
    t.equal(await statusOf(app, '/local', old), 200, 'the app does not know it yet')
    pass(30 * SECOND)
    t.equal(await statusOf(app, '/local', await provider.token('jwt')), 200)
    t.equal(await statusOf(app, '/local', old), 401, 'although it had been found good')
  })

  t.test('that were being verified when their key was withdrawn are not remembered', async t => {
    const key = signingKey()
    const provider = await provided(t, { keys: [key] })
    const pass = clock(t)
    const app = await appOf(t, provider.issuer)
    local(app)
    await ask(app, '/local', forge(provider.issuer, key))

    const [begun, held] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
    const { subtle } = crypto
    const verify = subtle.verify.bind(subtle)
    const mocked = mock.method(subtle, 'verify', async (...args: Parameters<typeof verify>) => {
      begun.resolve()
      await held.promise
      return await verify(...args)
    })
    t.teardown(() => { mocked.mock.restore() })
    const token = forge(provider.issuer, key, { jti: 'pending' })
    const pending = statusOf(app, '/local', token)
    await begun.promise
    provider.keys = [signingKey()]
    await provider.restart()
    pass(30 * SECOND)
    t.equal(await statusOf(app, '/local', forge(provider.issuer, key, {}, { kid: 'unknown' })), 401, 'it has the keys fetched')
    held.resolve()
    t.equal(await pending, 200, 'its key was valid when it came')
    t.equal(await statusOf(app, '/local', token), 401)
  })

  t.test('pass at once while old keys are refreshed in the background', async t => {
    const key = signingKey()
    const provider = await provided(t, { keys: [key] })
    const pass = clock(t)
    const app = await appOf(t, provider.issuer)
    local(app)
    const token = (): string => forge(provider.issuer, key, { jti: signingKeyName() })
    t.equal(await statusOf(app, '/local', token()), 200)
    pass(10 * MINUTE)
    let held = 0
    const refreshed = Promise.withResolvers<void>()
    provider.hold = () => {
      if (++held === 2) refreshed.resolve()
      return new Promise(() => {})
    }
    t.same([await statusOf(app, '/local', token()), await statusOf(app, '/local', token())], [200, 200])
    await refreshed.promise
    t.same([provider.count('/jwks'), provider.count('/.well-known/openid-configuration')], [2, 2], 'once, however many requests there are')
  })

  t.test('do not have an issuer asked again in the second after it failed', async t => {
    const key = signingKey()
    const failures: Array<() => Response> = [() => new Response('', { status: 502 }), () => new Response('', { status: 404 }), () => new Response('<html>')]
    for (const failure of failures) {
      const pass = clock(t)
      let asked = 0
      const options = odd({ '/keys': () => { asked++; return failure() } })
      const app = await appOf(t, '', options)
      local(app)
      const status = () => statusOf(app, '/local', forge(String(options.issuer), key))
      const first = await status()
      t.same([await status(), await status(), asked], [first, first, 1])
      pass(SECOND)
      t.same([await status(), asked], [first, 2])
      mock.timers.reset()
    }
  })

  t.test('pass while the issuer is down, for a day; without its keys nobody passes', async t => {
    const key = signingKey()
    const provider = await provided(t, { keys: [key] })
    const pass = clock(t)
    const app = await appOf(t, provider.issuer)
    local(app)
    const token = (): string => forge(provider.issuer, key)
    await provider.stop()
    await app.ready()
    const { statusCode, headers, body } = await ask(app, '/local', token())
    t.same([statusCode, headers['retry-after'], body], [503, '1', '{"detail":"Service Unavailable"}'])

    await provider.start()
    t.equal(await statusOf(app, '/local', token()), 503, 'nobody tries again within a second')
    pass(2 * SECOND)
    t.equal(await statusOf(app, '/local', token()), 200)

    await provider.stop()
    pass(11 * MINUTE)
    t.equal(await statusOf(app, '/local', token()), 200)
    t.equal(await statusOf(app, '/local', forge(provider.issuer, signingKey())), 503, 'its key may be a new one of the issuer')
    t.equal(await statusOf(app, '/local', token()), 200)
    pass(24 * 60 * MINUTE)
    t.equal(await statusOf(app, '/local', token()), 503)
    await provider.start()
    pass(2 * SECOND)
    t.equal(await statusOf(app, '/local', token()), 200)
  })

  t.test('are known again for a while, and never beyond their end', async t => {
    const key = signingKey()
    const provider = await provided(t, { keys: [key] })
    const pass = clock(t)
    const app = await appOf(t, provider.issuer, { clockTolerance: 0 })
    local(app, { cache: { ttl: 3600 } })
    const token = forge(provider.issuer, key)
    t.equal(await statusOf(app, '/local', token), 200)
    pass(600 * SECOND - 1)
    t.equal(await statusOf(app, '/local', token), 200)
    pass(1)
    t.equal(await statusOf(app, '/local', token), 401)
  })

  t.test('have the type that they are to have', async t => {
    const provider = await provided(t)
    const app = await appOf(t, provider.issuer)
    app.get('/at', { config: { depends: { token: app.openid.jwks({ typ: 'at+jwt' }) } } }, async () => 'ok')
    app.get('/other', { config: { depends: { token: app.openid.jwks({ typ: 'other' }) } } }, async () => 'ok')
    const token = await provider.token('jwt')
    t.equal(await statusOf(app, '/at', token), 200)
    t.equal(await statusOf(app, '/other', token), 401)
  })

  t.test('are signed by keys that are keys: others in the set are passed over', async t => {
    const [rsa, ec, ed, weak] = [
      generateKeyPairSync('rsa', { modulusLength: 2048 }), generateKeyPairSync('ec', { namedCurve: 'P-256' }),
      generateKeyPairSync('ed25519'), generateKeyPairSync('rsa', { modulusLength: 1024 })
    ]
    const keys = [
      { ...rsa.publicKey.export({ format: 'jwk' }), kid: 'rsa' },
      { ...rsa.publicKey.export({ format: 'jwk' }), kid: 'encrypts', use: 'enc' },
      { ...rsa.publicKey.export({ format: 'jwk' }), kid: 'other', alg: 'RS512' },
      { ...rsa.publicKey.export({ format: 'jwk' }), alg: 'RS256' },
      { ...ec.publicKey.export({ format: 'jwk' }), kid: 'ec', use: 'sig' },
      { ...ed.publicKey.export({ format: 'jwk' }), kid: 'ed' },
      { ...weak.publicKey.export({ format: 'jwk' }), kid: 'weak' },
      { kty: 'RSA', kid: 'broken', n: '!', e: 'AQAB' }, { kty: 'RSA', kid: 'empty' }, { kty: 'oct', kid: 'shared', k: 'eA' }, { kid: 'unknown', crv: 'x' }
    ]
    const options = odd({ '/keys': () => Response.json({ keys }) })
    const app = await appOf(t, '', { ...options, algorithms: ['RS256', 'ES256', 'EdDSA'] })
    local(app)
    const hashes = { ES256: 'sha256', EdDSA: null, RS256: 'sha256', RS512: 'sha512' }
    const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')
    const token = (alg: keyof typeof hashes, { privateKey: key }: { readonly privateKey: KeyObject }, kid: string) => {
      const now = Math.floor(Date.now() / 1000)
      const input = `${encode({ alg, kid })}.${encode({ sub: 'x', iss: options.issuer, aud: AUDIENCE, iat: now, exp: now + 60 })}`
      return `${input}.${sign(hashes[alg], Buffer.from(input), { key, dsaEncoding: 'ieee-p1363' }).toString('base64url')}`
    }
    for (const [algorithm, pair, kid] of [['RS256', rsa, 'rsa'], ['ES256', ec, 'ec'], ['EdDSA', ed, 'ed']] as const) {
      t.equal(await statusOf(app, '/local', token(algorithm, pair, kid)), 200, kid)
    }
    for (const [algorithm, pair, kid] of [['RS512', rsa, 'rsa'], ['RS256', rsa, 'encrypts'], ['RS256', rsa, 'other'], ['RS512', rsa, 'other'], ['RS256', weak, 'weak'], ['RS256', rsa, 'broken'], ['RS256', rsa, 'empty']] as const) {
      t.equal(await statusOf(app, '/local', token(algorithm, pair, kid)), 401, `${algorithm} ${kid}`)
    }
  })

  t.test('an issuer whose keys cannot be used is a fault of ours to the client, and said in the log', async t => {
    const key = signingKey()
    const answers: Record<string, [() => Response, RegExp]> = {
      'no JSON': [() => new Response('<html>'), /its keys: Failed to parse/],
      'no list': [() => Response.json({ keys: 'none' }), /its keys: JSON Web Key Set malformed/],
      'no set': [() => Response.json(null), /its keys: JSON Web Key Set malformed/],
      'not found': [() => new Response('', { status: 404 }), /404 for its keys/],
      elsewhere: [() => Response.redirect('https://example.com/'), /302 for its keys/]
    }
    for (const [name, [answer, message]] of Object.entries(answers)) {
      const options = odd({ '/keys': answer })
      const app = await appOf(t, '', options)
      local(app)
      const seen: unknown[] = []
      app.addHook('onError', async (_request, _reply, error) => { seen.push(error.message) })
      const { statusCode, body } = await ask(app, '/local', forge(String(options.issuer), key))
      t.same([statusCode, body], [500, '{"detail":"Internal Server Error"}'], name)
      t.match(seen, [message], name)
    }
  })
})

function signingKeyName (): string {
  return Math.random().toString(36)
}

t.test('a rejected token has a code, and one handler is for those of jwt too', async t => {
  const key = signingKey('known')
  const provider = await provided(t, { keys: [key] })
  const { issuer } = provider
  const app = await appOf(t, issuer, { clockTolerance: 5 })
  await app.register(jwt, { secret: 'a secret of at least thirty-two bytes' })
  app.handle(InvalidToken, ({ code, reason }) => ({ code, reason }))
  app.get('/local', { config: { depends: { token: app.openid.jwks({ clients: [CLIENT.clientId], typ: 'at+jwt', claims: Type.Object({ level: Type.Integer() }) }) } } }, async () => 'ok')
  app.get('/own', { config: { depends: { claims: verified(oauth2PasswordBearer({ tokenUrl: 'token' })) } } }, async () => 'ok')
  const good = { level: 1 }
  const codes: Record<string, string> = {}
  for (const [name, token] of Object.entries(forgedTokens(issuer, key))) codes[name] = (await ask(app, '/local', token)).json().code
  t.match(codes, {
    'another issuer': 'type', 'alg none': 'algorithm', 'HS256 by the public key': 'algorithm', 'no signature': 'signature', 'no kid': 'malformed', 'an unknown kid': 'key', 'a critical header': 'malformed', nothing: 'malformed'
  })
  const now = Math.floor(Date.now() / 1000)
  for (const [code, claims, reason, header] of [
    ['issuer', { iss: 'https://example.com' }, /"iss"/],
    ['audience', { aud: 'others' }, /"aud"/],
    ['expired', { exp: now - 6 }, /"exp"/],
    ['not_yet_valid', { nbf: now + 60 }, /"nbf"/],
    ['not_yet_valid', { iat: now + 60 }, /"iat"/],
    ['claims', { exp: undefined }, /missing required "exp"/],
    ['claims', { iat: 'x' }, /"iat" claim must be a number/],
    ['claims', { level: 'x' }, /^the claim level: Input should be a valid integer/],
    ['client', { client_id: 'stranger' }, /another client/],
    ['type', {}, /"typ"/, { typ: 'JWT' }],
    ['malformed', { deep: JSON.parse(`${'['.repeat(101)}${']'.repeat(101)}`) }, /nest too deep/]
  ] as const) {
    const { statusCode, body } = await ask(app, '/local', forge(issuer, key, { ...good, ...claims }, { typ: 'at+jwt', ...header }))
    t.match([statusCode, JSON.parse(body)], [401, { code, reason }], JSON.stringify(claims))
  }
  for (const typ of ['at+jwt', 'AT+JWT', 'application/at+jwt']) t.equal(await statusOf(app, '/local', forge(issuer, key, good, { typ })), 200, typ)
  t.match((await ask(app, '/own', app.tokens.sign({ exp: 1 }))).json(), { code: 'expired' })
})

t.test('claims', async t => {
  const key = signingKey()
  const provider = await provided(t, { keys: [key] })
  const { issuer } = provider

  t.test('are what the schema says; a token without them is refused', async t => {
    const app = await appOf(t, issuer)
    const token = app.openid.jwks({ claims: Type.Object({ sub: Type.String(), level: Type.Integer({ minimum: 3 }), tags: Type.Array(Type.String(), { default: [] }) }) })
    app.get('/', { config: { depends: { token } } }, async ({ deps: { token: { sub, level, tags } } }) => [sub, level + 1, tags])
    t.same((await ask(app, '/', forge(issuer, key, { level: 4 }))).json(), ['somebody', 5, []])
    t.equal(await statusOf(app, '/', forge(issuer, key, { level: 2 })), 401)
    t.equal(await statusOf(app, '/', forge(issuer, key)), 401)
  })

  t.test('are nobody’s to change: other requests come with the same token', async t => {
    const app = await appOf(t, issuer)
    const token = app.openid.jwks({ claims: Type.Object({ tags: Type.Array(Type.String()), more: Type.Object({ deep: Type.Unknown() }) }) })
    app.get('/', { config: { depends: { token } } }, async ({ deps: { token } }) => {
      t.throws(() => { token.tags.push('admin') }, TypeError)
      t.throws(() => { token.tags = [] }, TypeError)
      t.throws(() => { Object.assign(token.more.deep as object, { admin: true }) }, TypeError)
      return token
    })
    t.equal(await statusOf(app, '/', forge(issuer, key, { tags: ['a'], more: { deep: {} } })), 200)
  })

  t.test('a schema that cannot be understood is a mistake at the start', async t => {
    const app = await appOf(t, issuer)
    t.throws(() => app.openid.jwks({ claims: Type.Unsafe({ $ref: 'nowhere' }) }), { code: 'APIKIT_ERR_OPENID_SETUP' })
    t.throws(() => app.openid.jwks({ claims: Type.Unsafe({ type: 'nonsense' }) }), { code: 'APIKIT_ERR_OPENID_SETUP', message: /jwks: the claims: / })
  })
})

t.test('scopes are asked for by `scoped`', async t => {
  const key = signingKey()
  const provider = await provided(t, { keys: [key] })
  const app = await appOf(t, provider.issuer)
  app.get('/', { config: { depends: { token: scoped(app.openid.jwks(), ['read', 'write']) } } }, async () => 'ok')
  for (const claims of [{ scope: 'write read more' }, { scp: ['read', 'write'] }, { scp: 'read write' }]) {
    t.equal(await statusOf(app, '/', forge(provider.issuer, key, claims)), 200, JSON.stringify(claims))
  }
  for (const claims of [{ scope: 'read' }, { scope: 'readwrite' }, {}, { scp: [null, 7] }]) {
    const { statusCode, headers, body } = await ask(app, '/', forge(provider.issuer, key, claims))
    t.same([statusCode, headers['www-authenticate'], body], [403, 'Bearer error="insufficient_scope", scope="read write"', '{"detail":"Not enough permissions"}'])
  }
})

t.test('the token', async t => {
  const provider = await provided(t)

  t.test('comes from the Authorization header, or from any dependency', async t => {
    const app = await appOf(t, provider.issuer)
    const token = dependency({ security: { Own: { type: 'apiKey', in: 'header', name: 'x-token' } } }, ({ request }) => String(request.headers['x-token']))
    local(app)
    app.get('/own', { config: { depends: { token: app.openid.jwks({ token, refuse: () => new Forbidden() }) } } }, async () => 'ok')
    app.get('/plain', { config: { depends: { token: app.openid.bearer } } }, async ({ deps: { token } }) => token)

    const good = await provider.token('jwt')
    t.equal((await app.inject({ url: '/own', headers: { 'x-token': good } })).statusCode, 200)
    t.equal((await app.inject({ url: '/own', headers: { 'x-token': 'x' } })).statusCode, 403)
    t.equal((await app.inject({ url: '/local', headers: { authorization: `bEARER   ${good} ` } })).statusCode, 200)
    for (const authorization of ['', 'Basic eDp5', `Bearer${good}`, good]) {
      const { statusCode, headers, body } = await app.inject({ url: '/local', headers: { authorization } })
      t.same([statusCode, headers['www-authenticate'], body], [401, 'Bearer', '{"detail":"Not authenticated"}'], authorization)
    }
    t.equal((await app.inject('/local')).statusCode, 401)
    t.equal((await app.inject({ url: '/plain', headers: { authorization: 'Bearer' } })).body, '')
  })

  t.test('is checked before the body is read', async t => {
    const app = await appOf(t, provider.issuer)
    const bodies: unknown[] = []
    app.addHook('preParsing', async request => { bodies.push(request.url) })
    app.post('/', { config: { depends: { token: app.openid.jwks() } } }, async () => 'ok')
    t.equal(await statusOf(app, '/', ''), 405)
    t.equal((await ask(app, '/', 'x', { method: 'POST', payload: { much: 'x' } })).statusCode, 401)
    t.same(bodies, ['/'], 'the 405 alone')
  })

  t.test('is documented by where the issuer describes itself', async t => {
    const app = bare(t)
    for (const plugin of [errors, dependencies, docs]) await app.register(plugin)
    await app.register(openid, { issuer: provider.issuer, audience: AUDIENCE })
    local(app)
    const { paths, components } = (await app.inject('/openapi.json')).json()
    t.same(components.securitySchemes, { OpenIdConnect: { type: 'openIdConnect', openIdConnectUrl: `${provider.issuer}/.well-known/openid-configuration` } })
    t.same(paths['/local'].get.security, [{ OpenIdConnect: [] }])
    t.equal((await fetch(components.securitySchemes.OpenIdConnect.openIdConnectUrl)).status, 200)
  })
})

t.test('the token can be documented by a flow of the issuer’s', async t => {
  const app = bare(t)
  for (const plugin of [errors, dependencies, docs]) await app.register(plugin)
  await app.register(openid, { issuer: 'https://example.com', audience: AUDIENCE, endpoints: { authorization: 'v1/authorize', token: '/v1/token' } })
  const token = app.openid.bearerBy('authorizationCode', { read: 'Read.' })
  app.get('/user', { config: { depends: { token: scoped(app.openid.jwks({ token }), ['read']) } } }, async () => 'ok')
  app.get('/program', { config: { depends: { token: app.openid.bearerBy('clientCredentials') } } }, async ({ deps: { token } }) => token)
  const { paths, components } = (await app.inject('/openapi.json')).json()
  const tokenUrl = 'https://example.com/v1/token'
  t.same(components.securitySchemes, {
    OAuth2AuthorizationCodeBearer: { type: 'oauth2', flows: { authorizationCode: { scopes: { read: 'Read.' }, authorizationUrl: 'https://example.com/v1/authorize', tokenUrl } } },
    OAuth2ClientCredentials: { type: 'oauth2', flows: { clientCredentials: { scopes: {}, tokenUrl } } }
  })
  t.same(paths['/user'].get.security, [{ OAuth2AuthorizationCodeBearer: ['read'] }])
  t.equal((await app.inject({ url: '/program', headers: { authorization: 'Bearer x' } })).body, 'x')
  t.equal((await app.inject('/user')).statusCode, 401)

  for (const endpoints of [{}, { token: '/token' }, { authorization: '/authorize' }]) {
    const lacking = bare(t)
    await lacking.register(openid, { issuer: 'https://example.com', endpoints })
    t.throws(() => lacking.openid.bearerBy('authorizationCode'), { code: 'APIKIT_ERR_OPENID_SETUP', message: /bearerBy\(\) needs the option endpoints/ })
  }
})

t.test('introspection', async t => {
  t.test('lets active tokens in, and asks of each but once in a minute', async t => {
    const provider = await provided(t)
    const pass = clock(t)
    const app = await appOf(t, provider.issuer)
    remote(app)
    const token = await provider.token('opaque')
    const together = await Promise.all(Array.from({ length: 20 }, () => ask(app, '/remote', token)))
    t.same(new Set(together.map(({ statusCode }) => statusCode)), new Set([200]))
    t.match(together[0]?.json(), { active: true, client_id: CLIENT.clientId, iss: provider.issuer })
    t.equal(provider.count('/token/introspection'), 1)

    await provider.revoke(token)
    pass(60 * SECOND - 1)
    t.equal(await statusOf(app, '/remote', token), 200, 'as long as `ttl` says')
    pass(1)
    t.equal(await statusOf(app, '/remote', token), 401)
    t.equal(provider.count('/token/introspection'), 2)
  })

  t.test('remembers for ten seconds who is not active', async t => {
    const provider = await provided(t)
    const pass = clock(t)
    const app = await appOf(t, provider.issuer, { clientAuth: 'basic' })
    remote(app)
    for (let i = 0; i < 5; i++) t.equal(await statusOf(app, '/remote', 'nonsense'), 401)
    t.equal(provider.count('/token/introspection'), 1)
    pass(10 * SECOND)
    t.equal(await statusOf(app, '/remote', 'nonsense'), 401)
    t.equal(provider.count('/token/introspection'), 2)
    t.equal(await statusOf(app, '/remote', ''), 401)
    t.equal(provider.count('/token/introspection'), 2, 'nobody is asked about nothing')
  })

  t.test('keeps no more than it is to keep: neither strangers nor time drive out what is good', async t => {
    const provider = await provided(t)
    const app = await appOf(t, provider.issuer)
    remote(app, { cache: { max: 2 } })
    const [a, b, c] = [await provider.token('opaque'), await provider.token('opaque'), await provider.token('opaque')]
    const asked = async (token: string) => {
      const before = provider.count('/token/introspection')
      await ask(app, '/remote', token)
      return provider.count('/token/introspection') - before
    }
    t.same([await asked(a), await asked(b), await asked(a)], [1, 1, 0])
    for (const stranger of ['x', 'y', 'z']) await asked(stranger)
    t.same([await asked(a), await asked(b), await asked(a)], [0, 0, 0])
    t.same([await asked(c), await asked(a), await asked(b)], [1, 0, 1], 'the longest unused went')

    const forgetful = await appOf(t, provider.issuer)
    remote(forgetful, { cache: { max: 0 } })
    const before = provider.count('/token/introspection')
    t.same([await statusOf(forgetful, '/remote', a), await statusOf(forgetful, '/remote', a)], [200, 200])
    t.equal(provider.count('/token/introspection') - before, 2)
  })

  t.test('keeps nothing beyond the end of a token', async t => {
    const provider = await provided(t, { life: 30 })
    const pass = clock(t)
    const app = await appOf(t, provider.issuer)
    remote(app)
    const token = await provider.token('opaque')
    t.equal(await statusOf(app, '/remote', token), 200)
    await provider.stop()
    pass(29 * SECOND)
    t.equal(await statusOf(app, '/remote', token), 200)
    pass(1 * SECOND)
    t.equal(await statusOf(app, '/remote', token), 503, 'it is asked about again')
  })

  t.test('without the issuer nobody is let in: it is down, slow, or has too much to do; and then it is back', async t => {
    const provider = await provided(t)
    const app = await appOf(t, provider.issuer, { timeout: 200, maxConcurrent: 2 })
    remote(app, { cache: { ttl: 0, negativeTtl: 0 } })
    const token = await provider.token('opaque')
    t.equal(await statusOf(app, '/remote', token), 200)

    await provider.stop()
    t.equal(await statusOf(app, '/remote', token), 503)
    await provider.start()
    t.equal(await statusOf(app, '/remote', token), 200)

    const held: Array<() => void> = []
    provider.hold = () => new Promise(resolve => { held.push(resolve) })
    t.same(await Promise.all([token, 'x', 'y', 'z'].map(token => statusOf(app, '/remote', token))), [503, 503, 503, 503])
    t.equal(held.length, 2, 'the others were not even asked about')
    provider.hold = async () => {}
    for (const go of held) go()
    t.equal(await statusOf(app, '/remote', token), 200)
  })

  t.test('finds out that a connection it kept is closed, and asks again', async t => {
    let answers = 0
    // Closes each connection behind its first answer, without a word.
    const server = createServer((request, response) => {
      if (request.socket.listenerCount('answered') > 0) { request.socket.destroy(); return }
      request.socket.on('answered', () => {})
      response.setHeader('content-type', 'application/json')
      response.end(`{"active":${++answers < 3}}`)
    })
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    t.teardown(() => { server.close(); server.closeAllConnections() })
    const app = await appOf(t, `http://127.0.0.1:${(server.address() as AddressInfo).port}`, { endpoints: { introspection: '/' } })
    remote(app)
    t.same([await statusOf(app, '/remote', 'a'), await statusOf(app, '/remote', 'b'), await statusOf(app, '/remote', 'c')], [200, 200, 401])
  })

  t.test('sends the client ID and secret in the header, or in the form', async t => {
    for (const [clientAuth, authorization, form] of [['basic', /^Basic /, {}], ['post', /^$/, { client_id: CLIENT.clientId, client_secret: CLIENT.clientSecret }]] as const) {
      const asked: RequestInit[] = []
      const app = await appOf(t, '', {
        ...odd({}),
        clientAuth,
        fetch: async (_url, init) => {
          asked.push(init)
          return Response.json({ active: true })
        }
      })
      remote(app)
      t.equal(await statusOf(app, '/remote', 'token'), 200)
      t.match(new Headers(asked[0]?.headers).get('authorization') ?? '', authorization)
      t.same(Object.fromEntries(new URLSearchParams(String(asked[0]?.body))), { token: 'token', ...form })
    }
  })

  t.test('holds the issuer to what it says', async t => {
    const now = Math.floor(Date.now() / 1000)
    const answers: Record<string, [number, object]> = {
      good: [200, { active: true }],
      'for us': [200, { active: true, aud: ['x', AUDIENCE], iss: 'http://127.0.0.1:1/odd', exp: now + 60, nbf: now, client_id: 'a' }],
      inactive: [401, { active: false, exp: now + 60 }],
      expired: [401, { active: true, exp: now - 61 }],
      'expired by a clock that is a little fast': [200, { active: true, exp: now - 30 }],
      'not yet': [401, { active: true, nbf: now + 600 }],
      'of another issuer': [401, { active: true, iss: 'https://example.com' }],
      'for others': [401, { active: true, aud: 'others' }],
      'no active': [500, {}],
      'active as text': [500, { active: 'true' }],
      'no claims': [500, []]
    }
    for (const [name, [status, answer]] of Object.entries(answers)) {
      const app = await appOf(t, '', odd({ '/introspect': () => Response.json(answer) }))
      remote(app)
      t.equal(await statusOf(app, '/remote', 'token'), status, name)
    }
  })

  t.test('tells a fault of this app from an issuer that is not there', async t => {
    const provider = await provided(t)
    const app = await appOf(t, provider.issuer, { clientSecret: 'wrong' })
    remote(app)
    const seen: unknown[] = []
    app.addHook('onError', async (_request, _reply, error) => { seen.push(error) })
    const { statusCode, body } = await ask(app, '/remote', 'token')
    t.same([statusCode, body], [500, '{"detail":"Internal Server Error"}'])
    t.ok(seen[0] instanceof APIKIT_ERR_OPENID_REFUSED)
    t.match(seen, [{ message: /^The issuer refused: 401/ }])

    const answers: Record<string, [number, () => Response, string?]> = {
      created: [500, () => Response.json({ active: true }, { status: 201 })],
      elsewhere: [500, () => Response.redirect('https://example.com/')],
      'bad request': [500, () => Response.json({ error: 'invalid_request' }, { status: 400 })],
      limited: [503, () => new Response('', { status: 429, headers: { 'retry-after': '17' } }), '17'],
      'limited until a date': [503, () => new Response('', { status: 429, headers: { 'retry-after': 'Fri, 31 Dec 1999 23:59:59 GMT' } }), '1'],
      broken: [503, () => Response.json({ active: true }, { status: 500 }), '1'],
      'too large': [503, () => Response.json({ active: true, more: 'x'.repeat(1024 * 1024) }), '1']
    }
    for (const [name, [status, answer, retry]] of Object.entries(answers)) {
      const app = await appOf(t, '', odd({ '/introspect': answer }))
      remote(app)
      const { statusCode, headers } = await ask(app, '/remote', 'token')
      t.same([statusCode, headers['retry-after']], [status, retry], name)
    }
  })

  t.test('ends with the app', async t => {
    const provider = await provided(t)
    const app = await appOf(t, provider.issuer)
    remote(app)
    await app.ready()
    const arrived = new Promise<void>(resolve => { provider.hold = () => { resolve(); return new Promise(() => {}) } })
    const answer = statusOf(app, '/remote', 'token')
    await arrived
    app.openid.close()
    t.equal(await answer, 503)
    t.equal(await statusOf(app, '/remote', 'other'), 503)
  })
})

t.test('discovery', async t => {
  const metadata = (more: object) => odd({ '/.well-known/openid-configuration': () => Response.json({ issuer: 'http://127.0.0.1:1/odd', ...more }), '/introspect': () => Response.json({ active: true }) })

  t.test('finds the endpoints once, and is not needed where they are told', async t => {
    const provider = await provided(t)
    const app = await appOf(t, provider.issuer)
    remote(app)
    const pass = clock(t)
    const held = Promise.withResolvers<void>()
    provider.hold = () => held.promise
    const first = statusOf(app, '/remote', 'a')
    pass(2 * SECOND)
    const second = statusOf(app, '/remote', 'b')
    held.resolve()
    t.same([await first, await second], [401, 401])
    pass(5 * MINUTE)
    await statusOf(app, '/remote', 'c')
    t.equal(provider.count('/.well-known/openid-configuration'), 1, 'asked for by several at once, and again')

    const told = await appOf(t, provider.issuer, { endpoints: { introspection: `${provider.issuer}/token/introspection` } })
    remote(told)
    t.equal(await statusOf(told, '/remote', await provider.token('opaque')), 200)
    t.equal(provider.count('/.well-known/openid-configuration'), 1)
  })

  t.test('believes only metadata of the issuer, with endpoints that nobody can listen to', async t => {
    for (const [name, more, message] of [
      ['another issuer', { issuer: 'https://example.com' }, /issuer/],
      ['a slash too many', { issuer: 'http://127.0.0.1:1/odd/' }, /issuer/],
      ['no endpoint', {}, /has no introspection_endpoint/],
      ['no TLS', { introspection_endpoint: 'http://example.com/' }, /introspection_endpoint in its metadata must be an https URL/],
      ['no URL', { introspection_endpoint: 7 }, /must be an https URL/]
    ] as const) {
      const { endpoints, ...options } = metadata(more)
      const app = await appOf(t, '', options)
      remote(app)
      const seen: unknown[] = []
      app.addHook('onError', async (_request, _reply, error) => { seen.push(error) })
      t.equal(await statusOf(app, '/remote', 'token'), 500, name)
      t.ok(seen[0] instanceof APIKIT_ERR_OPENID_ANSWER, name)
      t.match(seen, [{ message }], name)
    }
    const spelt = await appOf(t, 'HTTP://127.0.0.1:1', { fetch: async () => Response.json({ issuer: 'http://127.0.0.1:1/', introspection_endpoint: 'http://127.0.0.1:1/' }) })
    remote(spelt)
    t.equal(await statusOf(spelt, '/remote', 'token'), 500, 'the same URL in another spelling')

    const { endpoints, ...options } = metadata({ introspection_endpoint: 'http://127.0.0.1:1/odd/introspect' })
    const app = await appOf(t, '', options)
    remote(app)
    t.equal(await statusOf(app, '/remote', 'token'), 200)
  })
})

t.test('a token of this app’s own', async t => {
  t.test('is had once, kept until shortly before its end, and given up when refused', async t => {
    const provider = await provided(t, { life: 300 })
    const pass = clock(t)
    const app = await appOf(t, provider.issuer)
    const own = app.openid.clientToken({ scope: 'items:read', parameters: { resource: AUDIENCE } })
    local(app)
    const [token, ...others] = await Promise.all([own.get(), own.get(), own.get()])
    t.same(others, [token, token])
    t.equal(provider.count('/token'), 1)
    t.match((await ask(app, '/local', String(token))).json(), { scope: 'items:read', aud: AUDIENCE })

    pass(239 * SECOND)
    t.equal(await own.get(), token)
    t.equal(provider.count('/token'), 1)
    pass(31 * SECOND)
    const second = await own.get()
    t.not(second, token)
    own.forget(String(token))
    t.equal(await own.get(), second, 'another was given up')
    own.forget(second)
    t.not(await own.get(), second)
    t.equal(provider.count('/token'), 3)
  })

  t.test('is replaced in the background before it has to be, and used to its end when that fails', async t => {
    const provider = await provided(t, { life: 300 })
    const pass = clock(t)
    const app = await appOf(t, provider.issuer)
    const own = app.openid.clientToken()
    const token = await own.get()
    await provider.stop()
    pass(245 * SECOND)
    t.equal(await own.get(), token)
    pass(54 * SECOND)
    t.equal(await own.get(), token)
    pass(1 * SECOND)
    await t.rejects(own.get(), { statusCode: 503, name: 'IssuerUnavailable' })

    await provider.start()
    const second = await own.get()
    const arrived = new Promise<void>(resolve => { provider.hold = async () => { resolve() } })
    pass(245 * SECOND)
    t.equal(await own.get(), second, 'nobody waits')
    await arrived
  })

  t.test('is refused to a client that the issuer does not know, and has to be a bearer token', async t => {
    const provider = await provided(t)
    const app = await appOf(t, provider.issuer, { clientSecret: 'wrong' })
    await t.rejects(app.openid.clientToken().get(), { code: 'APIKIT_ERR_OPENID_REFUSED' })

    const answer = (more: object) => odd({ '/token': () => Response.json({ access_token: 'x', token_type: 'Bearer', ...more }) })
    const unknown = await appOf(t, '', answer({}))
    t.equal(await unknown.openid.clientToken().get(), 'x')
    const dpop = await appOf(t, '', answer({ token_type: 'DPoP' }))
    await t.rejects(dpop.openid.clientToken().get(), { code: 'APIKIT_ERR_OPENID_ANSWER' })
    const none = await appOf(t, '', answer({ access_token: '' }))
    await t.rejects(none.openid.clientToken().get(), { code: 'APIKIT_ERR_OPENID_ANSWER' })
  })
})

t.test('a token proxy', async t => {
  const provider = await provided(t)
  const app = await appOf(t, provider.issuer)
  app.post('/token', { config: { depends: { token: app.openid.tokenProxy({ scope: 'items:read', parameters: { resource: AUDIENCE } }) } } }, async ({ deps: { token } }) => token)
  const post = (more: InjectOptions = {}) => app.inject({ method: 'POST', url: '/token?scope=items:write', ...more })
  const authorization = `Basic ${btoa(`${CLIENT.clientId}:${CLIENT.clientSecret}`)}`

  t.test('passes on the caller’s credentials, and nothing else of it', async t => {
    const { statusCode, headers, body } = await post({ headers: { authorization }, payload: { scope: 'items:write' } })
    t.same([statusCode, headers['cache-control']], [200, 'no-store'])
    t.match(JSON.parse(body), { token_type: 'Bearer', expires_in: 3600, scope: 'items:read' })
  })

  t.test('answers 400 with the issuer’s own words when it refuses, 401 without credentials, 503 without the issuer', async t => {
    const refused = await post({ headers: { authorization: 'Basic eDp5' } })
    t.equal(refused.statusCode, 400)
    t.match(JSON.parse(refused.json().detail), { error: 'invalid_client' })
    const { statusCode, headers, body } = await post()
    t.same([statusCode, headers['www-authenticate'], body], [401, 'Basic', '{"detail":"Not authenticated"}'])
    await provider.stop()
    t.equal((await post({ headers: { authorization } })).statusCode, 503)
  })

  t.test('a token that is no JSON is a fault', async t => {
    const app = await appOf(t, '', odd({ '/token': () => new Response('token') }))
    app.post('/', { config: { depends: { token: app.openid.tokenProxy() } } }, async ({ deps: { token } }) => token)
    t.equal((await app.inject({ method: 'POST', url: '/', headers: { authorization: 'x' } })).statusCode, 500)
  })
})

t.test('mistakes are found at the start', async t => {
  const refused = async (options: object, message: RegExp) => {
    const app = bare(t)
    await t.rejects(async () => { await app.register(openid, options) }, { code: 'APIKIT_ERR_INVALID_OPTIONS', message })
  }
  const issuer = 'https://example.com'
  await refused({ issuer, algorithms: ['HS256'] }, /options\/algorithms\/0/)
  await refused({ issuer, algorithms: ['none'], isuer: 'x' }, /(?=.*isuer: Unknown option)(?=.*options\/algorithms\/0)/)
  await refused({ issuer: 'example.com' }, /options\/issuer: must be a URL/)
  await refused({ issuer: 'https://example.com?x' }, /options\/issuer: must be a URL without query/)
  await refused({ issuer: 'http://example.com', endpoints: { token: 'http://elsewhere.example/token' } }, /options\/issuer: must be an https URL.*options\/token: must be an https URL/)
  await refused({ issuer: 'https://user:secret@example.com' }, /options\/issuer: must be an https URL/)
  await refused({ issuer, clientSecret: 'x' }, /options\/clientSecret: requires clientId/)
  await refused({ clientId: 'x' }, /options\/issuer: is required/)
  await refused({ issuer, endpoints: { tokn: 'x' } }, /options\/endpoints\/tokn/)

  const app = bare(t)
  await app.register(openid, { issuer: 'http://example.com', allowHttp: true, endpoints: { jwks: '/keys' } })
  t.throws(() => app.openid.jwks(), { code: 'APIKIT_ERR_OPENID_SETUP', message: /jwks\(\) needs the option audience/ })
  t.throws(() => app.openid.introspection(), { code: 'APIKIT_ERR_OPENID_SETUP', message: /introspection\(\) needs the options clientId and clientSecret/ })
  t.throws(() => app.openid.clientToken(), { code: 'APIKIT_ERR_OPENID_SETUP' })
  t.throws(() => app.openid.jwks({ audience: 'x', cache: { ttl: -1 } }), { message: /jwks: cache.ttl must be a number ≥ 0, got -1/ })
  t.doesNotThrow(() => app.openid.jwks({ audience: ['x', 'y'] }))
})

t.test('registered in a child, it leaves the siblings alone, and a child can have another issuer', async t => {
  const app = bare(t)
  await app.register(async child => {
    await child.register(openid, { issuer: 'https://one.example' })
    t.equal(child.openid.url, 'https://one.example')
    await child.register(async grandchild => {
      await grandchild.register(openid, { issuer: 'https://two.example' })
      t.equal(grandchild.openid.url, 'https://two.example')
    })
    t.equal(child.openid.url, 'https://one.example')
  })
  t.notOk(app.hasDecorator('openid'))
})

t.test('the reference app', async t => {
  t.test('has no issuer unless it is told', async t => {
    const app = await build(t)
    t.notOk(app.hasDecorator('openid'))
    t.equal((await app.inject('/okta/items')).statusCode, 404)
  })

  t.test('takes any issuer from the variables of the original', async t => {
    const provider = await provided(t)
    const app = await build(t, { env: { OKTA_ISSUER: provider.issuer, OKTA_AUDIENCE: AUDIENCE, OKTA_CLIENT_ID: CLIENT.clientId, OKTA_CLIENT_SECRET: CLIENT.clientSecret } })
    t.equal(app.openid.url, provider.issuer)
    t.notMatch(JSON.stringify(app.settings), CLIENT.clientSecret)
    t.equal((await app.inject('/okta/items')).statusCode, 401)
    t.equal((await ask(app, '/okta/items', 'any')).statusCode, 200)
    const { statusCode } = await app.inject({ method: 'POST', url: '/okta/token', headers: { authorization: 'Basic eDp5' } })
    t.equal(statusCode, 400)
  })
})
