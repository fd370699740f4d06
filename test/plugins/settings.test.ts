import { once } from 'node:events'
import { join } from 'node:path'
import { inspect } from 'node:util'
import { type TObject, Type } from '@sinclair/typebox'
import t, { type Test } from 'tap'
import settings, { readSettings, type SettingsOptions } from '../../plugins/settings/index.ts'
import { bare, build } from '../helper.ts'

/** What `app.settings` is, with nothing read of this machine but what the options say. */
async function read (t: Test, schema: TObject, options: Partial<SettingsOptions> = {}): Promise<any> {
  const app = bare(t)
  await app.register(settings, { schema, env: {}, envFile: null, ...options })
  return app.settings
}

/** The message with which the app refuses to start. */
async function refusal (t: Test, schema: TObject, options: Partial<SettingsOptions>): Promise<string> {
  try {
    await read(t, schema, options)
  } catch (error) {
    const { code, message } = error as { code: string, message: string }
    t.equal(code, 'APIKIT_ERR_SETTINGS')
    return message
  }
  throw new Error('it was not refused')
}

const Shop = Type.Object({
  name: Type.String({ default: 'Shop' }),
  debug: Type.Boolean({ default: false }),
  maxItems: Type.Integer({ default: 10, minimum: 1, description: 'Items in a basket.' }),
  db: Type.Object({
    url: Type.String({ description: 'Where the rows are.' }),
    poolSize: Type.Integer({ default: 5 }),
    tls: Type.Object({ ca: Type.Optional(Type.String()) }, { additionalProperties: false })
  }, { additionalProperties: false })
})
const URL = 'sqlite:shop.db'

t.test('a setting is read from its variable, groups from names with __, and the rest by default', async t => {
  const env = { MAX_ITEMS: '3', db__url: URL, DB__POOL_SIZE: '7', DB__TLS__CA: 'ca.pem', UNRELATED: 'x', GONE: undefined }
  t.same(await read(t, Shop, { env }), {
    name: 'Shop', debug: false, maxItems: 3, db: { url: URL, poolSize: 7, tls: { ca: 'ca.pem' } }
  })
})

t.test('names of fields become names of variables', async t => {
  const fields = { plain: 'PLAIN', camelCase: 'CAMEL_CASE', apiURL: 'API_URL', HTMLPage: 'HTML_PAGE', oauth2Key: 'OAUTH2_KEY', 'kebab-case': 'KEBAB_CASE', snake_case: 'SNAKE_CASE' }
  const schema = Type.Object(Object.fromEntries(Object.keys(fields).map(field => [field, Type.String()])))
  const env = Object.fromEntries(Object.entries(fields).map(([field, variable]) => [variable, field]))
  t.same(await read(t, schema, { env }), Object.fromEntries(Object.keys(fields).map(field => [field, field])))
})

t.test('the environment beats the file, `data` beats both, field by field', async t => {
  const dir = t.testdir({ '.env': 'NAME="From the file" # and a comment\nexport MAX_ITEMS=1\nDB__URL=file\n' })
  const got = await read(t, Shop, {
    envFile: join(dir, '.env'),
    env: { MAX_ITEMS: '2', DB__POOL_SIZE: '2' },
    data: { db: { poolSize: 3 }, name: undefined }
  })
  t.match(got, { name: 'From the file', maxItems: 2, db: { url: 'file', poolSize: 3 } })
})

t.test('without options it reads process.env, and .env of the working directory', async t => {
  t.chdir(t.testdir({ '.env': 'FROM_FILE=file\n' }))
  t.intercept(process, 'env', { value: { FROM_ENV: 'env' } })
  const app = bare(t)
  await app.register(settings, { schema: Type.Object({ fromFile: Type.String(), fromEnv: Type.String() }) })
  t.same(app.settings, { fromFile: 'file', fromEnv: 'env' })
})

t.test('the file need not exist, but it must be readable when it does', async t => {
  const dir = t.testdir({ directory: {} })
  t.same(await read(t, Type.Object({}), { envFile: join(dir, 'none') }), {})
  t.match(await refusal(t, Type.Object({}), { envFile: join(dir, 'directory') }), /cannot read .*directory: EISDIR/)
})

t.test('a prefix can begin all names', async t => {
  const env = { SHOP_MAX_ITEMS: '2', SHOP_DB__URL: URL, MAX_ITEMS: '99' }
  t.match(await read(t, Shop, { env, envPrefix: 'shop_' }), { maxItems: 2, db: { url: URL } })
})

t.test('text becomes what the schema asks for', async t => {
  const cases: Array<[Parameters<typeof Type.Object>[0][string], Record<string, unknown>]> = [
    [Type.String(), { '': '', ' a ': ' a ', 1: '1', null: 'null' }],
    [Type.Boolean(), { true: true, TRUE: true, 1: true, yes: true, on: true, t: true, y: true, false: false, 0: false, No: false, off: false, f: false, n: false }],
    [Type.Integer(), { 1: 1, ' 1 ': 1, '-3': -3, '+3': 3, '1_000': 1000, '1.0': 1 }],
    [Type.Number(), { 1.5: 1.5, '.5': 0.5, '1.': 1, '1e3': 1000, '-1_0.5': -10.5 }],
    [Type.Array(Type.Integer()), { '1,2': [1, 2], '1, 2': [1, 2], '[1,2]': [1, 2], '': [], 7: [7] }],
    [Type.Array(Type.String()), { 'a,b': ['a', 'b'], '["a,b"]': ['a,b'], ' ': [] }],
    [Type.Unsafe({ type: 'array' }), { '1,a': [1, 'a'] }],
    [Type.Union([Type.Integer(), Type.Null()]), { 1: 1, null: null, None: null }],
    [Type.Union([Type.Literal('a'), Type.Literal(2), Type.Literal(false)]), { a: 'a', 2: 2, false: false }],
    [Type.Unsafe({ enum: ['red', 3] }), { red: 'red', 3: 3 }],
    [Type.Object({ a: Type.Integer() }), { '{"a":1}': { a: 1 } }],
    [Type.Record(Type.String(), Type.Integer()), { '{"a":1}': { a: 1 } }],
    [Type.Any(), { '[1]': [1], 'not JSON': 'not JSON' }]
  ]
  for (const [type, texts] of cases) {
    for (const [text, value] of Object.entries(texts)) {
      t.same(await read(t, Type.Object({ field: type }), { env: { FIELD: text } }), { field: value }, `${type.type} ${text}`)
    }
  }
})

t.test('a group can be given as JSON, with single fields above it', async t => {
  t.match(await read(t, Shop, { env: { DB: '{"url":"json","poolSize":1}', DB__POOL_SIZE: '2' } }), { db: { url: 'json', poolSize: 2 } })
})

t.test('the default of a group lies below what is set of it', async t => {
  const schema = Type.Object({ db: Type.Object({ host: Type.String(), port: Type.Integer() }, { default: { host: 'a', port: 1 } }) })
  t.same(await read(t, schema), { db: { host: 'a', port: 1 } })
  t.same(await read(t, schema, { env: { DB__PORT: '2' } }), { db: { host: 'a', port: 2 } })
})

t.test('an optional group that is not set is not there', async t => {
  const schema = Type.Object({ mail: Type.Optional(Type.Object({ host: Type.String() })) })
  t.same(await read(t, schema), {})
  t.same(await read(t, schema, { env: { MAIL__HOST: 'a' } }), { mail: { host: 'a' } })
})

t.test('everything that is wrong is in one error, with how to mend it', async t => {
  const dir = t.testdir({ '.env': 'MAX_ITEMS=many\nDB__POOLSIZE=3\n' })
  const file = join(dir, '.env')
  const message = await refusal(t, Shop, { envFile: file, env: { DEBUG: 'perhaps', DB__TLS__CERT: 'x' }, data: { name: 5 } })
  t.same(message.split('\n- '), [
    'fastify-apikit/settings: invalid settings:',
    'data.name, which is 5, must be string',
    'DEBUG (environment), which is "perhaps", must be true or false (or 1, 0, yes, no, on, off)',
    `MAX_ITEMS (${file}), which is "many", must be integer (Items in a basket.)`,
    'DB__URL is not set (Where the rows are.). Set it in the environment or in the env file',
    'DB__TLS__CERT (environment) is not a setting. Settings: DB__TLS__CA',
    `DB__POOLSIZE (${file}) is not a setting. Settings: DB__URL, DB__POOL_SIZE, DB__TLS`
  ])
})

t.test('each kind of mistake has its words', async t => {
  const cases: Array<[Parameters<typeof Type.Object>[0][string], string, string]> = [
    [Type.Integer({ maximum: 9 }), '10', 'X (environment), which is 10, must be <= 9'],
    [Type.Integer(), '1.5', 'X (environment), which is "1.5", must be integer'],
    [Type.Number(), 'Infinity', 'X (environment), which is "Infinity", must be number'],
    [Type.Array(Type.Integer()), '[1', 'X (environment), which is "[1", must be a list: a,b or ["a","b"]'],
    [Type.Array(Type.Integer()), '1,b', 'X (environment), which is "b", must be integer'],
    [Type.Object({}), 'text', 'X (environment), which is "text", must be an object, as JSON'],
    [Type.Object({ a: Type.Any() }, { additionalProperties: false }), '{"a":1,"b":2}', 'X (environment), which is 2, is not a setting'],
    [Type.Unsafe({ enum: ['a', 'b'] }), 'c', 'X (environment), which is "c", must be one of a, b'],
    [Type.Literal('a'), 'c', 'X (environment), which is "c", must be a'],
    [Type.Union([Type.Integer(), Type.Null()]), 'c', 'X (environment), which is "c", must be integer or must be null'],
    [Type.Union([Type.Literal('a'), Type.Literal('b')]), 'c', 'X (environment), which is "c", must be a or must be b'],
    [Type.String({ format: 'uri' }), 'c', 'X (environment), which is "c", must match format "uri"'],
    [Type.Integer({ default: 0, minimum: 1 }), '', 'X (environment), which is "", must be integer. An empty value counts: remove the variable to use the default']
  ]
  for (const [type, text, problem] of cases) {
    t.equal((await refusal(t, Type.Object({ x: type }), { env: { X: text } })).split('\n- ')[1], problem)
  }
  t.match(await refusal(t, Type.Object({ x: Type.Integer({ default: 0, minimum: 1 }) }), {}), /- X, which is 0, must be >= 1$/)
  const odd = Type.Object({ 'a/b~c': Type.Integer() })
  t.match(await refusal(t, odd, { data: { 'a/b~c': 'x' } }), /data\.a\/b~c, which is "x", must be integer/)
})

t.test('a group that allows other fields has no strangers', async t => {
  const schema = Type.Object({ free: Type.Object({ a: Type.Optional(Type.String()) }, { additionalProperties: true }) })
  t.same(await read(t, schema, { env: { FREE__OTHER: 'x' } }), { free: {} })
})

t.test('settings are frozen, through and through', async t => {
  const got = await read(t, Type.Object({ db: Type.Object({ hosts: Type.Array(Type.String()) }) }), { env: { DB__HOSTS: 'a,b' } })
  for (const object of [got, got.db, got.db.hosts]) t.ok(Object.isFrozen(object))
  t.throws(() => { got.db = {} }, TypeError)
})

t.test('what was given as data is neither frozen nor filled in', async t => {
  const data = { db: { url: URL, tls: {} } }
  await read(t, Shop, { data })
  t.same(data, { db: { url: URL, tls: {} } })
  t.notOk(Object.isFrozen(data.db))
})

t.test('secrets', async t => {
  const Secrets = Type.Object({
    token: Type.String({ secret: true, minLength: 8 }),
    user: Type.String({ default: 'me' }),
    key: Type.Optional(Type.Union([Type.String({ secret: true }), Type.Null()])),
    db: Type.Object({ password: Type.String({ secret: true }) }, { default: { password: 'swordfish' } }),
    vault: Type.Object({ pins: Type.Array(Type.Integer()) }, { secret: true, default: { pins: [1234] } }),
    accounts: Type.Array(Type.Object({ name: Type.String(), pass: Type.String({ secret: true }) }), { default: [{ name: 'ann', pass: 'letmein' }] }),
    tokens: Type.Record(Type.String(), Type.Number(), { default: { a: 1 } }),
    byName: Type.Unsafe({ type: 'object', additionalProperties: { type: 'string', secret: true }, default: { eve: 'apple' } }),
    nothing: Type.Null({ default: null })
  })
  const env = { TOKEN: 'hunter22', KEY: 'opensesame' }

  t.test('can be read, but not seen', async t => {
    const got = await read(t, Secrets, { env })
    t.same([got.token, got.key, got.db.password, got.accounts[0].pass], ['hunter22', 'opensesame', 'swordfish', 'letmein'])
    t.same(got.vault.pins, [1234])
    const seen = {
      token: '**********',
      user: 'me',
      key: '**********',
      db: { password: '**********' },
      vault: '**********',
      accounts: [{ name: 'ann', pass: '**********' }],
      tokens: { a: 1 },
      byName: { eve: '**********' },
      nothing: null
    }
    t.same(JSON.parse(JSON.stringify(got)), seen)
    t.equal(JSON.stringify(got.db), '{"password":"**********"}')
    for (const shown of [inspect(got, { depth: 9 }), inspect({ got }, { depth: 9 }), inspect(got.db), JSON.stringify({ got }), JSON.stringify(got.accounts)]) {
      t.notMatch(shown, /hunter22|opensesame|swordfish|1234|letmein|apple/)
    }
  })

  t.test('are not shown by the error that refuses them', async t => {
    const schema = Type.Object({
      token: Type.String({ secret: true, minLength: 20 }),
      pin: Type.Union([Type.Integer({ secret: true }), Type.Null()]),
      vault: Type.Object({ inner: Type.Integer() }, { secret: true })
    })
    const message = await refusal(t, schema, { env: { TOKEN: 'hunter22', PIN: 'swordfish', VAULT__INNER: 'letmein' } })
    t.notMatch(message, /hunter22|swordfish|letmein/)
    t.same(message.split('\n- ').slice(1), [
      'TOKEN (environment) must NOT have fewer than 20 characters',
      'PIN (environment) must be integer or must be null',
      'VAULT__INNER (environment) must be integer'
    ])
  })

  t.test('stay out of the log, under a key', async t => {
    const lines: string[] = []
    const app = bare(t, { logger: { level: 'info', stream: { write: line => { lines.push(line) } } } })
    await app.register(settings, { schema: Secrets, env, envFile: null })
    app.log.info({ settings: app.settings }, 'started')
    t.equal(lines.length, 1)
    t.notMatch(lines.join(), /hunter22|opensesame|swordfish|letmein/)
  })
})

t.test('wrong options are refused, all of them in one error', async t => {
  const app = bare(t)
  const options = { schema: { type: 'string' }, envfile: '.env', envPrefix: 5 } as never
  await t.rejects(async () => { await app.register(settings, options) }, {
    code: 'APIKIT_ERR_INVALID_OPTIONS',
    message: /^fastify-apikit\/settings: (?=.*options\/envfile: Unknown option)(?=.*options\/schema)(?=.*options\/envPrefix)/
  })
})

t.test('registered in a child, it leaves the siblings alone', async t => {
  const app = bare(t)
  await app.register(async child => {
    await child.register(settings, { schema: Type.Object({ a: Type.Integer({ default: 1 }) }), env: {}, envFile: null })
    t.same(child.settings, { a: 1 })
  })
  await app.register(async sibling => { t.notOk(sibling.hasDecorator('settings')) })
  t.notOk(app.hasDecorator('settings'))
})

t.test('the reference app takes its plugins’ options from the environment', async t => {
  const app = await build(t, { env: { TIMING__HEADER: 'x-took', TIMING__DIGITS: '2' } })
  t.match((await app.inject('/nowhere')).headers['x-took'], /^\d+\.\d\d$/)
  await t.rejects(build(t, { env: { TIMING__HEDER: 'x-took' } }), { code: 'APIKIT_ERR_SETTINGS', message: /TIMING__HEDER \(environment\) is not a setting/ })
})

t.test('what other readers of such files expand or ignore is named where it is at fault', async t => {
  const [url, host] = ['postgres://ann:$' + '{PASSWORD}@localhost/shop', '$' + '{HOST}']
  const file = join(t.testdir({ env: `DB__URL=${url}\nPORT=\nHOST=${host}\nPRICE=$5 {x}\n` }), 'env')
  const schema = Type.Object({ db: Type.Object({ url: Type.String() }), port: Type.Integer({ default: 80 }), host: Type.Integer(), price: Type.String(), name: Type.Integer(), size: Type.Integer() })
  const message = await refusal(t, schema, { envFile: file, env: { NAME: 'x', SIZE: '' }, data: { size: 'x' } })
  t.same(message.split('\n').slice(1).map(line => line.replaceAll(file, 'env')), [
    '- PORT (env), which is "", must be integer. An empty value counts: remove the variable to use the default',
    `- HOST (env), which is "${host}", must be integer. ${host} is not expanded`,
    '- NAME (environment), which is "x", must be integer',
    '- data.size, which is "x", must be integer'
  ])

  const app = bare(t)
  const warned = t.capture(app.log, 'warn')
  await app.register(settings, { schema: Type.Object({ db: Type.Object({ url: Type.String() }) }), envFile: file, env: { SHELL: host } })
  t.same(warned().map(({ args }) => args), [[`DB__URL (${file}): ${url.slice(15, 26)} is not expanded`], [`HOST (${file}): ${host} is not expanded`]])
  t.match(app.settings, { db: { url } })
})

t.test('readSettings reads them where there is no app', async t => {
  const schema = Type.Object({ prefix: Type.String({ default: '/api' }), db: Type.Object({ url: Type.String(), password: Type.String({ secret: true }) }) })
  const env = join(t.testdir({ env: 'DB__URL=$' + '{HOST}\n' }), 'env')
  const warned = once(process, 'warning')
  const read = readSettings(schema, { envFile: env, env: { DB__PASSWORD: 'hunter2' } })
  const { prefix, db: { url } } = read
  t.same([prefix, url], ['/api', '$' + '{HOST}'] satisfies string[])
  t.match((await warned)[0].message, /^DB__URL \(.*env\): \$\{HOST\} is not expanded$/)
  t.notMatch(inspect(read), 'hunter2')
  t.ok(Object.isFrozen(read.db))

  t.throws(() => readSettings(schema, { envFile: null, env: {} }), { code: 'APIKIT_ERR_SETTINGS', message: /- DB__URL is not set.*\n- DB__PASSWORD is not set/ })
  t.throws(() => readSettings(schema, { prefix: 'X_' } as object), { code: 'APIKIT_ERR_INVALID_OPTIONS', message: /readSettings.*Unknown option/ })
})

t.test('an integer that JavaScript does not have is refused', async t => {
  const schema = Type.Object({ most: Type.Integer() })
  t.same(await read(t, schema, { env: { MOST: '9007199254740991' } }), { most: 9007199254740991 })
  t.match(await refusal(t, schema, { env: { MOST: '9007199254740993' } }), 'MOST (environment), which is "9007199254740993", must be integer')
})
