import { type TSchema, Type } from '@sinclair/typebox'
import Fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify'
import t, { type Test } from 'tap'
import errors, { HttpError } from '../../plugins/errors/index.ts'
import responseModel, { APIKIT_ERR_RESPONSE, type ResponseError, type ResponseModelOptions } from '../../plugins/response-model/index.ts'
import { bare, build } from '../helper.ts'

const UserOut = Type.Object({ username: Type.String(), email: Type.String() })
const user = { username: 'ada', email: 'ada@example.com', password: 'SECRET' }

/** A handler whose status no type of the route restrains. */
function answering (status: number, value: unknown): (request: FastifyRequest, reply: FastifyReply) => Promise<never> {
  return async (_request, reply) => {
    reply.code(status)
    return value as never
  }
}

/** An app with the plugin, and what it logs. */
async function logged (t: Test, options: ResponseModelOptions = {}): Promise<{ app: FastifyInstance, lines: string[] }> {
  const lines: string[] = []
  const app = Fastify({ logger: { stream: { write: (line: string) => { lines.push(line) } } } })
  t.teardown(() => app.close())
  await app.register(responseModel, options)
  return { app, lines }
}

t.test('only what the schema names is sent, as JSON', async t => {
  const app = bare(t)
  await app.register(responseModel)
  app.get('/', { schema: { response: { 200: UserOut } } }, async () => user)

  const { body, headers } = await app.inject('/')
  t.equal(body, '{"username":"ada","email":"ada@example.com"}')
  t.match(headers['content-type'], /^application\/json/)
})

t.test('a wrong value is a 500 that shows nothing of it; the log says where it stands', async t => {
  const { app, lines } = await logged(t)
  app.get('/users', { schema: { response: { 200: Type.Array(UserOut) } } }, async () => [user, { username: 'bob', email: ['SECRET'] }])

  const { statusCode, body } = await app.inject('/users')
  t.equal(statusCode, 500)
  t.notMatch(body, /SECRET|email|string/)
  t.match(JSON.parse(body), { statusCode: 500, code: 'APIKIT_ERR_RESPONSE', message: 'The response does not match its schema' })
  const log = lines.join('')
  t.match(log, 'GET /users response.200: response.1.email: Input should be a valid string')
  t.notMatch(log, 'SECRET')
})

t.test('with the errors plugin it is the 500 of every failure', async t => {
  const app = bare(t)
  await app.register(errors)
  await app.register(responseModel)
  const seen: unknown[] = []
  app.addHook('onError', async (_request, _reply, error) => { seen.push(error) })
  app.get('/', { schema: { response: { 200: UserOut } } }, async () => ({ username: 1 }))

  const { statusCode, body } = await app.inject('/')
  t.equal(statusCode, 500)
  t.equal(body, '{"detail":"Internal Server Error"}')
  const [error] = seen as [ResponseError]
  t.ok(error instanceof APIKIT_ERR_RESPONSE)
  t.strictSame(error.problems, [
    { loc: ['response', 'username'], type: 'string_type', msg: 'Input should be a valid string' },
    { loc: ['response', 'email'], type: 'missing', msg: 'Field required' }
  ])
  t.notOk(Object.keys(error).includes('problems'), 'no answer made of the properties of the error has them')
})

t.test('of very many wrong values twenty are named', async t => {
  const app = bare(t)
  await app.register(responseModel)
  app.setErrorHandler((error: ResponseError) => String(error.problems.length))
  app.get('/list', { schema: { response: { 200: Type.Array(Type.Integer()) } } }, async () => new Array(1000).fill('x'))
  app.get('/record', { schema: { response: { 200: Type.Record(Type.String(), Type.Integer()) } } }, async () => ({ ...new Array(1000).fill('x') }))
  for (const url of ['/list', '/record']) t.equal((await app.inject(url)).body, '20')
})

t.test('what a value throws while it is read is the cause', async t => {
  const { app, lines } = await logged(t)
  const response = { 200: Type.Object({ a: Type.Integer(), b: Type.Any() }) }
  app.get('/getter', { schema: { response } }, async () => ({ get a () { throw new Error('SECRET table') } }))
  app.get('/circle', { schema: { response } }, async () => {
    const b: unknown[] = []
    b.push(b)
    return { a: 1, b }
  })

  for (const [url, cause] of [['/getter', /SECRET table/], ['/circle', /Maximum call stack/]] as const) {
    const { statusCode, body } = await app.inject(url)
    t.equal(statusCode, 500)
    t.notMatch(body, cause)
    t.match(lines.join(''), cause)
  }
})

t.test('a route declared before the plugin is there stops the start, for what it does not declare would leave', async t => {
  const app = bare(t)
  app.register(responseModel) // not awaited
  app.get('/', { schema: { response: { 201: Type.Object({ n: Type.Integer() }) } } }, async () => ({ n: 1, password: 'x' }))
  await t.rejects(async () => { await app.ready() }, { code: 'APIKIT_ERR_ROUTES', message: /GET \/: schema\.response would have no effect, since fastify-apikit\/response-model was registered after this route/ })
})

t.test('a status that the route does not declare is a 500, told to the log', async t => {
  const { app, lines } = await logged(t, { undeclared: 'error' })
  app.get('/:status', { schema: { response: { 200: UserOut, '4xx': Type.Object({ detail: Type.String() }) } } }, async (request, reply) => {
    reply.code(Number(Object(request.params).status))
    return { detail: 'SECRET', ...user }
  })

  const { statusCode, body } = await app.inject('/201')
  t.equal(statusCode, 500)
  t.notMatch(body, 'SECRET')
  t.match(lines.join(''), /GET \/:status sent 201 application\/json.*Declare it/)

  t.strictSame((await app.inject('/200')).json(), { username: 'ada', email: 'ada@example.com' })
  const { statusCode: range, body: detail } = await app.inject('/418')
  t.strictSame([range, detail], [418, '{"detail":"SECRET"}'], 'a range declares all that is in it')
  t.equal((await app.inject('/204')).statusCode, 204, 'nothing is sent with a 204')
})

t.test('in production it keeps its status, and of its body the detail', async t => {
  const { app, lines } = await logged(t, { undeclared: 'drop' })
  const response = { 200: UserOut }
  app.get('/created', { schema: { response } }, answering(201, user))
  app.get('/missing', { schema: { response } }, answering(404, { detail: 'no such user', ...user }))
  app.get('/strange', { schema: { response } }, answering(299, null))

  const answers = { '/created': [201, '{"detail":"Created"}'], '/missing': [404, '{"detail":"no such user"}'], '/strange': [299, '{"detail":""}'] }
  for (const [url, answer] of Object.entries(answers)) {
    const { statusCode, body } = await app.inject(url)
    t.strictSame([statusCode, body], answer)
  }
  t.match(lines.join(''), /"level":50.*GET \/created sent 201.*APIKIT_ERR_UNDECLARED_RESPONSE/)
})

t.test('what is held back is counted, by route and status', async t => {
  for (const undeclared of ['error', 'drop'] as const) {
    const app = bare(t)
    await app.register(responseModel, { undeclared })
    await app.register(async child => {
      await child.register(responseModel)
      child.post('/users/:id', { schema: { response: { 200: UserOut } } }, answering(201, user))
    }, { prefix: '/v1' })
    app.get('/fine', { schema: { response: { 200: UserOut } } }, async () => user)
    app.get('/missing', { schema: { response: { 200: UserOut } } }, answering(404, user))

    t.equal(app.undeclaredResponses.size, 0)
    for (const url of ['/fine', '/missing', '/missing?again']) await app.inject(url)
    await app.inject({ method: 'POST', url: '/v1/users/5' })
    t.strictSame(Object.fromEntries(app.undeclaredResponses), { 'GET /missing 404': 2, 'POST /v1/users/:id 201': 1 }, undeclared)
  }
})

t.test('which of the two, NODE_ENV says unless the option does', async t => {
  const before = process.env.NODE_ENV
  t.teardown(() => { if (before === undefined) delete process.env.NODE_ENV; else process.env.NODE_ENV = before })

  for (const [environment, status] of [['production', 201], ['development', 500], [undefined, 500]] as const) {
    if (environment === undefined) delete process.env.NODE_ENV
    else process.env.NODE_ENV = environment
    const app = bare(t)
    await app.register(responseModel)
    app.get('/', { schema: { response: { 200: UserOut } } }, answering(201, user))
    t.equal((await app.inject('/')).statusCode, status, environment ?? 'not set')
  }
})

t.test('default declares every status, and a model of it filters', async t => {
  const app = bare(t)
  await app.register(responseModel)
  app.get('/', { schema: { response: { default: UserOut } } }, answering(299, user))
  t.strictSame((await app.inject('/')).json(), { username: 'ada', email: 'ada@example.com' })
})

t.test('a schema for each content type: another type is not declared', async t => {
  const app = bare(t)
  await app.register(responseModel, { undeclared: 'drop' })
  const content = { 'application/json': { schema: UserOut }, 'application/hal+json': { schema: Type.Object({ email: Type.String() }) } }
  app.get('/:type', { schema: { response: { 200: { content }, '4xx': { content: { '*/*': { schema: UserOut } } }, 201: { content: { 'application/json': { schema: Type.String() } } } } } }, async (request, reply) => {
    const { type } = Object(request.params)
    if (type === 'odd') return reply.code(404).type('application/odd+json').send(user)
    if (type === 'json') return user
    reply.type(`application/${type}+json`)
    return user
  })

  t.strictSame((await app.inject('/json')).json(), { username: 'ada', email: 'ada@example.com' })
  t.strictSame((await app.inject('/hal')).json(), { email: 'ada@example.com' })
  t.strictSame((await app.inject('/odd')).json(), { username: 'ada', email: 'ada@example.com' })
  t.strictSame((await app.inject('/problem')).json(), { detail: 'OK' })
})

t.test('a route without a response schema is ordinary Fastify', async t => {
  const app = bare(t)
  await app.register(responseModel)
  app.get('/', answering(299, user))
  app.get('/schema', { schema: { querystring: Type.Object({}) } }, async () => user)
  t.strictSame((await app.inject('/')).json(), user)
  t.strictSame((await app.inject('/schema')).json(), user)
})

t.test('answers of error handlers are theirs', async t => {
  const app = bare(t)
  await app.register(errors)
  await app.register(responseModel)
  app.get('/detail', { schema: { response: { 200: UserOut } } }, async () => { throw new HttpError(404, { any: 'thing' }) })
  await app.register(async child => {
    child.setErrorHandler((error: Error, _request, reply) => reply.code(418).send({ message: error.message }))
    child.get('/own', { schema: { response: { 200: UserOut } } }, async () => { throw new Error('mine') })
  })

  t.strictSame((await app.inject('/detail')).json(), { detail: { any: 'thing' } })
  const { statusCode, body } = await app.inject('/own')
  t.strictSame([statusCode, body], [418, '{"message":"mine"}'])
})

t.test('buffers and streams are sent as they are, a HEAD without a body', async t => {
  const app = bare(t)
  await app.register(responseModel)
  const response = { 200: UserOut }
  app.get('/buffer', { schema: { response } }, async () => Buffer.from('raw'))
  app.get('/json', { schema: { response } }, async () => user)
  t.equal((await app.inject('/buffer')).body, 'raw')
  const { statusCode, body, headers } = await app.inject({ method: 'HEAD', url: '/json' })
  t.strictSame([statusCode, body, headers['content-length']], [200, '', '44'])
})

t.test('a string that is returned where one is declared is JSON, as any value of a model', async t => {
  const app = bare(t)
  await app.register(responseModel)
  const response = { 200: Type.String({ minLength: 2 }), '2xx': Type.Union([Type.Literal('a "quote"'), UserOut]) }
  app.get('/async', { schema: { response } }, async () => 'h"i')
  app.get('/sync', { schema: { response } }, () => 'hi')
  app.get('/range', { schema: { response } }, answering(201, 'a "quote"'))
  app.get('/default', { schema: { response: { default: {} } } }, async () => 'any')
  app.get('/nullable', { schema: { response: { 200: Type.Union([Type.Null(), Type.String()]) } } }, async () => 'hi')
  app.get('/wrong', { schema: { response } }, async () => '1')
  app.get('/object', { schema: { response: { 200: Type.Object({}), 201: Type.String() } } }, async () => ({}))

  for (const [url, json] of [['/async', '"h\\"i"'], ['/sync', '"hi"'], ['/range', '"a \\"quote\\""'], ['/default', '"any"'], ['/nullable', '"hi"'], ['/object', '{}']] as const) {
    const { body, headers } = await app.inject(url)
    t.equal(body, json, url)
    t.match(headers['content-type'], /^application\/json/, url)
  }
  t.equal((await app.inject('/wrong')).statusCode, 500)
})

t.test('a string with a content type, or by reply.send, is sent as it is', async t => {
  const app = bare(t)
  await app.register(responseModel)
  const response = { 200: Type.String(), 201: UserOut, 202: { content: { 'text/plain': { schema: Type.String() } } }, 203: Type.Object({ a: Type.Any() }), 206: { allOf: [UserOut] } }
  app.get('/typed', { schema: { response } }, async (_request, reply) => { reply.type('text/html'); return '<p>' })
  app.get('/sent', { schema: { response } }, (_request, reply) => { reply.send('hi') })
  app.get('/both', { schema: { response } }, async (_request, reply) => { reply.send('hi'); return 'there' })
  app.get('/content', { schema: { response: { 200: { content: { 'text/plain': { schema: Type.String() } } } } } }, async () => 'hi')

  for (const [url, text] of [['/typed', '<p>'], ['/sent', 'hi'], ['/both', 'hi'], ['/content', 'hi']] as const) {
    const { body, headers } = await app.inject(url)
    t.equal(body, text, url)
    t.match(headers['content-type'], /^text\//, url)
  }
})

t.test('a string is as little let through as anything else', async t => {
  const app = bare(t)
  await app.register(responseModel, { undeclared: 'drop' })
  const json = (schema: TSchema): object => ({ content: { 'application/json': { schema }, 'application/hal+json': { schema: Type.Object({}) } } })
  const response = { 200: UserOut, 201: Type.Union([Type.Integer(), Type.Null()]), 202: json(Type.Integer()), 203: { allOf: [UserOut] }, '4xx': json(Type.String()) }
  for (const status of [200, 201, 202, 203, 204, 299, 400]) app.get(`/${status}`, { schema: { response } }, answering(status, 'SECRET'))
  for (const status of [200, 201, 202, 203]) t.match((await app.inject(`/${status}`)).json(), { statusCode: 500, code: 'APIKIT_ERR_RESPONSE' }, String(status))
  t.strictSame([(await app.inject('/299')).body, app.undeclaredResponses.get('GET /299 299')], ['{"detail":""}', 1])
  t.equal((await app.inject('/400')).body, '"SECRET"', 'where one is declared, it is sent')
  t.equal((await app.inject('/204')).body, '')
})

t.test('mistakes in response schemas are refused at boot, all routes in one error', async t => {
  const app = bare(t)
  await app.register(responseModel)
  app.get('/ref', { schema: { response: { 200: { $ref: 'Nowhere#' } } } }, async () => null)
  app.post('/keyword', { schema: { response: { '2xx': Type.Object({ a: { type: 'string', maxLenght: 3 } as object as never }) } } }, async () => null)
  app.patch('/boolean', { schema: { response: { 200: true } } }, async () => null)
  app.put('/content', { schema: { response: { 200: { content: { 'application/json': { schema: { type: 'Date' } } } } } } }, async () => null)
  await t.rejects(async () => { await app.ready() }, {
    code: 'APIKIT_ERR_ROUTES',
    message: /(?=[^]*GET \/ref: schema\.response\.200: unknown reference "Nowhere#")(?=[^]*POST \/keyword: schema\.response\.2xx\.a: maxLenght)(?=[^]*PATCH \/boolean: schema\.response\.200: is not a schema)(?=[^]*PUT \/content: schema\.response\.200\.content\['application\/json'\]: type must be one of JSON Schema, got "Date")/
  })
})

t.test('references mean the schemas of the scope of the route', async t => {
  const app = bare(t)
  await app.register(responseModel)
  for (const name of ['username', 'email']) {
    await app.register(async child => {
      child.addSchema({ $id: 'User', type: 'object', properties: { [name]: { type: 'string' } } })
      child.get(`/${name}`, { schema: { response: { 200: { $ref: 'User#' } } } }, async () => user)
    })
  }
  t.strictSame((await app.inject('/username')).json(), { username: 'ada' })
  t.strictSame((await app.inject('/email')).json(), { email: 'ada@example.com' })
})

t.test('the headers that @fastify/swagger reads in a schema are not the model\'s', async t => {
  const app = bare(t)
  await app.register(responseModel)
  app.get('/', { schema: { response: { 200: { ...UserOut, description: 'A user', headers: { 'x-rate': { type: 'integer' } } } } } }, async () => user)
  t.strictSame((await app.inject('/')).json(), { username: 'ada', email: 'ada@example.com' })
})

t.test('reply.serializeInput writes by the model, too', async t => {
  const app = bare(t)
  await app.register(responseModel)
  app.get('/', async (_request, reply) => reply.serializeInput(user, UserOut))
  app.get('/wrong', async (_request, reply) => reply.serializeInput(user, { $ref: '#/nowhere' }))
  app.get('/status', { schema: { response: { 201: UserOut } } }, async (_request, reply) => reply.type('application/json').send(reply.serializeInput(user, '201') as never))
  for (const url of ['/', '/status']) t.equal((await app.inject(url)).body, '{"username":"ada","email":"ada@example.com"}', url)
  t.match((await app.inject('/wrong')).json(), { code: 'APIKIT_ERR_ROUTES', message: /^GET \/wrong: schema\.response: unknown reference/ })
})

t.test('a compiler of a child\'s own, or of a route\'s, is left alone', async t => {
  const app = bare(t)
  await app.register(responseModel)
  app.get('/route', { schema: { response: { 200: UserOut } }, serializerCompiler: () => () => '"mine"' }, async () => user)
  await app.register(async child => {
    child.setSerializerCompiler(() => () => '"the child\'s"')
    child.get('/child', { schema: { response: { 200: UserOut } } }, async () => user)
  })
  t.equal((await app.inject('/route')).body, '"mine"')
  t.equal((await app.inject('/child')).body, '"the child\'s"')
})

t.test('hooks of the route run before an answer is closed', async t => {
  const app = bare(t)
  await app.register(responseModel, { undeclared: 'drop' })
  app.get('/', {
    schema: { response: { 200: UserOut } },
    preSerialization: async (_request: FastifyRequest, reply: FastifyReply, payload: unknown) => { reply.code(201); return payload }
  }, async () => user)
  t.strictSame((await app.inject('/')).json(), { detail: 'Created' })
})

t.test('registered in a child, it leaves the siblings alone', async t => {
  const app = bare(t)
  const response = { 200: Type.Object({ a: Type.Integer() }) }
  await app.register(async child => {
    await child.register(responseModel)
    child.get('/child', { schema: { response } }, async () => ({ a: [1] }))
  })
  app.get('/sibling', { schema: { response } }, answering(201, { a: [1] }))
  t.equal((await app.inject('/child')).statusCode, 500)
  t.equal((await app.inject('/sibling')).body, '{"a":[1]}')
})

t.test('two apps in one process have their own options', async t => {
  const [one, two] = [bare(t), bare(t)]
  await one.register(responseModel, { undeclared: 'drop' })
  await two.register(responseModel, { undeclared: 'error' })
  for (const app of [one, two]) app.get('/', { schema: { response: { 200: UserOut } } }, answering(201, user))
  t.equal((await one.inject('/')).statusCode, 201)
  t.equal((await two.inject('/')).statusCode, 500)
})

t.test('wrong options are refused at registration', async t => {
  const app = bare(t)
  await t.rejects(async () => { await app.register(responseModel, { undeclared: 'ignore', filter: true } as object) }, {
    code: 'APIKIT_ERR_INVALID_OPTIONS',
    message: /^fastify-apikit\/response-model: (?=.*options\/filter: Unknown option)(?=.*options\/undeclared)/
  })
})

t.test('the reference app takes the options from its settings', async t => {
  const app = await build(t, { settings: { responseModel: { undeclared: 'drop' } } })
  t.equal(app.settings.responseModel.undeclared, 'drop')
})

t.test('a route that declares only errors keeps its success, as without a model', async t => {
  const app = bare(t)
  await app.register(responseModel)
  app.get('/', { schema: { response: { 404: Type.Object({ detail: Type.String() }), '5xx': Type.Object({ detail: Type.String() }) } } }, async (request, reply) => {
    const { status = '200' } = request.query as { status?: string }
    reply.code(Number(status))
    return { detail: 'text', secret: 1 } as { detail: string }
  })
  app.get('/never', { schema: { response: { 200: Type.Never(), 404: Type.Object({ detail: Type.String() }) } } }, async () => ({ detail: 'x' }))
  const answer = async (url: string) => {
    const { statusCode, body } = await app.inject(url)
    return [statusCode, body]
  }
  t.same(await answer('/'), [200, '{"detail":"text","secret":1}'])
  t.same(await answer('/?status=201'), [201, '{"detail":"text","secret":1}'])
  t.same(await answer('/?status=404'), [404, '{"detail":"text"}'])
  t.same(await answer('/?status=503'), [503, '{"detail":"text"}'])
  t.equal((await answer('/?status=409'))[0], 500)
  t.equal((await answer('/never'))[0], 500)
})

t.test('a string that a handler returns without a model is text, or JSON by option', async t => {
  for (const [undeclaredText, type, body] of [['text', 'text/plain; charset=utf-8', 'a "b"'], ['json', 'application/json', '"a \\"b\\""']] as const) {
    const app = bare(t)
    await app.register(responseModel, { undeclaredText })
    app.get('/', async () => 'a "b"')
    app.get('/errors', { schema: { response: { 404: Type.Object({}) } } }, async () => 'a "b"' as never)
    app.get('/typed', async (_request, reply) => {
      reply.type('text/html')
      return '<b>'
    })
    app.get('/sent', (_request, reply) => { reply.send('sent') })
    app.get('/nothing', async () => undefined)
    for (const url of ['/', '/errors']) {
      const answer = await app.inject(url)
      t.same([answer.headers['content-type'], answer.body], [type, body], `${undeclaredText} ${url}`)
    }
    t.match(await app.inject('/typed'), { headers: { 'content-type': /^text\/html/ }, body: '<b>' })
    t.match(await app.inject('/sent'), { headers: { 'content-type': 'text/plain; charset=utf-8' }, body: 'sent' })
    t.match(await app.inject('/nothing'), { statusCode: 200, body: '' })
  }
})
