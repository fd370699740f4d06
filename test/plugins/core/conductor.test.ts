import { spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { connect } from 'node:net'
import { fileURLToPath } from 'node:url'
import { Type } from '@sinclair/typebox'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import t from 'tap'
import { takesReply } from '../../../plugins/core/plan/takes-reply.ts'
import dependencies, { dependency } from '../../../plugins/dependencies/index.ts'
import docs from '../../../plugins/docs/index.ts'
import errors, { Conflict } from '../../../plugins/errors/index.ts'
import responseModel from '../../../plugins/response-model/index.ts'
import responses, { redirect, text } from '../../../plugins/responses/index.ts'
import security, { httpBearer } from '../../../plugins/security/index.ts'
import staticFiles from '../../../plugins/static/index.ts'
import validation from '../../../plugins/validation/index.ts'
import { bare } from '../../helper.ts'

const Item = Type.Object({ name: Type.String(), price: Type.Number() })

async function house (app: FastifyInstance): Promise<FastifyInstance> {
  for (const plugin of [errors, validation, responseModel, responses, dependencies, security]) await app.register(plugin)
  return app
}

/** The hooks of a route by Fastify's own account, each with its number. */
function hooksOf (app: FastifyInstance, url: string): Record<string, number> {
  const lines = app.printRoutes({ commonPrefix: false, includeHooks: true }).split('\n')
  const start = lines.findIndex(line => line.includes(` ${url} (GET`))
  const hooks: Record<string, number> = {}
  for (const line of lines.slice(start + 1)) {
    const [, name, list] = /• \((on\w+|pre\w+)\) (.*)$/.exec(line) ?? []
    if (name === undefined || list === undefined) break
    hooks[name] = JSON.parse(list.replaceAll("'", '"')).length
  }
  return hooks
}

t.test('hooks', async t => {
  t.test('a route that uses nothing has none', async t => {
    const app = bare(t)
    for (const plugin of [errors, validation, responses, dependencies, security]) await app.register(plugin)
    app.get('/plain', async () => 'ok')
    await app.ready()
    t.same(hooksOf(app, '/plain'), {})
  })

  t.test('a route that uses everything has one for each step at most', async t => {
    const app = await house(bare(t))
    const session = dependency({ scope: 'function' }, async function * () { yield 1 })
    const page = dependency({ query: Type.Object({ skip: Type.Integer() }) }, ({ query }) => query.skip)
    app.get('/all/:id', {
      config: { depends: { session, page, bearer: httpBearer() } },
      schema: { params: Type.Object({ id: Type.Integer() }), response: { 200: Item, 307: redirect() } }
    }, async (_request, _reply) => ({ name: 'pen', price: 1 }))
    await app.ready()
    const hooks = hooksOf(app, '/all/:id')
    t.same(Object.values(hooks).filter(count => count > 1), [], JSON.stringify(hooks))
  })
})

t.test('HEAD of a response without content has no length, and no type where there is no content at all', async t => {
  const app = await house(bare(t))
  const session = dependency({ scope: 'function' }, async function * () { yield 1 })
  app.get('/204', { schema: { response: { 204: Type.Null() } } }, async (_request, reply) => { reply.code(204) })
  app.get('/typed', { schema: { response: { 204: { description: 'Gone' } } } }, async (_request, reply) => reply.code(204).send())
  app.get('/session', { config: { depends: { session } } }, async (_request, reply) => reply.code(204).send())
  app.get('/304', async (_request, reply) => reply.code(304).header('etag', '"a"').send())
  app.get('/200', { schema: { response: { 200: Item } } }, async () => ({ name: 'pen', price: 1 }))
  for (const method of ['GET', 'HEAD'] as const) {
    for (const url of ['/204', '/typed', '/session']) {
      const answer = await app.inject({ method, url })
      t.match(answer, { statusCode: 204, body: '', headers: { 'content-length': undefined, 'content-type': undefined } }, `${method} ${url}`)
    }
    t.match(await app.inject({ method, url: '/304' }), { statusCode: 304, headers: { 'content-length': undefined, etag: '"a"' } })
    t.match(await app.inject({ method, url: '/200' }), { statusCode: 200, headers: { 'content-length': '24', 'content-type': 'application/json' } })
  }
})

t.test('what docs reads of a handler does not change with what the route depends on', async t => {
  const documents = []
  const generator = dependency(async function * () { yield 1 })
  for (const depends of [undefined, { generator }]) {
    const app = await house(bare(t))
    await app.register(docs)
    app.post('/c', { ...depends && { config: { depends } }, schema: { body: Type.Object({ a: Type.Integer() }), response: { 200: Item } } }, async function readC () { return { name: '', price: 1 } })
    documents.push((await app.inject('/openapi.json')).json())
  }
  t.equal(documents[0].paths['/c'].post.operationId, 'read_c_c_post')
  t.same(documents[1], documents[0])
})

t.test('schemas and compilers are those of the scope of a route', async t => {
  t.test('addSchema of a child is known to its requests and its responses', async t => {
    const app = await house(bare(t))
    for (const [prefix, type] of [['/a', 'string'], ['/b', 'integer']] as const) {
      await app.register(async child => {
        child.addSchema({ $id: 'S', type: 'object', required: ['v'], properties: { v: { type } } })
        await child.register(async grandchild => {
          grandchild.post('/', { schema: { body: { $ref: 'S#' }, querystring: { $ref: 'S#' }, response: { 200: { $ref: 'S#' } } } }, async ({ body }) => body)
        })
      }, { prefix })
    }
    const post = async (url: string, v: unknown) => (await app.inject({ method: 'POST', url, query: { v: '1' }, payload: { v } })).statusCode
    t.same([await post('/a', 'x'), await post('/a', 1), await post('/b', 1), await post('/b', 'x')], [200, 422, 200, 422])
  })

  t.test('so is that of a dependency that several scopes share', async t => {
    const shared = dependency({ query: Type.Object({ v: Type.Unsafe<unknown>({ $ref: 'S#' }) }) }, ({ query }) => query.v)
    const app = await house(bare(t))
    for (const [prefix, type] of [['/a', 'boolean'], ['/b', 'integer']] as const) {
      await app.register(async child => {
        child.addSchema({ $id: 'S', type })
        child.get('/', { config: { depends: { shared } } }, async ({ deps }) => deps)
      }, { prefix })
    }
    t.same([(await app.inject('/a?v=true')).json(), (await app.inject('/b?v=7')).json(), (await app.inject('/b?v=true')).statusCode], [{ shared: true }, { shared: 7 }, 422])
  })

  t.test('a child with a validator of its own keeps it, set before its routes or behind them', async t => {
    for (const order of ['before', 'behind']) {
      const app = await house(bare(t))
      await app.register(async child => {
        const compile = (): void => { child.setValidatorCompiler(() => value => ({ value: { own: value } })) }
        if (order === 'before') compile()
        child.post('/', { config: { depends: { page: dependency({ query: Type.Object({ skip: Type.Integer() }) }, ({ query }) => query) } }, schema: { body: Item } }, async ({ body, deps }) => ({ body, deps }))
        if (order === 'behind') compile()
      })
      t.same((await app.inject({ method: 'POST', url: '/?skip=3', payload: { x: 1 } })).json(), { body: { own: { x: 1 } }, deps: { page: { skip: 3 } } }, order)
      t.equal((await app.inject({ method: 'POST', url: '/?skip=x', payload: { x: 1 } })).statusCode, 422, order)
      t.equal((await app.inject({ method: 'POST', url: '/?skip=3', payload: '{', headers: { 'content-type': 'application/json' } })).statusCode, 422, order)
    }
  })

  t.test('a child with a serializer of its own keeps it, and one that comes too late is refused', async t => {
    const app = await house(bare(t))
    await app.register(async child => {
      child.setSerializerCompiler(() => () => '"own"')
      child.get('/own', { schema: { response: { 200: Item } } }, async () => ({ name: 'pen' }) as never)
      child.get('/undeclared', { schema: { response: { 200: Item } } }, async (_request, reply) => reply.code(201 as never).send({ secret: 1 } as never))
    })
    t.equal((await app.inject('/own')).body, '"own"')
    t.equal((await app.inject('/undeclared')).statusCode, 500)

    const late = await house(bare(t))
    late.get('/', { schema: { response: { 200: Item } } }, async () => ({ name: 'pen', price: 1 }))
    late.setSerializerCompiler(() => () => '"own"')
    await t.rejects(async () => late.ready(), { message: 'GET /: setSerializerCompiler or setReplySerializer was called after this route, which fastify-apikit/response-model serializes. Call it before.' })
  })

  t.test('setReplySerializer wins over models, and lets no undeclared status out', async t => {
    const app = await house(bare(t))
    app.setReplySerializer(payload => `own ${JSON.stringify(payload)}`)
    app.get('/', { schema: { response: { 200: Item } } }, async () => ({ name: 'pen', price: 1, secret: 1 }))
    app.get('/201', { schema: { response: { 200: Item } } }, async (_request, reply) => reply.code(201 as never).send({ secret: 1 } as never))
    t.equal((await app.inject('/')).body, 'own {"name":"pen","price":1,"secret":1}')
    t.equal((await app.inject('/201')).statusCode, 500)
  })

  t.test('a handler’s own serializer wins over a model, and lets no undeclared status out', async t => {
    const app = await house(bare(t))
    const own = (reply: FastifyReply) => reply.serializer(() => 'own')
    app.get('/', { schema: { response: { 200: Item } } }, async (_request, reply) => own(reply as never).send({ name: 'pen', price: 1 }) as never)
    app.get('/sent', { schema: { response: { 200: Item } } }, async (_request, reply) => own(reply as never).code(201).send({ secret: 1 }) as never)
    app.get('/returned', { schema: { response: { 200: Item } } }, async function () { own((arguments[1] as FastifyReply)).code(201); return { secret: 1 } as never })
    t.equal((await app.inject('/')).body, 'own')
    t.same([(await app.inject('/sent')).statusCode, (await app.inject('/returned')).statusCode], [500, 500])
  })

  t.test('of several registrations the nearest counts', async t => {
    const app = await house(bare(t))
    const route = (scope: FastifyInstance) => { scope.get('/', { schema: { querystring: Type.Object({ a: Type.Integer() }) } }, async () => 'ok') }
    route(app)
    await app.register(async child => {
      await child.register(validation, { status: 400 })
      route(child)
    }, { prefix: '/child' })
    t.same([(await app.inject('/')).statusCode, (await app.inject('/child')).statusCode], [422, 400])
  })
})

t.test('what a handler or a dependency has set does not leave with an error', async t => {
  const setting = (name: string) => dependency(({ reply }) => { reply.header(name, 'set').header('set-cookie', `${name}=1`) })
  const late = dependency({ query: Type.Object({ q: Type.Optional(Type.String()) }) }, ({ reply }) => { reply.header('x-late', 'set') })
  const early = dependency({ security: { Bearer: { type: 'http', scheme: 'bearer' } } }, ({ reply }) => { reply.header('x-early', 'set') })
  const failing = dependency(({ reply }) => {
    reply.header('x-failing', 'set')
    throw new Conflict('by a dependency')
  })
  const waiting = dependency(async ({ reply }) => { reply.header('x-waiting', 'set') })

  const app = bare(t)
  app.addHook('onRequest', async (_request, reply) => { reply.header('x-hook', 'set').header('set-cookie', 'hook=1').header('x-changed', 'by the hook') })
  await house(app)
  app.addHook('preHandler', async (_request, reply) => { reply.header('x-pre-handler', 'set') })
  app.addHook('onSend', async (_request, reply) => { reply.header('x-on-send', 'set') })
  const handler = (fails: boolean) => async (_request: FastifyRequest, reply: FastifyReply) => {
    reply.header('x-handler', 'set').header('set-cookie', 'session=secret').header('x-changed', 'by the handler')
    reply.raw.setHeader('x-raw', 'set')
    if (fails) throw new Conflict('by the handler')
    return 'ok'
  }
  app.get('/ok', { config: { depends: [setting('x-dependency'), early, late, waiting] } }, handler(false))
  app.get('/handler', { config: { depends: [setting('x-dependency'), early, late, waiting] } }, handler(true))
  app.get('/dependency', { config: { depends: [setting('x-dependency'), failing] } }, handler(false))
  app.get('/wrong', { config: { depends: [setting('x-dependency')] }, schema: { querystring: Type.Object({ q: Type.Integer() }) } }, handler(false))
  app.get('/sent', (_request, reply) => { reply.header('x-handler', 'set').send(new Conflict('sent')) })

  const own = (headers: object) => Object.fromEntries(Object.entries(headers).filter(([name]) => name.startsWith('x-') || name === 'set-cookie'))
  const hooks = { 'x-hook': 'set', 'x-changed': 'by the hook', 'set-cookie': 'hook=1', 'x-on-send': 'set' }
  t.match(own((await app.inject('/ok')).headers), { 'x-early': 'set', 'x-late': 'set', 'x-waiting': 'set', 'x-dependency': 'set', 'x-handler': 'set', 'x-raw': 'set', 'x-changed': 'by the handler', 'set-cookie': ['hook=1', 'x-dependency=1', 'session=secret'] })
  for (const url of ['/handler', '/sent']) t.same(own((await app.inject(url)).headers), { ...hooks, 'x-pre-handler': 'set' }, url)
  for (const url of ['/dependency', '/wrong?q=x']) t.same(own((await app.inject(url)).headers), hooks, url)
  t.same([(await app.inject('/handler')).statusCode, (await app.inject('/dependency')).statusCode, (await app.inject('/wrong?q=x')).statusCode], [409, 409, 422])
})

t.test('a handler that returns nothing', async t => {
  const lines: string[] = []
  const app = await house(bare(t, { logger: { level: 'error', stream: { write: (line: string) => { lines.push(line) } } } }))
  const schema = { response: { 200: Item } }
  app.get('/nothing', { schema }, async () => {})
  app.get('/redirect', { schema: { response: { 307: redirect() } } }, async () => undefined as never)
  app.get('/undeclared', { schema }, async (_request, reply) => { reply.code(202 as never) })
  app.get('/null', { schema: { response: { 200: Type.Union([Item, Type.Null()]) } } }, async () => {})
  app.get('/any', { schema: { response: { 200: Type.Unknown() } } }, async () => {})
  app.get('/204', { schema: { response: { 204: Type.Null() } } }, async (_request, reply) => { reply.code(204) })
  app.get('/sent', { schema }, async (_request, reply) => { await reply.send({ name: 'pen', price: 1 }) })
  app.get('/hijacked', { schema }, async (_request, reply) => {
    reply.hijack()
    reply.raw.end('raw')
  })
  app.get('/none', async () => {})
  const answer = async (url: string) => {
    const { statusCode, body } = await app.inject(url)
    return [statusCode, body]
  }
  const broken = [500, '{"detail":"Internal Server Error"}']
  t.same(await answer('/nothing'), broken)
  t.match(lines.join(''), /APIKIT_ERR_RETURNED_NOTHING/)
  t.same([await answer('/redirect'), await answer('/undeclared')], [broken, broken])
  t.same([await answer('/null'), await answer('/any')], [[200, 'null'], [200, 'null']], 'Python’s None is null')
  t.same([await answer('/204'), await answer('/sent'), await answer('/hijacked'), await answer('/none')], [[204, ''], [200, '{"name":"pen","price":1}'], [200, 'raw'], [200, '']])
})

t.test('files below a scheme of their scope', async t => {
  const start = async (options: object) => {
    const app = await house(bare(t))
    await app.register(async scope => {
      scope.depends([httpBearer()])
      await scope.register(staticFiles, { root: 'routes', prefix: '/files', ...options })
    })
    return app
  }
  await t.rejects(async () => (await start({})).ready(), { message: /^GET,HEAD \/files\/\*: the scopes above enforce a security scheme, which does not hold for files\. Set the option "public"/ })
  t.equal((await (await start({ public: true })).inject('/files/README.md')).statusCode, 200)
  const closed = await start({ public: false })
  t.equal((await closed.inject('/files/README.md')).statusCode, 401)
  t.equal((await closed.inject({ url: '/files/README.md', headers: { authorization: 'Bearer x' } })).statusCode, 200)
  t.equal((await (await start({ frontend: true })).inject('/files/README.md')).statusCode, 401)
})

t.test('an app that was made before the package was loaded is told that not all could be checked', async t => {
  const index = (name: string) => JSON.stringify(new URL(`../../../plugins/${name}/index.ts`, import.meta.url).href)
  const script = `
    import Fastify from 'fastify'
    const app = Fastify({ logger: { level: 'warn' } })
    app.get('/early', async () => 'ok')
    const { default: errors } = await import(${index('errors')})
    await app.register(errors)
    await app.ready()
    await app.close()
    const empty = Fastify({ logger: { level: 'warn' } })
    await empty.register(errors)
    await empty.ready()
  `
  const { stdout, status } = spawnSync(process.execPath, [...process.execArgv, '--input-type=module', '-e', script], { encoding: 'utf8', cwd: fileURLToPath(new URL('../../..', import.meta.url)) })
  t.equal(status, 0)
  t.equal(stdout.match(/routes were declared before fastify-apikit was loaded/g)?.length, 1, stdout)
})

t.test('a scheme that fails takes back what it has set', async t => {
  const app = await house(bare(t))
  const early = dependency({ security: { Bearer: { type: 'http', scheme: 'bearer' } } }, ({ reply }) => {
    reply.header('x-early', 'set')
    throw new Conflict('no')
  })
  app.get('/', { config: { depends: { early } } }, async () => 'ok')
  const { statusCode, headers } = await app.inject('/')
  t.same([statusCode, headers['x-early']], [409, undefined])
})

t.test('which functions can have the reply', async t => {
  const some = [
    function () {}, (..._all: unknown[]) => {}, (_request: unknown, _reply: unknown) => {}, (_request: unknown, _reply = 1) => {},
    ({ a: _a }: { a: 1 }, { b: _b }: { b: 1 }) => {}, Object.keys
  ]
  const none = [() => {}, async () => {}, (_request: unknown) => {}, async ({ a: { b: _b }, c: _c }: { a: { b: 1 }, c: 1 }) => {}]
  t.same([some.map(takesReply), none.map(takesReply)], [some.map(() => true), none.map(() => false)])
})

t.test('what a handler of 404s sends is its own, in routes that declare a 404 or have given up', async t => {
  const app = bare(t)
  await app.register(errors, { notFound: false })
  await app.register(responseModel)
  let payload: unknown
  let type: string | undefined
  app.setNotFoundHandler(async (_request, reply) => {
    reply.code(404)
    if (type !== undefined) reply.type(type)
    await new Promise(resolve => setImmediate(resolve))
    return payload
  })
  const response = { 200: Item, 404: Item }
  app.get('/arrow', { schema: { response } }, (_request, reply) => { reply.callNotFound() })
  app.get('/closed', { schema: { response: { 200: Item } } }, (_request, reply) => { reply.callNotFound() })
  app.get('/returns', { schema: { response: { 200: Item } } }, async (_request, reply) => {
    reply.callNotFound()
    return 'late' as never
  })
  for (const url of ['/arrow', '/closed', '/nowhere']) {
    for (const [sent, as, body] of [[{ a: 1 }, undefined, '{"a":1}'], [{ a: 1 }, 'application/problem+json', '{"a":1}'], ['text', 'text/html', 'text']] as const) {
      [payload, type] = [sent, as]
      const answer = await app.inject(url)
      t.same([answer.statusCode, answer.body], [404, body], `${url} ${String(as)}`)
    }
  }
  type = undefined
  t.equal((await app.inject('/returns')).statusCode, 404)
})

t.test('a handler that returns nothing to a client that has left is no failure', async t => {
  const lines: string[] = []
  const app = await house(bare(t, { logger: { level: 'error', stream: { write: (line: string) => { lines.push(line) } } } }))
  const { promise: over, resolve } = Promise.withResolvers<void>()
  const { promise: reached, resolve: reach } = Promise.withResolvers<void>()
  app.get('/', { schema: { response: { 200: Item } } }, async (_request, reply) => {
    reach()
    await once(reply.raw, 'close')
    setImmediate(resolve)
  })
  const origin = await app.listen({ port: 0, host: '127.0.0.1' })
  const socket = connect(Number(new URL(origin).port), '127.0.0.1', () => { socket.write('GET / HTTP/1.1\r\nhost: a\r\n\r\n') })
  await reached
  socket.destroy()
  await over
  await app.close()
  t.same(lines, [])
})

t.test('who asks Fastify for a validator while the app runs gets one', async t => {
  const app = await house(bare(t))
  app.post('/', { schema: { body: Item } }, async request => [{ name: 'pen', price: 1 }, { name: 'pen' }].map(value => request.validateInput(value, Item)))
  app.get('/broken', async request => request.validateInput(1, { type: 'wat' }))
  t.same((await app.inject({ method: 'POST', url: '/', payload: { name: 'pen', price: 1 } })).json(), [true, false])
  t.equal((await app.inject('/broken')).statusCode, 500)
})

t.test('app.guard opens what its list names, by method where it has one', async t => {
  const app = bare(t)
  for (const plugin of [errors, dependencies, security]) await app.register(plugin)
  app.guard({ default: 'deny', public: ['GET /one', '/two/*', 'POST  /three*'] })
  app.get('/one', async () => 1)
  app.post('/one', async () => 1)
  app.post('/two/any', async () => 1)
  app.get('/three', async () => 1)
  const message = await app.ready().then(() => '', (error: Error) => error.message)
  t.same(message.split('\n').map(line => line.split(':')[0]), ['POST /one', 'GET /three'])
})

t.test('files below dependencies without a scheme need no option, whatever else is wrong with them', async t => {
  const shared = dependency(() => 1)
  const app = await house(bare(t))
  await app.register(async scope => {
    scope.depends({ one: dependency({ needs: { shared } }, () => 1), two: dependency({ needs: { shared } }, () => 2) })
    await scope.register(staticFiles, { root: 'routes', prefix: '/files' })
  })
  t.equal((await app.inject('/files/README.md')).statusCode, 200)

  const broken = await house(bare(t))
  await broken.register(async scope => {
    scope.depends([5 as never])
    await scope.register(staticFiles, { root: 'routes', prefix: '/files', frontend: true })
    await scope.register(staticFiles, { root: 'routes', prefix: '/more' })
  })
  await t.rejects(async () => broken.ready(), { code: 'APIKIT_ERR_ROUTES' })
})

t.test('a path that is encoded has no query', async t => {
  const app = await house(bare(t))
  app.get('/:name', { schema: { params: Type.Object({ name: Type.String() }), querystring: Type.Object({ q: Type.String({ default: 'none' }) }) } }, async ({ params, query }) => ({ params, query }))
  t.same((await app.inject('/a%20b')).json(), { params: { name: 'a b' }, query: { q: 'none' } })
})

t.test('the status that a route declares holds, whatever comes before its handler', async t => {
  const app = bare(t)
  for (const plugin of [errors, responses, dependencies, security]) await app.register(plugin)
  const schema = { response: { 201: text() } }
  app.get('/early', { schema, config: { depends: { bearer: httpBearer() } } }, async () => 'made')
  app.get('/late', { schema, config: { depends: [dependency(() => 1)] } }, async () => 'made')
  app.get('/none', { schema }, async () => 'made')
  const answers = await Promise.all(['/early', '/late', '/none'].map(url => app.inject({ url, headers: { authorization: 'Bearer x' } })))
  t.same(answers.map(({ statusCode }) => statusCode), [201, 201, 201])
})

t.test('an object under a content type that is no JSON is a failure, as in stock Fastify', async t => {
  const app = await house(bare(t))
  app.get('/', { schema: { response: { 200: Item } } }, async (_request, reply) => {
    reply.type('text/csv')
    return { name: 'pen', price: 1 }
  })
  t.equal((await app.inject('/')).statusCode, 500)
})
