import { EventEmitter, once } from 'node:events'
import { type AddressInfo, connect, type Socket } from 'node:net'
import { Readable } from 'node:stream'
import { STATUS_CODES } from 'node:http'
import createError from '@fastify/error'
import multipart from '@fastify/multipart'
import rateLimit from '@fastify/rate-limit'
import underPressure from '@fastify/under-pressure'
import { errorCodes, type FastifyInstance, type FastifyServerOptions, type HTTPMethods } from 'fastify'
import httpErrors from 'http-errors'
import t, { type Test } from 'tap'
import errors, * as exported from '../../plugins/errors/index.ts'
import {
  clientErrorHandler, Conflict, HttpError, httpError, MethodNotAllowed, NotFound, ServiceUnavailable, Teapot, type ErrorHandler, type ErrorsOptions
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
      t.throws(() => new HttpError(status), { code: 'APIKIT_ERR_HTTP_ERROR', message: /status must be an integer from 100 to 599, got / })
    }
    const headers = [{ 'x-a': 'b\r\nset-cookie: evil=1' }, { 'x-a': 'b\0' }, { 'x a': 'b' }, { 'x-a': 1 }]
    for (const bad of headers as Array<Record<string, string>>) {
      t.throws(() => new HttpError(400, 'x', bad), { code: 'APIKIT_ERR_HTTP_ERROR', message: /^HttpError: invalid header "x.a"\. The name must be a token/ })
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
      t.throws(() => app.handle(kind as never, () => {}), { code: 'APIKIT_ERR_HANDLE', message: /must be an error class or a status from 400 to 599, got / })
    }
    t.throws(() => app.handle(Error, 'nothing' as never), { code: 'APIKIT_ERR_HANDLE', message: /the handler of Error must be a function, got string/ })
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

  t.test('what an HTTP client or an SDK throws is a 500: no status, word or header of it leaves', async t => {
    const headers = { 'set-cookie': 'upstream=1', location: 'http://evil.example/', 'x-internal-host': 'billing-7.int' }
    class ResponseError extends Error {
      readonly code = 'UND_ERR_RESPONSE'
      readonly headers = headers
      readonly statusCode: number
      readonly status: number

      constructor (status: number) {
        super(secret)
        this.statusCode = this.status = status
      }
    }
    const thrown = [
      new ResponseError(404), new ResponseError(503),
      ...[{ statusCode: 401, headers }, { status: 404 }, { statusCode: 429 }, { statusCode: 422, expose: true }].map(fields => Object.assign(new Error(secret), fields)),
      { statusCode: 404, status: 404, expose: true, message: secret, headers },
      // It has what http-errors gives, and is none of its classes.
      httpErrors(404, new Error(secret), { headers }), Object.assign(new ResponseError(404), { expose: true }), Object.assign(new Error(secret), { statusCode: 404, validationContext: 'body' })
    ]
    for (const error of thrown) {
      const { lines, logger } = logged()
      const response = await (await throwing(t, error, { logger })).inject('/')
      t.same([response.statusCode, response.json()], [500, { detail: 'Internal Server Error' }])
      t.same(Object.keys(response.headers).sort(), ['connection', 'content-length', 'content-type', 'date'])
      const failures = lines.filter(({ level }) => level === 50)
      t.equal(failures.length, 1)
      t.match(JSON.stringify(failures), secret)
      t.match(failures, [{ note: /^status \d{3} of this error was not used\. Throw an HttpError, or add the class to the option trust/ }])
    }
  })

  t.test('errors of Fastify and its plugins keep their status, their 4xx words, and their headers', async t => {
    const headers = { 'x-kept': 'yes', 'x-list': ['a', 'b'], 'retry-after': 5, 'x-bad': 'a\r\nb: c', 'x-worse': {}, 'content-length': '999', 'transfer-encoding': 'chunked' }
    class FastifyCompressError extends Error {
      readonly code = 'FST_CP_ERR_INVALID_CONTENT'
      readonly statusCode = 429
    }
    for (const error of [new (createError('MY_LIMIT', 'slow down', 429))(), new FastifyCompressError('slow down')]) {
      const response = await (await throwing(t, Object.assign(error, { headers }))).inject('/')
      t.same([response.statusCode, response.json()], [429, { detail: 'slow down' }])
      t.match(response.headers, { 'x-kept': 'yes', 'x-list': ['a', 'b'], 'retry-after': '5', 'content-length': '22' })
      t.same(['x-bad', 'x-worse', 'transfer-encoding'].filter(name => name in response.headers), [])
    }
    for (const status of [503, undefined, 200, 600, 404.5]) {
      const { lines, logger } = logged()
      const response = await (await throwing(t, new (createError('FST_AWAY', secret, status))(), { logger })).inject('/')
      t.same(response.json(), { detail: STATUS_CODES[response.statusCode] })
      t.equal(response.statusCode, status === 503 ? 503 : 500)
      t.same(lines.filter(({ level }) => level === 50).map(({ err, note }) => [err.message, note]), [[secret, undefined]])
    }
    const silent = await (await throwing(t, Object.assign(new Error(), { code: 'FST_X', status: 404 }))).inject('/')
    t.same([silent.statusCode, silent.json()], [404, { detail: 'Not Found' }])
  })

  t.test('Fastify’s own validation stays a 400, with a formatter of the app’s too', async t => {
    for (const formatter of [undefined, () => Object.assign(new Error('querystring/n must be integer'), { code: 'MINE' })]) {
      const app = bare(t, formatter && { schemaErrorFormatter: formatter })
      await app.register(errors)
      app.get('/', { schema: { querystring: { type: 'object', properties: { n: { type: 'integer' } } } } }, async () => 'ok')
      const response = await app.inject('/?n=x')
      t.same([response.statusCode, response.json()], [400, { detail: 'querystring/n must be integer' }])
    }
  })

  t.test('http-errors, as @fastify/sensible throws them, show their words when they say so by expose', async t => {
    const cases: Array<[unknown, number, string]> = [
      [httpErrors.NotFound('no such pen'), 404, 'no such pen'],
      [httpErrors(404, secret, { expose: false }), 404, 'Not Found'],
      [httpErrors(503, secret), 503, 'Service Unavailable'],
      [httpErrors(503, 'back at noon', { expose: true, headers: { 'retry-after': '60', 'Set-Cookie': 'a=1' } }), 503, 'back at noon']
    ]
    for (const [error, status, detail] of cases) {
      const response = await (await throwing(t, error)).inject('/')
      t.same([response.statusCode, response.json()], [status, { detail }])
      t.notOk(response.headers['set-cookie'])
      t.equal(response.headers['retry-after'], detail === 'back at noon' ? '60' : undefined)
    }
  })

  t.test('@fastify/rate-limit, under-pressure and multipart answer as they do without the plugin', async t => {
    const app = bare(t)
    await app.register(errors)
    await app.register(async child => {
      await child.register(rateLimit, { max: 1, ban: 1 })
      child.get('/limited', async () => 'ok')
    })
    await app.register(async child => {
      await child.register(underPressure, { healthCheck: async () => { throw new Error('no database') }, healthCheckInterval: 1e6 })
      child.get('/pressed', async () => 'ok')
    })
    await app.register(multipart)
    app.post('/multipart', async request => request.file())

    const [, limited, banned] = [await app.inject('/limited'), await app.inject('/limited'), await app.inject('/limited')]
    t.same([limited.statusCode, limited.json(), limited.headers['retry-after']], [429, { detail: 'Rate limit exceeded, retry in 1 minute' }, '60'])
    t.equal(banned.statusCode, 403)
    const pressed = await app.inject('/pressed')
    t.same([pressed.statusCode, pressed.json()], [503, { detail: 'Service Unavailable' }])
    const form = await app.inject({ method: 'POST', url: '/multipart', payload: {} })
    t.same([form.statusCode, form.json()], [406, { detail: 'the request is not multipart' }])
  })

  t.test('headers that decide over the body, the client or other pages are HttpError’s alone', async t => {
    const headers = {
      'content-type': 'text/html', 'Set-Cookie': 'a=1', location: 'https://evil.example/', 'Access-Control-Allow-Origin': '*', 'access-control-allow-credentials': 'true', 'x-kept': 'yes'
    }
    class Answered extends Error implements Answering {
      [kAnswer] () { return { status: 409, body: {}, headers } }
    }
    for (const error of [Object.assign(new (createError('FST_X', 'x', 400))(), { headers }), new Answered()]) {
      const response = await (await throwing(t, error)).inject('/')
      t.equal(response.headers['content-type'], 'application/json')
      t.same(['x-kept', 'set-cookie', 'location', 'access-control-allow-origin', 'access-control-allow-credentials'].map(name => response.headers[name]),
        ['yes', undefined, undefined, undefined, undefined])
    }
    const response = await (await throwing(t, new HttpError(400, 'x', headers))).inject('/')
    t.match(response.headers, Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value])))
  })

  t.test('a client that goes while its body is read is no failure', async t => {
    const line = new EventEmitter()
    const app = bare(t, { logger: { stream: { write: text => { line.emit('line', JSON.parse(text)) } } } })
    await app.register(errors)
    app.addHook('preParsing', async () => { socket.destroy() })
    app.post('/', async () => 'ok')
    await app.listen({ port: 0 })
    const incoming = once(line, 'line')
    const socket = connect(Number(new URL(app.listeningOrigin).port), '127.0.0.1')
    socket.write('POST / HTTP/1.1\r\nhost: a\r\ncontent-type: application/json\r\ncontent-length: 99\r\n\r\n{')
    t.match(await incoming, [{ msg: 'incoming request' }])
    t.match(await once(line, 'line'), [{ level: 30, msg: 'aborted', res: { statusCode: 400 } }])
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

t.test('the option trust', async t => {
  class UpstreamError extends Error {
    readonly status: number
    readonly headers = { 'retry-after': 7, 'set-cookie': 'upstream=1' }

    constructor (status: number) {
      super('the words of the upstream')
      this.status = status
    }
  }
  class Below extends UpstreamError {}
  const trusting = async (t: Test, options: ErrorsOptions, error: Error) => {
    const app = bare(t)
    await app.register(errors, options)
    app.get('/', async () => { throw error })
    return app
  }
  const ours = [500, { detail: 'Internal Server Error' }]

  t.test('makes errors of a class decide status, 4xx words and harmless headers', async t => {
    for (const trust of [[TypeError, UpstreamError], (error: unknown) => error instanceof UpstreamError]) {
      for (const [error, status, detail] of [[new Below(404), 404, 'the words of the upstream'], [new UpstreamError(503), 503, 'Service Unavailable'], [new UpstreamError(200), 500, 'Internal Server Error']] as const) {
        const response = await (await trusting(t, { trust }, error)).inject('/')
        t.same([response.statusCode, response.json()], [status, { detail }])
        t.same([response.headers['retry-after'], response.headers['set-cookie']], ['7', undefined])
      }
      const other = await (await trusting(t, { trust }, Object.assign(new RangeError(), { status: 404 }))).inject('/')
      t.same([other.statusCode, other.json()], ours)
    }
  })

  t.test('such an error is HttpError’s to handle, as a refusal of Fastify', async t => {
    const app = await trusting(t, { trust: [UpstreamError] }, new Below(404))
    app.handle(HttpError, ({ status, cause }) => ({ status, is: cause instanceof Below }))
    t.same((await app.inject('/')).json(), { status: 404, is: true })
  })

  t.test('holds for the scope and all below, and adds to what the scope above trusts', async t => {
    class Own extends Error { readonly status = 418 }
    const app = await trusting(t, { trust: [UpstreamError] }, new Own())
    await app.register(async child => {
      child.get('/above', async () => { throw new UpstreamError(404) })
      await child.register(errors, { trust: [Own] })
      child.get('/own', async () => { throw new Own() })
    }, { prefix: '/child' })
    t.equal((await app.inject('/')).statusCode, 500)
    t.equal((await app.inject('/child/above')).statusCode, 404)
    t.equal((await app.inject('/child/own')).statusCode, 418)
  })

  t.test('a function that fails, or promises, trusts nothing', async t => {
    for (const trust of [() => { throw new Error('no') }, async () => true]) {
      const response = await (await trusting(t, { trust: trust as never }, new UpstreamError(404))).inject('/')
      t.same([response.statusCode, response.json()], ours)
    }
  })

  t.test('anything but classes in a list, or a function, is refused', async t => {
    const cases = [
      [UpstreamError, /options\/trust: must be a function or an array of classes\. Use \[UpstreamError\]/],
      [[UpstreamError, () => true], /options\/trust\/1: must be a class\. To use a function, pass it instead of the array/],
      [['UpstreamError'], /options\/trust\/0: must be a class/],
      ['UpstreamError', /options\/trust: must be a function or an array of classes/]
    ] as const
    for (const [trust, message] of cases) {
      const app = bare(t)
      await t.rejects(async () => { await app.register(errors, { trust: trust as never }) }, { code: 'APIKIT_ERR_INVALID_OPTIONS', message })
    }
  })
})

t.test('the log of what app.handle answers', async t => {
  class First extends Error {}
  class Second extends Error {}
  /** Level, words, class, error and status of the lines of one request. */
  async function failures (t: Test, thrown: unknown, handle: (app: FastifyInstance) => unknown): Promise<Array<[number, string, string | undefined, number]>> {
    const { lines, logger } = logged()
    const app = await throwing(t, thrown, { logger })
    await handle(app)
    await app.inject('/').catch(() => {})
    return lines.filter(({ msg }) => !['incoming request', 'request completed'].includes(msg))
      .map(({ level, msg, err, error, res }) => [level, msg, err?.message ?? error?.type, res?.statusCode])
  }

  t.test('a failure is logged once, at error, with its cause, however the handler answers with a 5xx', async t => {
    const handlers: Record<string, ErrorHandler<Error>> = {
      body: () => ({ message: 'sorry' }),
      'async body': async () => ({ message: 'sorry' }),
      reply: (_error, _request, reply) => { reply.send({ message: 'sorry' }) },
      'reply, returned': (_error, _request, reply) => reply.send({ message: 'sorry' }),
      'async reply': async (_error, _request, reply) => { reply.send({ message: 'sorry' }) },
      'async reply, returned': async (_error, _request, reply) => reply.send({ message: 'sorry' }),
      'reply, later': (_error, _request, reply) => { setImmediate(() => { reply.send({ message: 'sorry' }) }) },
      stream: () => Readable.from(['sorry']),
      nothing: async () => {},
      hijacked: (_error, _request, reply) => { reply.hijack().raw.writeHead(500).end() },
      gone: (_error, _request, reply) => { reply.raw.destroy() }
    }
    for (const [how, handler] of Object.entries(handlers)) {
      t.same(await failures(t, new First('boom', { cause: new Error('disk') }), app => app.handle(Error, handler)), [[50, 'boom', 'boom: disk', 500]], how)
    }
    const unavailable: ErrorHandler<Error> = (_error, _request, reply) => reply.code(503).send('later')
    t.same(await failures(t, new First('boom'), app => app.handle(First, unavailable)), [[50, 'boom', 'boom', 503]])
  })

  t.test('at the level of the status that is sent, before the line that the request is completed', async t => {
    const { lines, logger } = logged()
    const app = await throwing(t, new First('boom'), { logger })
    app.handle(First, (_error, _request, reply) => { reply.code(404); return {} })
    app.addHook('onSend', async (_request, reply) => { reply.code(502) })
    await app.inject('/')
    t.same(lines.map(({ level, msg }) => [level, msg]), [[30, 'incoming request'], [50, 'boom'], [30, 'request completed']])
  })

  t.test('at info, without the error, when the answer is no 5xx', async t => {
    for (const status of [200, 404]) {
      t.same(await failures(t, new First('boom'), app => app.handle(First, (_error, _request, reply) => { reply.code(status); return 'x' })), [[30, 'boom', 'Error', status]])
      t.same(await failures(t, new First('boom'), app => app.handle(First, (_error, _request, reply) => reply.code(status).send())), [[30, 'boom', 'Error', status]])
    }
    t.same(await failures(t, new Conflict('busy'), app => app.handle(409, () => 'x')), [[30, 'busy', 'Conflict', 409]])
    t.same(await failures(t, new Conflict('busy'), app => app.handle(409, (_error, _request, reply) => reply.code(500).send())), [[50, 'busy', 'Conflict', 500]],
      'what a refusal holds is the client’s data whatever the status')
  })

  t.test('an error thrown by a handler stands behind the one it was to answer', async t => {
    const first = new First('one')
    t.same(await failures(t, first, app => app.handle(First, () => { throw new Second('two') })), [[50, 'one', 'one', 500], [50, 'two', 'two', 500]])
    t.same(await failures(t, first, app => app.handle(First, () => { throw new Second('two', { cause: first }) })), [[50, 'one', 'one', 500], [50, 'two', 'two: one', 500]])
    t.same(await failures(t, first, app => app.handle(First, async () => { throw new Second('two') }).handle(Second, () => { throw new Conflict('three') })),
      [[30, 'one', 'Error', 409], [30, 'two', 'Error', 409], [30, 'three', 'Conflict', 409]])
    t.same(await failures(t, new Conflict('one'), app => app.handle(Conflict, () => { throw new Second('two') })), [[50, 'one', 'Conflict', 500], [50, 'two', 'two', 500]])
  })

  t.test('an error passed on, by throw or reply.send, is still logged once', async t => {
    const passOn: Array<ErrorHandler<unknown>> = [error => { throw error }, async error => error, (error, _request, reply) => reply.send(error)]
    for (const handler of passOn) {
      t.same(await failures(t, new First('boom'), app => app.handle(First, handler)), [[50, 'boom', 'boom', 500]])
      t.same(await failures(t, new (createError('FST_X', 'no', 409))(), app => app.handle(HttpError, handler)), [[30, 'no', 'FastifyError', 409]])
      t.same(await failures(t, 'text', app => app.handle(Error, handler)).then(lines => lines.length), 1)
    }
  })

  t.test('nothing, thrown by a handler, is another failure', async t => {
    const lines = await failures(t, new Conflict('busy'), app => app.handle(Conflict, () => { throw undefined })) // eslint-disable-line no-throw-literal
    t.same(lines.map(([level, words]) => [level, words]), [[50, 'busy'], [50, undefined]])
  })

  t.test('so is one whose answer fails on its way out, before that failure', async t => {
    const late = (app: FastifyInstance) => {
      app.addHook('onSend', async () => { throw new Error('late') })
      app.handle(First, (_error, _request, reply) => { reply.code(503); return {} })
      app.get('/late', async () => { throw new First('boom') })
    }
    const { lines, logger } = logged()
    const app = bare(t, { logger })
    await app.register(errors)
    late(app)
    await app.inject('/late')
    t.same(lines.filter(({ level }) => level === 50).map(({ err }) => err.message), ['boom', 'late'])
  })

  t.test('and one whose answer is broken off', async t => {
    for (const [again, expected] of [[undefined, ['boom']], [new Second('late'), ['boom', 'late']]] as const) {
      const lines = await failures(t, new First('boom'), app => app.handle(First, async (error, _request, reply) => {
        reply.raw.writeHead(200).write('some')
        throw again ?? error
      }))
      t.same(lines.map(([level, , message]) => [level, message]), expected.map(message => [50, message]))
    }
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
      validate () {},
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

  t.test('an app in a scope of its own is told who answers unknown paths', async t => {
    const cases: Array<[number, (app: FastifyInstance) => unknown, object?]> = [
      [1, () => {}], [0, app => app.get('/beside', async () => 1)], [0, () => {}, { prefix: '/api' }]
    ]
    for (const [warnings, prepare, options = {}] of cases) {
      const { lines, logger } = logged()
      const app = bare(t, { logger })
      await prepare(app)
      await app.register(async child => {
        await child.register(errors)
        child.get('/inside', async () => 1)
      }, options)
      await app.ready()
      t.equal(lines.filter(({ msg }) => String(msg).includes('export default fp(app)')).length, warnings)
    }
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
      [/already registered in this scope/, app => app.register(errors)],
      [/already has an error handler.*app\.handle\(Error/, app => app.setErrorHandler(() => {})],
      [/the prefix '\/' already has a 404 handler.*notFound: false/, app => app.setNotFoundHandler(() => {})]
    ]
    for (const [message, prepare] of cases) {
      const app = bare(t)
      await prepare(app)
      await t.rejects(async () => { await app.register(errors) }, { code: 'APIKIT_ERR_SCOPE_TAKEN', message })
    }
    // Without the option, Fastify 6 refuses it by itself.
    const late = bare(t, { allowErrorHandlerOverride: true })
    await late.register(errors)
    late.setErrorHandler(() => {})
    await t.rejects(async () => { await late.ready() }, { code: 'APIKIT_ERR_SCOPE_TAKEN', message: /setErrorHandler\(\) was called after this plugin.*app\.handle\(HttpError/ })
    const app = bare(t)
    await t.rejects(async () => {
      await app.register(async child => {
        child.setErrorHandler(() => {})
        await child.register(errors)
      })
    }, { code: 'APIKIT_ERR_SCOPE_TAKEN', message: /already has an error handler/ })
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

t.test('every error of this kind has a code for programs, which is not sent', async t => {
  class Paused extends httpError(503, 'Paused') {
    override readonly code = 'SHOP_PAUSED'
  }
  t.same([new HttpError(418).code, new NotFound().code, new Paused().code], ['APIKIT_HTTP_418', 'APIKIT_HTTP_404', 'SHOP_PAUSED'])
  const app = await throwing(t, new Paused('later'))
  t.equal((await app.inject('/')).body, '{"detail":"later"}')
})

t.test('clientErrorHandler answers what is no request in the same format', async t => {
  const app = bare(t, { clientErrorHandler, http: { headersTimeout: 100, requestTimeout: 100, connectionsCheckingInterval: 20 } } as FastifyServerOptions)
  await app.listen({ port: 0 })
  const { port } = app.server.address() as AddressInfo
  const send = async (text: string): Promise<string> => {
    const socket = connect(port, '127.0.0.1')
    let received = ''
    socket.on('data', chunk => { received += String(chunk) }).on('error', () => {}).write(text)
    await once(socket, 'close')
    return received
  }
  for (const [text, status, detail] of [
    ['no request\r\n\r\n', '400 Bad Request', 'Bad Request'],
    [`GET / HTTP/1.1\r\nhost: x\r\nx: ${'x'.repeat(20_000)}\r\n\r\n`, '431 Request Header Fields Too Large', 'Request Header Fields Too Large'],
    ['GET / HTTP/1.1\r\nhost:', '408 Request Timeout', 'Request Timeout']
  ] as const) {
    const received = await send(text)
    t.ok(received.startsWith(`HTTP/1.1 ${status}\r\n`), received)
    t.ok(received.endsWith(`\r\n\r\n${JSON.stringify({ detail })}`), received)
  }
  const gone = { destroyed: true, destroy () { t.fail('destroyed twice') } }
  clientErrorHandler.call(app, Object.assign(new Error('x'), { code: 'HPE_INVALID' }), gone as unknown as Socket)
  let isDestroyed = false
  const full = { destroyed: false, writable: false, write () { t.fail('written') }, destroy () { isDestroyed = true } }
  clientErrorHandler.call(app, Object.assign(new Error('x'), { code: 'HPE_INVALID' }), full as unknown as Socket)
  t.ok(isDestroyed)
})

t.test('the root has no other slash to redirect to', async t => {
  const app = bare(t)
  await app.register(errors, { redirectSlashes: true })
  app.get('/items', async () => 1)
  t.equal((await app.inject('/')).statusCode, 404)
  for (const [url, location] of [['/items/', '/items'], ['/items/?', '/items'], ['/items/?a=1', '/items?a=1']] as const) {
    const answer = await app.inject(url)
    t.same([answer.statusCode, String(answer.headers.location).replace(/^http:\/\/[^/]+/, '')], [307, location])
  }
})
