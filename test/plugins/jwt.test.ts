import { createHmac, createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject, sign as signBytes } from 'node:crypto'
import { mock } from 'node:test'
import t from 'tap'
import dependencies, { dependency, scoped, securityScopes } from '../../plugins/dependencies/index.ts'
import errors from '../../plugins/errors/index.ts'
import jwt, {
  type Claims, InvalidToken, JwtAlgorithm, type JwtKey, type JwtOptions, type Login, MemoryRefreshTokenStore, RefreshTokens, requireScopes, scopesOf, verified
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
const because = (reason: string | RegExp): { message: string } => Object.assign({ message: 'Could not validate credentials' }, { status: 401, reason })

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

t.test('every other token is refused: 401, whatever is wrong with it', async t => {
  const good = { sub: 'ann', exp: later }
  const token = forge(HS256, good)
  const [header, payload, signature = ''] = token.split('.')
  const lastBits = `${signature.slice(0, -1)}${String.fromCharCode(signature.charCodeAt(42) + 1)}`
  const publicKey = rsa.publicKey
  const symmetric = await tokensOf(t)
  const asymmetric = await tokensOf(t, { keys: [{ algorithm: 'RS256', publicKey }] })
  t.match(await symmetric.verify(token), good)

  const cases: ReadonlyArray<readonly [reason: RegExp, token: string]> = [
    ...['', '.', '..', '...', 'nope', 'a.b.c', token.replaceAll('.', ''), `${header}.${payload}`, encode(HS256)].map(token => [/no key has its "alg"|not of our keys|base64url/, token] as const),
    [/no key has its "alg"/, forge('null', good)],
    [/no key has its "alg"/, forge('[]', good)],
    [/no key has its "alg"/, forge({ typ: 'JWT' }, good)],
    [/no key has its "alg"/, `${encode({ alg: 'none' })}.${payload}.`],
    [/no key has its "alg"/, `${encode({ alg: 'None' })}.${payload}.`],
    [/no key has its "alg"/, forge({ alg: 'HS512' }, good, secret, 'sha512')],
    [/no key has its "alg"/, forge({ alg: 'hs256' }, good)],
    [/no key has its "alg"/, forge({ alg: ['HS256'] }, good)],
    [/not of our keys/, forge(HS256, good, other)],
    [/not of our keys/, forge({ ...HS256, jwk: { kty: 'oct', k: encode(other) } }, good, other)],
    [/not of our keys/, forge({ ...HS256, kid: '/dev/null' }, good, ' ')],
    [/not of our keys/, forge({ ...HS256, crit: ['exp'], exp: 1 }, good)],
    [/not of our keys/, forge({ ...HS256, crit: [] }, good)],
    [/not of our keys/, `${header}.${payload}.`],
    [/not of our keys/, `${header}.${encode({ ...good, sub: 'bob' })}.${signature}`],
    [/base64url/, `${token} `],
    [/base64url/, `${token}=`],
    [/not of our keys/, `${token}x`],
    [/base64url|not of our keys/, `${header}.${payload}.${lastBits}`],
    [/not of our keys/, forge(HS256, 'null')],
    [/not of our keys/, forge(HS256, '[]')],
    [/not of our keys/, forge(HS256, '"ann"')],
    [/has expired/, forge(HS256, { ...good, exp: 1 })],
    [/has expired/, forge(HS256, { ...good, exp: now() })],
    [/not valid yet/, forge(HS256, { ...good, nbf: later })],
    [/not valid yet/, forge(HS256, { ...good, iat: later })],
    [/"exp" is no number/, forge(HS256, { ...good, exp: 'soon' })],
    [/"exp" is no number/, forge(HS256, { ...good, exp: null })],
    [/"exp" is no number/, forge(HS256, `{"sub":"ann","exp":${'9'.repeat(400)}}`)],
    [/"nbf" is no number/, forge(HS256, { ...good, nbf: true })],
    [/"iat" is no number/, forge(HS256, { ...good, iat: [1] })],
    [/"sub" is no text/, forge(HS256, { ...good, sub: 1 })],
    [/"sub" is no text/, forge(HS256, { ...good, sub: null })],
    [/"jti" is no text/, forge(HS256, { ...good, jti: 1 })],
    [/another audience/, forge(HS256, { ...good, aud: 'someone' })],
    [/"aud" is no text/, forge(HS256, { ...good, aud: {} })]
  ]
  for (const [reason, token] of cases) {
    const error = await symmetric.verify(token).then(() => t.fail(token), error => error)
    t.type(error, InvalidToken)
    t.match(error, { status: 401, detail: 'Could not validate credentials', headers: { 'www-authenticate': 'Bearer' }, reason }, JSON.stringify(token.slice(0, 80)))
  }
  await t.rejects(asymmetric.verify(forge(HS256, good, publicKey)), InvalidToken, 'the public key is no secret')
  await t.rejects(asymmetric.verify(forge({ alg: 'RS256' }, good, publicKey)), InvalidToken)
  t.match(await symmetric.verify(forge(HS256, { ...good, aud: [] })), good, 'nobody’s audience is none')
  t.match(await symmetric.verify(forge({ ...HS256, typ: 'at+jwt' }, { sub: 'ann' })), { sub: 'ann' }, 'an end and a type are asked for by options')
})

t.test('issuer, audience, type and claims can be asked for', async t => {
  const tokens = await tokensOf(t, { secret, issuer: 'me', audience: ['you', 'they'], requiredClaims: ['exp', 'sub'], typ: 'at+jwt' })
  const good = { iss: 'me', aud: ['x', 'they'], exp: later, sub: 'a' }
  const typed = { alg: 'HS256', typ: 'application/AT+jwt' }
  t.match(await tokens.verify(forge(typed, good)), good)
  t.equal(partsOf(tokens.sign({ sub: 'a' })).header.typ, 'at+jwt')
  t.match(await tokens.verify(tokens.sign({ sub: 'a' })), { iss: 'me' })
  for (const [name, value] of [['iss', 'Me'], ['iss', undefined], ['iss', ['me']], ['aud', 'x'], ['aud', undefined], ['aud', []], ['exp', undefined], ['sub', undefined]] as const) {
    await t.rejects(tokens.verify(forge(typed, { ...good, [name]: value })), InvalidToken, `${name} ${value}`)
  }
  for (const header of [HS256, { alg: 'HS256' }]) await t.rejects(tokens.verify(forge(header, good)), because('it is of another type'))
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
    await t.rejects(tokens.verify(token), because('it has expired'))
    mock.timers.setTime(Date.now() - 60_000)
    await t.rejects(tokens.verify(token), because('it is not valid yet'), 'and when the clock goes back')
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
      const tokens = await tokensOf(t, { secret, cache })
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
  await t.rejects(tokens.verify(forge({ ...HS256, kid: '2' }, {})), InvalidToken, 'the algorithm is that of the key')
  await t.rejects(tokens.verify(forge({ ...HS256, kid: '3' }, {})), InvalidToken)

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

t.test('revocation is asked on every request', async t => {
  for (const isAsync of [false, true]) {
    const revoked = new Set<unknown>()
    const isRevoked = ({ jti }: Claims) => isAsync ? Promise.resolve(revoked.has(jti)) : revoked.has(jti)
    const tokens = await tokensOf(t, { secret, isRevoked })
    const token = tokens.sign({ sub: 'ann' })
    const { jti } = await tokens.verify(token)
    revoked.add(jti)
    await t.rejects(tokens.verify(token), because('it is revoked'))
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
  await refused({}, /there are no keys; give "secret" or "keys"/)
  await refused({ secret: 'short' }, /key 0 \(HS256\): the secret has less than 32 bytes/)
  await refused({ secret, algorithm: 'HS512' }, /less than 64 bytes/)
  await refused({ secret: rsa.publicKey }, /the secret is a key of another algorithm/)
  await refused({ secret: JSON.stringify(createPublicKey(rsa.publicKey).export({ format: 'jwk' })) }, /the secret is a key of another algorithm/)
  await refused(pair({ algorithm: 'HS256' }), /takes a secret$/)
  await refused(pair({ algorithm: 'HS256', privateKey: rsa.privateKey }), /takes a secret, and no pair/)
  await refused(pair({ algorithm: 'RS256', secret }), /and no secret/)
  await refused(pair({ algorithm: 'RS256' }), /takes a privateKey or a publicKey$/)
  await refused(pair({ algorithm: 'RS256', privateKey: 'nonsense' }), /cannot be read/)
  await refused(pair({ algorithm: 'RS256', privateKey: smallRsa.privateKey }), /at least 2048 bits/)
  await refused(pair({ algorithm: 'PS256', publicKey: ed.publicKey }), /takes a key of RSA/)
  await refused(pair({ algorithm: 'ES256', publicKey: curves.ES384.publicKey }), /takes a key of the curve prime256v1/)
  await refused(pair({ algorithm: 'ES384', privateKey: rsa.privateKey }), /takes a key of the curve secp384r1/)
  await refused(pair({ algorithm: 'EdDSA', privateKey: rsa.privateKey }), /takes a key of Ed25519/)
  await refused({ secret: 'short', keys: [{ kid: 'a', algorithm: 'HS256', secret }, { kid: 'a', algorithm: 'RS256', secret }] },
    /key 0 .*less than/, /key "a" \(RS256\): it takes|key "a" \(RS256\): RS256 takes/, /two keys have the kid "a"/, /each needs a kid/)
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
    await t.rejects(async () => { await app.ready() }, { code: 'APIKIT_ERR_ROUTES', message: /GET \/: claims: it takes app\.tokens, which nobody has added/ })
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
    await t.rejects(refreshTokens.refresh(first), because(/was used before/))
    await t.rejects(refreshTokens.refresh(second), because(/no such login/))
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
    await t.rejects(refreshTokens.refresh(idle), because(/has expired/))

    let token = await refreshTokens.issue('ann')
    for (let i = 0; i < 2; i++) {
      seconds(99)
      token = (await refreshTokens.refresh(token)).refreshToken
    }
    seconds(52)
    await t.rejects(refreshTokens.refresh(token), because(/has expired/))
  })

  t.test('are revoked, one by one or all of a user', async t => {
    const { refreshTokens } = start(t)
    const [one, two, three, bobs] = [await refreshTokens.issue('ann'), await refreshTokens.issue('ann'), await refreshTokens.issue('ann'), await refreshTokens.issue('bob')]
    await refreshTokens.revoke(one)
    await refreshTokens.revoke('nonsense')
    await t.rejects(refreshTokens.refresh(one), because(/no such login/))
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
    for (const token of ['', 'x', 'a.b', `${'x'.repeat(22)}.`]) await t.rejects(refreshTokens.refresh(token), because('it is no refresh token'))
    await t.rejects(refreshTokens.refresh(`${'x'.repeat(22)}.${'y'.repeat(43)}`), because(/no such login/))
    t.throws(() => new RefreshTokens(store, { expiresIn: 0 }), { code: 'APIKIT_ERR_INVALID_OPTIONS' })
  })

  t.test('are forgotten when they are over', async t => {
    const { store, refreshTokens } = start(t)
    const old = await refreshTokens.issue('ann')
    seconds(50)
    const young = await refreshTokens.issue('ann')
    seconds(60)
    await store.removeExpired(new Date())
    await t.rejects(refreshTokens.refresh(old), because(/no such login/))
    await t.resolves(refreshTokens.refresh(young))
  })
})
