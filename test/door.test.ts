import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { createRequire, registerHooks } from 'node:module'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import autoload from '@fastify/autoload'
import { Type } from '@sinclair/typebox'
import { build as bundle } from 'esbuild'
import Fastify, { type FastifyInstance, type FastifyPluginAsync, type FastifyServerOptions } from 'fastify'
import t, { type Test } from 'tap'
import pkg from '../package.json' with { type: 'json' }
import { PLUGINS } from '../plugins/apikit/plugins.ts'
import { dependency } from '../plugins/dependencies/index.ts'
import errors, { NotFound } from '../plugins/errors/index.ts'
import apikit, { type ApikitOptions, explain, scopesOf } from '../plugins/index.ts'
import { httpBearer } from '../plugins/security/index.ts'
import settings from '../plugins/settings/index.ts'
import { task } from '../plugins/tasks/index.ts'
import timing from '../plugins/timing/index.ts'
import { Form } from '../plugins/types/index.ts'
import { bare } from './helper.ts'

const STANDARD = ['errors', 'validation', 'responseModel', 'responses', 'dependencies', 'security', 'docs'] as const
const folder = import.meta.dirname

/** What each plugin is registered with, so that it starts anywhere. */
const ALL = {
  settings: { schema: Type.Object({}), env: {}, envFile: null },
  requestId: true,
  health: true,
  telemetry: true,
  timing: true,
  cors: { allowOrigins: ['https://a.example'] },
  trustedHost: { allowedHosts: ['localhost', 'a.example'] },
  httpsRedirect: {},
  db: { url: 'sqlite::memory:' },
  broadcast: true,
  forms: true,
  jwt: { secret: 's'.repeat(32) },
  openid: { issuer: 'https://issuer.example' },
  tasks: true,
  templates: { root: folder },
  websocket: true,
  metrics: { public: true },
  static: [{ root: folder, name: 'a' }, { root: folder, prefix: '/b', name: 'b' }]
} satisfies ApikitOptions

async function app (t: Test, options: ApikitOptions = {}, server: FastifyServerOptions = {}): Promise<FastifyInstance> {
  const app = bare(t, server)
  await app.register(apikit, options)
  return app
}

function pluginsOf (app: FastifyInstance): string[] {
  return scopesOf(app).flatMap(({ plugins }) => plugins.map(({ name }) => name))
}

/** `trustedHost` → `trusted-host` */
function kebab (name: string): string {
  return name.replaceAll(/[A-Z]/g, letter => `-${letter.toLowerCase()}`)
}

/** Keeps some packages from our code, though not from other packages, until the test ends. */
function hide (t: Test, names: Iterable<string>): void {
  const missing = [...names]
  const { cache } = createRequire(import.meta.url)
  for (const name of missing) for (const file of Object.keys(cache)) if (file.includes(`/node_modules/${name}/`)) Reflect.deleteProperty(cache, file)
  const hooks = registerHooks({
    resolve (specifier, context, next) {
      const isOurs = context.parentURL?.includes('/plugins/') === true && !context.parentURL.includes('/node_modules/')
      if (isOurs && missing.some(name => specifier === name || specifier.startsWith(`${name}/`))) throw Object.assign(new Error(`Cannot find module '${specifier}'`), { code: 'MODULE_NOT_FOUND' })
      return next(specifier, context)
    }
  })
  t.teardown(() => { hooks.deregister() })
}

t.test('a guard behind the door sees all routes, also those that the door declares', async t => {
  const server = await app(t)
  server.guard({ default: 'deny', public: ['/openapi.json', '/docs*', '/redoc*'] })
  server.get('/open', { config: { public: true } }, async () => 'ok')
  t.equal((await server.inject('/open')).statusCode, 200)
  t.equal((await server.inject('/docs')).statusCode, 200)
  const closed = await app(t)
  closed.guard({ default: 'deny' })
  await t.rejects(async () => { await closed.ready() }, { code: 'APIKIT_ERR_ROUTES', message: /GET,HEAD \/openapi\.json: is not protected, and app\.guard/ })
})

t.test('without options it registers the standard set, and each of it works', async t => {
  const server = await app(t)
  t.same(pluginsOf(server), STANDARD.map(kebab))

  const user = dependency({ needs: { token: httpBearer() } }, ({ token }) => token.credentials)
  const Item = Type.Object({ id: Type.Integer() }, { title: 'Item' })
  server.get('/items/:id', { config: { depends: { user } }, schema: { params: Item, response: { 200: Item } } },
    async ({ params, deps: { user } }) => ({ ...params as { id: number }, user }))
  server.get('/broken', async () => { throw new Error('the password is 1234') })

  const headers = { authorization: 'Bearer alice' }
  t.same((await server.inject({ url: '/items/3', headers })).json(), { id: 3 }, 'the response is filtered')
  t.equal((await server.inject({ url: '/items/x', headers })).json().detail[0].type, 'int_parsing')
  t.equal((await server.inject('/items/3')).statusCode, 401)
  t.same([(await server.inject('/nowhere')).json(), (await server.inject('/broken')).body], [{ detail: 'Not Found' }, '{"detail":"Internal Server Error"}'])
  t.same(Object.keys((await server.inject('/openapi.json')).json().components.schemas), ['HTTPValidationError', 'Item', 'ValidationError'])
  t.same([(await server.inject('/docs')).statusCode, (await server.inject('/redoc')).statusCode], [200, 200])
})

t.test('every other plugin is registered when an option names it, and not else', async t => {
  const server = await app(t, ALL)
  await server.ready()
  t.same(new Set(pluginsOf(server)), new Set(Object.keys(PLUGINS).map(kebab)))
  t.equal(pluginsOf(server).filter(name => name === 'static').length, 2)

  for (const [name, value] of Object.entries(ALL)) {
    for (const option of [value, false, undefined]) {
      const server = await app(t, { docs: false, [name]: option })
      t.equal(pluginsOf(server).includes(kebab(name)), option === value, `${name}: ${JSON.stringify(option)}`)
    }
  }
})

t.test('the options are those of the plugins', async t => {
  const server = await app(t, { ...ALL, trustedHost: false, httpsRedirect: false, docs: { title: 'Shop' }, validation: { status: 400 }, errors: { notFound: false }, timing: { digits: 2 } })
  server.get('/:id', { schema: { params: Type.Object({ id: Type.Integer() }) } }, async () => 'ok')
  server.post('/', { schema: { body: Form({ name: Type.String() }) } }, async ({ body }) => body)

  t.equal((await server.inject('/openapi.json')).json().info.title, 'Shop')
  t.equal((await server.inject('/x')).statusCode, 400)
  t.match((await server.inject('/no/where')).json(), { message: 'Route GET:/no/where not found' })
  t.match((await server.inject('/1')).headers['x-process-time'], /^\d\.\d\d$/)
  t.same((await server.inject({ method: 'POST', url: '/', headers: { 'content-type': 'application/x-www-form-urlencoded' }, payload: 'name=a' })).json(), { name: 'a' })
  t.match((await server.inject('/b/door.test.ts')).body, /the options are those of the plugins/)
})

t.test('false leaves a plugin of the standard set out', async t => {
  for (const name of STANDARD) {
    const server = await app(t, { [name]: false })
    await server.ready()
    t.same(pluginsOf(server), STANDARD.filter(other => other !== name).map(kebab))
  }
  const plain = await app(t, Object.fromEntries(STANDARD.map(name => [name, false])))
  t.same(pluginsOf(plain), [])
  t.match((await plain.inject('/nowhere')).json(), { message: 'Route GET:/nowhere not found' })
})

t.test('the order is its own, whatever that of the options', async t => {
  const reversed = Object.fromEntries(Object.entries({ ...ALL, errors: true, docs: {} }).reverse())
  const server = await app(t, reversed)
  t.same(pluginsOf(server).filter((name, index, all) => all.indexOf(name) === index), Object.keys(PLUGINS).map(kebab))

  server.get('/secret', { config: { depends: [httpBearer()] } }, async () => 'secret')
  const begun = performance.now()
  const preflight = await server.inject({ method: 'OPTIONS', url: '/secret', headers: { origin: 'https://a.example', 'access-control-request-method': 'GET' } })
  t.equal(preflight.statusCode, 200, 'a preflight is answered before anybody asks who it is')
  const refused = await server.inject({ url: '/secret', headers: { host: 'evil.example' } })
  t.equal(refused.statusCode, 400, 'a wrong host is sent nowhere')
  t.equal((await server.inject('/secret')).statusCode, 307)
  const most = (performance.now() - begun) / 1000
  for (const { headers } of [preflight, refused]) t.ok(Number(headers['x-process-time']) < most, 'the time is that of the request, whoever answers it')

  const readme = readFileSync(join(folder, '..', 'plugins', 'apikit', 'README.md'), 'utf8')
  t.same([...readme.matchAll(/^\| \d+ \| `(\w+)` \| \[.*?\]\(.*?\).*?\|(.*)\|$/gm)].map(([, name, isStandard]) => [name, isStandard?.trim() === 'yes']),
    Object.entries(PLUGINS).map(([name, { isStandard }]) => [name, isStandard]), 'the README has the same order')
})

t.test('errors knows the routes that other plugins declare', async t => {
  const server = await app(t, { static: { root: folder } })
  const answer = await server.inject({ method: 'POST', url: '/docs' })
  t.same([answer.statusCode, answer.headers.allow, answer.json()], [405, 'GET, HEAD', { detail: 'Method Not Allowed' }])
})

t.test('wrong options of all plugins are refused in one message', async t => {
  const options = { dosc: false, docs: { titel: 'Shop' }, cors: 5, forms: [], validation: { status: 200, maxIssues: 0 }, static: [{ root: folder }, 'public', {}], templates: true }
  await t.rejects(async () => { await app(t, options as object) }, {
    code: 'APIKIT_ERR_INVALID_OPTIONS',
    message: [
      /^fastify-apikit: /,
      /options\/dosc: Unknown option. Expected one of settings, errors, requestId, health, telemetry, timing/,
      /options\/docs\/titel: Unknown option/,
      /options\/cors: Expected true, false or an object; options\/forms: Expected/,
      /options\/validation\/status: .*options\/validation\/maxIssues: /,
      /options\/static\/1: Expected true, false or an object;/,
      /options\/static\/2\/root: Expected required property/,
      /options\/templates\/root: Expected required property/
    ].reduce((all, { source }) => new RegExp(`${all.source}(?=[^]*${source.replace(/^\^/, '')})`), /^/)
  })
})

t.test('what is not installed is named at once, with what to do', async t => {
  const refusal = async (t: Test, names: string[], options: ApikitOptions): Promise<unknown> => {
    hide(t, names)
    return await app(t, options).then(() => undefined, ({ code, message }) => ({ code, message }))
  }
  const code = 'APIKIT_ERR_MISSING_PEER'

  t.test('for all plugins', async t => {
    t.same(await refusal(t, ['@fastify/swagger', 'redoc', '@fastify/jwt', 'kysely'], { jwt: { secret: 'x'.repeat(32) }, db: true }), {
      code,
      message: 'fastify-apikit: db needs "kysely"; docs needs "@fastify/swagger", "redoc"; jwt needs "@fastify/jwt": ' +
        'npm install kysely @fastify/swagger redoc @fastify/jwt, or leave it out with { docs: false }'
    })
  })
  t.test('for those that were asked for', async t => {
    t.same(await refusal(t, ['@fastify/swagger', '@fastify/cors'], { cors: true, docs: false }), { code, message: 'fastify-apikit: cors needs "@fastify/cors": npm install @fastify/cors' })
  })
  t.test('wrong options are told first', async t => {
    t.match(await refusal(t, ['redoc'], { dosc: false } as object), { code: 'APIKIT_ERR_INVALID_OPTIONS', message: /dosc/ })
  })
  t.test('as their options need them', async t => {
    const cases: Array<[options: ApikitOptions, peers: string[]]> = [
      [{ docs: { docsUrl: null } }, ['@fastify/swagger', 'redoc']],
      [{ docs: { redocUrl: '' } }, ['@fastify/swagger', '@fastify/swagger-ui']],
      [{ docs: { openapiUrl: null } }, ['@fastify/swagger']],
      [{ docs: { oauth2RedirectUrl: null, swaggerJsUrl: '/a.js', swaggerCssUrl: '/a.css', faviconUrl: null, redocJsUrl: '/b.js' } }, ['@fastify/swagger']],
      [{ docs: false, db: { url: 'postgres://localhost/a' } }, ['kysely', 'pg']],
      [{ docs: false, telemetry: true }, ['@opentelemetry/api']],
      [{ docs: false, telemetry: { autoConfigure: true } }, ['@opentelemetry/api', '@opentelemetry/sdk-node']],
      [{ docs: false, openid: true }, []],
      [{ docs: false, openid: { issuer: 'https://a.example', clientId: 'a', login: { callbackUri: 'https://b.example/login/callback', secret: 's'.repeat(32) } } }, ['jose', 'oauth4webapi', '@fastify/oauth2']],
      [{ docs: false, tasks: { engine: 'pg-boss', tasks: [task('nightly', { schedule: { cron: '0 0 * * *' } }, () => {})] } }, ['pg-boss', 'croner']]
    ]
    for (const [options, peers] of cases) {
      const found = Object.entries(options).flatMap(([name, value]) => value === false ? [] : PLUGINS[name as keyof typeof PLUGINS].peersOf(value === true ? {} : value))
      t.same(found, peers, JSON.stringify(options))
    }
  })
})

t.test('each plugin starts with the packages that the door says it needs, and with no other', async t => {
  const optional = Object.keys(pkg.peerDependenciesMeta).filter(name => !name.endsWith('type-provider-typebox'))
  const given: ApikitOptions = { ...ALL, docs: true }
  for (const [name, { peersOf }] of Object.entries(PLUGINS)) {
    await t.test(name, async t => {
      const value = given[name as keyof ApikitOptions] ?? true
      const peers = [value].flat().flatMap(options => peersOf(Object(options)))
      t.same(peers.filter(peer => !optional.includes(peer)), [], 'they are among the optional peers')
      hide(t, optional.filter(peer => !peers.includes(peer)))
      const server = await app(t, { ...Object.fromEntries(STANDARD.map(name => [name, false])), [name]: value })
      await server.ready()
      t.ok(pluginsOf(server).includes(kebab(name)))
    })
  }
})

t.test('what autoload and the CLI hand to every plugin is passed over', async t => {
  const handed = { prefix: '/x', logLevel: 'info', logSerializers: {}, skipOverride: true, encapsulate: false, autoPrefix: '/y', prefixOverride: '', trustProxy: true, ajv: { customOptions: {} }, bodyLimit: 1024 ** 2 }
  t.same(pluginsOf(await app(t, handed as object)), STANDARD.map(kebab))

  for (const [name, { load }] of Object.entries(PLUGINS)) {
    // Of two plugins an option has a name that others have too.
    const { prefix, ajv, ...others } = handed
    const [plugin] = await load()
    const [options] = [Object(ALL)[name] ?? {}].flat()
    const server = bare(t)
    await t.resolves(async () => { await server.register(plugin as never, { ...others, ...name !== 'static' && { prefix }, ...options === true ? {} : options } as never) }, name)
  }

  // With another value than the server has, it would be an option that does nothing.
  for (const plugin of [apikit, timing] as FastifyPluginAsync[]) {
    await t.rejects(async () => { await bare(t).register(plugin, { bodyLimit: 5 } as object) }, { code: 'APIKIT_ERR_INVALID_OPTIONS', message: /options\/bodyLimit: Unknown option/ })
  }
  await t.rejects(async () => { await app(t, { timing: { bodyLimit: 1024 ** 2 } } as object) }, { message: /options\/timing\/bodyLimit: Unknown option/ })
})

t.test('every option of the server is known as one', async t => {
  const { isHostOption } = await import('../plugins/core/host-options.ts')
  const server = bare(t)
  t.same(Object.keys(server.initialConfig).filter(name => !isHostOption(server, name, Reflect.get(server.initialConfig, name))), [])
})

t.test('in an app of fastify-cli', async t => {
  const door = JSON.stringify(pathToFileURL(join(import.meta.dirname, '..', 'plugins', 'index.ts')).href)
  const dir = t.testdir({
    'package.json': '{ "type": "module" }',
    'app.js': `
      import path from 'node:path'
      import AutoLoad from '@fastify/autoload'
      export const options = { bodyLimit: 2000, trustProxy: true, routerOptions: { maxParamLength: 200 } }
      export default async function (fastify, opts) {
        fastify.register(AutoLoad, { dir: path.join(import.meta.dirname, 'plugins'), options: Object.assign({}, opts) })
        fastify.register(AutoLoad, { dir: path.join(import.meta.dirname, 'routes'), options: Object.assign({}, opts) })
      }`,
    plugins: { 'apikit.js': `export { default } from ${door}\nexport const autoConfig = { docs: { title: 'Generated' } }\n` },
    routes: { example: { 'index.js': "export default async function (fastify) { fastify.get('/', async () => 'this is an example') }\n" } }
  })
  const { build } = createRequire(import.meta.url)('fastify-cli/helper') as { build: (args: string[], options: object) => Promise<FastifyInstance> }

  for (const flags of [[], ['--options']]) {
    const server = await build([join(dir, 'app.js'), ...flags], { skipOverride: true })
    t.teardown(() => server.close())
    t.equal((await server.inject('/example')).payload, 'this is an example')
    t.same((await server.inject('/nowhere')).json(), { detail: 'Not Found' })
    const { info, paths } = (await server.inject('/openapi.json')).json()
    t.same([info.title, Object.keys(paths)], ['Generated', ['/example/']])
  }
})

t.test('a bundle has a part for each plugin, and does without what only others need', async t => {
  const outdir = t.testdir()
  const contents = `
    import Fastify from 'fastify'
    import apikit from './plugins/index.ts'
    const app = Fastify()
    await app.register(apikit, { timing: true, trustedHost: { allowedHosts: ['localhost'] } })
    const answers = await Promise.all(['/openapi.json', '/nowhere'].map(async url => await app.inject(url)))
    console.log(JSON.stringify(answers.map(({ statusCode, headers }) => [statusCode, 'x-process-time' in headers])))`
  await bundle({
    stdin: { contents, resolveDir: join(import.meta.dirname, '..'), loader: 'js' },
    bundle: true,
    splitting: true,
    minify: true,
    platform: 'node',
    format: 'esm',
    // As where it is not installed.
    alias: { kysely: 'no-such-package' },
    external: ['no-such-package'],
    outdir,
    entryNames: 'app',
    outExtension: { '.js': '.mjs' },
    banner: { js: "import { createRequire as requireOf } from 'node:module'; const require = requireOf(import.meta.url);" },
    logLevel: 'silent'
  })
  t.same(JSON.parse(execFileSync(process.execPath, [join(outdir, 'app.mjs')], { encoding: 'utf8' })), [[200, true], [404, true]])
})

t.test('autoload registers it with its folder as prefix, which it has no use for', async t => {
  const door = JSON.stringify(pathToFileURL(join(import.meta.dirname, '..', 'plugins', 'index.ts')).href)
  const dir = t.testdir({ apikit: { 'index.js': `export { default } from ${door}\n`, 'package.json': '{ "type": "module" }' } })
  const server = bare(t)
  await server.register(autoload, { dir, forceESM: true, options: { logLevel: 'warn' } })
  t.equal((await server.inject('/openapi.json')).statusCode, 200)
})

t.test('in a child scope it affects that scope and all below', async t => {
  const server = bare(t)
  const schema = { params: Type.Object({ id: Type.Integer() }) }
  await server.register(async router => {
    await router.register(apikit, { docs: { title: 'Inner' } })
    router.get('/:id', { schema }, async ({ params }) => params)
    await router.register(async deeper => { deeper.get('/:id', { schema }, async ({ params }) => params) }, { prefix: '/deeper' })
  }, { prefix: '/in' })
  await server.register(async sibling => { sibling.get('/:id', { schema }, async ({ params }) => params) }, { prefix: '/beside' })

  const statuses = await Promise.all(['/in/x', '/in/deeper/x', '/beside/x', '/in/openapi.json', '/openapi.json'].map(async url => (await server.inject(url)).statusCode))
  t.same(statuses, [422, 422, 400, 200, 404])
  t.same([(await server.inject('/in/no/where')).json(), (await server.inject('/no/where')).json().error], [{ detail: 'Not Found' }, 'Not Found'])
  t.same((await server.inject('/in/openapi.json')).json().info.title, 'Inner')
})

t.test('two servers in one process have nothing in common', async t => {
  const [one, other] = [await app(t), await app(t, { docs: false, timing: true })]
  t.same(pluginsOf(one), STANDARD.map(kebab))
  t.same(pluginsOf(other), ['errors', 'timing', 'validation', 'response-model', 'responses', 'dependencies', 'security'])
  t.same(scopesOf(Fastify()), [])
})

t.test('an app that has an error handler of its own', async t => {
  const own = (t: Test): FastifyInstance => {
    const server = bare(t)
    server.setErrorHandler<{ statusCode?: number }>((error, _request, reply) => { reply.code(error.statusCode ?? 500).send({ own: true }) })
    return server
  }

  t.test('is told how to keep it', async t => {
    await t.rejects(async () => { await own(t).register(apikit) }, { code: 'APIKIT_ERR_SCOPE_TAKEN', message: /already has an error handler.*{ errors: false }/ })
  })
  t.test('keeps it without errors', async t => {
    const server = own(t)
    await server.register(apikit, { errors: false })
    server.get('/:id', { schema: { params: Type.Object({ id: Type.Integer() }) } }, async () => { throw new NotFound() })
    t.same((await server.inject('/x')).json(), { own: true })
    t.same([(await server.inject('/1')).statusCode, (await server.inject('/1')).json()], [404, { own: true }])
  })
  t.test('has its own 404 with notFound: false', async t => {
    const server = bare(t)
    server.setNotFoundHandler((_request, reply) => { reply.code(404).send('nothing here') })
    await t.rejects(async () => { await server.register(apikit) }, { code: 'APIKIT_ERR_SCOPE_TAKEN', message: /{ notFound: false }/ })
    const other = bare(t)
    other.setNotFoundHandler((_request, reply) => { reply.code(404).send('nothing here') })
    await other.register(apikit, { errors: { notFound: false } })
    t.equal((await other.inject('/nowhere')).body, 'nothing here')
  })
})

t.test('a plugin that is registered already', async t => {
  t.test('is left as it is', async t => {
    const server = bare(t)
    server.register(errors, { notFound: false })
    await server.register(apikit)
    t.same(pluginsOf(server), STANDARD.map(kebab))
    t.match((await server.inject('/nowhere')).json(), { message: 'Route GET:/nowhere not found' })
  })
  t.test('in a scope above, too', async t => {
    const server = await app(t, { docs: { title: 'Outer' } })
    await server.register(async router => { await router.register(apikit, { timing: true }) }, { prefix: '/in' })
    const [outer, inner] = scopesOf(server)
    t.same([outer?.plugins.length, inner?.plugins.map(({ name }) => name)], [STANDARD.length, ['timing']])
    t.equal((await server.inject('/in/openapi.json')).statusCode, 404)
  })
  t.test('is registered anew in a scope below where it is named', async t => {
    const server = await app(t)
    await server.register(async router => {
      await router.register(apikit, { docs: { title: 'Inner', mounted: true }, validation: { status: 400 } })
      router.get('/:id', { schema: { params: Type.Object({ id: Type.Integer() }) } }, async () => 'ok')
    }, { prefix: '/in' })
    t.equal((await server.inject('/in/x')).statusCode, 400)
    t.same([(await server.inject('/in/openapi.json')).json().info.title, Object.keys((await server.inject('/openapi.json')).json().paths)], ['Inner', []])
  })
  t.test('is refused in its own scope where it is named', async t => {
    const server = bare(t)
    await server.register(errors)
    await server.register(settings, ALL.settings)
    await t.rejects(async () => { await server.register(apikit, { errors: true, settings: ALL.settings, static: { root: folder } }) }, {
      code: 'APIKIT_ERR_INVALID_OPTIONS',
      message: 'fastify-apikit: options/settings: fastify-apikit/settings is already registered in this scope. Remove that registration, or this option; ' +
        'options/errors: fastify-apikit/errors is already registered in this scope. Remove that registration, or this option'
    })
  })
  t.test('of static there may be several', async t => {
    const server = await app(t, { docs: false, static: { root: folder, name: 'a' } })
    await server.register(apikit, { static: { root: folder, prefix: '/b', name: 'b' } })
    t.equal((await server.inject('/b/door.test.ts')).statusCode, 200)
  })
})

t.test('explain tells what is registered where, and what a scope has from above', async t => {
  const server = await app(t, {
    docs: { title: 'Shop', version: '0.1.0', transform: () => {}, tags: [{ name: 'a' }], contact: { name: 'Ann' }, initOAuth: { a: 1, b: 2, c: 3, d: 4, e: 5, f: 6 }, description: 'x'.repeat(100) },
    jwt: { secret: 'hunter2'.repeat(8), audience: ['shop'], issuer: 'https://me:hunter2/@hunter2@issuer.example?password=hunter2' }
  })
  const user = dependency({ name: 'currentUser' }, () => 'user')
  server.depends([dependency(() => 1), user]).inherit({ tags: ['shop'], responses: { 404: NotFound } })
  server.guard({ default: 'deny', public: ['/docs*', '/redoc*', '/openapi.json'] })
  await server.register(async router => {
    router.inherit({ tags: ['v2'], depends: { session: dependency(() => 2) } })
    await router.register(async open => {
      open.guard({ default: 'allow' })
      await open.register(apikit, { timing: { digits: 3, serverTiming: false } })
    })
  }, { prefix: '/v2' })
  await server.register(async plain => { plain.get('/', { config: { public: true } }, async () => 'ok') }, { prefix: '/plain' })
  await server.ready()

  t.equal(explain(server), `app
  plugins       errors: redirectSlashes true
                validation
                response-model
                responses
                dependencies
                security
                docs: title "Shop", transform function, tags [1], contact { name }, initOAuth { 6 keys }, description "${'x'.repeat(58)}…
                jwt: secret ***, audience ["shop"], issuer "https://***@issuer.example?…"
  dependencies  [0], currentUser
  tags          shop
  responses     404
  guard         deny; public: /docs*, /redoc*, /openapi.json

  scope /v2
    dependencies  session
    tags          v2
    from above    dependencies [0], currentUser
                  tags shop
                  responses 404
                  guard deny

    scope /v2
      plugins       timing: digits 3
      guard         allow
      from above    dependencies [0], currentUser, session
                    tags shop, v2
                    responses 404
                    guard deny
`)
  t.same(scopesOf(server).map(({ prefix, depth, inherited }) => [prefix, depth, inherited.plugins.length]), [['', 0, 0], ['/v2', 1, 8], ['/v2', 2, 8]])
  t.match(explain(server, 'GET /plain/'), /^GET \/plain\/\n\ndependencies, in order\n {2}1 /)
  t.notMatch(JSON.stringify(scopesOf(server)), 'hunter2')
})

t.test('explain has each scope below the one it is in, whoever was noted first', async t => {
  const server = bare(t)
  const scopes: FastifyInstance[] = []
  await server.register(async one => {
    scopes.push(one)
    await one.register(apikit, { docs: false })
    await one.register(async inner => { scopes.push(inner) }, { prefix: '/inner' })
    await one.register(async other => { other.inherit({ tags: ['other'] }) }, { prefix: '/other' })
  }, { prefix: '/one' })
  await server.register(async two => { await two.register(timing) }, { prefix: '/two' })
  const [one, inner] = scopes
  inner?.inherit({ tags: ['inner'] })
  one?.inherit({ tags: ['one'] })

  t.same(scopesOf(server).map(({ prefix, depth }) => [prefix, depth]), [['/one', 0], ['/one/other', 1], ['/one/inner', 1], ['/two', 0]])
  t.match(explain(server), /^scope \/one\n[^]*^ {2}scope \/one\/inner\n {4}tags[^]*^scope \/two\n {2}plugins {7}timing\n$/m)
})

t.test('explain calls a scope without a prefix one', async t => {
  const server = bare(t)
  await server.register(async scope => { await scope.register(timing) })
  t.equal(explain(server), 'scope /\n  plugins       timing\n')
  t.equal(explain(bare(t)), '')
})

t.test('what a route declares before the plugins come is refused, wherever the door is imported', async t => {
  const server = bare(t)
  server.get('/', { config: { depends: [httpBearer()] } }, async () => 'secret')
  await server.register(apikit)
  await t.rejects(async () => { await server.ready() }, { code: 'APIKIT_ERR_ROUTES', message: /GET \/: config.depends needs fastify-apikit\/dependencies, which is registered after/ })
})
