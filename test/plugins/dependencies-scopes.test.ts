import { once } from 'node:events'
import { type AddressInfo, connect } from 'node:net'
import { Type } from '@sinclair/typebox'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import t, { type Test } from 'tap'
import { sessionOf } from '../../plugins/db/index.ts'
import dependencies, { type Dependency, dependency, type Depends, explain, type Inherited, scoped, securityScopes } from '../../plugins/dependencies/index.ts'
import errors, { HttpError, httpError, NotFound, Unauthorized } from '../../plugins/errors/index.ts'
import { plansOf } from '../../plugins/core/plan/conductor.ts'
import validation from '../../plugins/validation/index.ts'
import { Embed, Nullable } from '../../plugins/types/index.ts'
import { bare, standIn } from '../helper.ts'

async function server (t: Test): Promise<FastifyInstance> {
  const app = bare(t, { exposeHeadRoutes: false })
  await app.register(errors)
  await app.register(validation)
  await app.register(dependencies)
  return app
}

function counter (calls: string[], name: string, options: { name?: string } = { name }) {
  return dependency(options, () => calls.push(name))
}

t.test('what a scope depends on is called for all routes below: app, router, route; each route can do without', async t => {
  const app = await server(t)
  const calls: string[] = []
  const [a, b, c, d] = [counter(calls, 'a'), counter(calls, 'b'), counter(calls, 'c'), counter(calls, 'd')] as const
  app.depends({ a })
  await app.register(async items => {
    items.depends([b]).depends([])
    await items.register(async inner => {
      inner.inherit({ depends: { c } })
      inner.get('/', { config: { depends: { d, again: a } } }, async ({ deps }) => ({ deps, calls: calls.splice(0) }))
      inner.get('/without', { config: { without: [b, scoped(c, [])] } }, async () => calls.splice(0))
      inner.get('/open', { config: { depends: [d], without: true } }, async () => calls.splice(0))
    }, { prefix: '/inner' })
    items.get('/', async () => calls.splice(0))
  }, { prefix: '/items' })
  app.get('/', async () => calls.splice(0))

  t.same((await app.inject('/')).json(), ['a'])
  t.same((await app.inject('/items')).json(), ['a', 'b'])
  t.same((await app.inject('/items/inner')).json(), { deps: { d: 4, again: 1 }, calls: ['a', 'b', 'c', 'd'] })
  t.same((await app.inject('/items/inner/without')).json(), ['a'])
  t.same((await app.inject('/items/inner/open')).json(), ['d'])
})

t.test('tags, answers and security are handed down, outer to inner', async t => {
  class NoSuchItem extends httpError(404, 'NoSuchItem') {}
  const app = await server(t)
  const apiKey = dependency({ security: { ApiKey: { type: 'apiKey', in: 'header', name: 'x-key' } } }, ({ request }) => {
    if (request.headers['x-key'] !== 'k') throw new Unauthorized()
  })
  app.inherit({ tags: ['all'], responses: { 404: NotFound, 418: { description: 'Tea' } } })
  await app.register(async items => {
    items.inherit({
      tags: ['items'],
      responses: { 404: NoSuchItem, 409: Type.String({ description: 'Why' }), 410: Type.Null(), 599: Type.Null(), 200: { description: 'A page', content: { 'text/html': { schema: Type.String() } } } },
      security: { apiKey }
    })
    items.get('/items', async () => 'ok')
  })
  t.equal((await app.inject('/items')).statusCode, 401)
  t.equal((await app.inject({ url: '/items', headers: { 'x-key': 'k' } })).statusCode, 200)
  const [plan] = plansOf(app)
  t.same(plan?.tags, ['all', 'items'])
  t.same(plan?.security, [{ ApiKey: [] }])
  t.match(plan?.responses.get('404'), { description: 'Not Found', contentType: 'application/json', schema: { title: 'NoSuchItem' } })
  t.same(plan?.responses.get('418'), { description: 'Tea', contentType: 'application/json', schema: undefined })
  t.match(plan?.responses.get('409'), { description: 'Why', schema: { type: 'string' } })
  t.match(plan?.responses.get('410'), { description: 'Gone' })
  t.match(plan?.responses.get('599'), { description: 'Additional Response' })
  t.match(plan?.responses.get('200'), { description: 'A page', contentType: 'text/html', schema: { type: 'string' } })
})

t.test('answers are what schema.response takes, and nothing else', async t => {
  const app = await server(t)
  const Model = Type.Object({ message: Type.String() }, { title: 'Model' })
  app.inherit({
    responses: {
      404: { description: 'Not here', headers: { 'x-why': { type: 'string' } }, content: { 'application/json': { schema: Model, example: { message: 'm' } }, 'text/plain': { schema: Type.String() } } },
      409: { headers: { 'x-why': { type: 'string' } } },
      '4XX': Model,
      default: { content: { 'text/html': { schema: Type.String() } } },
      410: {}
    }
  })
  app.get('/', async () => 'ok')
  await app.ready()
  const [plan] = plansOf(app)
  t.match(plan?.responses.get('404'), { description: 'Not here', contentType: 'application/json', schema: { title: 'Model' }, declared: { headers: {} } })
  t.match(plan?.responses.get('409'), { description: 'Conflict', schema: undefined, declared: { headers: {} } })
  t.match(plan?.responses.get('4XX'), { description: 'Client Error', schema: { title: 'Model' }, declared: undefined })
  t.match(plan?.responses.get('default'), { description: 'Default Response', contentType: 'text/html' })
  t.match(plan?.responses.get('410'), { description: 'Gone', declared: undefined })

  const other = await server(t)
  const refuses = (responses: object, message: RegExp) => t.throws(() => other.inherit({ responses } as Inherited), { code: 'APIKIT_ERR_INHERIT', message })
  refuses({ 404: { description: 'x', schemas: {} } }, /responses\[404\] has no "schemas"; it takes a schema, a class of httpError, or \{ description, headers, content/)
  refuses({ 404: { description: 'x', schema: Model, contentType: 'text/html' } }, /has no "schema", "contentType"/)
  for (const status of ['hello', '600', '7XX', '20']) refuses({ [status]: Model }, /expected a status such as 404, a range such as 4XX, or default/)
})

t.test('what the document says of routes, and what they answer unless they say so, is handed down', async t => {
  const app = await server(t)
  standIn(app, 'docs')
  const schemaOf = new Map<string, unknown>()
  const paid = { paid: { '{$callback}': {} } }
  app.inherit({ deprecated: true, callbacks: paid })
  await app.register(async hidden => {
    hidden.inherit({ hide: true, callbacks: { sent: {} }, defaultResponse: Type.String() })
    hidden.get('/hidden', async () => 'x')
    hidden.get('/own', { schema: { response: { 201: Type.Integer(), 404: Type.Null() }, hide: false } }, async (_request, reply) => reply.code(201).send(1))
    hidden.get('/errors', { schema: { response: { 404: Type.Null() } } }, async () => 'x')
  })
  app.get('/', { schema: { deprecated: false } as object }, async () => 'x')
  await app.ready()
  for (const { route } of plansOf(app)) if (route.method === 'GET') schemaOf.set(route.url, route.schema)
  t.match(schemaOf.get('/hidden'), { deprecated: true, hide: true, callbacks: { ...paid, sent: {} }, response: { 200: { type: 'string' } } })
  t.match(schemaOf.get('/own'), { hide: false, response: { 200: undefined, 201: { type: 'integer' } } })
  t.match(schemaOf.get('/errors'), { response: { 200: { type: 'string' }, 404: { type: 'null' } } })
  t.match(schemaOf.get('/'), { deprecated: false, hide: undefined, response: undefined })
})

t.test('what comes after the routes for which it should hold is refused', async t => {
  const one = dependency(() => 1)
  for (const late of [
    (app: FastifyInstance) => { app.depends([one]) },
    (app: FastifyInstance) => { app.inherit({ tags: ['a'] }) }
  ]) {
    const app = await server(t)
    await app.register(async child => { child.get('/items', async () => 1) })
    t.throws(() => { late(app) }, { code: 'APIKIT_ERR_INHERIT', message: /^app\.(depends|inherit) was called after GET \/items was declared, and would not apply to it\. / })
  }

  t.test('but for routes that go without anyway', async t => {
    const app = await server(t)
    app.get('/docs', { config: { without: true } }, async () => 1)
    app.depends([one])
  })
})

t.test('what a scope cannot hand down is refused', async t => {
  const app = await server(t)
  const one = dependency(() => 1)
  const message = 'app.depends: expected dependencies by name, such as { user: currentUser }, or an array of dependencies'
  for (const depends of [one, null, 'user'] as readonly unknown[]) t.throws(() => app.depends(depends as Depends), { code: 'APIKIT_ERR_INHERIT', message })
  t.throws(() => app.inherit({ tag: ['a'], depend: [] } as Inherited), { code: 'APIKIT_ERR_INHERIT', message: 'app.inherit: unknown option "tag", "depend". Options: tags, responses, response, depends, security, defaultResponse, deprecated, hide, callbacks' })
})

t.test('each scope has its own error handler for what its dependencies throw', async t => {
  const app = await server(t)
  const refuse = dependency(async function * () { yield 1; throw new HttpError(400, 'late') })
  app.get('/', { config: { depends: { refuse: dependency({ scope: 'function' }, async function * () { yield 1; throw new HttpError(400, 'late') }) } } }, async () => 1)
  await app.register(async child => {
    child.handle(400, error => `child: ${error.message}`)
    child.depends({ refuse: dependency(() => { throw new HttpError(400, 'no') }), again: refuse })
    child.get('/child', async () => 1)
  })
  t.equal((await app.inject('/')).body, '{"detail":"late"}')
  t.equal((await app.inject('/child')).body, 'child: no')
})

t.test('security comes before the body is read', async t => {
  const app = await server(t)
  const calls: string[] = []
  const bearer = dependency({ security: { Bearer: { type: 'http', scheme: 'bearer' } } }, async ({ request }) => {
    calls.push('bearer')
    if (request.headers.authorization === undefined) throw new Unauthorized()
    return request.headers.authorization
  })
  const user = dependency({ needs: { bearer, session: counter(calls, 'session') }, query: Type.Object({ as: Type.Integer() }) }, ({ query }) => {
    calls.push('user')
    return query.as
  })
  const byBody = dependency({ needs: { bearer }, body: Embed({ key: Type.String() }) }, ({ body }) => body.key)
  const beside = dependency({ needs: { user }, query: Type.Object({ q: Type.Integer() }) }, ({ user, query }) => [user, query.q])
  const plain = counter(calls, 'plain')
  app.post('/', { schema: { body: Embed({ a: Type.Integer() }) }, config: { depends: { plain, user, beside, byBody } } }, async ({ deps, body }) => ({ deps, body }))
  app.post('/only', { config: { depends: { user } } }, async ({ deps }) => deps)
  app.post('/again', { config: { depends: { user, two: dependency({ needs: { user } }, ({ user }) => user) } } }, async ({ deps }) => deps)

  const headers = { authorization: 'x', 'content-type': 'application/json' }
  t.same((await app.inject({ method: 'POST', url: '/?as=3&q=4', headers, payload: '{"a":1,"key":"k"}' })).json(), { deps: { plain: 4, user: 3, beside: [3, 4], byBody: 'k' }, body: { a: 1 } })
  t.same(calls.splice(0), ['bearer', 'session', 'user', 'plain'])
  t.same((await app.inject({ method: 'POST', url: '/only?as=3', headers })).json(), { user: 3 })

  t.test('a stranger’s broken body is not looked at', async t => {
    t.equal((await app.inject({ method: 'POST', url: '/', headers: { 'content-type': 'application/json' }, payload: '{' })).statusCode, 401)
  })
  t.test('nor waited for', async t => {
    await app.listen({ host: '127.0.0.1', port: 0 })
    const socket = connect((app.server.address() as AddressInfo).port, '127.0.0.1')
    socket.write('POST / HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 1000000\r\n\r\n')
    const [head] = await once(socket, 'data')
    socket.destroy()
    t.match(String(head), /^HTTP\/1.1 401 /)
  })
  t.test('what is wrong with its inputs is answered with all the rest', async t => {
    const locs = async (url: string, payload: string) => (await app.inject({ method: 'POST', url, headers, payload })).json().detail.map(({ loc }: { loc: string[] }) => loc.join('.'))
    t.same(await locs('/?as=x&q=y', '{"a":"b"}'), ['query.as', 'query.as', 'query.q', 'body.key', 'body.a'])
    t.same(await locs('/only?as=x', '{}'), ['query.as'])
    t.same(await locs('/again?as=x', '{}'), ['query.as', 'query.as'])
  })
})

t.test('dependencies of the app are made once, before it serves, what they need first, and closed with it, last in first out', async t => {
  const app = await server(t)
  const calls: string[] = []
  const config = dependency({ name: 'config', scope: 'app' }, class { readonly url = 'x'; constructor () { calls.push('config') } })
  const db = dependency({ scope: 'app', needs: { config } }, async function * ({ config }) {
    calls.push(`db ${config.url}`)
    yield 'db'
    calls.push('db closes')
  })
  const queue = dependency({ scope: 'app', needs: { config, db } }, function * ({ db }) {
    calls.push(`queue ${db}`)
    yield 'queue'
    calls.push('queue closes')
  })
  app.depends([queue])
  const perRequest = dependency({ needs: { db } }, ({ db }) => db)
  app.get('/', { config: { depends: { db, perRequest, again: db } } }, async ({ deps }) => deps)
  t.same(calls, [])
  await app.ready()
  t.same(calls, ['config', 'db x', 'queue db'])
  for (let i = 0; i < 2; i++) t.same((await app.inject('/')).json(), { db: 'db', perRequest: 'db', again: 'db' })
  await app.close()
  t.same(calls, ['config', 'db x', 'queue db', 'queue closes', 'db closes'])
})

t.test('they are given the app of the scope in which the plugin is registered, with its decorators', async t => {
  const app = bare(t)
  const url = dependency({ scope: 'app', decorators: ['above', 'config'] }, ({ app }) => Reflect.get(app, 'config').url + Reflect.get(app, 'above'))
  class Pool { readonly url: string; constructor ({ url, app }: { url: string, app: FastifyInstance }) { this.url = `${url} ${app.hasDecorator('below')}` } }
  const pool = dependency({ scope: 'app', needs: { url } }, Pool)
  const seen: unknown[] = []
  const connection = dependency({ scope: 'app', needs: { pool } }, async function * ({ app, pool }) { yield pool; seen.push(app) })
  app.decorate('above', '!')
  let scope: FastifyInstance | undefined
  await app.register(async child => {
    await child.register(dependencies)
    scope = child
    await child.register(async grandchild => {
      await grandchild.register(dependencies)
      grandchild.decorate('below', true)
      grandchild.get('/', { config: { depends: { connection } } }, async ({ deps }) => deps.connection)
      grandchild.addHook('onReady', async () => { t.equal((await grandchild.resolve(connection)).value.url, 'postgres:! false') })
    })
    child.decorate('config', { url: 'postgres:' }) // later than the route, and in time
  })
  t.same((await app.inject('/')).json(), { url: 'postgres:! false' })
  await app.close()
  t.equal(seen.length, 1)
  t.equal(seen[0], scope)
})

t.test('a decorator that they take and that their app lacks is refused, by app.resolve as well', async t => {
  const app = await server(t)
  const url = dependency({ name: 'url', scope: 'app', decorators: ['config', 'nothing'] }, () => { throw new Error('called') })
  const pool = dependency({ name: 'pool', scope: 'app', needs: { url }, decorators: ['below'] }, () => 1)
  const missing = (label: string, name: string) => `${label}: needs the decorator app.${name}, which does not exist. Register the plugin that adds it in the scope of fastify-apikit/dependencies or above.`
  app.get('/', { config: { depends: { pool, user: dependency({ decorators: ['db'] }, () => 1), wrong: 42 as never } } }, async () => 1)
  await app.register(async child => {
    child.decorate('below', 1)
    child.get('/child', { config: { depends: { pool } } }, async () => 1)
  })
  app.decorate('config', {})
  const problems = [missing('url', 'nothing'), missing('pool', 'below')]
  await t.rejects(app.resolve(pool), { code: 'APIKIT_ERR_RESOLVE', message: `app.resolve: ${problems.join('\n')}` })
  const { message } = await app.ready().then(() => t.fail('it started') as never, (error: Error) => error)
  for (const part of [...problems.flatMap(problem => [`GET /: ${problem}`, `GET /child: ${problem}`]), 'GET /: user: needs the decorator app.db', 'GET /: wrong: expected a dependency, got a number. ']) t.ok(message.includes(part), part)
})

t.test('when one of them cannot be made, the app does not start, and those made already see why', async t => {
  const app = await server(t)
  const seen: unknown[] = []
  const db = dependency({ scope: 'app' }, function * () {
    try { yield 1 } catch (error) { seen.push(error) }
  })
  const failure = new Error('no connection')
  app.get('/', { config: { depends: { db, queue: dependency({ scope: 'app', needs: { db } }, () => { throw failure }) } } }, async () => 1)
  await t.rejects(async () => { await app.ready() }, failure)
  t.same(seen, [failure])
})

t.test('what fails while the app closes is logged', async t => {
  const lines: string[] = []
  const app = bare(t, { logger: { stream: { write: (line: string) => { lines.push(line) } } } })
  await app.register(dependencies)
  app.get('/', { config: { depends: { db: dependency({ scope: 'app' }, function * () { yield 1; throw new Error('stuck') }) } } }, async () => 1)
  await app.ready()
  await app.close()
  t.match(lines.join(''), /stuck.*a dependency failed while the app closed/)
})

t.test('every mistake in every route is in one error at the start, with the way to it and how to mend it', async t => {
  const query = (schema: object) => ({ query: Type.Object({ q: Type.Unsafe<unknown>(schema) }) })
  const reader = dependency({ query: Type.Object({ page: Type.Integer({ description: 'From 1' }) }), headers: Type.Object({ x_token: Type.String() }) }, () => 1)
  const session = dependency({ name: 'session' }, () => 1)
  const makeCycle = () => {
    const egg: Dependency = dependency({ name: 'egg', get needs () { return { hen } } }, () => 1)
    const hen: Dependency = dependency({ name: 'hen', needs: { egg } }, () => 1)
    return hen
  }
  const makeAppCycle = () => {
    const egg: Dependency = dependency({ name: 'egg', scope: 'app', get needs () { return { hen } } }, () => 1)
    const hen: Dependency = dependency({ name: 'hen', scope: 'app', needs: { egg } }, () => 1)
    return hen
  }
  const body = dependency({ body: Type.Object({ a: Type.Integer() }) }, () => 1)
  const form = dependency({ form: Type.Object({ username: Type.String() }) }, () => 1)
  const shared = Type.Object({ title: Type.String({ title: 'One' }) })

  const cases: Array<[string, object, object, string | undefined]> = [
    ['a cycle', { user: dependency({ needs: { hen: makeCycle() } }, () => 1) }, {}, 'user → hen → egg → hen: a dependency cannot need itself. Remove one of the needs, or move what both need into a third dependency.'],
    ['a cycle of the app', { hen: makeAppCycle() }, {}, 'hen → egg → hen: a dependency cannot need itself'],
    ['a need of the request', { user: dependency({ needs: { db: dependency({ name: 'db', scope: 'app', needs: { session } }, () => 1) } }, () => 1) }, {},
      'user → db → session: "db" is created once, at startup, but needs "session", which is created for each request. Give "session" scope "app", or remove the scope of "db".'],
    ['inputs of the app', { db: dependency({ scope: 'app', ...query({ type: 'integer' }) }, () => 1) }, {}, 'db: a dependency with scope "app" is created at startup, without a request'],
    ['security of the app', { db: dependency({ scope: 'app', security: { Bearer: {} } }, () => 1) }, {}, 'db: a dependency with scope "app" is created at startup'],
    ['what closes too early', { tx: dependency({ needs: { file: dependency({ scope: 'function' }, function * () { yield 1 }) } }, function * () { yield 1 }) }, {},
      'tx → file: "file" has scope "function" and is closed before the response is sent, but "tx", which needs it, is closed after. Give both the same scope.'],
    ['what closes in time', { tx: dependency({ scope: 'function', needs: { file: dependency({ scope: 'function' }, function * () { yield 1 }) } }, function * () { yield 1 }) }, {}, undefined],
    ['a number', { user: 42 }, {}, 'user: expected a dependency, got a number. Wrap it in dependency(…)'],
    ['nothing', { user: dependency({ needs: { db: undefined as never } }, () => 1) }, {}, 'user → db: expected a dependency, got undefined. Check whether it is declared before it is used'],
    ['nothing, beside scopes', { user: scoped(dependency({ needs: { asked: securityScopes, db: undefined as never } }, () => 1), ['a']) }, {}, 'user → db: expected a dependency, got undefined. '],
    ['nothing, for the app', { db: dependency({ scope: 'app', needs: { config: undefined as never } }, () => 1) }, {}, 'db → config: expected a dependency, got undefined. '],
    ['a list', [42], {}, '[0]: expected a dependency, got a number. '],
    ['no names', 'user' as never, {}, 'config.depends: expected dependencies by name, such as { user: currentUser }, or an array of dependencies'],
    ['a name of the factory’s', { user: dependency({ needs: { request: session } as never }, () => 1) }, {}, 'user → request: "request" is reserved: the factory gets its own "request". Rename the need.'],
    ['a name of the app', { db: dependency({ name: 'db', scope: 'app', needs: { app: dependency({ scope: 'app' }, () => 1) } as never }, () => 1) }, {}, 'db → app: "app" is reserved: the factory gets its own "app". Rename the need.'],
    ['the same name, for a request', { db: dependency({ needs: { app: session } }, () => 1) }, {}, undefined],
    ['a query of two meanings', { one: dependency(query({ type: 'integer' }), () => 1), two: dependency(query({ type: 'string' }), () => 1) }, {},
      'the query parameter "q" is declared by dependency "one" and by dependency "two" with different schemas. Use one schema in both, or rename one of them.'],
    ['an alias of two meanings', { one: dependency(query({ type: 'integer' }), () => 1) }, { querystring: Type.Object({ other: Type.String({ alias: 'q' }) }) },
      'the query parameter "q" is declared by dependency "one" and by the route with different schemas'],
    ['a header of two meanings', { reader }, { headers: Type.Object({ 'X-Token': Type.Integer() }) }, 'the header parameter "X-Token" is declared by dependency "reader" and by the route with different schemas'],
    ['one that may be null', { one: dependency(query({ type: 'integer' }), () => 1) }, { querystring: Type.Object({ q: Nullable(Type.Integer(), { default: null }) }) }, undefined],
    ['a union of two meanings', { one: dependency(query({ type: 'integer' }), () => 1) }, { querystring: Type.Object({ q: Type.Union([Type.Integer(), Type.Boolean()]) }) }, 'the query parameter "q" is declared by dependency "one" and by the route with different schemas'],
    ['one meaning', { reader }, { querystring: Type.Object({ page: Type.Optional(Type.Integer({ title: 'Page', default: 1 })) }) }, undefined],
    ['two whole bodies', { body }, { body: Type.Object({ b: Type.Integer() }) }, 'the body is declared by dependency "body" and by the route with different schemas. Wrap each in Embed({ name: … }), so that each has its own key in one JSON object.'],
    ['a body and a form', { body, form }, {}, 'the body is declared by dependency "body" and by dependency "form" with different schemas'],
    ['the same body twice', { one: dependency({ body: shared }, () => 1), two: dependency({ body: Type.Object({ title: Type.String() }) }, () => 1) }, { body: shared }, undefined],
    ['one key of two meanings', { one: dependency({ body: Embed({ a: Type.Integer() }) }, () => 1) }, { body: Embed({ a: Type.String() }) }, 'the body parameter "a" is declared by dependency "one" and by the route with different schemas'],
    ['keys of their own', { one: dependency({ body: Embed({ a: Type.Integer() }) }, () => 1) }, { body: Embed({ b: Type.String() }) }, undefined],
    ['one field of two meanings', { form, other: dependency({ form: Type.Object({ username: Type.Integer() }) }, () => 1) }, {}, 'the form field "username" is declared by dependency "form" and by dependency "other" with different schemas'],
    ['fields of their own', { form, other: dependency({ form: Type.Object({ age: Type.Integer() }) }, () => 1) }, {}, undefined],
    ['an input that is no schema', { list: dependency({ query: Type.Array(Type.String()) }, () => 1) }, {}, 'dependency "list".querystring: parameters are the properties of an object']
  ]
  const app = await server(t)
  for (const [index, [, depends, schema]] of cases.entries()) app.post(`/${index}`, { schema, config: { depends: depends as never } }, async () => 1)
  app.get('/without', { config: { without: [session, dependency(() => 1)] } }, async () => 1)
  await app.register(async child => {
    child.inherit({ security: { session } })
    child.get('/insecure', async () => 1)
  })
  await app.register(async child => {
    child.depends({ broken: 42 as never })
    child.get('/broken', { config: { without: [] } }, async () => 1)
  })
  const error = await app.ready().then(() => '', (error: Error) => error.message)
  const lines = error.split('\n')
  for (const [index, [name, , , problem]] of cases.entries()) {
    const found = lines.filter(line => line.startsWith(`POST /${index}: `))
    t.equal(found.length, problem === undefined ? 0 : 1, name)
    t.ok(problem === undefined || found[0]?.startsWith(`POST /${index}: ${problem}`), `${name}: ${found[0]}`)
  }
  t.same(lines.filter(line => line.startsWith('GET ')), [
    'GET /without: config.without: session is not inherited from a scope above. Remove it.',
    'GET /without: config.without: [1] is not inherited from a scope above. Remove it.',
    'GET /insecure: session: is in "security" of app.inherit (scope), but does not enforce a security scheme. Move it to "depends", or let it need a scheme.',
    'GET /broken: broken: expected a dependency, got a number. Wrap it in dependency(…)'
  ])
})

t.test('diamonds upon diamonds come to an end', async t => {
  const app = await server(t)
  let top: Dependency = dependency({ query: Type.Object({ q: Type.Integer() }) }, () => 1)
  for (let i = 0; i < 30; i++) {
    const below = top
    top = dependency({ needs: { one: below, two: below } }, () => 1)
  }
  app.get('/', { config: { depends: { top } } }, async () => 1)
  const { statusCode, body } = await app.inject('/')
  t.equal(statusCode, 422)
  t.equal(JSON.parse(body).detail.length, 100)
})

t.test('outside of requests, app.resolve makes a dependency and closes it', async t => {
  const app = await server(t)
  const calls: string[] = []
  const db = dependency({ scope: 'app' }, async function * () {
    calls.push('db')
    yield 'db'
    calls.push('db closes')
  })
  const session = dependency({ needs: { db, asked: securityScopes } }, async function * ({ db, asked }) {
    try {
      yield `${db} session ${asked.scopes.length}`
      calls.push('commit')
    } catch (error) {
      calls.push('rollback')
      throw error
    }
  })
  const repository = dependency({ needs: { session } }, class { readonly session: string; constructor (given: { session: string }) { this.session = given.session } })

  const resolution = await app.resolve(repository)
  t.equal(resolution.value.session, 'db session 0')
  await resolution.close()
  await resolution.close()
  t.same(calls.splice(0), ['db', 'commit'])

  const failed = await app.resolve(session)
  await t.rejects(failed.close(new Error('no')), { message: 'no' })
  t.same(calls.splice(0), ['rollback'])

  const disposed = await app.resolve(repository)
  await disposed[Symbol.asyncDispose]()
  t.equal((await app.resolve(db)).value, 'db')
  t.same((await app.resolve(securityScopes)).value.scopes, [])
  t.same(calls.splice(0), ['commit'])

  await t.rejects(app.resolve(dependency({ needs: { session, fails: dependency(() => { throw new Error('down') }) } }, () => 1)), { message: 'down' })
  t.same(calls.splice(0), ['rollback'])
  const swallows = dependency(function * () { try { yield 1 } catch {} })
  await t.rejects(app.resolve(dependency({ needs: { swallows, fails: dependency(() => { throw new Error('down') }) } }, () => 1)), { message: 'down' })
  await app.close()
  t.same(calls, ['db closes'])
})

t.test('app.resolve refuses what only a request can make', async t => {
  const app = await server(t)
  const reads = dependency({ query: Type.Object({}) }, () => 1)
  const secure = dependency({ security: { Bearer: {} } }, () => 1)
  await t.rejects(app.resolve(dependency({ name: 'user', needs: { reads, secure } }, () => 1)), {
    code: 'APIKIT_ERR_RESOLVE',
    message: 'app.resolve: reads: it reads the request, but app.resolve has none. Use it in a route and pass its value on\n' +
      'secure: it reads the request, but app.resolve has none. Use it in a route and pass its value on'
  })
  await t.rejects(app.resolve(1 as never), { code: 'APIKIT_ERR_RESOLVE', message: 'app.resolve: dependency: expected a dependency, got a number. Wrap it in dependency(…)' })
})

t.test('app.resolve refuses a factory that looks at the request, and closes what was opened for it', async t => {
  const app = await server(t)
  const closed: unknown[] = []
  const opened = dependency(function * () { try { yield 1 } catch (error) { closed.push(error); throw error } })
  const factories: Record<string, (context: { request: FastifyRequest, reply: FastifyReply }) => unknown> = {
    plain: ({ request }) => request.url,
    async: async ({ reply }) => reply.elapsedTime,
    generator: function * (context) { yield context.request.server }
  }
  for (const [name, factory] of Object.entries(factories)) {
    const error = { code: 'APIKIT_ERR_RESOLVE', message: `app.resolve: ${name}: it reads the request, but app.resolve has none. Use it in a route and pass its value on` }
    await t.rejects(app.resolve(dependency({ name, needs: { opened } }, factory)), error)
    t.match(closed.splice(0), [error])
  }
  await t.rejects(app.resolve(sessionOf([])), { code: 'APIKIT_ERR_RESOLVE', message: /session: it reads the request/ })
  t.same((await app.resolve(dependency({ needs: { opened } }, context => Object.keys(context)))).value, ['opened'])
})

t.test('explain tells what happens to a request', async t => {
  class InvalidToken extends httpError(401, 'InvalidToken') {}
  const app = await server(t)
  const config = dependency({ scope: 'app' }, () => 1)
  const db = dependency({ scope: 'app', needs: { config } }, async () => 1)
  const bearer = dependency({ security: { Bearer: { type: 'http', scheme: 'bearer' } }, errors: [InvalidToken] }, () => 1)
  app.inherit({ responses: { 418: { description: 'Tea' } } })
  const session = dependency({ name: 'session', needs: { db } }, async function * () { yield 1 })
  const file = dependency({ fresh: true, scope: 'function' }, function * () { yield 1 })
  const user = dependency({ needs: { bearer, asked: securityScopes }, query: Type.Object({ as: Type.Optional(Type.String()) }) }, async () => 1)
  await app.register(async items => {
    items.depends({ session })
    items.put('/:id', {
      config: { depends: { user: scoped(user, ['write']), file } },
      schema: {
        params: Type.Object({ id: Type.Integer() }),
        headers: Type.Any(),
        body: Type.Object({ name: Type.String() }, { title: 'Item' }),
        response: { 200: Type.Object({ name: Type.String() }), 201: Type.Object({}, { title: 'Item' }), 202: Type.Null(), 203: Type.Any() }
      }
    }, async () => 1)
    items.route({ method: ['GET', 'DELETE'], url: '/', config: { without: true }, handler: async () => 1 })
    items.post('/form', { config: { depends: { form: dependency({ form: Type.Object({ file: Type.String() }) }, () => 1) } } }, async () => 1)
    items.post('/kinds', { schema: { body: { content: { 'text/csv': { schema: Type.String() }, 'text/plain': { schema: Type.String() } } } } }, async () => 1)
  }, { prefix: '/items' })
  await app.ready()

  t.equal(explain(app, 'put  /items/:id'), `PUT /items/:id

inputs
  path    id        route
  header  anything  route
  body    Item      route
  query   as        dependency "user"

made when the app starts
  config  function
  db      async     needs config

dependencies, in order
  1  bearer   by route         before the body is read  function
  2  user     by route         before the body is read  async                                                needs bearer, asked
  3  session  by scope /items  before the handler       async generator, closed after the response           needs db
  4  file     by route         before the handler       fresh generator, closed before the response is sent

security
  Bearer  write

answers
  200  written by the schema { name }
  201  written by the schema Item
  202  written by the schema null
  203  written by the schema of several kinds
  401  InvalidToken
  418  Tea
  422  HTTPValidationError
`)
  t.equal(explain(app, 'DELETE /items'), 'DELETE /items\n\nanswers\n  2xx  written by JSON.stringify: schema.response declares none\n  418  Tea\n')
  t.match(explain(app, 'POST /items/form'), /file +body +dependency "form"|body +file +dependency "form"/)
  t.match(explain(app, 'POST /items/kinds'), /text\/csv \| text\/plain/)
  t.throws(() => explain(app, 'GET /nothing'), { code: 'APIKIT_ERR_NO_ROUTE', message: 'unknown route "GET /nothing". Routes:\nPUT /items/:id\nGET /items/\nDELETE /items/\nPOST /items/form\nPOST /items/kinds' })
  t.throws(() => explain(app, ''), { code: 'APIKIT_ERR_NO_ROUTE' })
})
