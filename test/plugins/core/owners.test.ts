import { Type } from '@sinclair/typebox'
import type { FastifyInstance, RouteOptions } from 'fastify'
import t, { type Test } from 'tap'
import { OWNERS } from '../../../plugins/core/plan/owners.ts'
import dependencies, { dependency } from '../../../plugins/dependencies/index.ts'
import errors from '../../../plugins/errors/index.ts'
import { redirect, text } from '../../../plugins/responses/index.ts'
import security, { httpBearer } from '../../../plugins/security/index.ts'
import { DateTime, Embed, File, Form, SetOf } from '../../../plugins/types/index.ts'
import { bare } from '../../helper.ts'

/** A route that says each thing that a plugin owns, by its place in the table. */
const EXAMPLES: Readonly<Record<string, Partial<RouteOptions>>> = {
  'config.depends': { config: { depends: [httpBearer()] } },
  'config.without': { config: { without: [httpBearer()] } },
  'config.public': { config: { public: true } },
  'config.response': { config: { response: { exclude: ['password'] } } },
  'config.replica': { config: { replica: false } },
  'config.transaction': { config: { transaction: { retries: 1 } } },
  'config.forms': { config: { forms: { files: 1 } } },
  'config.maxBodySize': { config: { maxBodySize: 1 } },
  'config.name': { config: { name: 'secret' } as object },
  'websocket: true': { websocket: true } as object,
  'schema.cookies': { schema: { cookies: Type.Object({ session: Type.String() }) } },
  'schema.openapiExtra': { schema: { openapiExtra: {} } },
  'schema.callbacks': { schema: { callbacks: {} } },
  'a domain type in an input (DateTime(), SetOf(), Embed() …)': { schema: { body: Embed({ at: DateTime() }) } },
  'Form()': { schema: { body: Form({ name: Type.String() }) } },
  'File()': { schema: { body: Form({ file: File() }) } },
  'a domain type in schema.response (DateTime(), SetOf() …)': { schema: { response: { 200: Type.Object({ tags: SetOf(Type.String()) }) } } },
  'alias in schema.response': { schema: { response: { 200: Type.Array(Type.Object({ itemId: Type.Integer({ alias: 'item_id' }) })) } } },
  'a kind of response (text(), redirect(), file(), sse() …)': { schema: { response: { 200: text(), 307: redirect() } } }
}

const OPTIONS: Readonly<Record<string, object>> = { db: { url: 'sqlite::memory:' }, templates: { root: 'routes' } }

async function register (app: FastifyInstance, plugin: string): Promise<void> {
  const { default: it } = await import(`../../../plugins/${plugin}/index.ts`)
  await app.register(it, OPTIONS[plugin] ?? {})
}

type Place = (app: FastifyInstance, plugin: string, declare: (scope: FastifyInstance) => void) => Promise<void>

/** Where a plugin may be missed, and what is said of it. */
const PLACES: Readonly<Record<string, { readonly place: Place, readonly says: string }>> = {
  absent: {
    says: 'which is not registered. Register it before this route, in this scope or above.',
    place: async (app, _plugin, declare) => {
      await app.register(errors)
      declare(app)
    }
  },
  late: {
    says: 'which is registered after this route. Register it before this route.',
    place: async (app, plugin, declare) => {
      await app.register(errors)
      declare(app)
      await register(app, plugin)
    }
  },
  'before the first plugin': {
    says: 'which is registered after this route. Register it before this route.',
    place: async (app, plugin, declare) => {
      declare(app)
      await register(app, plugin)
    }
  },
  'in a scope before the first plugin': {
    says: 'which is registered after this route. Register it before this route.',
    place: async (app, plugin, declare) => {
      await app.register(async scope => { declare(scope) })
      await register(app, plugin)
    }
  },
  'in a sibling scope': {
    says: 'which is registered in another scope (prefix "/sibling"). Register it in this scope or above, before this route.',
    place: async (app, plugin, declare) => {
      await app.register(async sibling => { await register(sibling, plugin) }, { prefix: '/sibling' })
      await app.register(async scope => { declare(scope) })
    }
  },
  'in a sibling scope that comes later': {
    says: 'which is registered in another scope (prefix "/sibling"). Register it in this scope or above, before this route.',
    place: async (app, plugin, declare) => {
      await app.register(async scope => { declare(scope) })
      await app.register(async sibling => { await register(sibling, plugin) }, { prefix: '/sibling' })
    }
  },
  'in a child only': {
    says: 'which is registered in a scope below (prefix "/child"). Register it in this scope or above, before this route.',
    place: async (app, plugin, declare) => {
      await app.register(async child => { await register(child, plugin) }, { prefix: '/child' })
      declare(app)
    }
  }
}

async function refusal (app: FastifyInstance): Promise<string> {
  try {
    await app.ready()
  } catch (error) {
    return (error as Error).message
  }
  return ''
}

for (const { what, plugin, isAppWide = false, isOurs } of OWNERS) {
  t.test(`${what} is refused where ${plugin} does not serve it`, async t => {
    const example = EXAMPLES[what]
    if (example === undefined) return t.fail(`the table of owners has "${what}", and this test no example of it`)
    for (const [name, { place, says }] of Object.entries(PLACES)) {
      // Ajv, where `validation` is not, knows none of our keywords.
      const app = bare(t, { ajv: { customOptions: { strict: false } } })
      await place(app, plugin, scope => { scope.route({ method: 'POST', url: '/secret', handler: async () => 'the secret', ...example }) })
      const message = await app.inject({ method: 'POST', url: '/secret' }).then(({ statusCode }) => `served: ${statusCode}`, (error: Error) => error.message)
      const isHarmless = name === 'absent' && !isOurs(example as RouteOptions, app)
      if (isHarmless || (isAppWide && name !== 'absent')) t.equal(message, 'served: 200', name)
      else t.ok(message.split('\n').includes(`POST /secret: ${what} needs fastify-apikit/${plugin}, ${says}`), `${name}: ${message}`)
    }
  })
}

t.test('an app without any plugin of ours does not serve what holds an object of ours, and keeps keys of its own', async t => {
  const own = bare(t, { ajv: { customOptions: { strict: false } } })
  own.get('/', { config: { public: true, depends: ['a'], response: {} } as object }, async () => 1)
  t.equal((await own.inject('/')).statusCode, 200)
  for (const [what, { plugin, isOurs }] of OWNERS.map(owner => [owner.what, owner] as const)) {
    const app = bare(t, { ajv: { customOptions: { strict: false } } })
    const example = EXAMPLES[what] ?? {}
    app.route({ method: 'POST', url: '/secret', handler: async () => 'the secret', ...example })
    const message = await app.inject({ method: 'POST', url: '/secret' }).then(({ statusCode }) => `served: ${statusCode}`, (error: Error) => error.message)
    if (!isOurs(example as RouteOptions, app)) t.match(message, 'served', what)
    else t.match(message, `POST /secret: ${what} needs fastify-apikit/${plugin}, which is not registered`, what)
  }
  const named = bare(t)
  named.get('/', { config: { depends: { user: httpBearer() } } }, async () => 'the secret')
  t.match(await refusal(named), 'config.depends needs fastify-apikit/dependencies')
})

t.test('keys of the app that are called like ours are left alone where our plugin is not registered', async t => {
  const app = bare(t)
  await app.register(errors)
  const own = { public: true, name: 'x', response: { cached: true }, transaction: 'nested', forms: ['a'], maxBodySize: '1mb', depends: ['other'], without: [] }
  app.get('/', { config: own as object }, async () => 1)
  t.equal((await app.inject('/')).statusCode, 200)
})

t.test('all such routes of all scopes are one message', async t => {
  const app = bare(t)
  app.get('/one', { config: { depends: [httpBearer()] } }, async () => 1)
  await app.register(async scope => { scope.get('/two', { config: { response: { exclude: ['a'] } } }, async () => 2) })
  await app.register(errors)
  app.get('/three', { config: { maxBodySize: 3 } }, async () => 3)
  const message = await refusal(app)
  t.same(message.split('\n').map(line => line.split(',')[0]), [
    'GET /one: config.depends needs fastify-apikit/dependencies',
    'GET /two: config.response needs fastify-apikit/response-model',
    'GET /three: config.maxBodySize needs fastify-apikit/validation'
  ])
})

t.test('a dependency under a key that nobody reads is refused', async t => {
  const app = bare(t)
  await app.register(dependencies)
  app.get('/', { config: { dependencies: [httpBearer()], user: dependency(() => 1) } as object }, async () => 1)
  t.same((await refusal(app)).split('\n'), [
    'GET /: config.dependencies has a dependency, but only config.depends is read. Move it there.',
    'GET /: config.user has a dependency, but only config.depends is read. Move it there.'
  ])
})

t.test('an app that has none of it starts, whatever its routes say to others', async t => {
  const app = bare(t)
  app.get('/', { config: { public: true, name: 'x', other: [1], nothing: null } as object }, async () => 'ok')
  t.equal((await app.inject('/')).body, 'ok')
})

t.test('app.guard refuses routes that were declared before it could see them', async t => {
  const app = bare(t)
  app.get('/early', async () => 'the secret')
  app.get('/listed', async () => 'for all')
  await app.register(async scope => { scope.get('/inner', async () => 'the secret') }, { prefix: '/scope' })
  await app.register(dependencies)
  await app.register(security)
  app.guard({ default: 'deny', public: ['GET /listed'] })
  const says = 'was declared before fastify-apikit/security was registered, so app.guard cannot know whether it is protected. Register security before this route, in this scope or above.'
  t.same((await refusal(app)).split('\n'), [`GET /early: ${says}`, `GET /scope/inner: ${says}`])
})

t.test('a handler is never reached when a hook of somebody else’s has taken the dependencies away', async (t: Test) => {
  const app = bare(t)
  await app.register(errors)
  await app.register(dependencies)
  app.addHook('onRoute', route => { delete route.onRequest })
  app.get('/', { config: { depends: [httpBearer()] } }, async () => 'the secret')
  const { statusCode, body } = await app.inject('/')
  t.same([statusCode, body], [500, '{"detail":"Internal Server Error"}'])
})
