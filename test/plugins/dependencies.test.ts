import { Type } from '@sinclair/typebox'
import type { FastifyInstance, FastifyPluginAsync } from 'fastify'
import t, { type Test } from 'tap'
import dependencies, { dependency, explain, fresh, scoped, securityScopes } from '../../plugins/dependencies/index.ts'
import errors, { HttpError, httpError, Unauthorized } from '../../plugins/errors/index.ts'
import { plansOf } from '../../plugins/core/plan/conductor.ts'
import timing from '../../plugins/timing/index.ts'
import validation from '../../plugins/validation/index.ts'
import { Embed } from '../../plugins/types/index.ts'
import { bare, build } from '../helper.ts'

async function server (t: Test): Promise<FastifyInstance> {
  const app = bare(t)
  await app.register(errors)
  await app.register(validation)
  await app.register(dependencies)
  return app
}

/** A dependency that notes its calls. */
function counter (calls: string[], name: string) {
  return dependency(() => calls.push(name))
}

t.test('the value of a dependency, however it is made, is in request.deps under the name given', async t => {
  class Repository {
    readonly table: string
    constructor ({ request }: { request: { id: string } }) { this.table = `items-${request.id.length > 0}` }
  }
  const made = {
    plain: dependency(() => 'plain'),
    async: dependency(async () => 'async'),
    promise: dependency(() => Promise.resolve('promise')),
    generator: dependency(function * () { yield 'generator' }),
    asyncGenerator: dependency(async function * () { yield 'async generator' }),
    class: dependency(Repository),
    app: dependency({ scope: 'app' }, async () => 'app'),
    nothing: dependency(() => null),
    __proto__: dependency(() => 'inherited')
  }
  const app = await server(t)
  app.get('/', { config: { depends: { ...made, ['__proto__']: made.plain } } }, async ({ deps }) => ({ ...deps, own: Object.hasOwn(deps, '__proto__') }))
  app.get('/app', { config: { depends: { app: made.app } } }, async ({ deps }) => deps)
  app.get('/none', async ({ deps }) => deps)

  t.same((await app.inject('/')).json(), {
    plain: 'plain', async: 'async', promise: 'promise', generator: 'generator', asyncGenerator: 'async generator', class: { table: 'items-true' }, app: 'app', nothing: null, own: true, ['__proto__']: 'plain'
  })
  t.same((await app.inject('/app')).json(), { app: 'app' })
  t.same((await app.inject('/none')).json(), {})
})

t.test('as long as nothing is async, nothing is awaited', async t => {
  const app = bare(t)
  await app.register(dependencies)
  const order: string[] = []
  const sync = dependency(function * () { yield order.push('dependency') })
  app.addHook('onRequest', (_request, _reply, done) => {
    queueMicrotask(() => order.push('microtask'))
    done()
  })
  app.get('/', { config: { depends: { sync, twice: dependency({ needs: { sync } }, ({ sync }) => sync * 2) } } }, (_request, reply) => {
    order.push('handler')
    reply.send('ok')
  })
  await app.inject('/')
  t.same(order, ['dependency', 'handler', 'microtask'])
})

t.test('dependencies are called depth first, in the order of declaration, each once a request', async t => {
  for (const [name, make] of Object.entries({
    sync: (calls: string[], name: string, needs: object) => dependency({ needs: needs as Record<never, never> }, () => { calls.push(name) }),
    async: (calls: string[], name: string, needs: object) => dependency({ needs: needs as Record<never, never> }, async () => { calls.push(name) })
  })) {
    const app = await server(t)
    const calls: string[] = []
    const d = make(calls, 'd', {})
    const b = make(calls, 'b', { d })
    const c = make(calls, 'c', { d, b })
    const a = make(calls, 'a', { c, b })
    app.get('/', { config: { depends: { a, e: make(calls, 'e', { a }), again: a } } }, async () => calls.splice(0))
    t.same((await app.inject('/')).json(), ['d', 'b', 'c', 'a', 'e'], name)
    t.same((await app.inject('/')).json(), ['d', 'b', 'c', 'a', 'e'], `${name}, a second time`)
  }
})

t.test('fresh dependencies are called at every mention, and what a cached one needs as well', async t => {
  const app = await server(t)
  const calls: string[] = []
  const f = counter(calls, 'f')
  const always = dependency({ fresh: true }, () => calls.push('always'))
  const p = dependency({ needs: { f: fresh(f) } }, () => { calls.push('p') })
  const config = dependency({ scope: 'app' }, () => 1)
  const q = dependency({ needs: { p, config, always } }, () => { calls.push('q') })
  app.get('/mention', { config: { depends: { one: f, two: fresh(f), three: f } } }, async ({ deps }) => deps)
  app.get('/first', { config: { depends: { one: fresh(f), two: f } } }, async ({ deps }) => deps)
  app.get('/below', { config: { depends: { p, again: p } } }, async () => calls.splice(0))
  app.get('/deep', { config: { depends: { q, again: q } } }, async () => calls.splice(0))

  t.same((await app.inject('/mention')).json(), { one: 1, two: 2, three: 1 })
  calls.length = 0
  t.same((await app.inject('/first')).json(), { one: 1, two: 1 })
  calls.length = 0
  t.same((await app.inject('/below')).json(), ['f', 'p', 'f'])
  t.same((await app.inject('/deep')).json(), ['f', 'p', 'always', 'q', 'f', 'always'])
})

t.test('scopes asked for on the way are known to what is below, and tell two calls apart', async t => {
  const app = await server(t)
  const asked = dependency({ needs: { asked: securityScopes } }, ({ asked }) => asked)
  const user = dependency({ needs: { asked } }, ({ asked }) => asked)
  const calls: string[] = []
  const plain = counter(calls, 'plain')
  app.get('/', {
    config: {
      depends: {
        none: asked,
        items: scoped(user, ['items', 'me']),
        same: scoped(user, ['me', 'items']),
        chain: scoped(dependency({ needs: { user: scoped(user, ['me', 'items']) } }, ({ user }) => user), ['items']),
        one: scoped(scoped(asked, ['a']), ['b']),
        plain,
        scopedPlain: scoped(plain, ['x'])
      }
    }
  }, async ({ deps }) => deps)
  t.same((await app.inject('/')).json(), {
    none: { scopes: [], scopeStr: '' },
    items: { scopes: ['items', 'me'], scopeStr: 'items me' },
    same: { scopes: ['items', 'me'], scopeStr: 'items me' },
    chain: { scopes: ['items', 'me'], scopeStr: 'items me' },
    one: { scopes: ['a', 'b'], scopeStr: 'a b' },
    plain: 1,
    scopedPlain: 2
  })
})

t.test('a dependency gets its own inputs, decoded, and the route’s are read beside them', async t => {
  const app = await server(t)
  const pagination = dependency({ query: Type.Object({ skip: Type.Integer({ default: 0 }), limit: Type.Integer({ default: 100 }) }) }, ({ query }) => query)
  const everything = dependency({
    params: Type.Object({ id: Type.Integer() }),
    headers: Type.Object({ 'x-count': Type.Integer() }),
    cookies: Type.Object({ visits: Type.Integer() }),
    body: Embed({ item: Type.Object({ name: Type.String() }) })
  }, ({ params, headers, cookies, body }) => ({ params, headers, cookies, body }))
  const form = dependency({ form: Type.Object({ username: Type.String(), age: Type.Integer() }) }, ({ form }) => form)

  app.get('/items', { schema: { querystring: Type.Object({ q: Type.String() }) }, config: { depends: { pagination } } }, async ({ deps, query }) => ({ ...deps, query }))
  app.post('/items/:id', { schema: { body: Embed({ importance: Type.Integer() }) }, config: { depends: { everything } } }, async ({ deps, body }) => ({ ...deps, body }))
  app.addContentTypeParser('application/x-www-form-urlencoded', { parseAs: 'string' }, async (_request: unknown, text: string) => Object.fromEntries(new URLSearchParams(text)))
  app.post('/form', { config: { depends: { form } } }, async ({ deps }) => deps)

  t.same((await app.inject('/items?q=x&skip=3')).json(), { pagination: { skip: 3, limit: 100 }, query: { q: 'x' } })
  t.same((await app.inject({
    method: 'POST', url: '/items/7', headers: { 'x-count': '2', cookie: 'visits=5' }, payload: { item: { name: 'pen' }, importance: 1 }
  })).json(), { everything: { params: { id: 7 }, headers: { 'x-count': 2 }, cookies: { visits: 5 }, body: { item: { name: 'pen' } } }, body: { importance: 1 } })
  t.same((await app.inject({
    method: 'POST', url: '/form', headers: { 'content-type': 'application/x-www-form-urlencoded' }, payload: 'username=ann&age=7'
  })).json(), { form: { username: 'ann', age: 7 } })
})

t.test('all that is wrong is one 422: what is wrong below is not called, its parents neither, the others are', async t => {
  const app = await server(t)
  const calls: string[] = []
  const wrong = dependency({ query: Type.Object({ q: Type.Integer() }) }, () => calls.push('wrong'))
  const parent = dependency({ needs: { wrong }, query: Type.Object({ p: Type.Integer() }) }, async () => calls.push('parent'))
  const beside = dependency({ needs: { wrong } }, function * () { yield calls.push('beside') })
  const free = counter(calls, 'free')
  app.get('/', {
    schema: { querystring: Type.Object({ r: Type.Integer() }) }, config: { depends: { parent, beside, free } }
  }, async () => calls.splice(0))

  const { statusCode, body } = await app.inject('/?q=a&p=b&r=c')
  t.equal(statusCode, 422)
  // As FastAPI: once for each mention of what is wrong, dependencies before the route.
  t.same(JSON.parse(body).detail.map(({ loc }: { loc: string[] }) => loc[1]), ['q', 'p', 'q', 'r'])
  t.same(calls.splice(0), ['free'])
  t.same((await app.inject('/?q=1&p=2&r=3')).json(), ['wrong', 'parent', 'beside', 'free'])
})

t.test('with attachValidation nobody gets past a security dependency by sending it wrong inputs', async t => {
  const app = bare(t)
  for (const plugin of [errors, validation, dependencies] as FastifyPluginAsync[]) await app.register(plugin)
  const bearer = dependency({ security: { bearer: { type: 'http', scheme: 'bearer' } } }, ({ request }) => request.headers.authorization)
  const user = dependency({ needs: { bearer }, query: Type.Object({ tenant: Type.Integer() }) }, ({ bearer }) => {
    if (bearer !== 'Bearer good') throw new Unauthorized()
    return 'ada'
  })
  app.get('/', { attachValidation: true, config: { depends: { user } }, schema: { querystring: Type.Object({ n: Type.Integer({ default: 1 }) }) } },
    async ({ deps, validationError }) => ({ user: deps.user, wrong: validationError !== undefined }))
  const answer = async (query: string, token: string) => {
    const { statusCode, payload } = await app.inject({ url: `/?${query}`, headers: { authorization: `Bearer ${token}` } })
    return [statusCode, JSON.parse(payload).user]
  }
  t.same(await answer('tenant=1', 'good'), [200, 'ada'])
  t.same(await answer('tenant=1', 'bad'), [401, undefined])
  for (const query of ['', 'tenant=x', 'tenant=x&n=x']) t.same(await answer(query, 'bad'), [422, undefined], query)
  t.same(await answer('tenant=1&n=x', 'good'), [200, 'ada'], 'its own inputs are for the handler to judge')
})

t.test('with attachValidation the handler finds undefined for what could not be called', async t => {
  const app = await server(t)
  const q = dependency({ query: Type.Object({ q: Type.Integer() }) }, ({ query }) => query.q)
  app.get('/', { attachValidation: true, config: { depends: { q } } }, async ({ deps, validationError }) => ({ q: deps.q ?? 'none', wrong: validationError !== undefined }))
  t.same((await app.inject('/?q=x')).json(), { q: 'none', wrong: true })
  t.same((await app.inject('/?q=1')).json(), { q: 1, wrong: false })
})

t.test('what a dependency throws is answered at once, in place of all that is wrong', async t => {
  class Unwelcome extends httpError(403, 'Unwelcome') {}
  const calls: string[] = []
  const wrong = dependency({ query: Type.Object({ q: Type.Integer() }) }, ({ query }) => query.q)
  const after = counter(calls, 'after')
  for (const [name, refuse] of Object.entries({
    sync: dependency(() => { throw new Unwelcome() }),
    async: dependency(async () => { throw new Unwelcome() }),
    generator: dependency(function * () { if (calls.length === 0) throw new Unwelcome(); yield 1 }),
    failure: dependency(() => { throw new Error('secret') })
  })) {
    const app = await server(t)
    app.get('/', { schema: { querystring: Type.Object({ r: Type.Integer() }) }, config: { depends: { wrong, refuse, after } } }, async () => 1)
    const { statusCode, body } = await app.inject('/?q=a')
    t.same([statusCode, body], name === 'failure' ? [500, '{"detail":"Internal Server Error"}'] : [403, '{"detail":"Forbidden"}'], name)
    t.same(calls, [], name)
  }
})

t.test('a request does not go on when a dependency throws what is falsy, as a bare reject() does', async t => {
  const inputs = { query: Type.Object({ q: Type.String({ default: '' }) }) }
  const scheme = dependency({ security: { Bearer: { type: 'http', scheme: 'bearer' } } }, () => 'token')
  for (const thrown of [undefined, null, false, 0, '', NaN]) {
    const made: Readonly<Record<string, () => unknown>> = {
      sync: () => dependency(() => { throw thrown }),
      async: () => dependency(async () => { throw thrown }),
      'with inputs': () => dependency(inputs, () => { throw thrown }),
      'with inputs, async': () => dependency(inputs, async () => { throw thrown }),
      secured: () => dependency({ needs: { scheme } }, () => { throw thrown }),
      'secured, async': () => dependency({ needs: { scheme } }, async () => { throw thrown }),
      generator: () => dependency(async function * () { throw thrown; yield 1 }),
      'before the answer': () => dependency({ scope: 'function' }, async function * () {
        yield 1
        throw thrown
      })
    }
    for (const [name, make] of Object.entries(made)) {
      for (const schema of [{}, { querystring: Type.Object({ r: Type.String({ default: '' }) }) }]) {
        const app = await server(t)
        app.get('/', { schema, config: { depends: { refuse: make() as never } } }, async () => {
          if (name !== 'before the answer') t.fail(`${name}: the handler is called`)
        })
        const { statusCode, body } = await app.inject('/')
        t.same([statusCode, body], [500, '{"detail":"Internal Server Error"}'], `${name}: ${String(thrown)}`)
      }
    }
  }
})

t.test('a body that is no JSON is answered before any dependency is called', async t => {
  const app = await server(t)
  const calls: string[] = []
  app.post('/', { schema: { body: Type.Object({}) }, config: { depends: { count: counter(calls, 'count') } } }, async () => 1)
  const { statusCode } = await app.inject({ method: 'POST', url: '/', headers: { 'content-type': 'application/json' }, payload: '{' })
  t.equal(statusCode, 422)
  t.same(calls, [])
})

t.test('without validation, dependencies without inputs work, and those with inputs say what they need', async t => {
  const app = bare(t)
  await app.register(dependencies)
  app.get('/', { config: { depends: { at: dependency(async ({ request }) => request.url) } } }, async ({ deps }) => deps)
  app.get('/fails', { config: { depends: { at: dependency(async () => { throw new HttpError(409) }) } } }, async () => 1)
  t.same((await app.inject('/')).json(), { at: '/' })
  t.equal((await app.inject('/fails')).statusCode, 409)

  const other = bare(t)
  await other.register(dependencies)
  const reads = dependency({ name: 'pagination', query: Type.Object({ q: Type.Integer() }) }, ({ query }) => query)
  other.get('/', { exposeHeadRoute: false, config: { depends: { reads } } }, async () => 1)
  await t.rejects(async () => { await other.ready() }, {
    code: 'APIKIT_ERR_ROUTES', message: 'GET /: dependency "pagination" reads the request, which needs fastify-apikit/validation. Register it before this route, in this scope or above.'
  })
})

t.test('a decorator of the app that a dependency takes has to be there, in the scope of the route or above', async t => {
  const app = bare(t)
  await app.register(dependencies)
  const counted = dependency({ needs: { count: dependency({ decorators: ['count'] }, ({ request: { server } }) => Reflect.get(server, 'count')) } }, ({ count }) => count)
  await app.register(async child => {
    child.decorate('count', 5)
    child.get('/has', { config: { depends: { counted } } }, async ({ deps }) => deps.counted)
  })
  t.equal((await app.inject('/has')).body, '5')

  const other = bare(t)
  await other.register(dependencies)
  other.get('/', { exposeHeadRoute: false, config: { depends: { counted } } }, async () => 1)
  await t.rejects(async () => { await other.ready() }, {
    code: 'APIKIT_ERR_ROUTES', message: 'GET /: count: needs the decorator app.count, which does not exist. Register the plugin that adds it in this scope or above.'
  })
})

t.test('a dependency may be made in another way for some routes', async t => {
  const app = await server(t)
  const closed: string[] = []
  const seen: unknown[] = []
  const prefix = dependency({ params: Type.Object({ prefix: Type.String() }) }, ({ params }) => params.prefix)
  const id = dependency({
    name: 'id',
    needs: { prefix },
    query: Type.Object({ n: Type.Integer() }),
    forRoute ({ url, method }) {
      seen.push([method, url])
      return method === 'GET' ? ({ prefix, query }) => `${prefix}${query.n} read` : undefined
    }
  }, async function * ({ prefix, query }) {
    yield `${prefix}${query.n}`
    closed.push(prefix)
  })
  const options = { exposeHeadRoute: false, config: { depends: { id, same: id } } }
  app.get('/:prefix', options, async ({ deps: { id, same } }) => [id, same])
  app.post('/:prefix', options, async ({ deps: { id, same } }) => [id, same])

  t.same((await app.inject('/a?n=1')).json(), ['a1 read', 'a1 read'])
  t.same(closed, [])
  t.same((await app.inject({ method: 'POST', url: '/b?n=2' })).json(), ['b2', 'b2'])
  t.same(closed, ['b'])
  for (const method of ['GET', 'POST'] as const) t.equal((await app.inject({ method, url: '/c?n=x' })).statusCode, 422)
  t.same(seen, [['GET', '/:prefix'], ['POST', '/:prefix']], 'once a route, when it is declared')
  t.match(explain(app, 'GET /:prefix'), / id +by route .* function +needs prefix/)
  t.match(explain(app, 'POST /:prefix'), / id +by route .* async generator, closed after the response +needs prefix/)
})

t.test('validation may be registered after', async t => {
  const app = bare(t)
  await app.register(dependencies)
  await app.register(validation)
  const q = dependency({ query: Type.Object({ q: Type.Integer() }) }, ({ query }) => query.q)
  app.get('/', { config: { depends: { q } } }, async ({ deps }) => deps)
  t.same((await app.inject('/?q=4')).json(), { q: 4 })
  t.equal((await app.inject('/?q=x')).statusCode, 422)
})

t.test('what is no dependency is refused where it is made', async t => {
  for (const [make, message] of [
    [() => dependency(1 as never), 'dependency(): the factory must be a function or a class'],
    [() => dependency(null as never, () => 1), 'dependency(): options must be an object'],
    [() => dependency({ name: 'db', scop: 'app', scope: 'session', body: Type.Any(), form: Type.Any() } as never, () => 1),
      'dependency() "db": unknown option "scop"; scope must be "request", "function" or "app", got "session"; body and form exclude each other'],
    [() => dependency({ name: 'db', scope: 'app', forRoute: () => undefined }, () => 1), 'dependency() "db": forRoute cannot be used with scope "app", whose value is the same for all routes'],
    [() => fresh(1 as never), 'fresh(): the argument must be a dependency, made by dependency()'],
    [() => scoped({} as never, []), 'scoped(): the first argument must be a dependency, made by dependency()'],
    [() => scoped(dependency(() => 1), 'me' as never), 'scoped(): scopes must be an array of strings'],
    [() => scoped(dependency(() => 1), [1] as never), 'scoped(): scopes must be an array of strings']
  ] as const) t.throws(make, { code: 'APIKIT_ERR_DEPENDENCY', message })
})

t.test('a bound generator function and a Proxy of one are generators, a Proxy of a class is a class', async t => {
  const calls: string[] = []
  const open = function * (this: unknown) { yield `of ${this}`; calls.push('closed') }
  const openLater = async function * () { yield 'later'; calls.push('closed later') }
  class Made { readonly by = 'class' }
  class Static { static * open () { yield 'static'; calls.push('closed static') } }
  const app = await server(t)
  const depends = {
    bound: dependency(open.bind('me')),
    proxy: dependency(new Proxy(openLater, {})),
    made: dependency(new Proxy(Made, {})),
    statically: dependency(Static.open)
  }
  app.get('/', { config: { depends } }, async ({ deps }) => deps)
  t.same((await app.inject('/')).json(), { bound: 'of me', proxy: 'later', made: { by: 'class' }, statically: 'static' })
  await app.close()
  t.same(calls, ['closed static', 'closed later', 'closed'])
})

t.test('a function that returns a generator, and is none, is refused, and the generator closed', async t => {
  const closed: string[] = []
  const open = function * (given: object) { try { yield given } finally { closed.push('sync') } }
  const openLater = async function * (given: object) { try { yield given } finally { closed.push('async') } }
  /** Brings a generator to its yield, where something is there to be closed. */
  const started = (given: object) => { const generator = open(given); generator.next(); return generator }
  const startedLater = async (given: object) => { const generator = openLater(given); await generator.next(); return generator }
  class Static { static make = (given: object) => started(given) }
  const wraps: Array<[(given: object) => unknown, string[]]> = [
    [given => open(given), []],
    [given => openLater(given), []],
    [async given => open(given), []],
    [async given => openLater(given), []],
    [started, ['sync']],
    [async given => started(given), ['sync']],
    [startedLater, ['async']],
    [given => startedLater(given), ['async']],
    [Static.make, ['sync']],
    [started.bind(null), ['sync']]
  ]
  const message = /the dependency "wrapped" is a plain function that returned a generator, so its cleanup would be skipped\. Write it as function \* or async function \*/
  for (const [index, [factory, expected]] of wraps.entries()) {
    const lines: string[] = []
    const app = bare(t, { logger: { level: 'error', stream: { write: line => { lines.push(line) } } } })
    await app.register(errors)
    await app.register(dependencies)
    const wrapped = dependency({ name: 'wrapped' }, factory)
    app.get('/', { config: { depends: { wrapped } } }, async () => 'never')
    app.get('/behind', { config: { depends: { later: dependency(async () => 1), wrapped } } }, async () => 'never')
    for (const url of ['/', '/behind']) {
      t.equal((await app.inject(url)).statusCode, 500)
      t.match(JSON.parse(String(lines.pop())).err.message, message)
      t.same(closed.splice(0), expected, `${index} ${url}`)
    }
    await t.rejects(app.resolve(wrapped), { code: 'APIKIT_ERR_GENERATOR', message })
    t.same(closed.splice(0), expected)

    const atStart = bare(t)
    await atStart.register(dependencies)
    atStart.get('/', { config: { depends: { db: dependency({ name: 'wrapped', scope: 'app' }, factory) } } }, async () => 'never')
    await t.rejects(async () => { await atStart.ready() }, { code: 'APIKIT_ERR_GENERATOR', message })
    t.same(closed.splice(0), expected)
  }
})

t.test('a generator that fails when it is closed so is the cause of the refusal', async t => {
  const failure = new Error('stuck')
  const started = () => {
    const generator = (function * () { try { yield 1 } finally { throw failure } })() // eslint-disable-line no-unsafe-finally
    generator.next()
    return generator
  }
  const app = await server(t)
  await t.rejects(app.resolve(dependency(started)), { code: 'APIKIT_ERR_GENERATOR', cause: failure })
})

t.test('what looks like a generator function and returns no generator is refused', async t => {
  const mocks = [
    dependency({ name: 'mock' }, new Proxy(function * () { yield 1 }, { apply: () => 1 as never })),
    dependency({ name: 'mock' }, new Proxy(async function * () { yield 1 }, { apply: () => undefined as never }))
  ]
  for (const mock of mocks) {
    const app = await server(t)
    app.get('/', { config: { depends: { mock } } }, async () => 'never')
    app.handle(Error, ({ message }) => message)
    t.equal((await app.inject('/')).body, 'the dependency "mock" is a generator function, but returned something else. Check what wraps it')
  }
})

t.test('things that can be iterated are values', async t => {
  class Ids { get [Symbol.toStringTag] () { return 'IdGenerator' } * [Symbol.iterator] () { yield 1 } }
  const iterators: Record<string, () => unknown> = { set: () => new Set([1]), ids: () => new Ids(), later: async () => [1], iterator: () => [1].values(), holder: () => ({ generator: (function * () { yield 1 })() }) }
  const app = await server(t)
  app.get('/', { config: { depends: Object.fromEntries(Object.entries(iterators).map(([name, make]) => [name, dependency(make)])) } }, async ({ deps }) => {
    const { holder, ...rest } = deps as unknown as Record<string, Iterable<number>> & { holder: { generator: Iterable<number> } }
    return [...Object.values(rest), holder.generator].map(one => [...one])
  })
  t.same((await app.inject('/')).json(), [[1], [1], [1], [1], [1]])
})

t.test('the time of each dependency is in Server-Timing, where timing is asked for it', async t => {
  const part = (name: string) => `${name};dur=\\d+\\.\\d{3}`
  const app = bare(t)
  await app.register(timing, { serverTiming: true })
  await app.register(dependencies)
  const user = dependency({ name: 'the user' }, async () => 1)
  const db = dependency(function * () { yield 1 })
  app.get('/', { config: { depends: { user, db } } }, async () => 1)
  t.match((await app.inject('/')).headers['server-timing'], new RegExp(`^${part('the_user')}, ${part('db')}, ${part('app')}$`))
})

t.test('the plan of a route knows what its dependencies read, enforce and answer', async t => {
  class NoSuchItem extends httpError(404, 'NoSuchItem') {}
  class NoSuchUser extends httpError(404, 'NoSuchUser') {}
  const app = await server(t)
  const bearer = dependency({ security: { Bearer: { type: 'http', scheme: 'bearer' } } }, () => 'token')
  const user = dependency({ needs: { bearer }, query: Type.Object({ as: Type.String() }), errors: [NoSuchUser] }, ({ query }) => query.as)
  const item = dependency({ name: 'item', needs: { user: scoped(user, ['items']) }, params: Type.Object({ id: Type.Integer() }), errors: [NoSuchItem, NoSuchUser] }, () => 1)
  app.get('/items/:id', { config: { depends: { item, me: scoped(user, ['me']) } } }, async () => 1)
  await app.ready()
  const [plan] = plansOf(app)
  t.same(plan?.inherited.map(({ from, inputs }) => [from, Object.keys(inputs)]), [['dependency "item"', ['params']], ['dependency "user"', ['querystring']]])
  t.same(plan?.security, [{ Bearer: ['items', 'me'] }])
  t.same([...plan?.securitySchemes ?? []], [['Bearer', { type: 'http', scheme: 'bearer' }]])
  t.match(plan?.responses.get('404'), { description: 'Not Found', contentType: 'application/json', schema: { anyOf: [{ title: 'NoSuchItem' }, { title: 'NoSuchUser' }] } })
})

t.test('it is registered once for a scope and all below; a second time in a child adds nothing', async t => {
  const app = bare(t)
  await app.register(async child => {
    await child.register(dependencies)
    child.get('/in', { config: { depends: { one: dependency(() => 1) } } }, async ({ deps }) => deps)
    await child.register(async grandchild => {
      await grandchild.register(dependencies)
      grandchild.get('/below', { config: { depends: { one: dependency(() => 1) } } }, async ({ deps }) => deps)
    })
  })
  app.get('/out', async request => ({ deps: typeof request.deps }))
  t.same((await app.inject('/in')).json(), { one: 1 })
  t.same((await app.inject('/below')).json(), { one: 1 })
  t.same((await app.inject('/out')).json(), { deps: 'undefined' })
  await t.rejects(async () => { await app.register(dependencies, { cache: true } as never) })
})

t.test('the reference app has it', async t => {
  const app = await build(t)
  t.ok(app.hasDecorator('depends'))
})
