// Compiled, never run.
import type { FastifyPluginAsyncTypebox, TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import { Type } from '@sinclair/typebox'
import Fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify'
import dependencies, { type AppContext, type Dependency, dependency, explain, fresh, override, scoped, type SecurityScopes, securityScopes } from '../../plugins/dependencies/index.ts'
import type { Database as Kit, Tables } from '../../plugins/db/index.ts'
import { Unauthorized } from '../../plugins/errors/index.ts'
import type { Settings } from '../../plugins/settings/index.ts'
import { DateTime } from '../../plugins/types/index.ts'

type Equal<A, B> = (<T>() => T extends A ? 1 : 2) extends (<T>() => T extends B ? 1 : 2) ? true : false
/** Compiles when the type of a value is the one expected, neither wider nor narrower. */
declare const same: <Expected>() => <Actual>(value: Actual, ...proof: Equal<Actual, Expected> extends true ? [] : [never]) => void

interface User { name: string, admin: boolean }
class Database {
  readonly url: string
  constructor ({ config }: { config: { url: string } }) { this.url = config.url }
  begin () { return { commit () {} } }
}

// A dependency has the type of its value, however it is made.
const config = dependency({ scope: 'app' }, () => ({ url: 'x' }))
const db = dependency({ scope: 'app', needs: { config } }, Database)
const later = dependency(async () => 1)
const maybe = dependency((): string | undefined => undefined)
const generated = dependency(function * () { yield new Date() })
const session = dependency({ needs: { db }, scope: 'function' }, async function * ({ db }) { yield db.begin() })
const token = dependency({ security: { bearer: { type: 'http', scheme: 'bearer' } } }, ({ request }) => request.headers.authorization ?? '')
const currentUser = dependency({
  needs: { token, tx: session, asked: securityScopes },
  query: Type.Object({ as: Type.Optional(Type.String()), at: DateTime() }),
  errors: [Unauthorized]
}, async ({ token, tx, asked, query, request, reply }): Promise<User> => {
  same<string | undefined>()(query.as)
  same<Date>()(query.at)
  same<SecurityScopes>()(asked)
  same<FastifyRequest>()(request)
  same<FastifyReply>()(reply)
  tx.commit()
  return { name: token, admin: false }
})
same<Dependency<{ url: string }>>()(config)
same<Dependency<Database>>()(db)
same<Dependency<number>>()(later)
same<Dependency<string | undefined>>()(maybe)
same<Dependency<Date>>()(generated)
same<Dependency<{ commit (): void }>>()(session)
same<Dependency<User>>()(currentUser)

// Every part of the request has the type of its schema.
dependency({
  params: Type.Object({ id: Type.Integer() }),
  headers: Type.Object({ 'x-token': Type.String() }),
  cookies: Type.Object({ session: Type.String() }),
  body: Type.Object({ name: Type.String() })
}, context => {
  same<{ id: number }>()(context.params)
  same<{ 'x-token': string }>()(context.headers)
  same<{ session: string }>()(context.cookies)
  same<{ name: string }>()(context.body)
  // @ts-expect-error -- there is no query without a schema for it
  return context.query
})
dependency({ form: Type.Object({ username: Type.String() }) }, ({ form }) => form.username.length)

// Another factory for a route makes the same.
dependency({ needs: { db }, forRoute: ({ url }) => url === '/' ? ({ db }) => db.url : undefined }, async function * ({ db }) { yield db.url })
// @ts-expect-error -- it makes another
dependency({ forRoute: () => () => 1 }, async function * () { yield 'text' })

// @ts-expect-error -- there is no such need
dependency({ needs: { db } }, ({ database }) => database)
// @ts-expect-error -- nor without needs
dependency(({ db }) => db)
// @ts-expect-error -- a need is a dependency
dependency({ needs: { db: 42 } }, ({ db }) => db)
// @ts-expect-error -- the factory has a request of its own
dependency({ needs: { request: db } }, () => 1)
// @ts-expect-error -- there is no such scope
dependency({ scope: 'session' }, () => 1)
// @ts-expect-error -- there is no such option
dependency({ querystring: Type.Object({}) }, () => 1)
// @ts-expect-error -- where the app starts there is no request
dependency({ scope: 'app' }, ({ request }) => request)
// The app is what a dependency made when it starts is given, with its decorators.
same<Dependency<{ db: Kit<Tables>, settings: Readonly<Settings> }>>()(dependency({ scope: 'app', decorators: ['db', 'settings'], needs: { config } }, async function * ({ app, config }) {
  same<FastifyInstance>()(app)
  same<{ url: string }>()(config)
  yield { db: app.db, settings: app.settings }
}))
dependency({ scope: 'app' }, class { constructor ({ app }: AppContext) { same<FastifyInstance>()(app) } })
// @ts-expect-error -- nobody decorates the app with that
dependency({ scope: 'app' }, ({ app }) => app.nothing)
// @ts-expect-error -- a request has it as request.server
dependency(({ app }) => app)
// @ts-expect-error -- a request has it as request.server
dependency({ needs: { config }, scope: 'function' }, ({ app }) => app)
// @ts-expect-error -- the factory has an app of its own
dependency({ scope: 'app', needs: { app: config } }, () => 1)
dependency({ needs: { app: config } }, ({ app }) => { same<{ url: string }>()(app) })
// @ts-expect-error -- its constructor asks for what is not given
dependency({ needs: { db } }, Database)

const app = Fastify().withTypeProvider<TypeBoxTypeProvider>()
app.register(dependencies)

// What a route names is what its handler gets: shorthand, with the schemas beside it.
app.get('/users/:id', {
  config: { depends: { user: currentUser, db, again: fresh(later), admin: scoped(currentUser, ['admin']) } },
  schema: { params: Type.Object({ id: Type.Integer() }), response: { 200: Type.Object({ username: Type.String() }) } }
}, async (request) => {
  same<User>()(request.deps.user)
  same<Database>()(request.deps.db)
  same<number>()(request.deps.again)
  same<User>()(request.deps.admin)
  same<number>()(request.params.id)
  // @ts-expect-error -- nobody depends on that
  same<never>()(request.deps.nobody)
  // @ts-expect-error -- values are read, not written
  request.deps.user = { name: '', admin: true }
  return { username: request.deps.user.name }
})
app.get('/wrong', { config: { depends: { user: currentUser } }, schema: { response: { 200: Type.Object({ username: Type.String() }) } } },
  // @ts-expect-error -- a number is no text
  async ({ deps: { user } }) => ({ username: user.admin ? 1 : 2 }))
app.get('/number', {
  // @ts-expect-error -- 42 is no dependency
  config: { depends: { user: 42 } }
}, async () => 1)

// In the options, in app.route, in hooks, in plugins.
app.post('/inside', { config: { depends: { user: currentUser } }, handler: async ({ deps }) => deps.user.name })
app.route({
  method: 'POST',
  url: '/route',
  config: { depends: { user: currentUser } },
  schema: { body: Type.Object({ a: Type.Integer() }) },
  preHandler: async ({ deps }) => { same<User>()(deps.user) },
  handler: async ({ deps: { user }, body }) => {
    same<User>()(user)
    same<number>()(body.a)
    return user.name
  }
})
export const plugin: FastifyPluginAsyncTypebox = async (app) => {
  app.depends({ currentUser }).inherit({ tags: ['items'], responses: { 401: Unauthorized, 404: { description: 'Not found' } }, security: [currentUser] })
  app.get('/plugin', { config: { depends: { at: generated } } }, async ({ deps }) => {
    same<Date>()(deps.at)
    return 1
  })
  app.get('/public', { config: { without: [currentUser] } }, async () => 1)
  app.get('/open', { config: { without: true } }, async () => 1)
}

// Other settings of a route stay what they are, and a route without dependencies has none.
app.get('/config', { config: { weight: 5, depends: { user: currentUser } } }, async ({ routeOptions, deps }) => {
  same<number>()(routeOptions.config.weight)
  return deps.user
})
app.get('/list', { config: { depends: [currentUser] } }, async ({ deps }) => {
  // @ts-expect-error -- a list has no names
  return deps.currentUser
})
app.get('/none', async ({ deps }) => {
  // @ts-expect-error -- it names none
  return deps.user
})

// Hooks and handlers that know of no dependencies go with all.
const hook = async (request: FastifyRequest): Promise<void> => { request.log.info(request.url) }
app.addHook('preHandler', hook)
app.get('/hook', { preHandler: hook, config: { depends: { user: currentUser } } }, async ({ url }) => url)
app.get('/handler', { config: { depends: { user: currentUser } } }, hook)

// A replacement has the type of what it replaces.
override(currentUser, () => ({ name: 'alice', admin: true }))
override(currentUser, async function * () { yield { name: 'alice', admin: true } })
override(later, dependency({ query: Type.Object({ n: Type.Integer() }) }, ({ query }) => query.n))
// @ts-expect-error -- no user
override(currentUser, () => 'alice')
// @ts-expect-error -- nor this
override(currentUser, later)

export async function script (): Promise<string> {
  const { value, close } = await app.resolve(db)
  same<Database>()(value)
  await close()
  return explain(app, 'GET /users/:id')
}
