import { Type } from '@sinclair/typebox'
import Fastify from 'fastify'
import t, { type Test } from 'tap'
import errors, { NotFound } from '../../plugins/errors/index.ts'
import { fetchOf } from '../../plugins/testing/index.ts'
import validation from '../../plugins/validation/index.ts'
import { ApiError, asForm, type ClientOptions, createClient, unwrap } from '../../plugins/client/index.ts'

/** As `fastify-apikit client` writes them. */
interface paths {
  '/items/{item_id}': {
    get: {
      parameters: { path: { item_id: number }, query?: { tag?: string[] }, cookie?: { session?: string, gone?: null }, header?: { 'x-a'?: string } }
      responses: { 200: { content: { 'application/json': Seen } }, 404: { content: { 'application/json': { detail: string } } } }
    }
    put?: never
    delete: { parameters: { path: { item_id: number } }, responses: { 204: { content?: never } } }
  }
  '/echo': {
    post: {
      requestBody: { content: { 'application/json': unknown } }
      responses: { 200: { content: { 'application/json': { type: string, body: string } } } }
    }
  }
  '/text': { get: { responses: { 200: { content: { 'application/json': string } } } } }
}
interface Seen { item_id: number, tag?: string[], cookie?: string, authorization?: string, host: string }

async function serve (t: Test) {
  const app = Fastify()
  t.teardown(() => app.close())
  await app.register(errors)
  await app.register(validation)
  app.get('/items/:item_id', {
    schema: { params: Type.Object({ item_id: Type.Integer() }), querystring: Type.Object({ tag: Type.Optional(Type.Array(Type.String())) }) }
  }, async ({ params, query, headers: { cookie, authorization, host } }, reply) => {
    const { item_id: id } = params as { item_id: number }
    if (id === 404) throw new NotFound('No such item')
    if (id === 409) return reply.code(409).send('taken')
    if (id === 500) return reply.code(500).send({ code: 1 })
    reply.header('set-cookie', ['a=1', 'b=2'])
    return { item_id: id, ...query as object, cookie, authorization, host }
  })
  app.delete('/items/:item_id', async (_request, reply) => reply.code(204).send())
  app.get('/text', async () => 'text')
  await app.register(async raw => {
    raw.removeAllContentTypeParsers()
    raw.addContentTypeParser('*', { parseAs: 'string' }, (_request, body, done) => { done(null, body) })
    raw.post('/echo', async ({ headers, body }) => ({ type: headers['content-type'], body }))
  })
  return app
}

async function clientOf (t: Test, options: ClientOptions = {}) {
  return createClient<paths>({ baseUrl: 'http://app.test', fetch: fetchOf(await serve(t)), ...options })
}

t.test('it asks the app itself, by fetch: path, query, cookies, headers, and all that is answered', async t => {
  const client = await clientOf(t)
  const { data, response } = await client.GET('/items/{item_id}', {
    params: { path: { item_id: 3 }, query: { tag: ['a b', 'ü'] }, cookie: { session: 's', gone: null } }, headers: { 'x-a': '1' }
  })
  t.same(data, { item_id: 3, tag: ['a b', 'ü'], cookie: 'session=s', host: 'app.test' })
  t.match(response, { status: 200, statusText: 'OK' })
  t.same(response.headers.getSetCookie(), ['a=1', 'b=2'])
  t.same(await unwrap(client.DELETE('/items/{item_id}', { params: { path: { item_id: 1 } } })), undefined)
})

t.test('it works over the network too', async t => {
  const app = await serve(t)
  const client = createClient<paths>({ baseUrl: await app.listen({ port: 0, host: '127.0.0.1' }), token: 'secret' })
  t.match(await unwrap(client.GET('/items/{item_id}', { params: { path: { item_id: 3 }, cookie: { session: 's' } } })), { item_id: 3, cookie: 'session=s', authorization: 'Bearer secret' })
})

t.test('fetch takes what fetch takes', async t => {
  const fetch = fetchOf(await serve(t))
  t.match(await (await fetch('http://a/items/1?tag=x')).json(), { item_id: 1, tag: ['x'], host: 'a' })
  t.same(await (await fetch(new URL('http://a/echo'), { method: 'POST', body: 'x', headers: { host: 'b' } })).json(), { type: 'text/plain;charset=UTF-8', body: 'x' })
})

t.test('a token is sent with each request, as it is then, but for those that have their own', async t => {
  const tokens = ['one', undefined]
  const client = await clientOf(t, { token: async () => tokens.shift() })
  const ask = async (headers = {}) => (await unwrap(client.GET('/items/{item_id}', { params: { path: { item_id: 1 } }, headers }))).authorization
  t.equal(await ask(), 'Bearer one')
  t.equal(await ask(), undefined)
  t.equal(await ask({ authorization: 'Basic x' }), 'Basic x')
})

t.test('a body is JSON, or multipart with files in it, or a form if it is said to be one', async t => {
  const client = await clientOf(t)
  const send = async (body: unknown, more = {}) => await unwrap(client.POST('/echo', { body, ...more }))
  t.same(await send({ a: [1] }), { type: 'application/json', body: '{"a":[1]}' })
  t.same(await send([new Date(0)]), { type: 'application/json', body: '["1970-01-01T00:00:00.000Z"]' })

  const { type, body } = await send({ file: new File(['text'], 'a.txt', { type: 'text/x' }), files: [new Blob(['b'])], n: 1, none: null, gone: undefined, json: { a: 1 }, list: ['x', 'y'] })
  t.match(type, /^multipart\/form-data; boundary=/)
  t.same([...body.matchAll(/name="(\w+)"(?:; filename="([^"]*)"\r\nContent-Type: (\S+))?\r\n\r\n(.*?)\r\n/gs)].map(found => found.slice(1)), [
    ['file', 'a.txt', 'text/x', 'text'], ['files', 'blob', 'application/octet-stream', 'b'], ['n', undefined, undefined, '1'],
    ['json', undefined, undefined, '{"a":1}'], ['list', undefined, undefined, 'x'], ['list', undefined, undefined, 'y']
  ])
  t.match(await send(new FormData()), { type: /^multipart/ })
  t.same(await send(new URLSearchParams({ a: '1' }), { headers: { 'content-type': 'text/x' } }), { type: 'text/x', body: 'a=1' })
  t.same(await send({ username: 'a b', scope: ['x', 'y'], none: null, map: { a: 1 } }, asForm),
    { type: 'application/x-www-form-urlencoded', body: 'username=a+b&scope=x&scope=y&map=%7B%22a%22%3A1%7D' })
})

t.test('what is no success is an error that says why', async t => {
  const client = await clientOf(t)
  const ask = (id: unknown) => unwrap(client.GET('/items/{item_id}', { params: { path: { item_id: id as number } } }))
  await t.rejects(ask(404), { name: 'ApiError', message: '404 Not Found: No such item', status: 404, detail: 'No such item', issues: [] })
  await t.rejects(ask('x'), {
    message: '422 Unprocessable Entity: path.item_id: Input should be a valid integer, unable to parse string as an integer',
    status: 422,
    issues: [{ type: 'int_parsing', loc: ['path', 'item_id'], input: 'x' }]
  })
  await t.rejects(ask(409), { message: '409 Conflict: taken', detail: 'taken' })
  await t.rejects(ask(500), { message: '500 Internal Server Error', detail: { code: 1 } })

  const problem = new ApiError(new Response(null, { status: 422 }), { type: 'about:blank', detail: 'The request is wrong', errors: [{ type: 't', loc: ['body', 0], msg: 'm' }] })
  t.match(problem, { message: '422: body.0: m', detail: 'The request is wrong', issues: [{ msg: 'm' }] })
  t.match(new ApiError(new Response(null, { status: 500 }), undefined), { message: '500', detail: undefined, issues: [] })
  t.match(problem.response, { status: 422 })
})
