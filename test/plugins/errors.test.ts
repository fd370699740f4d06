import { once } from 'node:events'
import { connect } from 'node:net'
import { Readable } from 'node:stream'
import { STATUS_CODES } from 'node:http'
import createError from '@fastify/error'
import { errorCodes, type FastifyInstance, type FastifyServerOptions, type HTTPMethods } from 'fastify'
import t, { type Test } from 'tap'
import errors, * as exported from '../../plugins/errors/index.ts'
import {
  Conflict, HttpError, httpError, MethodNotAllowed, NotFound, ServiceUnavailable, Teapot, type ErrorHandler, type ErrorsOptions
} from '../../plugins/errors/index.ts'
import { type Answering, kAnswer } from '../../plugins/core/http/answer.ts'
import { bare } from '../helper.ts'

/** An app with the plugin, and a route `/` that throws. */
async function throwing (t: Test, thrown: unknown, opts: FastifyServerOptions = {}) {
  const app = bare(t, opts)
  await app.register(errors)
  app.get('/', async () => { throw thrown })
  return app
}

/** What an app writes to its log, line by line. */
function logged () {
  const lines: Array<Record<string, any>> = []
  const logger = { level: 'info', stream: { write: (line: string) => { lines.push(JSON.parse(line)) } } }
  return { lines, logger }
}

t.test('HttpError', async t => {
  t.test('its detail is sent as it is, whatever JSON it may be', async t => {
    for (const detail of ['Item not found', '', null, 0, false, ['a', 1], { message: 'no', ids: [1, 2] }]) {
      const response = await (await throwing(t, new HttpError(404, detail))).inject('/')
      t.equal(response.statusCode, 404)
      t.equal(response.body, JSON.stringify({ detail }))
      t.equal(response.headers['content-type'], 'application/json')
    }
  })

  t.test('without a detail it is called by the phrase of its status, as Python has it', async t => {
    const python: Record<number, string> = {
      404: 'Not Found',
      413: 'Request Entity Too Large',
      414: 'Request-URI Too Long',
      416: 'Requested Range Not Satisfiable',
      418: "I'm a Teapot",
      422: 'Unprocessable Entity',
      500: 'Internal Server Error',
      599: 'Unknown'
    }
    for (const [status, detail] of Object.entries(python)) {
      const response = await (await throwing(t, new HttpError(Number(status)))).inject('/')
      t.same([response.statusCode, response.json()], [Number(status), { detail }])
    }
  })

  t.test('statuses 1xx, 204, 205 and 304 have no body', async t => {
    for (const status of [102, 204, 205, 304]) {
      const response = await (await throwing(t, new HttpError(status, 'never seen', { 'x-why': 'because' }))).inject('/')
      t.same([response.statusCode, response.body, response.headers['x-why']], [status, '', 'because'])
      t.notOk(response.headers['content-type'])
    }
  })

  t.test('its headers are added to those of the reply', async t => {
    const app = bare(t)
    await app.register(errors)
    app.addHook('onRequest', async (_request, reply) => { reply.headers({ 'x-hook': 'h', 'x-both': 'hook' }) })
    app.get('/', async () => { throw new HttpError(401, 'who?', { 'WWW-Authenticate': 'Bearer', 'X-Both': 'error' }) })

    const { headers } = await app.inject('/')
    t.match(headers, { 'x-hook': 'h', 'x-both': 'error', 'www-authenticate': 'Bearer' })
  })

  t.test('a content type of its own is kept', async t => {
    const app = await throwing(t, new HttpError(400, 'no', { 'content-type': 'application/problem+json' }))
    t.equal((await app.inject('/')).headers['content-type'], 'application/problem+json')
  })

  t.test('it refuses a status or a header that cannot be sent, without echoing the value', async t => {
    for (const status of [99, 600, 404.5, NaN, '404' as never]) {
      t.throws(() => new HttpError(status), { code: 'APIKIT_ERR_HTTP_ERROR', message: /is no status between 100 and 599/ })
    }
    const headers = [{ 'x-a': 'b\r\nset-cookie: evil=1' }, { 'x-a': 'b\0' }, { 'x a': 'b' }, { 'x-a': 1 }]
    for (const bad of headers as Array<Record<string, string>>) {
      t.throws(() => new HttpError(400, 'x', bad), { code: 'APIKIT_ERR_HTTP_ERROR', message: /^HttpError: the header "x.a" cannot be sent$/ })
    }
  })

  t.test('an injected header ends as a 500', async t => {
    const app = bare(t)
    await app.register(errors)
    app.get('/', async ({ query }) => { throw new HttpError(400, 'x', { 'x-name': (query as { name: string }).name }) })

    const response = await app.inject('/?name=a%0D%0Aset-cookie:%20evil=1')
    t.equal(response.statusCode, 500)
    t.notOk(response.headers['set-cookie'])
  })

  t.test('a detail that is no JSON ends as a 500', async t => {
    const cycle: Record<string, unknown> = {}
    cycle.cycle = cycle
    for (const detail of [cycle, 1n]) {
      const response = await (await throwing(t, new HttpError(400, detail))).inject('/')
      t.same([response.statusCode, response.json()], [500, { detail: 'Internal Server Error' }])
    }
  })

  t.test('each named error has its status, its phrase and its schema', async t => {
    const named = Object.entries(exported).filter(([name, value]) =>
      Object.getPrototypeOf(Object.getPrototypeOf(value)) === HttpError && name !== 'HttpError')
    t.ok(named.length > 20)
    for (const [name, value] of named) {
      const Named = value as typeof NotFound
      const error = new Named()
      t.match(error, { name, status: Named.status, statusCode: Named.status, detail: error.message })
      t.ok(STATUS_CODES[Named.status])
      t.match(Named.schema, { type: 'object', title: name, required: ['detail'], properties: { detail: { type: 'string' } } })
    }
    t.equal(HttpError.schema.title, 'HttpError')
  })

  t.test('a named error takes a detail, headers and a cause', async t => {
    const cause = new Error('disk full')
    const error = new ServiceUnavailable('later', { 'retry-after': '5' }, { cause })
    t.match(error, { status: 503, message: 'later', cause })
    const response = await (await throwing(t, error)).inject('/')
    t.same([response.statusCode, response.json(), response.headers['retry-after']], [503, { detail: 'later' }, '5'])
  })

  t.test('without the plugin, Fastify still finds the status', async t => {
    const app = bare(t)
    app.get('/', async () => { throw new NotFound('no such item') })
    t.match((await app.inject('/')).json(), { statusCode: 404, message: 'no such item' })
  })
})

t.test('app.handle', async t => {
  class Unicorn extends Error {}
  class Pink extends Unicorn {}

  t.test('it answers the errors of a class, by what it returns or by reply', async t => {
    const handlers: Record<string, ErrorHandler<Unicorn>> = {
      async: async () => ({ by: 'body' }),
      sync: () => ({ by: 'body' }),
      'reply, async': async (_error, _request, reply) => reply.send(Buffer.from('{"by":"body"}')),
      'reply, sync': (_error, _request, reply) => reply.send({ by: 'body' }),
      'reply, later': (_error, _request, reply) => { setImmediate(() => { reply.send({ by: 'body' }) }) },
      text: (_error, _request, reply) => { reply.type('text/plain'); return '{"by":"body"}' },
      stream: () => Readable.from(['{"by":"body"}']),
      response: () => new Response('{"by":"body"}', { status: 418 })
    }
    for (const [how, handler] of Object.entries(handlers)) {
      const app = await throwing(t, new Unicorn('Yolo'))
      app.handle(Unicorn, (error, request, reply) => {
        t.equal(error.message, 'Yolo')
        reply.code(418)
        return handler(error, request, reply)
      })
      const response = await app.inject('/')
      t.same([response.statusCode, response.json()], [418, { by: 'body' }], how)
      if (how.endsWith('sync') && !how.startsWith('reply')) t.equal(response.headers['content-type'], 'application/json')
    }
  })

  t.test('a body is JSON whatever it is, and text is text', async t => {
    for (const [body, sent, type] of [
      [null, 'null', 'application/json'], [7, '7', 'application/json'], [[1], '[1]', 'application/json'],
      ['hello', 'hello', 'text/plain; charset=utf-8'], [Buffer.from('b'), 'b', 'application/octet-stream']
    ] as const) {
      const app = await throwing(t, new Unicorn())
      app.handle(Unicorn, () => body)
      const response = await app.inject('/')
      t.same([response.body, response.headers['content-type']], [sent, type])
    }
  })

  t.test('an async handler that returns nothing sends nothing', async t => {
    const app = await throwing(t, new Conflict())
    app.handle(Conflict, async () => {})
    const response = await app.inject('/')
    t.same([response.statusCode, response.body], [409, ''])
  })

  t.test('the status is that of the error unless the handler sets another', async t => {
    for (const [error, status] of [[new Conflict(), 409], [new Unicorn(), 500], [new (createError('X', 'x', 422))(), 422]] as const) {
      const app = await throwing(t, error)
      app.handle(error.constructor as typeof Error, () => ({ handled: true }))
      const response = await app.inject('/')
      t.same([response.statusCode, response.json()], [status, { handled: true }])
    }
  })

  t.test('the nearest scope wins, then the class, then its parents', async t => {
    const app = bare(t)
    await app.register(errors)
    const by = (name: string) => () => name
    app.handle(Unicorn, by('root unicorn')).handle(Error, by('root error')).handle(Pink, by('root pink'))
    app.get('/root', async () => { throw new Pink() })
    await app.register(async child => {
      child.get('/child/pink', async () => { throw new Pink() })
      child.get('/child/type', async () => { throw new TypeError() })
      // Declared before its parent has any handlers, and still below it.
      await child.register(async grandchild => {
        grandchild.get('/grandchild', async () => { throw new Pink() })
        grandchild.get('/grandchild/range', async () => { throw new RangeError() })
        grandchild.handle(RangeError, by('grandchild range'))
      })
      child.handle(Unicorn, by('child unicorn'))
    })
    await app.register(async sibling => { sibling.get('/sibling', async () => { throw new Unicorn() }) })

    const answers: Record<string, string> = {
      '/root': 'root pink',
      '/child/pink': 'child unicorn',
      '/child/type': 'root error',
      '/grandchild': 'child unicorn',
      '/grandchild/range': 'grandchild range',
      '/sibling': 'root unicorn'
    }
    for (const [url, answer] of Object.entries(answers)) t.equal((await app.inject(url)).body, answer, url)
  })

  t.test('a handler of HttpError gets its subclasses, the 404 and 405 of the router and refusals of Fastify', async t => {
    const app = await throwing(t, new Teapot())
    app.post('/body', async () => 'ok')
    app.handle(HttpError, ({ status, detail, headers, cause }) => ({ status, detail, headers, code: (cause as { code?: string })?.code }))

    t.same((await app.inject('/')).json(), { status: 418, detail: "I'm a Teapot" })
    t.same((await app.inject('/nowhere')).json(), { status: 404, detail: 'Not Found' })
    t.same((await app.inject({ method: 'DELETE', url: '/' })).json(), { status: 405, detail: 'Method Not Allowed', headers: { allow: 'GET' } })
    t.match((await app.inject({ method: 'POST', url: '/body', payload: '{', headers: { 'content-type': 'application/json' } })).json(),
      { status: 400, code: 'FST_ERR_CTP_INVALID_JSON_BODY' })
  })

  t.test('a handler of the class of a refusal gets the refusal itself', async t => {
    const app = bare(t, { bodyLimit: 10 })
    await app.register(errors)
    app.post('/', async () => 'ok')
    app.handle(errorCodes.FST_ERR_CTP_BODY_TOO_LARGE, error => ({ code: error.code }))
    const response = await app.inject({ method: 'POST', url: '/', payload: { long: 'enough to be refused' } })
    t.same([response.statusCode, response.json()], [413, { code: 'FST_ERR_CTP_BODY_TOO_LARGE' }])
  })

  t.test('a handler of a status gets HttpErrors, refusals and failures of it, before handlers of classes', async t => {
    for (const [error, status] of [[new NotFound('gone?'), 404], [new (createError('X', 'no', 409))(), 409], [new Error('secret'), 500]] as const) {
      const app = await throwing(t, error)
      app.handle(HttpError, () => 'by class').handle(Error, () => 'by class').handle(status, ({ message }) => `${status} ${message}`)
      const response = await app.inject('/')
      t.same([response.statusCode, response.body], [status, `${status} ${error.message}`])
    }
  })

  t.test('the 404 of the router can be handled by status, as in FastAPI', async t => {
    const app = await throwing(t, null)
    app.handle(404, async (_error, { url }) => ({ message: `Oops, ${url} is not here` }))
    t.same((await app.inject('/x')).json(), { message: 'Oops, /x is not here' })
  })

  t.test('an error that answers for itself is not of HttpError’s, nor a failure', async t => {
    class Custom extends Error implements Answering {
      [kAnswer] () { return { status: 422, body: { mine: true }, contentType: 'application/problem+json' } }
    }
    const app = await throwing(t, new Custom())
    app.handle(HttpError, () => 'http').handle(Error, () => 'failure').handle(422, () => 'status')
    const response = await app.inject('/')
    t.same([response.statusCode, response.json(), response.headers['content-type']], [422, { mine: true }, 'application/problem+json'])
  })

  t.test('a handler of Error gets failures only, and things that are no Error wrapped in one', async t => {
    for (const thrown of [new TypeError('x'), 'text', null, { not: 'an error' }]) {
      const app = await throwing(t, thrown)
      app.handle(Error, error => ({ wrapped: error.cause, isError: error instanceof Error }))
      const response = await app.inject('/')
      t.same([response.statusCode, response.json()], [500, { isError: true, ...(thrown instanceof Error ? {} : { wrapped: thrown }) }])
    }
    const app = await throwing(t, new HttpError(404))
    app.handle(Error, () => 'failure')
    t.same((await app.inject('/')).json(), { detail: 'Not Found' })
  })

  t.test('an error thrown by a handler is answered in place of the first', async t => {
    const app = await throwing(t, new Unicorn())
    app.handle(Unicorn, () => { throw new Conflict('busy') })
    app.handle(Conflict, async ({ detail }) => { throw new Error(String(detail)) })
    app.handle(Error, async (error) => error)
    const response = await app.inject('/')
    t.same([response.statusCode, response.json()], [500, { detail: 'Internal Server Error' }], 'a returned error counts as thrown')
  })

  t.test('a handler that throws its error again passes it on to the next', async t => {
    const app = bare(t)
    await app.register(errors)
    app.handle(Unicorn, () => 'root')
    await app.register(async child => {
      child.handle(Pink, error => { throw error })
      child.get('/', async () => { throw new Pink() })
    })
    t.equal((await app.inject('/')).body, 'root')
  })

  t.test('handlers that throw at each other come to an end', async t => {
    const app = await throwing(t, new Unicorn('1'))
    const calls: string[] = []
    app.handle(Unicorn, () => { calls.push('unicorn'); throw new Conflict('2') })
    app.handle(Conflict, () => { calls.push('conflict'); throw new Unicorn('3') })
    const response = await app.inject('/')
    t.same([response.statusCode, response.json()], [500, { detail: 'Internal Server Error' }])
    t.same(calls, ['unicorn', 'conflict'])
  })

  t.test('a handler that passes its error on by reply.send does not show a failure', async t => {
    for (const [error, answer] of [[new Unicorn('password=hunter2'), [500, { detail: 'Internal Server Error' }]], [new Conflict('busy'), [409, { detail: 'busy' }]]] as const) {
      const app = await throwing(t, error)
      app.handle(error.constructor as typeof Unicorn, (error, _request, reply) => reply.send(error))
      const response = await app.inject('/')
      t.same([response.statusCode, response.json()], answer)
    }
  })

  t.test('what cannot be handled is refused at once', async t => {
    const app = bare(t)
    await app.register(errors)
    app.handle(Unicorn, () => {}).handle(404, () => {})
    t.throws(() => app.handle(Unicorn, () => {}), { code: 'APIKIT_ERR_DUPLICATE_HANDLER', message: /Unicorn already has a handler in this scope/ })
    t.throws(() => app.handle(404, () => {}), { code: 'APIKIT_ERR_DUPLICATE_HANDLER', message: /404 already/ })
    for (const kind of [200, 600, 404.5, 'Error', null]) {
      t.throws(() => app.handle(kind as never, () => {}), { code: 'APIKIT_ERR_HANDLE', message: /a class of errors or a status/ })
    }
    t.throws(() => app.handle(Error, 'nothing' as never), { code: 'APIKIT_ERR_HANDLE', message: /the handler of Error is no function/ })
    await app.register(async child => { t.doesNotThrow(() => child.handle(Unicorn, () => {})) })
  })
})

t.test('errors that are nobody’s', async t => {
  const secret = 'password=hunter2 at 10.0.0.5'

  t.test('a failure is a 500 whose words are in the log alone', async t => {
    for (const thrown of [new Error(secret), new TypeError(secret), secret, { secret }, Object.assign(new Error(secret), { statusCode: 500 })]) {
      const { lines, logger } = logged()
      const response = await (await throwing(t, thrown, { logger })).inject('/')
      t.same([response.statusCode, response.json()], [500, { detail: 'Internal Server Error' }])
      t.equal(response.headers['content-type'], 'application/json')
      t.equal(lines.filter(({ level, err }) => level === 50 && JSON.stringify(err).includes(secret)).length, 1)
    }
  })

  t.test('null and undefined can be thrown as well', async t => {
    for (const thrown of [null, undefined]) {
      const app = await throwing(t, thrown)
      app.get('/sync', () => { throw thrown })
      for (const url of ['/', '/sync']) {
        const response = await app.inject(url)
        t.same([response.statusCode, response.json()], [500, { detail: 'Internal Server Error' }])
      }
    }
  })

  t.test('a status of 5xx is kept, its message is not', async t => {
    const { lines, logger } = logged()
    const app = await throwing(t, Object.assign(new Error(secret), { statusCode: 503, headers: { 'retry-after': 5 } }), { logger })
    const response = await app.inject('/')
    t.same([response.statusCode, response.json(), response.headers['retry-after']], [503, { detail: 'Service Unavailable' }, '5'])
    t.ok(lines.some(({ level }) => level === 50))
  })

  t.test('a refusal keeps its status, its message and its headers', async t => {
    const headers = { 'x-kept': 'yes', 'x-list': ['a', 'b'], 'x-bad': 'a\r\nb: c', 'x-worse': {}, 'content-length': '999', 'transfer-encoding': 'chunked' }
    for (const status of [{ statusCode: 429 }, { status: 429 }]) {
      const response = await (await throwing(t, Object.assign(new Error('slow down'), status, { headers }))).inject('/')
      t.same([response.statusCode, response.json()], [429, { detail: 'slow down' }])
      t.match(response.headers, { 'x-kept': 'yes', 'x-list': ['a', 'b'], 'content-length': '22' })
      t.same(['x-bad', 'x-worse', 'transfer-encoding'].filter(name => name in response.headers), [])
    }
    const silent = await (await throwing(t, { statusCode: 404 })).inject('/')
    t.same([silent.statusCode, silent.json()], [404, { detail: 'Not Found' }])
  })

  t.test('a status that is none is a failure', async t => {
    for (const statusCode of [200, 399, 600, '404', 404.5]) {
      const response = await (await throwing(t, Object.assign(new Error(secret), { statusCode }))).inject('/')
      t.same([response.statusCode, response.json()], [500, { detail: 'Internal Server Error' }])
    }
  })

  t.test('Fastify’s refusals of a body are answered in the same shape', async t => {
    const app = bare(t, { bodyLimit: 16 })
    await app.register(errors)
    app.post('/', async () => 'ok')
    const json = { 'content-type': 'application/json' }
    for (const [headers, payload, status] of [
      [json, '{"a":', 400], [json, '', 400], [{ 'content-type': 'text/csv' }, 'a,b', 415], [json, JSON.stringify({ long: 'x'.repeat(99) }), 413]
    ] as const) {
      const response = await app.inject({ method: 'POST', url: '/', headers, payload })
      t.equal(response.statusCode, status)
      t.same(Object.keys(response.json()), ['detail'])
      t.equal(response.headers['content-type'], 'application/json')
    }
  })

  t.test('an error that cannot say its answer is a failure', async t => {
    class Broken extends Error { [kAnswer] () { throw new Error(secret) } }
    const response = await (await throwing(t, new Broken())).inject('/')
    t.same([response.statusCode, response.json()], [500, { detail: 'Internal Server Error' }])
  })

  t.test('hooks that fail are answered as handlers that fail, on the way out too', async t => {
    for (const hook of ['onRequest', 'preHandler', 'onSend'] as const) {
      const app = bare(t)
      await app.register(errors)
      app.addHook(hook, async () => { throw new Error(secret) })
      app.get('/', async (_request, reply) => { reply.header('set-cookie', ['a=1', 'b=2']); return 'ok' })
      for (const url of hook === 'preHandler' ? ['/'] : ['/', '/nowhere']) {
        const response = await app.inject(url)
        t.same([response.statusCode, response.json()], [500, { detail: 'Internal Server Error' }], `${hook} ${url}`)
        t.equal(response.headers['content-type'], 'application/json')
      }
    }
  })

  t.test('a header that cannot be sent ends as a 500', async t => {
    const app = bare(t)
    await app.register(errors)
    app.addHook('onRequest', async (_request, reply) => { reply.header('x-good', 'yes') })
    app.get('/', async (_request, reply) => reply.header('x-bad', 'a\r\nb: c').send('ok'))
    const response = await app.inject('/')
    t.same([response.statusCode, response.json()], [500, { detail: 'Internal Server Error' }])
    t.same([response.headers['x-good'], response.headers['x-bad'], response.headers.b], ['yes', undefined, undefined])
  })

  t.test('a bodiless answer stays so when it has to go past the hooks', async t => {
    const app = await throwing(t, new HttpError(304))
    app.handle(HttpError, (error, _request, reply) => reply.send(error))
    const response = await app.inject('/')
    t.same([response.statusCode, response.body], [304, ''])
  })

  t.test('4xx are logged at info, without what the client sent', async t => {
    const { lines, logger } = logged()
    await (await throwing(t, Object.assign(new Conflict('busy'), { body: { password: 'hunter2' } }), { logger })).inject('/')
    t.equal(lines.filter(({ level, msg }) => level === 30 && msg === 'busy').length, 1)
    t.notMatch(JSON.stringify(lines), /hunter2/)
  })
})

t.test('once the headers are out', async t => {
  /** The bytes that a client gets for `GET path`, and whether the server is alive after that. */
  async function exchange (app: FastifyInstance, path: string): Promise<string> {
    const { port } = new URL(app.listeningOrigin)
    const socket = connect(Number(port), '127.0.0.1')
    socket.write(`GET ${path} HTTP/1.1\r\nhost: a\r\n\r\n`)
    let text = ''
    socket.on('data', data => { text += data })
    socket.on('error', () => {})
    await once(socket, 'close')
    return text
  }

  t.test('an error breaks the answer off, is logged, and the server lives on', async t => {
    const { lines, logger } = logged()
    const app = bare(t, { logger })
    await app.register(errors)
    const failing = () => new Readable({
      read () {
        this.push('some')
        setImmediate(() => { this.destroy(new Error('torn')) })
      }
    })
    app.get('/stream', async () => failing())
    app.get('/web', async () => Readable.toWeb(failing()))
    app.get('/raw', async (_request, reply) => {
      reply.raw.writeHead(200, { 'content-length': 99 })
      reply.raw.write('some')
      throw new Error('late')
    })
    class Handled extends Error {}
    app.handle(Handled, async (_error, _request, reply) => {
      reply.raw.writeHead(200, { 'content-length': 99 })
      reply.raw.write('some')
      throw new Error('later')
    })
    app.get('/handler', async () => { throw new Handled() })
    class Passed extends Error {}
    app.handle(Passed, (_error, _request, reply) => {
      reply.raw.writeHead(200, { 'content-length': 99 })
      reply.raw.write('some')
      return reply.send(new Error('latest'))
    })
    app.get('/passed', async () => { throw new Passed() })
    app.get('/early', async () => new Readable({ read () { this.destroy(new Error('before a byte')) } }))
    await app.listen({ port: 0 })

    for (const path of ['/stream', '/web', '/raw', '/handler', '/passed']) {
      const text = await exchange(app, path)
      // What was written may or may not have left before the break.
      t.match(text, /^(HTTP\/1.1 200 OK.*some\s*)?$/s, path)
    }
    t.equal(lines.filter(({ msg }) => msg === 'error after the headers were sent').length, 3)

    const early = await fetch(`${app.listeningOrigin}/early`)
    t.same([early.status, await early.json()], [500, { detail: 'Internal Server Error' }])
  })
})

t.test('404 and 405', async t => {
  const allowed = async (app: FastifyInstance, method: HTTPMethods, url: string, headers = {}) => {
    const response = await app.inject({ method: method as 'GET', url, headers })
    if (response.statusCode === 405 && method !== 'HEAD') t.same(response.json(), { detail: 'Method Not Allowed' })
    return response.statusCode === 405 ? response.headers.allow : response.statusCode
  }
  async function routed (t: Test, opts: FastifyServerOptions = {}) {
    const app = bare(t, opts)
    await app.register(errors)
    return app
  }
  const ok = async () => 'ok'

  t.test('an unknown path is 404, whatever the method and the body', async t => {
    const app = await routed(t)
    app.get('/', ok)
    for (const method of ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'] as const) {
      const response = await app.inject({ method, url: '/nowhere?q=1' })
      t.equal(response.statusCode, 404)
      t.equal(response.headers['content-type'], 'application/json')
      if (method !== 'HEAD') t.same(response.json(), { detail: 'Not Found' })
    }
    for (const type of ['application/json', 'text/csv']) {
      const response = await app.inject({ method: 'POST', url: '/nowhere', payload: '{', headers: { 'content-type': type } })
      t.equal(response.statusCode, 404, `a ${type} body is not read`)
    }
  })

  t.test('a known path with another method is 405, with the methods of the route first declared', async t => {
    const app = await routed(t)
    app.get('/items', ok)
    app.post('/items', ok)
    app.route({ method: ['PUT', 'PATCH'], url: '/items/:id', handler: ok })
    app.get('/items/:id', ok)
    app.post('/items/me', ok)
    app.post('/declared', ok)
    app.get('/files/*', ok)
    app.get('/optional/:id?', ok)
    app.get('/number/:id(^\\d+$)', ok)

    t.equal(await allowed(app, 'DELETE', '/items'), 'GET')
    t.equal(await allowed(app, 'DELETE', '/items?q=1'), 'GET')
    t.equal(await allowed(app, 'OPTIONS', '/items'), 'GET')
    t.equal(await allowed(app, 'DELETE', '/items/5'), 'PUT, PATCH')
    t.equal(await allowed(app, 'DELETE', '/items/me'), 'PUT, PATCH')
    t.equal(await allowed(app, 'GET', '/declared'), 'POST')
    t.equal(await allowed(app, 'HEAD', '/declared'), 'POST')
    t.equal(await allowed(app, 'POST', '/files/a/b'), 'GET')
    t.equal(await allowed(app, 'POST', '/optional'), 'GET')
    t.equal(await allowed(app, 'POST', '/number/5'), 'GET')
    t.equal(await allowed(app, 'POST', '/number/five'), 404)
    t.equal(await allowed(app, 'HEAD', '/items'), 200)
  })

  t.test('a HEAD is listed when it was declared', async t => {
    const app = await routed(t)
    app.head('/a', ok)
    app.get('/a', ok)
    app.get('/b', { exposeHeadRoute: false }, ok)
    app.route({ method: ['GET', 'HEAD'], url: '/c', handler: ok })
    app.get('/d', { exposeHeadRoute: false }, ok)
    app.head('/d', ok)
    app.get('/e', ok)

    t.equal(await allowed(app, 'POST', '/a'), 'HEAD')
    t.equal(await allowed(app, 'HEAD', '/b'), 'GET')
    t.equal(await allowed(app, 'POST', '/c'), 'GET, HEAD')
    t.equal(await allowed(app, 'POST', '/d'), 'GET')
    t.equal(await allowed(app, 'POST', '/e'), 'GET')
  })

  t.test('without automatic HEAD routes, HEAD is a method like the others', async t => {
    const app = await routed(t, { exposeHeadRoutes: false })
    app.get('/', ok)
    t.equal(await allowed(app, 'HEAD', '/'), 'GET')
  })

  t.test('prefixes count, with both their spellings', async t => {
    const app = await routed(t)
    await app.register(async child => {
      child.get('/', ok)
      child.get('/x', ok)
    }, { prefix: '/items' })
    await app.register(async child => { child.get('/', { prefixTrailingSlash: 'no-slash' }, ok) }, { prefix: '/bare' })
    await app.register(async child => {
      child.get('/', { prefixTrailingSlash: 'no-slash' }, ok)
      child.get('/', { prefixTrailingSlash: 'slash' }, ok)
    }, { prefix: '/twice' })

    t.equal(await allowed(app, 'POST', '/items'), 'GET')
    t.equal(await allowed(app, 'POST', '/items/'), 'GET')
    t.equal(await allowed(app, 'POST', '/items/x'), 'GET')
    t.equal(await allowed(app, 'POST', '/items/x/'), 404)
    t.equal(await allowed(app, 'POST', '/bare'), 'GET')
    t.equal(await allowed(app, 'POST', '/bare/'), 404)
    t.equal(await allowed(app, 'POST', '/twice/'), 'GET')
  })

  t.test('the router’s options count', async t => {
    const app = await routed(t, { routerOptions: { caseSensitive: false, ignoreTrailingSlash: true, ignoreDuplicateSlashes: true, maxParamLength: 4 } })
    app.get('/Items/:id', ok)
    t.equal(await allowed(app, 'POST', '/iTEMS//5/'), 'GET')
    t.equal(await allowed(app, 'POST', '/items/longer'), 404)
  })

  t.test('constraints count: those of host and version, those of the server', async t => {
    const strategy = (name: string) => ({
      name,
      storage () {
        const handlers = new Map<unknown, any>()
        return { get: (key: unknown) => handlers.get(key) ?? null, set: (key: unknown, handler: any) => { handlers.set(key, handler) } }
      },
      deriveConstraint: (request: { headers: Record<string, unknown> }) => request.headers[name]
    })
    const app = await routed(t, { routerOptions: { constraints: { tenant: strategy('tenant') } } as never })
    app.addConstraintStrategy(strategy('late') as never)
    app.get('/host', { constraints: { host: 'a.com' } }, ok)
    app.get('/version', { constraints: { version: '1.0.0' } }, ok)
    app.get('/tenant', { constraints: { tenant: 'acme' } }, ok)
    app.get('/late', { constraints: { late: 'yes' } }, ok)

    t.equal(await allowed(app, 'POST', '/host', { host: 'a.com' }), 'GET')
    t.equal(await allowed(app, 'POST', '/host', { host: 'b.com' }), 404)
    t.equal(await allowed(app, 'POST', '/version', { 'accept-version': '1.x' }), 'GET')
    t.equal(await allowed(app, 'POST', '/version', { 'accept-version': '2.x' }), 404)
    t.equal(await allowed(app, 'POST', '/tenant', { tenant: 'acme' }), 'GET')
    t.equal(await allowed(app, 'POST', '/tenant', { tenant: 'other' }), 404)
    t.equal(await allowed(app, 'POST', '/late', { late: 'no' }), 'GET', 'one that was added later counts as met')
  })

  t.test('a route that gives up by callNotFound is 404, a catch-all OPTIONS makes nothing known', async t => {
    const app = await routed(t)
    app.get('/maybe', (_request, reply) => reply.callNotFound())
    app.options('*', (_request, reply) => reply.callNotFound())
    t.equal(await allowed(app, 'GET', '/maybe'), 404)
    t.equal(await allowed(app, 'HEAD', '/maybe'), 404)
    t.equal(await allowed(app, 'POST', '/maybe'), 'GET')
    t.equal(await allowed(app, 'OPTIONS', '/maybe'), 'GET')
    t.equal(await allowed(app, 'GET', '/unknown'), 404)
    t.equal(await allowed(app, 'OPTIONS', '/unknown'), 404)
  })

  t.test('{ notFound: false } leaves them to a handler of one’s own', async t => {
    const app = bare(t)
    app.setNotFoundHandler(async () => 'mine')
    await app.register(errors, { notFound: false })
    t.equal((await app.inject('/nowhere')).body, 'mine')
  })
})

t.test('scope', async t => {
  t.test('registered in a child, it leaves the siblings and the root alone', async t => {
    const app = bare(t)
    await app.register(async child => {
      await child.register(errors)
      child.get('/child', async () => { throw new Error('x') })
    })
    await app.register(async child => {
      await child.register(errors)
      child.get('/prefixed', async () => { throw new Error('x') })
      await child.register(async grandchild => { grandchild.get('/', async () => { throw new Error('x') }) }, { prefix: '/below' })
    }, { prefix: '/own' })
    await app.register(async child => { child.get('/', async () => { throw new Error('x') }) }, { prefix: '/root' })
    app.get('/plain', async () => { throw new Error('plain') })
    t.notOk(app.hasDecorator('handle'))

    const ours = { detail: 'Internal Server Error' }
    for (const url of ['/child', '/own/prefixed', '/own/below']) t.same((await app.inject(url)).json(), ours, url)
    t.same((await app.inject('/own/nowhere')).json(), { detail: 'Not Found' }, 'a prefix has a 404 of its own')
    t.match((await app.inject('/plain')).json(), { message: 'plain' })
    t.match((await app.inject('/nowhere')).json(), { statusCode: 404, message: /Route GET/ }, 'no prefix, no 404')
  })

  t.test('a child’s own error handler is nearer', async t => {
    const app = bare(t)
    await app.register(errors)
    await app.register(async child => {
      child.get('/', async () => { throw new Conflict() })
      child.setErrorHandler(async () => 'child’s own')
    })
    app.get('/route', { errorHandler: async () => 'route’s own' }, async () => { throw new Conflict() })
    t.equal((await app.inject('/')).body, 'child’s own')
    t.equal((await app.inject('/route')).body, 'route’s own')
  })

  t.test('registered again below, it shares the handlers and has the 404 of its prefix', async t => {
    const app = bare(t)
    await app.register(errors)
    app.handle(Conflict, () => 'root’s')
    await app.register(async child => {
      await child.register(errors)
      child.get('/', async () => { throw new Conflict() })
      child.handle(404, () => 'child’s 404')
    }, { prefix: '/child' })
    t.equal((await app.inject('/child')).body, 'root’s')
    t.equal((await app.inject('/child/nowhere')).body, 'child’s 404')
    t.same((await app.inject('/nowhere')).json(), { detail: 'Not Found' })
  })

  t.test('two apps in one process know nothing of each other', async t => {
    const [one, two] = [await throwing(t, new Teapot()), await throwing(t, new Teapot())]
    one.handle(Teapot, () => 'one')
    t.equal((await one.inject('/')).body, 'one')
    t.same((await two.inject('/')).json(), { detail: "I'm a Teapot" })
  })

  t.test('a place that is taken is refused in words', async t => {
    const cases: Array<[RegExp, (app: FastifyInstance) => unknown, ErrorsOptions?]> = [
      [/registered twice in one scope/, app => app.register(errors)],
      [/has an error handler already.*app\.handle\(Error/, app => app.setErrorHandler(() => {})],
      [/the prefix '\/' has a 404 handler already.*notFound: false/, app => app.setNotFoundHandler(() => {})]
    ]
    for (const [message, prepare] of cases) {
      const app = bare(t)
      await prepare(app)
      await t.rejects(async () => { await app.register(errors) }, { code: 'APIKIT_ERR_SCOPE_TAKEN', message })
    }
    const app = bare(t)
    await t.rejects(async () => {
      await app.register(async child => {
        child.setErrorHandler(() => {})
        await child.register(errors)
      })
    }, { code: 'APIKIT_ERR_SCOPE_TAKEN', message: /has an error handler already/ })
  })

  t.test('wrong options are refused', async t => {
    const app = bare(t)
    await t.rejects(async () => { await app.register(errors, { notfound: true } as object) }, { code: 'APIKIT_ERR_INVALID_OPTIONS', message: /notfound/ })
  })

  t.test('an error while the app boots is not swallowed', async t => {
    const app = bare(t)
    await app.register(errors)
    app.register(async () => { throw new Error('no boot') })
    app.get('/', async () => 'ok')
    await t.rejects(async () => { await app.ready() }, { message: 'no boot' })
  })
})

t.test('frameworkErrors answers what fails before a route is found', async t => {
  const app = bare(t, { frameworkErrors: exported.frameworkErrors, routerOptions: { maxParamLength: 4 } })
  await app.register(errors)
  app.get('/:id', async () => 'ok')
  for (const [url, status] of [['/%zz', 400], ['/longer', 414]] as const) {
    const response = await app.inject(url)
    t.same([response.statusCode, Object.keys(response.json())], [status, ['detail']])
    t.equal(response.headers['content-type'], 'application/json')
  }
})

t.test('a class of one’s own can be made of a status', async t => {
  class TeapotEmpty extends httpError(418, 'TeapotEmpty') {}
  const app = await throwing(t, new TeapotEmpty('out of tea'))
  t.same((await app.inject('/')).json(), { detail: 'out of tea' })
  t.ok(new TeapotEmpty() instanceof HttpError)
  t.equal(new MethodNotAllowed().status, 405)
})
