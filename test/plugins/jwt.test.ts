import { createHmac, createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject, sign as signBytes } from 'node:crypto'
import { mock } from 'node:test'
import fastifyJwt from '@fastify/jwt'
import t from 'tap'
import dependencies, { dependency, scoped, securityScopes } from '../../plugins/dependencies/index.ts'
import errors from '../../plugins/errors/index.ts'
import jwt, {
  type Claims, InvalidToken, type InvalidTokenCode, JwtAlgorithm, type JwtKey, type JwtOptions, type Login, MemoryRefreshTokenStore, RefreshTokens, requireScopes, scopesOf, verified
} from '../../plugins/jwt/index.ts'
import { httpBearer, oauth2PasswordBearer } from '../../plugins/security/index.ts'
import { bare, build } from '../helper.ts'

type Test = Parameters<typeof bare>[0]

const secret = 'a secret of at least thirty-two bytes'
const other = 'another secret of thirty-two bytes, or more'
const now = () => Math.floor(Date.now() / 1000)
const later = now() + 3600

const pem = ({ publicKey, privateKey }: { publicKey: KeyObject, privateKey: KeyObject }) => ({
  publicKey: publicKey.export({ type: 'spki', format: 'pem' }).toString(), privateKey: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()
})
const rsa = pem(generateKeyPairSync('rsa', { modulusLength: 2048 }))
const smallRsa = pem(generateKeyPairSync('rsa', { modulusLength: 1024 }))
const ec = (namedCurve: string) => pem(generateKeyPairSync('ec', { namedCurve }))
const curves = { ES256: ec('prime256v1'), ES384: ec('secp384r1'), ES512: ec('secp521r1') }
const ed = pem(generateKeyPairSync('ed25519'))
const keysOf: Record<string, Partial<JwtKey>> = {
  HS: { secret: secret.repeat(2) }, RS: { privateKey: rsa.privateKey }, PS: { privateKey: rsa.privateKey }, Ed: { privateKey: ed.privateKey }
}

async function tokensOf (t: Test, options: JwtOptions = { secret }) {
  const app = bare(t)
  await app.register(jwt, options)
  return app.tokens
}

const encode = (part: unknown) => Buffer.from(typeof part === 'string' ? part : JSON.stringify(part)).toString('base64url')

/** A token as nobody but an attacker makes it. */
function forge (header: unknown, payload: unknown, key = secret, hash = 'sha256'): string {
  const input = `${encode(header)}.${encode(payload)}`
  return `${input}.${createHmac(hash, key).update(input).digest('base64url')}`
}

const HS256 = { alg: 'HS256', typ: 'JWT' }

function partsOf (token: string) {
  const [header = '', payload = ''] = token.split('.')
  const read = (text: string) => JSON.parse(Buffer.from(text, 'base64url').toString())
  return { header: read(header), payload: read(payload) }
}

/** A pattern for `rejects`, whose type knows of messages alone. */
const because = (code: InvalidTokenCode): { message: string } => Object.assign({ message: 'Could not validate credentials' }, { status: 401, code })

t.test('a token is signed and verified by every algorithm, with the header of its key', async t => {
  const names: JwtAlgorithm[] = JwtAlgorithm.anyOf.map((literal: { const: JwtAlgorithm }) => literal.const)
  t.equal(names.length, 13)
  for (const algorithm of names) {
    const key = { ...curves[algorithm as 'ES256'] ? { privateKey: curves[algorithm as 'ES256'].privateKey } : keysOf[algorithm.slice(0, 2)], algorithm, kid: 'k' }
    const tokens = await tokensOf(t, { keys: [key] })
    const token = tokens.sign({ sub: 'ann' })
    t.same(partsOf(token).header, { alg: algorithm, typ: 'JWT', kid: 'k' })
    t.match(await tokens.verify(token), { sub: 'ann' }, algorithm)
  }
})

t.test('the claims of a token come from the options, unless they are given', async t => {
  const tokens = await tokensOf(t, { secret, issuer: 'me', audience: ['you', 'they'], expiresIn: 60 })
  const { payload: { iat, exp, ...rest } } = partsOf(tokens.sign({ sub: 'ann' }))
  t.ok(Math.abs(iat - now()) <= 1)
  t.equal(exp - iat, 60)
  t.same(rest, { iss: 'me', aud: 'you', sub: 'ann' })

  t.notOk('exp' in partsOf(tokens.sign({}, { expiresIn: null })).payload)
  t.equal(partsOf(tokens.sign({ exp: later, aud: 'they' })).payload.exp, later)
  t.notOk('jti' in rest)
  const { payload } = partsOf((await tokensOf(t, { secret, isRevoked: () => false })).sign({}))
  t.match(payload.jti, /^[0-9a-f-]{36}$/)
  t.equal(payload.exp - payload.iat, 1800)
})

t.test('claims that would be refused are not signed', async t => {
  const tokens = await tokensOf(t, { secret, requiredClaims: ['sub'] })
  const code = 'APIKIT_ERR_JWT_CLAIMS'
  for (const claims of [{}, { sub: 1 }, { sub: 'a', exp: 'soon' }, { sub: 'a', aud: 'you' }, { sub: 'a', aud: [1] }, { sub: 'a', exp: 0 }]) t.throws(() => tokens.sign(claims as Claims), { code }, JSON.stringify(claims))
  const verifying = await tokensOf(t, { keys: [{ algorithm: 'RS256', publicKey: rsa.publicKey }] })
  t.throws(() => verifying.sign({}), { code: 'APIKIT_ERR_JWT_KEYS', message: /no key can sign/ })
})

t.test('every other token is rejected: 401, with a code and a reason for the app alone', async t => {
  const good = { sub: 'ann', exp: later }
  const token = forge(HS256, good)
  const [header, payload, signature = ''] = token.split('.')
  const lastBits = `${signature.slice(0, -1)}${String.fromCharCode(signature.charCodeAt(42) + 1)}`
  const publicKey = rsa.publicKey
  const symmetric = await tokensOf(t)
  const asymmetric = await tokensOf(t, { keys: [{ algorithm: 'RS256', publicKey }] })
  t.match(await symmetric.verify(token), good)

  const deep = (levels: number) => forge(HS256, `{"sub":"ann","x":${'['.repeat(levels)}${']'.repeat(levels)}}`)
  const cases: ReadonlyArray<readonly [code: InvalidTokenCode, token: string, reason?: RegExp]> = [
    ...['', '.', '..', '...', 'nope', 'a.b.c', token.replaceAll('.', ''), `${header}.${payload}`, encode(HS256)].map(token => ['malformed', token] as const),
    ['malformed', forge('null', good)],
    ['malformed', forge('[]', good)],
    ['malformed', forge({ typ: 'JWT' }, good)],
    ['malformed', forge({ alg: ['HS256'] }, good)],
    ['algorithm', `${encode({ alg: 'none' })}.${payload}.`],
    ['algorithm', `${encode({ alg: 'None' })}.${payload}.`],
    ['algorithm', forge({ alg: 'HS512' }, good, secret, 'sha512')],
    ['algorithm', forge({ alg: 'hs256' }, good)],
    ['signature', forge(HS256, good, other)],
    ['signature', forge({ ...HS256, jwk: { kty: 'oct', k: encode(other) } }, good, other)],
    ['signature', forge({ ...HS256, kid: '/dev/null' }, good, ' ')],
    ['malformed', forge({ ...HS256, crit: ['exp'], exp: 1 }, good)],
    ['malformed', forge({ ...HS256, crit: [] }, good)],
    ['signature', `${header}.${payload}.`],
    ['signature', `${header}.${encode({ ...good, sub: 'bob' })}.${signature}`],
    ['malformed', `${token} `],
    ['malformed', `${token}=`],
    ['malformed', `${header}.${payload}.${lastBits}`],
    ['malformed', `${token}.x`],
    ['signature', token.slice(0, -3)],
    ['malformed', forge(HS256, 'null')],
    ['malformed', forge(HS256, '[]')],
    ['malformed', forge(HS256, '"ann"')],
    ['malformed', forge(HS256, '{"sub":')],
    ['malformed', deep(101), /nest too deep/],
    ['malformed', deep(200_000), /nest too deep/],
    ['expired', forge(HS256, { ...good, exp: 1 })],
    ['expired', forge(HS256, { ...good, exp: now() })],
    ['not_yet_valid', forge(HS256, { ...good, nbf: later })],
    ['not_yet_valid', forge(HS256, { ...good, iat: later })],
    ['claims', forge(HS256, { ...good, exp: 'soon' }), /"exp" must be a number/],
    ['claims', forge(HS256, { ...good, exp: null }), /"exp" must be a number/],
    ['claims', forge(HS256, `{"sub":"ann","exp":${'9'.repeat(400)}}`), /"exp" must be a number/],
    ['claims', forge(HS256, { ...good, nbf: true }), /"nbf" must be a number/],
    ['claims', forge(HS256, { ...good, iat: [1] }), /"iat" must be a number/],
    ['claims', forge(HS256, { ...good, sub: 1 }), /"sub" must be a string/],
    ['claims', forge(HS256, { ...good, sub: null }), /"sub" must be a string/],
    ['claims', forge(HS256, { ...good, jti: 1 }), /"jti" must be a string/],
    ['audience', forge(HS256, { ...good, aud: 'someone' })],
    ['claims', forge(HS256, { ...good, aud: {} }), /"aud" must be a string/]
  ]
  for (const [code, token, reason = /^(the|a) /] of cases) {
    const error = await symmetric.verify(token).then(() => t.fail(token.slice(0, 80)), error => error)
    t.type(error, InvalidToken)
    t.match(error, { status: 401, detail: 'Could not validate credentials', headers: { 'www-authenticate': 'Bearer' }, code, reason }, JSON.stringify(token.slice(0, 80)))
  }
  await t.rejects(asymmetric.verify(forge(HS256, good, publicKey)), because('algorithm'), 'the public key is no secret')
  await t.rejects(asymmetric.verify(forge({ alg: 'RS256' }, good, publicKey)), because('signature'))
  t.match(await symmetric.verify(forge(HS256, { ...good, aud: [] })), good, 'an empty audience is none')
  t.match(await symmetric.verify(forge({ ...HS256, typ: 'at+jwt' }, { sub: 'ann' })), { sub: 'ann' }, 'an exp and a typ are asked for by options')
  t.match(await symmetric.verify(deep(99)), { sub: 'ann' })
  t.match(await symmetric.verify(forge(HS256, { sub: 'ann', x: null })), { x: null })
})

t.test('issuer, audience, type and claims can be asked for', async t => {
  const tokens = await tokensOf(t, { secret, issuer: 'me', audience: ['you', 'they'], requiredClaims: ['exp', 'sub'], typ: 'at+jwt' })
  const good = { iss: 'me', aud: ['x', 'they'], exp: later, sub: 'a' }
  const typed = { alg: 'HS256', typ: 'application/AT+jwt' }
  t.match(await tokens.verify(forge(typed, good)), good)
  t.equal(partsOf(tokens.sign({ sub: 'a' })).header.typ, 'at+jwt')
  t.match(await tokens.verify(tokens.sign({ sub: 'a' })), { iss: 'me' })
  for (const [code, name, value] of [['issuer', 'iss', 'Me'], ['issuer', 'iss', undefined], ['claims', 'iss', ['me']], ['audience', 'aud', 'x'], ['audience', 'aud', undefined], ['audience', 'aud', []], ['claims', 'exp', undefined], ['claims', 'sub', undefined]] as const) {
    await t.rejects(tokens.verify(forge(typed, { ...good, [name]: value })), because(code), `${name} ${value}`)
  }
  for (const header of [HS256, { alg: 'HS256' }]) await t.rejects(tokens.verify(forge(header, good)), because('type'))
})

t.test('clocks may differ by a tolerance', async t => {
  const tokens = await tokensOf(t, { secret, clockTolerance: 60 })
  for (const claims of [{ exp: now() - 50 }, { nbf: now() + 50 }, { iat: now() + 50 }]) t.match(await tokens.verify(forge(HS256, claims)), claims)
  for (const claims of [{ exp: now() - 61 }, { nbf: now() + 65 }, { iat: now() + 65 }]) await t.rejects(tokens.verify(forge(HS256, claims)), InvalidToken)
})

t.test('a token that comes again', async t => {
  t.test('is refused when it has expired meanwhile', async t => {
    mock.timers.enable({ apis: ['Date'], now: Date.now() })
    t.teardown(() => mock.timers.reset())
    const tokens = await tokensOf(t, { secret, expiresIn: 10 })
    const token = tokens.sign({ sub: 'ann' })
    await tokens.verify(token)
    mock.timers.tick(9000)
    await tokens.verify(token)
    mock.timers.tick(1001)
    await t.rejects(tokens.verify(token), because('expired'))
    mock.timers.setTime(Date.now() - 60_000)
    await t.rejects(tokens.verify(token), because('not_yet_valid'), 'and when the clock goes back')
  })

  t.test('has the same claims, which nobody can change', async t => {
    const tokens = await tokensOf(t)
    const token = forge(HS256, { sub: 'ann', roles: ['a', { b: 1 }] })
    const claims = await tokens.verify(token)
    t.equal(await tokens.verify(token), claims)
    t.throws(() => { (claims as { sub: string }).sub = 'bob' }, TypeError)
    t.throws(() => { (claims.roles as unknown[]).push('admin') }, TypeError)
  })

  t.test('is verified again without a cache, and when it was too long ago', async t => {
    for (const [cache, isKept] of [[0, false], [1, false], [2, true]] as const) {
      const tokens = await tokensOf(t, { secret, cache: { max: cache } })
      const claims = await tokens.verify(forge(HS256, { sub: 'ann' }))
      await tokens.verify(forge(HS256, { sub: 'bob' }))
      t.equal(await tokens.verify(forge(HS256, { sub: 'ann' })) === claims, isKept, String(cache))
    }
  })
})

t.test('keys change while the app runs', async t => {
  const [first, second] = [{ kid: '1', algorithm: 'HS256', secret }, { kid: '2', algorithm: 'ES256', privateKey: curves.ES256.privateKey }] as const
  const tokens = await tokensOf(t, { keys: [first] })
  const old = tokens.sign({ sub: 'old' })
  await tokens.verify(old)

  tokens.useKeys([second, first])
  const young = tokens.sign({ sub: 'young' })
  t.same(partsOf(young).header, { alg: 'ES256', typ: 'JWT', kid: '2' })
  t.match(await tokens.verify(old), { sub: 'old' })
  t.match(await tokens.verify(young), { sub: 'young' })
  t.match(await tokens.verify(forge(HS256, { sub: 'without kid' })), { sub: 'without kid' })
  await t.rejects(tokens.verify(forge({ ...HS256, kid: '2' }, {})), because('key'), 'the algorithm is that of the key')
  await t.rejects(tokens.verify(forge({ ...HS256, kid: '3' }, {})), because('key'))

  tokens.useKeys([second])
  await t.rejects(tokens.verify(old), InvalidToken, 'though it was believed a moment ago')
  t.match(await tokens.verify(young), { sub: 'young' })

  t.throws(() => tokens.useKeys([]), { code: 'APIKIT_ERR_JWT_KEYS' })
  t.match(await tokens.verify(young), { sub: 'young' }, 'keys that cannot be used change nothing')
})

t.test('of several keys with one algorithm, a token without a kid is of any', async t => {
  const tokens = await tokensOf(t, { keys: [{ kid: '1', algorithm: 'HS256', secret: other }, { kid: '2', algorithm: 'HS256', secret }] })
  t.match(await tokens.verify(forge(HS256, { sub: 'ann' })), { sub: 'ann' })
})

t.test('a public key verifies what the private one signed', async t => {
  const signing = await tokensOf(t, { keys: [{ algorithm: 'EdDSA', privateKey: ed.privateKey }] })
  const verifying = await tokensOf(t, { keys: [{ algorithm: 'EdDSA', publicKey: ed.publicKey }] })
  t.match(await verifying.verify(signing.sign({ sub: 'ann' })), { sub: 'ann' })
  const input = `${encode({ alg: 'EdDSA' })}.${encode({ sub: 'ann' })}`
  t.match(await verifying.verify(`${input}.${signBytes(null, Buffer.from(input), ed.privateKey).toString('base64url')}`), { sub: 'ann' })
})

t.test('an app that only verifies can be given a key that signs', async t => {
  const tokens = await tokensOf(t, { keys: [{ algorithm: 'EdDSA', publicKey: ed.publicKey }] })
  t.throws(() => tokens.sign({}), { code: 'APIKIT_ERR_JWT_KEYS' })
  tokens.useKeys([{ algorithm: 'EdDSA', privateKey: ed.privateKey }])
  t.match(await tokens.verify(tokens.sign({ sub: 'ann' })), { sub: 'ann' })
})

t.test('an app can have @fastify/jwt of its own, before and after, above scopes with keys of their own', async t => {
  for (const isFirst of [true, false]) {
    const app = bare(t)
    const own = async () => { await app.register(fastifyJwt, { secret: other }) }
    if (isFirst) await own()
    for (const key of [secret, secret.repeat(2)]) {
      await app.register(async child => {
        await child.register(jwt, { secret: key })
        t.match(await child.tokens.verify(forge(HS256, { sub: 'ann' }, key)), { sub: 'ann' })
      })
    }
    await app.register(jwt, { secret })
    if (!isFirst) await own()
    app.get('/', async request => {
      await request.jwtVerify()
      return request.user
    })
    t.match((await app.inject({ url: '/', headers: { authorization: `Bearer ${app.jwt.sign({ sub: 'bob' })}` } })).json(), { sub: 'bob' })
    await t.rejects(app.tokens.verify(app.jwt.sign({ sub: 'bob' })), because('signature'))
  }
})

t.test('revocation is asked on every request', async t => {
  for (const isAsync of [false, true]) {
    const revoked = new Set<unknown>()
    const isRevoked = ({ jti }: Claims) => isAsync ? Promise.resolve(revoked.has(jti)) : revoked.has(jti)
    const tokens = await tokensOf(t, { secret, isRevoked })
    const token = tokens.sign({ sub: 'ann' })
    const { jti } = await tokens.verify(token)
    revoked.add(jti)
    await t.rejects(tokens.verify(token), because('revoked'))
  }
  const broken = await tokensOf(t, { secret, isRevoked: () => { throw new Error('the store is gone') } })
  await t.rejects(broken.verify(broken.sign({})), { message: 'the store is gone' }, 'nobody is let in by an accident')
})

t.test('keys that cannot be used are one error, in which none of them stands', async t => {
  const refused = async (options: JwtOptions, ...problems: RegExp[]) => {
    const error = await tokensOf(t, options).then(() => t.fail('it started'), error => error)
    t.equal(error.code, 'APIKIT_ERR_JWT_KEYS')
    for (const problem of problems) t.match(error.message, problem)
    t.notMatch(error.message, /secret of|BEGIN/)
  }
  const pair = (key: Partial<JwtKey>): JwtOptions => ({ keys: [key as JwtKey] })
  await refused({}, /no keys\. Set "secret" or "keys"/)
  await refused({ secret: 'short' }, /key 0 \(HS256\): the secret must have at least 32 bytes/)
  await refused({ secret, algorithm: 'HS512' }, /at least 64 bytes/)
  await refused({ secret: rsa.publicKey }, /the secret must not be a PEM or a JSON Web Key/)
  await refused({ secret: JSON.stringify(createPublicKey(rsa.publicKey).export({ format: 'jwk' })) }, /the secret must not be a PEM or a JSON Web Key/)
  await refused(pair({ algorithm: 'HS256' }), /must have a secret$/)
  await refused(pair({ algorithm: 'HS256', privateKey: rsa.privateKey }), /must have a secret and no key pair/)
  await refused(pair({ algorithm: 'RS256', secret }), /and no secret/)
  await refused(pair({ algorithm: 'RS256' }), /must have a privateKey or a publicKey$/)
  await refused(pair({ algorithm: 'RS256', privateKey: 'nonsense' }), /must be PEM/)
  await refused(pair({ algorithm: 'RS256', privateKey: smallRsa.privateKey }), /at least 2048 bits/)
  await refused(pair({ algorithm: 'PS256', publicKey: ed.publicKey }), /must be an RSA key/)
  await refused(pair({ algorithm: 'ES256', publicKey: curves.ES384.publicKey }), /curve of the key must be prime256v1/)
  await refused(pair({ algorithm: 'ES384', privateKey: rsa.privateKey }), /curve of the key must be secp384r1/)
  await refused(pair({ algorithm: 'EdDSA', privateKey: rsa.privateKey }), /must be an Ed25519/)
  await refused({ secret: 'short', keys: [{ kid: 'a', algorithm: 'HS256', secret }, { kid: 'a', algorithm: 'RS256', secret }] },
    /key 0 .*at least 32/, /key "a" \(RS256\): RS256 must have/, /two keys have the kid "a"/, /each of several keys must have a kid/)
  const encrypted = createPrivateKey(rsa.privateKey).export({ type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: 'x' }).toString()
  await refused(pair({ algorithm: 'RS256', privateKey: encrypted }), /without a passphrase/)
})

t.test('verified', async t => {
  const oauth2 = oauth2PasswordBearer({ tokenUrl: 'token' })
  const answer = async (t: Test, isRevoked?: JwtOptions['isRevoked']) => {
    const app = bare(t)
    await app.register(errors)
    await app.register(dependencies)
    await app.register(jwt, { secret, ...isRevoked && { isRevoked } })
    const claims = verified(oauth2)
    const loose = dependency({ needs: { claims: verified(oauth2, { enforceScopes: false }), asked: securityScopes } }, ({ claims, asked }) => {
      requireScopes(claims, asked)
      return claims
    })
    app.get('/', { config: { depends: { claims } } }, async ({ deps }) => deps.claims)
    app.get('/scoped', { config: { depends: { claims: scoped(claims, ['a', 'b']) } } }, async ({ deps }) => deps.claims)
    app.get('/loose', { config: { depends: { claims: scoped(loose, ['a']) } } }, async ({ deps }) => deps.claims)
    app.get('/optional', { config: { depends: { claims: verified(httpBearer({ optional: true })) } } }, async ({ deps }) => deps.claims?.sub ?? 'nobody')
    return async (url: string, claims?: Claims | string) => {
      const token = typeof claims === 'object' ? app.tokens.sign(claims) : claims
      const { statusCode, headers, body } = await app.inject({ url, headers: { ...token !== undefined && { authorization: `Bearer ${token}` } } })
      return [statusCode, headers['www-authenticate'], statusCode === 200 ? body : JSON.parse(body).detail]
    }
  }

  for (const isRevoked of [undefined, async () => false]) {
    t.test(`gives the claims, or 401 ${isRevoked === undefined ? 'at once' : 'by a promise'}`, async t => {
      const get = await answer(t, isRevoked)
      t.match((await get('/', { sub: 'ann' }))[2], /"sub":"ann"/)
      t.same(await get('/', 'nope'), [401, 'Bearer', 'Could not validate credentials'])
      t.same(await get('/', ''), [401, 'Bearer', 'Could not validate credentials'])
      t.same(await get('/'), [401, 'Bearer', 'Not authenticated'])
    })

    t.test(`wants the scopes that are asked for ${isRevoked === undefined ? 'at once' : 'by a promise'}`, async t => {
      const get = await answer(t, isRevoked)
      t.match(await get('/scoped', { scope: 'b c a' }), [200])
      t.match(await get('/scoped', { scp: ['a', 'b'] }), [200])
      for (const claims of [{}, { scope: 'a' }, { scope: 'ab' }, { scope: '' }, { scp: 'a b' }, { scope: 'c', scp: ['a', 'b'] }]) {
        t.same(await get('/scoped', claims), [401, 'Bearer scope="a b"', 'Not enough permissions'], JSON.stringify(claims))
      }
      t.same(await get('/scoped', 'nope'), [401, 'Bearer scope="a b"', 'Could not validate credentials'])
      t.same(await get('/scoped'), [401, 'Bearer', 'Not authenticated'])
    })
  }

  t.test('leaves the scopes to the dependency that asks for that', async t => {
    const get = await answer(t)
    t.match(await get('/loose', { scope: 'a' }), [200])
    t.same(await get('/loose', {}), [401, 'Bearer scope="a"', 'Not enough permissions'])
    t.same(scopesOf({ scp: ['a', 1] }), ['a'])
  })

  t.test('gives null for a stranger whom the scheme lets in, and refuses bad tokens all the same', async t => {
    const get = await answer(t)
    t.same(await get('/optional'), [200, undefined, 'nobody'])
    t.same(await get('/optional', { sub: 'ann' }), [200, undefined, 'ann'])
    t.same(await get('/optional', 'nope'), [401, 'Bearer', 'Could not validate credentials'])
  })

  t.test('makes the plugin that is missing an error at the start', async t => {
    const app = bare(t)
    await app.register(dependencies)
    app.get('/', { config: { depends: { claims: verified(oauth2) } } }, async () => 'ok')
    await t.rejects(async () => { await app.ready() }, { code: 'APIKIT_ERR_ROUTES', message: /GET \/: claims: needs the decorator app\.tokens, which does not exist/ })
  })
})

t.test('a scope has keys of its own, and its siblings none', async t => {
  const app = bare(t)
  await app.register(async child => {
    await child.register(jwt, { secret })
    t.ok(child.hasDecorator('tokens'))
  })
  t.notOk(app.hasDecorator('tokens'))
  await t.rejects(async () => { await bare(t).register(jwt, { secret, secrets: [] } as JwtOptions) }, { code: 'APIKIT_ERR_INVALID_OPTIONS' })
})

t.test('one audience may be a text', async t => {
  const tokens = await tokensOf(t, { secret, audience: 'you' })
  t.equal((await tokens.verify(await tokens.sign({ sub: 'ann' }))).aud, 'you')
  await t.rejects(tokens.verify(forge(HS256, { sub: 'ann', aud: 'they' })), { code: 'audience' })
})

t.test('the reference app', async t => {
  t.test('takes its secret from its settings', async t => {
    const app = await build(t, { env: { JWT__SECRET: secret } })
    t.match(await app.tokens.verify(forge(HS256, { sub: 'ann' })), { sub: 'ann' })
    t.notMatch(JSON.stringify(app.settings), secret)
    const keys = await build(t, { env: { JWT__KEYS: JSON.stringify([{ kid: 'k', algorithm: 'HS256', secret }]) } })
    t.equal(partsOf(keys.tokens.sign({})).header.kid, 'k')
  })

  t.test('makes one up while it is developed, another at each start, and does not start in production', async t => {
    const [one, two] = [await build(t), await build(t)]
    await t.rejects(two.tokens.verify(one.tokens.sign({})), InvalidToken)
    const before = process.env.NODE_ENV
    t.teardown(() => { if (before === undefined) delete process.env.NODE_ENV; else process.env.NODE_ENV = before })
    process.env.NODE_ENV = 'production'
    await t.rejects(build(t), { code: 'APIKIT_ERR_JWT_KEYS', message: /JWT__SECRET/ })
    await build(t, { env: { JWT__SECRET: secret } })
  })
})

t.test('refresh tokens', async t => {
  const start = (t: Test, options = {}) => {
    mock.timers.enable({ apis: ['Date'], now: 0 })
    t.teardown(() => mock.timers.reset())
    const store = new MemoryRefreshTokenStore()
    return { store, refreshTokens: new RefreshTokens(store, { expiresIn: 100, maxAge: 250, ...options }) }
  }
  const seconds = (count: number) => mock.timers.tick(count * 1000)

  t.test('are good once, and give the next', async t => {
    const { refreshTokens } = start(t)
    let token = await refreshTokens.issue('ann', ['items'])
    const seen = new Set([token])
    for (let i = 0; i < 3; i++) {
      const { refreshToken, ...login } = await refreshTokens.refresh(token)
      t.same(login, { subject: 'ann', scopes: ['items'] })
      seen.add(token = refreshToken)
    }
    t.equal(seen.size, 4)
    t.same((await refreshTokens.refresh(await refreshTokens.issue('bob'))).scopes, [])
  })

  t.test('end their login when one is used twice, and tell of it', async t => {
    const reused: Login[] = []
    const { refreshTokens } = start(t, { onReuse: (login: Login) => { reused.push(login) } })
    const first = await refreshTokens.issue('ann')
    const { refreshToken: second } = await refreshTokens.refresh(first)
    await t.rejects(refreshTokens.refresh(first), because('reused'))
    await t.rejects(refreshTokens.refresh(second), because('inactive'))
    t.match(reused, [{ subject: 'ann' }])
    await t.resolves(new RefreshTokens(new MemoryRefreshTokenStore()).issue('ann'))
  })

  t.test('are taken by one of many who come at once', async t => {
    const { refreshTokens } = start(t)
    const token = await refreshTokens.issue('ann')
    const results = await Promise.allSettled(Array.from({ length: 20 }, () => refreshTokens.refresh(token)))
    t.equal(results.filter(({ status }) => status === 'fulfilled').length, 1)
  })

  t.test('expire when they are not used, and with their login', async t => {
    const { refreshTokens } = start(t, { onReuse: () => t.fail('it was not used before') })
    const idle = await refreshTokens.issue('ann')
    seconds(100)
    await t.rejects(refreshTokens.refresh(idle), because('expired'))

    let token = await refreshTokens.issue('ann')
    for (let i = 0; i < 2; i++) {
      seconds(99)
      token = (await refreshTokens.refresh(token)).refreshToken
    }
    seconds(52)
    await t.rejects(refreshTokens.refresh(token), because('expired'))
  })

  t.test('are revoked, one by one or all of a user', async t => {
    const { refreshTokens } = start(t)
    const [one, two, three, bobs] = [await refreshTokens.issue('ann'), await refreshTokens.issue('ann'), await refreshTokens.issue('ann'), await refreshTokens.issue('bob')]
    await refreshTokens.revoke(one)
    await refreshTokens.revoke('nonsense')
    await t.rejects(refreshTokens.refresh(one), because('inactive'))
    await t.resolves(refreshTokens.refresh(two))
    await refreshTokens.revokeAll('ann')
    await t.rejects(refreshTokens.refresh(three), InvalidToken)
    await t.resolves(refreshTokens.refresh(bobs))
  })

  t.test('are nothing that can be guessed, and are stored nowhere', async t => {
    const { store, refreshTokens } = start(t)
    const stored: Login[] = []
    store.add = async login => { stored.push(login) }
    const token = await refreshTokens.issue('ann')
    t.match(token, /^[\w-]{22}\.[\w-]{43}$/)
    t.notMatch(JSON.stringify(stored), token.split('.')[1])
    for (const token of ['', 'x', 'a.b', `${'x'.repeat(22)}.`]) await t.rejects(refreshTokens.refresh(token), because('malformed'))
    await t.rejects(refreshTokens.refresh(`${'x'.repeat(22)}.${'y'.repeat(43)}`), because('inactive'))
    t.throws(() => new RefreshTokens(store, { expiresIn: 0 }), { code: 'APIKIT_ERR_INVALID_OPTIONS' })
  })

  t.test('are forgotten when they are over', async t => {
    const { store, refreshTokens } = start(t)
    const old = await refreshTokens.issue('ann')
    seconds(50)
    const young = await refreshTokens.issue('ann')
    seconds(60)
    await store.removeExpired(new Date())
    await t.rejects(refreshTokens.refresh(old), because('inactive'))
    await t.resolves(refreshTokens.refresh(young))
  })
})
