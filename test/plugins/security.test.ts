import t from 'tap'
import type { FastifyInstance } from 'fastify'
import dependencies, { type Dependency, dependency, override, scoped, securityScopes } from '../../plugins/dependencies/index.ts'
import docs from '../../plugins/docs/index.ts'
import errors, { Forbidden } from '../../plugins/errors/index.ts'
import security, {
  apiKey, challenge, httpBase, httpBasic, httpBearer, httpDigest, oauth2, oauth2AuthorizationCodeBearer, oauth2ClientCredentialsBearer, oauth2PasswordBearer,
  openIdConnect, passwordForm, strictPasswordForm
} from '../../plugins/security/index.ts'
import testing from '../../plugins/testing/index.ts'
import validation from '../../plugins/validation/index.ts'
import { bare } from '../helper.ts'

type Test = Parameters<typeof bare>[0]
type Headers = Record<string, string>

async function plain (t: Test): Promise<FastifyInstance> {
  const app = bare(t)
  for (const plugin of [errors, validation, docs, dependencies, security]) await app.register(plugin)
  return app
}

/** An app whose one route answers the value of a scheme. */
async function serving (t: Test, scheme: Dependency): Promise<FastifyInstance> {
  const app = await plain(t)
  app.get('/', { config: { depends: { value: scheme } } }, async ({ deps: { value } }) => JSON.stringify(value))
  return app
}

/** Status, `www-authenticate` and body of its answer. */
async function ask (app: FastifyInstance, headers: Headers = {}, url = '/'): Promise<[number, unknown, unknown]> {
  const { statusCode, headers: answered, body } = await app.inject({ url, headers })
  return [statusCode, answered['www-authenticate'], JSON.parse(body)]
}

const refused = (challenge: string) => [401, challenge, { detail: 'Not authenticated' }]
const given = (value: unknown) => [200, undefined, value]
const authorization = (value: string): Headers => ({ authorization: value })
const basic = (text: string, encoding: BufferEncoding = 'utf8') => authorization(`Basic ${Buffer.from(text, encoding).toString('base64')}`)

const bearers = {
  oauth2PasswordBearer: oauth2PasswordBearer({ tokenUrl: 'token' }),
  oauth2ClientCredentialsBearer: oauth2ClientCredentialsBearer({ tokenUrl: 'token' }),
  oauth2AuthorizationCodeBearer: oauth2AuthorizationCodeBearer({ authorizationUrl: 'authorize', tokenUrl: 'token' })
}
for (const [name, scheme] of Object.entries(bearers)) {
  t.test(`${name} gives the token: after any case of the word, without the blanks around it`, async t => {
    const app = await serving(t, scheme)
    for (const header of ['Bearer abc', 'bearer abc', 'BEARER   abc \u00a0']) t.same(await ask(app, authorization(header)), given('abc'), header)
    t.same(await ask(app, authorization('Bearer a b')), given('a b'))
    t.same(await ask(app, authorization('Bearer')), given(''), 'an empty one, too, as FastAPI does')
    for (const header of ['', 'abc', 'Basic abc', 'Bearer\tabc', 'Bearers abc']) t.same(await ask(app, authorization(header)), refused('Bearer'), header)
    t.same(await ask(app), refused('Bearer'))
  })
}

for (const [name, scheme, word, challenge] of [
  ['httpBearer', httpBearer(), 'bearer', 'Bearer'],
  ['httpDigest', httpDigest(), 'DIGEST', 'Digest'],
  ['httpBase', httpBase({ scheme: 'my-oWN scheme'.replace(' ', '.') }), 'Anything', 'My-Own.Scheme']
] as const) {
  t.test(`${name} gives the scheme as it was sent, and credentials that are not empty`, async t => {
    const app = await serving(t, scheme)
    t.same(await ask(app, authorization(`${word}  a=b, c="d" `)), given({ scheme: word, credentials: 'a=b, c="d"' }))
    for (const header of [word, `${word}  `, '']) t.same(await ask(app, authorization(header)), refused(challenge), header)
    t.same(await ask(app), refused(challenge))
    const others = await ask(app, authorization('Other x'))
    t.same(others, name === 'httpBase' ? given({ scheme: 'Other', credentials: 'x' }) : refused(challenge))
  })
}

t.test('oauth2 and openIdConnect give the whole header', async t => {
  for (const scheme of [oauth2(), openIdConnect({ openIdConnectUrl: '/openid' })]) {
    const app = await serving(t, scheme)
    for (const header of ['Bearer a', 'Other  a', 'x']) t.same(await ask(app, authorization(header)), given(header))
    t.same(await ask(app, authorization('')), refused('Bearer'))
    t.same(await ask(app), refused('Bearer'))
  }
})

t.test('httpBasic', async t => {
  const app = await serving(t, httpBasic())

  t.test('parts the user from the password at the first colon', async t => {
    t.same(await ask(app, basic('john:se:cret')), given({ username: 'john', password: 'se:cret' }))
    t.same(await ask(app, basic(':')), given({ username: '', password: '' }))
  })

  t.test('reads base64 as Python does, and refuses what is none', async t => {
    const john = given({ username: 'john', password: 'secret' })
    for (const text of ['am9objpzZWNyZXQ=', ' am9objpzZWNyZXQ=  ', 'am9o bjpz!ZWNy-ZXQ=', 'am9objpzZWNyZXQ==', 'am9objpzZWNyZXQ=am9o', '=am9objpzZWNyZXQ=']) {
      t.same(await ask(app, authorization(`basic ${text}`)), john, text)
    }
    for (const text of ['', 'am9objpzZWNyZXQ', 'a', 'am9objpzZWNyZXQ=é', '%%%']) t.same(await ask(app, authorization(`Basic ${text}`)), refused('Basic'), text)
  })

  t.test('refuses what is not ASCII, and what has no colon', async t => {
    for (const header of [basic('jöhn:x'), basic('jöhn:x', 'latin1'), basic('john'), authorization('Bearer am9objpzZWNyZXQ='), {}]) {
      t.same(await ask(app, header), refused('Basic'))
    }
  })

  t.test('names its realm, quoted', async t => {
    t.same(await ask(await serving(t, httpBasic({ realm: 'simple' }))), refused('Basic realm="simple"'))
    t.same(await ask(await serving(t, httpBasic({ realm: 'the "best\\"' }))), refused('Basic realm="the \\"best\\\\\\""'))
    t.same(await ask(await serving(t, httpBasic({ realm: '' }))), refused('Basic'))
  })

  t.test('that is optional lets strangers in, and nobody with credentials that cannot be read', async t => {
    const app = await serving(t, httpBasic({ optional: true, realm: 'x' }))
    t.same(await ask(app), given(null))
    t.same(await ask(app, authorization('Bearer x')), given(null))
    t.same(await ask(app, basic('john')), refused('Basic realm="x"'))
  })
})

t.test('apiKey', async t => {
  t.test('reads a header by any case of its name; the first of several counts', async t => {
    const app = await serving(t, apiKey({ in: 'header', name: 'X-Key' }))
    t.same(await ask(app, { 'x-key': 'a, b' }), given('a, b'))
    t.same(await ask(app, { 'X-KEY': 'a' }), given('a'))
    t.same(await ask(app, { 'x-key': '' }), refused('APIKey'))
    t.same(await ask(app, { other: 'x-key' }), refused('APIKey'))
    const { body } = await app.inject({ url: '/', headers: { 'x-key': ['first', 'second'] } })
    t.match(body, /^"first/)
  })

  t.test('reads a parameter of the query, decoded; the last of several counts', async t => {
    const app = await serving(t, apiKey({ in: 'query', name: 'the key' }))
    t.same(await ask(app, {}, '/?the+key=a%20b'), given('a b'))
    t.same(await ask(app, {}, '/?the%20key=a&the+key=b'), given('b'))
    for (const url of ['/', '/?', '/?the+key', '/?the+key=', '/?the+key=a&the+key=', '/?key=a']) t.same(await ask(app, {}, url), refused('APIKey'), url)
    t.same(await ask(await serving(t, apiKey({ in: 'query', name: '__proto__' }))), refused('APIKey'))
  })

  t.test('reads a cookie; the last of several counts', async t => {
    const app = await serving(t, apiKey({ in: 'cookie', name: 'key' }))
    t.same(await ask(app, { cookie: 'a=b; key=one; key="two"' }), given('two'))
    for (const cookie of ['', 'key=', 'Key=a', 'a=key']) t.same(await ask(app, { cookie }), refused('APIKey'), cookie)
    t.same(await ask(app), refused('APIKey'))
    t.same(await ask(await serving(t, apiKey({ in: 'cookie', name: '__proto__' }))), refused('APIKey'))
  })
})

t.test('an optional scheme gives null to a stranger', async t => {
  const schemes = [
    httpBearer({ optional: true }), httpDigest({ optional: true }), httpBase({ scheme: 'x', optional: true }), apiKey({ in: 'header', name: 'key', optional: true }),
    oauth2({ optional: true }), openIdConnect({ openIdConnectUrl: '/o', optional: true }), oauth2PasswordBearer({ tokenUrl: 'token', optional: true }),
    oauth2ClientCredentialsBearer({ tokenUrl: 'token', optional: true }), oauth2AuthorizationCodeBearer({ authorizationUrl: 'a', tokenUrl: 'token', optional: true })
  ]
  for (const scheme of schemes) t.same(await ask(await serving(t, scheme)), given(null))
})

t.test('the error for a stranger can be another', async t => {
  const app = await serving(t, httpBearer({ notAuthenticated: () => new Forbidden('Not authenticated') }))
  t.same(await ask(app), [403, undefined, { detail: 'Not authenticated' }])
  t.same(await ask(await serving(t, httpBasic({ optional: true, notAuthenticated: () => new Forbidden('No') })), basic('john')), [403, undefined, { detail: 'No' }])
})

t.test('schemes document themselves, by FastAPI’s names or their own', async t => {
  const app = await plain(t)
  const scopes = { me: 'Read me.' }
  const url = { tokenUrl: 'token' }
  app.get('/', {
    config: {
      depends: [
        oauth2PasswordBearer({ ...url, scopes, description: 'By password.', refreshUrl: 'refresh' }), oauth2ClientCredentialsBearer({ ...url, optional: true }),
        oauth2AuthorizationCodeBearer({ ...url, authorizationUrl: 'authorize' }), oauth2({ flows: { implicit: { authorizationUrl: 'authorize' } } }), openIdConnect({ openIdConnectUrl: '/o' }),
        httpBearer({ bearerFormat: 'JWT' }), httpBasic({ realm: 'x' }), httpDigest(), httpBase({ scheme: 'Other' }),
        apiKey({ in: 'header', name: 'x-key' }), apiKey({ in: 'query', name: 'k' }), apiKey({ in: 'cookie', name: 'c', schemeName: 'session' })
      ]
    }
  }, async () => 'ok')
  const { paths, components } = (await app.inject('/openapi.json')).json()
  t.same(components.securitySchemes, {
    OAuth2PasswordBearer: { type: 'oauth2', description: 'By password.', flows: { password: { scopes, tokenUrl: 'token', refreshUrl: 'refresh' } } },
    OAuth2ClientCredentials: { type: 'oauth2', flows: { clientCredentials: { scopes: {}, tokenUrl: 'token' } } },
    OAuth2AuthorizationCodeBearer: { type: 'oauth2', flows: { authorizationCode: { scopes: {}, authorizationUrl: 'authorize', tokenUrl: 'token' } } },
    OAuth2: { type: 'oauth2', flows: { implicit: { scopes: {}, authorizationUrl: 'authorize' } } },
    OpenIdConnect: { type: 'openIdConnect', openIdConnectUrl: '/o' },
    HTTPBearer: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' },
    HTTPBasic: { type: 'http', scheme: 'basic' },
    HTTPDigest: { type: 'http', scheme: 'digest' },
    HTTPBase: { type: 'http', scheme: 'Other' },
    APIKeyHeader: { type: 'apiKey', in: 'header', name: 'x-key' },
    APIKeyQuery: { type: 'apiKey', in: 'query', name: 'k' },
    session: { type: 'apiKey', in: 'cookie', name: 'c' }
  })
  t.same(paths['/'].get.security, Object.keys(components.securitySchemes).map(name => ({ [name]: [] })))
  t.notOk(paths['/'].get.parameters, 'keys are no parameters')
})

t.test('wrong options are refused where the scheme is made, all of them in one error', async t => {
  const code = 'APIKIT_ERR_INVALID_OPTIONS'
  t.throws(() => oauth2PasswordBearer({ tokenURL: 'x', optional: 1 } as never), { code, message: /oauth2PasswordBearer: (?=.*tokenURL: Unknown)(?=.*options\/tokenUrl)(?=.*options\/optional)/ })
  t.throws(() => apiKey({ in: 'body', name: 'x' } as never), { code, message: /apiKey: .*options\/in/ })
  for (const name of ['', 'a b', 'a\r\nb']) t.throws(() => apiKey({ in: 'header', name }), { code }, JSON.stringify(name))
  for (const realm of ['a\r\nb', '☃']) t.throws(() => httpBasic({ realm }), { code }, JSON.stringify(realm))
  for (const scheme of ['', 'a b', 'é']) t.throws(() => httpBase({ scheme }), { code }, scheme)
  t.throws(() => oauth2({ flows: { other: {} } } as never), { code })
  t.throws(() => httpBearer({ notAuthenticated: 'no' } as never), { code })
})

t.test('a stranger is refused before a byte of the body is read', async t => {
  const app = await plain(t)
  let parsed = 0
  app.addContentTypeParser('text/x', (_request, _payload, done) => { parsed++; done(null, '') })
  app.post('/', { config: { depends: { token: oauth2PasswordBearer({ tokenUrl: 'token' }) } } }, async () => 'ok')
  for (const [headers, status, times] of [[{}, 401, 0], [authorization('Bearer x'), 200, 1]] as const) {
    t.equal((await app.inject({ method: 'POST', url: '/', headers: { 'content-type': 'text/x', ...headers }, payload: 'x' })).statusCode, status)
    t.equal(parsed, times)
  }
})

t.test('a challenge names the scopes that were asked for on the way', async t => {
  const app = await plain(t)
  const user = dependency({ needs: { token: httpBearer({ optional: true }), asked: securityScopes } }, ({ asked }) => challenge(asked))
  app.get('/none', { config: { depends: { user } } }, async ({ deps }) => deps.user)
  app.get('/some', { config: { depends: { user: scoped(dependency({ needs: { user: scoped(user, ['b', 'a']) } }, ({ user }) => user), ['a']) } } }, async ({ deps }) => deps.user)
  t.same((await app.inject('/none')).json(), { 'www-authenticate': 'Bearer' })
  t.same((await app.inject('/some')).json(), { 'www-authenticate': 'Bearer scope="a b"' })
  t.same(challenge(), { 'www-authenticate': 'Bearer' })
  t.same(challenge({ scopes: ['a"b'], scopeStr: 'a"b' }), { 'www-authenticate': 'Bearer scope="a\\"b"' })
})

t.test('passwordForm', async t => {
  const app = await plain(t)
  app.post('/', { config: { depends: { form: passwordForm } } }, async ({ deps: { form } }) => ({ ...form }))
  app.post('/strict', { config: { depends: { form: strictPasswordForm } } }, async ({ deps: { form } }) => ({ ...form }))
  const post = async (url: string, payload: string) => {
    const { statusCode, body } = await app.inject({ method: 'POST', url, payload, headers: { 'content-type': 'application/x-www-form-urlencoded' } })
    const answer = JSON.parse(body)
    return [statusCode, answer.detail?.map(({ type, loc }: { type: string, loc: string[] }) => `${type} ${loc.join('.')}`) ?? answer]
  }
  const sent = { grantType: null, username: 'a', password: 'b', scopes: [], clientId: null, clientSecret: null }

  t.test('gives the fields of the flow; an empty one was not sent', async t => {
    t.same(await post('/', 'username=a&password=b'), [200, sent])
    t.same(await post('/', 'username=a&password=b&grant_type=&scope=&client_id='), [200, sent])
    t.same(await post('/', 'grant_type=password&username=a&password=b&scope=+x++y%09z&client_id=c&client_secret=d'),
      [200, { ...sent, grantType: 'password', scopes: ['x', 'y', 'z'], clientId: 'c', clientSecret: 'd' }])
  })

  t.test('wants user name, password, and no other grant', async t => {
    t.same(await post('/', ''), [422, ['missing body.username', 'missing body.password']])
    t.same(await post('/', 'username=a&password=&grant_type=xpassword'), [422, ['string_pattern_mismatch body.grant_type', 'missing body.password']])
  })

  t.test('that is strict wants the grant, too', async t => {
    t.same(await post('/strict', 'username=a&password=b'), [422, ['missing body.grant_type']])
    t.same(await post('/strict', 'username=a&password=b&grant_type=password'), [200, { ...sent, grantType: 'password' }])
  })
})

t.test('app.guard', async t => {
  const token = httpBearer()
  const open = { config: { public: true } }
  const closed = { config: { depends: { token } } }
  const refusal = /is not protected, and app\.guard/

  t.test('makes a route that does not say who may call it an error at the start', async t => {
    const app = await plain(t)
    app.guard({ default: 'deny', public: ['/docs*', '/redoc*', '/openapi.json'] })
    app.get('/open', open, async () => 1)
    app.get('/closed', closed, async () => 1)
    app.get('/user', { config: { depends: { user: dependency({ needs: { token } }, () => 1) } } }, async () => 1)
    app.get('/bare', async () => 1)
    app.post('/not', { config: { depends: [dependency(() => 1)], public: false } }, async () => 1)
    const { message } = await app.ready().then(() => t.fail('it started'), error => error)
    t.same(message.split('\n').map((line: string) => line.split(':', 1)[0]), ['GET /bare', 'POST /not'])
    t.match(message, refusal)
  })

  t.test('is content with what a scope above asks for', async t => {
    const app = await plain(t)
    app.guard({ default: 'deny', public: ['/docs*', '/redoc*', '/openapi.json'] })
    await app.register(async child => {
      child.depends({ token })
      child.get('/closed', async () => 1)
    })
    await app.ready()
    t.equal((await app.inject('/closed')).statusCode, 401)
  })

  t.test('holds for its scope and below, declared before or after; the nearest counts', async t => {
    const app = await plain(t)
    await app.register(async child => {
      child.get('/before', async () => 1)
      child.guard({ default: 'deny' })
      await child.register(async grandchild => { grandchild.get('/below', async () => 1) })
      await child.register(async grandchild => {
        grandchild.guard({ default: 'allow' })
        grandchild.get('/allowed', async () => 1)
      })
    })
    app.get('/beside', async () => 1)
    const { message } = await app.ready().then(() => t.fail('it started'), error => error)
    t.same(message.split('\n').map((line: string) => line.split(':', 1)[0]), ['GET /before', 'GET /below'])
  })

  t.test('refuses a public route that depends on a scheme', async t => {
    const app = await plain(t)
    app.guard({ default: 'allow' })
    app.get('/', { config: { public: true, depends: { token } } }, async () => 1)
    await t.rejects(async () => { await app.ready() }, /GET \/: config\.public contradicts the security scheme/)
  })

  t.test('looks at what is really declared, not at what a test has put in its place', async t => {
    const app = bare(t)
    await app.register(testing, { overrides: [override(token, () => ({ scheme: 'Bearer', credentials: 'x' }))] })
    for (const plugin of [errors, dependencies, security]) await app.register(plugin)
    app.guard({ default: 'deny' })
    app.get('/', closed, async () => 1)
    t.equal((await app.inject('/')).statusCode, 200)
  })

  t.test('without a guard every route may be declared, and without the plugin there is none', async t => {
    const app = await plain(t)
    app.get('/', async () => 1)
    await app.ready()
    t.notOk(bare(t).hasDecorator('guard'))
  })

  t.test('is for the scope it is registered in', async t => {
    const app = bare(t)
    await app.register(async child => {
      await child.register(security)
      await child.register(security) // once is enough
      t.ok(child.hasDecorator('guard'))
    })
    t.notOk(app.hasDecorator('guard'))
  })

  t.test('says what is wrong with its options', async t => {
    const app = await plain(t)
    for (const options of [undefined, {}, { default: 'no' }, { default: 'deny', public: '/' }, { default: 'deny', public: ['docs'] }, { default: 'deny', open: [] }]) {
      t.throws(() => app.guard(options as never), { code: 'APIKIT_ERR_GUARD' }, JSON.stringify(options))
    }
    await t.rejects(async () => { await bare(t).register(security, { guard: true } as never) }, { code: 'APIKIT_ERR_INVALID_OPTIONS' })
  })
})
