import { EventEmitter, on, once } from 'node:events'
import { connect as connectHttp2 } from 'node:http2'
import { type AddressInfo, connect, type Socket } from 'node:net'
import { Readable } from 'node:stream'
import { setTimeout as sleep } from 'node:timers/promises'
import compress from '@fastify/compress'
import { Type } from '@sinclair/typebox'
import type { FastifyInstance, FastifyServerOptions } from 'fastify'
import t, { type Test } from 'tap'
import dependencies, { dependency } from '../../plugins/dependencies/index.ts'
import errors, { NotFound } from '../../plugins/errors/index.ts'
import responseModel from '../../plugins/response-model/index.ts'
import responses, { jsonLines, type ResponsesOptions, ServerSentEvent, sse, stream } from '../../plugins/responses/index.ts'
import { bare } from '../helper.ts'

const Item = Type.Object({ name: Type.String(), price: Type.Integer() })
const pen = { name: 'pen', price: 2, secret: 'x' }

interface Line { readonly level: number, readonly msg: string, readonly err?: { readonly message: string, readonly stack: string } }

/** An app, and what it logs. */
async function make (t: Test, options: ResponsesOptions = {}, server: FastifyServerOptions = {}): Promise<{ app: FastifyInstance, log: Line[] }> {
  const log: Line[] = []
  const logger: FastifyServerOptions['logger'] = { level: 'info', stream: { write (line: string) { log.push(JSON.parse(line)) } } }
  const app = bare(t, { ...server, logger })
  await app.register(errors)
  await app.register(responseModel)
  await app.register(dependencies)
  await app.register(responses, options)
  return { app, log }
}

/** A request over a socket of its own, and what has come of the answer so far. */
class Client {
  readonly socket: Socket
  text = ''

  constructor (socket: Socket) {
    this.socket = socket
    socket.on('data', chunk => { this.text += String(chunk) })
    socket.on('error', () => {})
  }

  async until (part: string): Promise<void> {
    while (!this.text.includes(part)) await once(this.socket, 'data')
  }
}

async function ask (app: FastifyInstance, path: string): Promise<Client> {
  if (!app.server.listening) await app.listen({ host: '127.0.0.1', port: 0 })
  const socket = connect((app.server.address() as AddressInfo).port, '127.0.0.1')
  await once(socket, 'connect')
  socket.write(`GET ${path} HTTP/1.1\r\nhost: x\r\n\r\n`)
  return new Client(socket)
}

/** Notes of what happened, which a test can wait for. */
class Trace extends EventEmitter {
  readonly notes: string[] = []

  note (what: string): void {
    this.notes.push(what)
    this.emit('note')
  }

  async until (what: string): Promise<readonly string[]> {
    while (!this.notes.includes(what)) await once(this, 'note')
    return this.notes
  }
}

t.test('JSON lines: items are filtered by the schema, without one they are sent as they are', async t => {
  const { app } = await make(t)
  const typed = { schema: { response: { 200: jsonLines(Item) } } }
  app.get('/async', typed, async function * () { yield * [pen, pen] })
  app.get('/sync', typed, function * () { yield * [pen, Promise.resolve(pen)] as Array<typeof pen> })
  app.get('/returned', typed, async () => (async function * () { yield * [pen, pen] })())
  app.get('/array', typed, () => [pen, pen])
  app.get('/objects', typed, () => Readable.from([pen, pen]))
  app.get('/none', typed, async function * () {})
  app.get('/untyped', { schema: { response: { 200: jsonLines() } } }, function * () {
    yield * [{ a: [1, 2], 'k"': 'é\x7f, 😀: \\' }, 'x', null, 1.5]
  })
  app.get('/own', typed, async (_request, reply) => {
    reply.type('application/x-ndjson').code(200)
    return [pen]
  })

  for (const url of ['/async', '/sync', '/returned', '/array', '/objects']) {
    const { headers, body } = await app.inject(url)
    t.same([headers['content-type'], body], ['application/jsonl', '{"name":"pen","price":2}\n'.repeat(2)], url)
  }
  t.match(await app.inject('/none'), { statusCode: 200, body: '' })
  t.equal((await app.inject('/array')).body, (await app.inject('/sync')).body, 'and so the second time')
  t.equal((await app.inject('/untyped')).body, '{"a": [1, 2], "k\\"": "\\u00e9\\u007f, \\ud83d\\ude00: \\\\"}\n"x"\nnull\n1.5\n', 'as Python writes them')
  t.equal((await app.inject('/own')).headers['content-type'], 'application/x-ndjson')
})

t.test('streams of text and bytes', async t => {
  const { app } = await make(t)
  const png = { schema: { response: { 200: stream('image/png') } } }
  const bare = { schema: { response: { 200: stream() } } }
  app.get('/text', bare, async function * () { yield * ['a', '', 'é'] })
  app.get('/bytes', png, function * () { yield * ['a', new Uint8Array([98]), Buffer.from('c'), 'd'] })
  app.get('/readable', png, () => Readable.from(['ab'], { objectMode: false }))
  app.get('/chunks', png, () => Readable.from(['a', 'b']))
  app.get('/web', png, () => new Blob(['ab']).stream())
  app.get('/object', bare, (() => [{}]) as never)
  app.get('/null', bare, (() => [null]) as never)
  app.get('/string', bare, (() => 'ab') as never)
  app.get('/buffer', bare, (() => Buffer.from('ab')) as never)

  const get = async (url: string) => {
    const { statusCode, headers, body } = await app.inject(url)
    return [statusCode, headers['content-type'], body]
  }
  t.same(await get('/text'), [200, undefined, 'aé'])
  t.same(await get('/bytes'), [200, 'image/png', 'abcd'])
  for (const url of ['/readable', '/chunks', '/web']) t.same(await get(url), [200, 'image/png', 'ab'], url)
  for (const url of ['/object', '/null', '/string', '/buffer']) t.same(await get(url), [500, 'application/json', '{"detail":"Internal Server Error"}'], url)
})

t.test('server-sent events', async t => {
  const { app } = await make(t)
  app.get('/events', { schema: { response: { 200: sse(Item) } } }, async function * () {
    yield pen
    yield new ServerSentEvent({ data: pen, event: 'item', id: 7, retry: 0, comment: 'one\r\ntwo' })
    yield new ServerSentEvent({ raw: 'a\nb\r\n\rc', id: '' })
    yield new ServerSentEvent({ comment: '' })
    yield new ServerSentEvent({})
  })
  app.get('/own', { schema: { response: { 201: sse() } } }, async function * (_request, reply) {
    yield { a: 1, b: reply.statusCode }
    yield new ServerSentEvent({ data: null })
  })
  app.get('/headers', { schema: { response: { 200: sse() } } }, async (_request, reply) => {
    reply.headers({ 'cache-control': 'no-store', 'x-accel-buffering': 'yes' })
    return []
  })

  const { headers, body } = await app.inject('/events')
  t.match(headers, { 'content-type': 'text/event-stream; charset=utf-8', 'cache-control': 'no-cache', 'x-accel-buffering': 'no' })
  t.same(body.split('\n\n'), [
    'data: {"name":"pen","price":2}',
    ': one\n: two\nevent: item\ndata: {"name":"pen","price":2}\nid: 7\nretry: 0',
    'data: a\ndata: b\ndata: \ndata: c\nid: ',
    ': ',
    '\n'
  ].flatMap(event => event === '\n' ? ['\n'] : [event]))
  t.match(await app.inject('/own'), { statusCode: 201, body: 'data: {"a": 1, "b": 201}\n\ndata: null\n\n' })
  t.match((await app.inject('/headers')).headers, { 'cache-control': 'no-store', 'x-accel-buffering': 'yes' })
})

t.test('an event that cannot be sent is refused where it is made', async t => {
  for (const [fields, message] of [
    [{ data: 1, raw: '1' }, /data and raw exclude each other/], [{ event: 'a\nb' }, /event must be one line/], [{ id: 'a\rb' }, /id must be one line/],
    [{ id: 'a\0' }, /NUL/], [{ retry: -1 }, /retry must be a whole number of milliseconds/], [{ retry: 1.5 }, /retry must be a whole number of milliseconds/]
  ] as const) t.throws(() => new ServerSentEvent(fields), { code: 'APIKIT_ERR_EVENT', message })
})

t.test('without response-model the items are written by the serializer of the scope', async t => {
  const app = bare(t)
  await app.register(responses)
  app.get('/', { schema: { response: { 200: jsonLines(Item) } } }, async function * () { yield pen })
  t.equal((await app.inject('/')).body, '{"name":"pen","price":2}\n')
})

t.test('an error before the first item is answered as any other', async t => {
  const { app } = await make(t)
  const route = (response: object, throws: () => AsyncGenerator<typeof pen>) => [{ schema: { response: { 200: response } } }, throws] as const
  app.get('/lines', ...route(jsonLines(Item), async function * () {
    await sleep(1)
    throw new NotFound('no item')
    yield pen
  }))
  app.get('/events', ...route(sse(Item), async function * () {
    await null
    throw new NotFound('no item')
    yield pen
  }))
  app.get('/wrong', ...route(jsonLines(Item), async function * () { yield { ...pen, price: 'x' as never } }))
  app.get('/thrown', ...route(jsonLines(Item), async function * () {
    // eslint-disable-next-line no-throw-literal
    throw 'a string'
    yield pen
  }))
  const odd = Object.defineProperty(new Error('odd'), 'stack', { get () { throw new Error('no stack') } })
  for (const [url, thrown] of [['/nothing', undefined], ['/textless', Object.create(null)], ['/stackless', odd]] as const) {
    app.get(url, ...route(jsonLines(Item), async function * () {
      throw thrown
      yield pen
    }))
  }
  app.get('/handler', { schema: { response: { 200: sse(Item) } } }, async () => { throw new NotFound() })
  app.get('/error', { schema: { response: { 200: sse(Item) } } }, async () => new NotFound() as never)

  for (const url of ['/lines', '/events']) t.match(await app.inject(url), { statusCode: 404, body: '{"detail":"no item"}', headers: { 'content-type': 'application/json' } }, url)
  for (const url of ['/handler', '/error']) t.match(await app.inject(url), { statusCode: 404, body: '{"detail":"Not Found"}' }, url)
  for (const url of ['/wrong', '/thrown', '/nothing', '/textless', '/stackless']) t.match(await app.inject(url), { statusCode: 500, body: '{"detail":"Internal Server Error"}' }, url)
})

t.test('an error right behind the first item comes after it, as in FastAPI', async t => {
  const { app } = await make(t)
  app.get('/lines', { schema: { response: { 200: jsonLines(Item) } } }, async function * () {
    yield pen
    yield { ...pen, price: 'x' as never }
  })
  app.get('/text', { schema: { response: { 200: stream('text/plain') } } }, async function * () {
    yield 'first'
    throw new Error('second')
  })
  for (const [url, item] of [['/lines', '{"name":"pen","price":2}\n'], ['/text', 'first']] as const) {
    const client = await ask(app, url)
    await once(client.socket, 'close')
    t.match(client.text, /^HTTP\/1\.1 200 /, url)
    t.ok(client.text.includes(`\r\n${item}\r\n`), 'the item is sent')
    t.notMatch(client.text, /\r\n0\r\n\r\n$/, 'and the response is broken off')
  }
})

t.test('an error under way breaks the connection, is logged, and is seen by dependencies', async t => {
  const { app, log } = await make(t)
  const trace = new Trace()
  const session = dependency(async function * () {
    try {
      yield
    } catch (error) {
      trace.note(`session sees ${Object(error).code}`)
      throw error
    }
  })
  app.get('/', { schema: { response: { 200: jsonLines(Item) } }, config: { depends: [session] } }, async function * () {
    try {
      yield pen
      await sleep(5)
      yield pen
      yield { name: 'ink', price: 'secret' as never }
      trace.note('never')
    } finally {
      trace.note('closed')
    }
  })
  const client = await ask(app, '/')
  await once(client.socket, 'close')
  t.equal(client.text.split('{"name":"pen","price":2}\n').length, 3, 'what was made before is sent')
  t.notMatch(client.text, /ink|secret|\r\n0\r\n\r\n$/)
  t.same(await trace.until('session sees APIKIT_ERR_RESPONSE'), ['closed', 'session sees APIKIT_ERR_RESPONSE'])
  const line = log.find(({ err }) => err !== undefined)
  t.match(line, { level: 40, err: { message: /does not match/, stack: /response\.price/ } })
  t.notMatch(JSON.stringify(log), 'secret')
})

t.test('dependencies of a request end behind the last item, those of a function before the first', async t => {
  const { app } = await make(t)
  const trace = new Trace()
  const opened = (name: string, scope: 'request' | 'function') => dependency({ name, scope }, async function * () {
    yield name
    trace.note(`${name} ends`)
  })
  app.get('/', {
    schema: { response: { 200: jsonLines(Item) } },
    config: { depends: { outer: opened('request', 'request'), inner: opened('function', 'function') } }
  }, async function * ({ deps: { outer } }) {
    trace.note(`${outer} streams`)
    yield pen
    await sleep(1)
    yield pen
    trace.note('last')
  })
  await app.inject('/')
  t.same(await trace.until('request ends'), ['function ends', 'request streams', 'last', 'request ends'])
})

t.test('a client that goes', async t => {
  const trace = new Trace()
  const { app, log } = await make(t)
  const ended = dependency(async function * () {
    try { yield } finally { trace.note('dependency ends') }
  })
  const events = { schema: { response: { 200: sse(Item) } }, config: { depends: [ended] } }
  /** Asks, leaves after the first event, and waits for the dependencies to end. */
  const leave = async (t: Test, path: string) => {
    trace.notes.length = log.length = 0
    const client = await ask(app, path)
    await client.until('data:')
    client.socket.destroy()
    await trace.until('dependency ends')
    return trace.notes
  }
  app.get('/ticks', events, async function * () {
    try {
      for (;;) {
        yield pen
        await sleep(2)
      }
    } finally {
      await sleep(1)
      trace.note('closed')
    }
  })
  app.get('/signal', events, async function * ({ signal }) {
    try {
      yield pen
      await sleep(1e6, undefined, { signal })
    } finally {
      trace.note('closed')
    }
  })
  app.get('/emitter', events, async function * ({ signal }) {
    yield pen
    for await (const event of on(trace, 'nothing', { signal })) yield event as never
  })
  app.get('/fails', events, async function * () {
    try {
      for (;;) {
        yield pen
        await sleep(2)
      }
    } finally {
      // eslint-disable-next-line no-unsafe-finally
      throw new Error('closing failed')
    }
  })
  app.get('/late', events, async function * ({ signal }) {
    yield pen
    await once(signal, 'abort')
    throw new Error('late')
  })
  app.get('/iterator', events, () => ({
    [Symbol.asyncIterator]: () => ({
      next: async () => {
        await sleep(2)
        return { done: false as const, value: pen }
      }
    })
  }))

  t.same(await leave(t, '/ticks'), ['closed', 'dependency ends'], 'its generator is closed, then its dependencies')
  t.same(await leave(t, '/signal'), ['closed', 'dependency ends'], 'what waits with the signal of the request is told at once')
  t.same(await leave(t, '/emitter'), ['dependency ends'])
  t.same(log.filter(({ level, err }) => level > 30 || err?.message.includes('abort')), [], 'and that is no failure')
  t.same(await leave(t, '/iterator'), ['dependency ends'])
  for (const [path, message] of [['/fails', 'closing failed'], ['/late', 'late']] as const) {
    await leave(t, path)
    t.ok(log.some(({ err }) => err?.message === message), `${path} is logged`)
  }
})

t.test('no more is made than the client takes', async t => {
  const { app } = await make(t)
  const trace = new Trace()
  const state = { made: 0 }
  const endless = async function * () {
    try {
      for (;;) yield { name: 'x'.repeat(1000), price: state.made++ }
    } finally {
      trace.note('closed')
    }
  }
  app.get('/lines', { schema: { response: { 200: jsonLines(Item) } } }, endless)
  app.get('/events', { schema: { response: { 200: sse(Item, { ping: 1 }) } } }, endless)
  for (const path of ['/lines', '/events']) {
    state.made = trace.notes.length = 0
    const client = await ask(app, path)
    await client.until('\r\n\r\n')
    client.socket.pause()
    let before = -1
    for (; before !== state.made; await sleep(50)) before = state.made
    t.ok(before < 20_000, `${before} items of 1 kB are made for who does not read`)
    client.socket.resume()
    while (state.made === before) await sleep(1)
    client.socket.destroy()
    await trace.until('closed')
  }
})

t.test('others have their turn beside a generator that never waits', async t => {
  const { app } = await make(t)
  const state = { stopped: false }
  app.get('/', { schema: { response: { 200: stream() } } }, function * () {
    while (!state.stopped) yield 'x'.repeat(100)
  })
  const client = await ask(app, '/')
  await client.until('xxx')
  state.stopped = true
  await client.until('\r\n0\r\n\r\n')
  t.pass('its end was reached')
})

t.test('silence is broken by a comment, and the headers are there before the first event', async t => {
  const { app } = await make(t, { ping: 5 })
  const trace = new Trace()
  const quiet = async function * () {
    await trace.until('go')
    yield pen
  }
  app.get('/', { schema: { response: { 200: sse(Item) } } }, quiet)
  app.get('/never', { schema: { response: { 200: sse(Item, { ping: 0 }) } } }, quiet)
  const [client, never] = await Promise.all([ask(app, '/'), ask(app, '/never')])
  await client.until(': ping\n\n')
  await client.until(': ping\n\n\r\n8\r\n: ping\n\n')
  await never.until('\r\n\r\n')
  t.match(never.text, /^HTTP\/1\.1 200 OK\r\n[^]*content-type: text\/event-stream; charset=utf-8/)
  t.notMatch(never.text, 'ping')
  trace.note('go')
  await client.until('data:')
  await never.until('\r\n0\r\n\r\n')
  t.notMatch(never.text, 'ping')
})

t.test('registered a second time, below, it has the option from there', async t => {
  const { app } = await make(t, { ping: 0 })
  const trace = new Trace()
  await app.register(async scope => {
    await scope.register(responses, { ping: 5 })
    scope.get('/below', { schema: { response: { 200: sse(Item) } } }, async function * () {
      await trace.until('go')
      yield pen
    })
  })
  const client = await ask(app, '/below')
  await client.until(': ping\n\n')
  trace.note('go')
  await client.until('\r\n0\r\n\r\n')
  t.match(client.text, /data: \{"name":"pen","price":2\}\n\n/)
})

t.test('a serializer of the scope may set JSON out on several lines', async t => {
  const { app } = await make(t)
  app.setSerializerCompiler(() => value => JSON.stringify(value, null, 1))
  app.get('/', { schema: { response: { 200: sse(Item) } } }, () => [{ ...pen, secret: 1 }, new ServerSentEvent({ data: pen, id: 1 })])
  const json = ['{', ' "name": "pen",', ' "price": 2,', ' "secret": SECRET', '}'].map(line => `data: ${line}\n`).join('')
  t.equal((await app.inject('/')).body, `${json.replace('SECRET', '1')}\n${json.replace('SECRET', '"x"')}id: 1\n\n`)
})

t.test('a HEAD, or a status without a body, runs no generator', async t => {
  const { app } = await make(t)
  let ran = 0
  const readable = Readable.from(['x'], { objectMode: false })
  const count = function * () { ran++; yield pen }
  app.get('/events', { schema: { response: { 200: sse(Item), 204: sse(Item) } } }, async ({ query }, reply) => {
    if ('none' in (query as object)) reply.code(204)
    return count()
  })
  app.get('/list', { schema: { response: { 200: jsonLines(Item) } } }, async () => [pen])
  app.get('/readable', { schema: { response: { 200: stream() } } }, () => readable)
  const head = await app.inject({ method: 'HEAD', url: '/events' })
  t.match(head, { statusCode: 200, body: '', headers: { 'content-type': 'text/event-stream; charset=utf-8' } })
  t.match(await app.inject('/events?none'), { statusCode: 204, body: '' })
  t.match(await app.inject({ method: 'HEAD', url: '/list' }), { statusCode: 200, body: '' })
  t.match(await app.inject({ method: 'HEAD', url: '/readable' }), { statusCode: 200, body: '' })
  t.equal(ran, 0)
  t.ok(readable.destroyed)
})

t.test('when the app closes, streams of events end', async t => {
  const { app, log } = await make(t)
  const trace = new Trace()
  const forever = { schema: { response: { 200: sse(Item) } } }
  app.get('/', forever, async function * () {
    try {
      yield pen
      await trace.until('app closed')
      yield pen
    } finally {
      trace.note('closed')
      throw new Error('too late') // eslint-disable-line no-unsafe-finally
    }
  })
  app.get('/over', forever, async function * () { yield pen })
  const client = await ask(app, '/')
  await client.until('data:')
  const over = await ask(app, '/over')
  await over.until('\r\n0\r\n\r\n')
  await Promise.all([app.close(), once(client.socket, 'close')])
  t.match(client.text, /\r\n0\r\n\r\n$/, 'in order')
  trace.note('app closed')
  await trace.until('closed')
  await sleep(1)
  t.ok(log.some(({ err }) => err?.message === 'too late'))
})

t.test('an event stream that a test reads by inject ends with the app, too', async t => {
  const { app } = await make(t)
  const never = Promise.withResolvers<never>()
  app.get('/', { schema: { response: { 200: sse(Item) } } }, async function * () {
    yield pen
    await never.promise
  })
  const { stream } = await app.inject({ url: '/', payloadAsStream: true }).then(response => ({ stream: response.stream() }))
  const [first] = await once(stream, 'data')
  t.equal(String(first), 'data: {"name":"pen","price":2}\n\n')
  const ended = once(stream, 'end')
  await app.close()
  await ended
})

t.test('when the app closes, a client that does not read is left', async t => {
  const { app } = await make(t)
  const trace = new Trace()
  const state = { made: 0 }
  app.get('/', { schema: { response: { 200: sse() } } }, function * () {
    try {
      for (;; state.made++) yield 'x'.repeat(100_000)
    } finally {
      trace.note('closed')
    }
  })
  const client = await ask(app, '/')
  await client.until('xxx')
  client.socket.pause()
  for (let before = -1; before !== state.made; await sleep(50)) before = state.made
  await app.close()
  t.same(trace.notes, ['closed'])
  client.socket.destroy()
})

t.test('over HTTP/2', async t => {
  const { app, log } = await make(t, {}, { http2: true } as FastifyServerOptions)
  const trace = new Trace()
  app.get('/', { schema: { response: { 200: sse(Item) } } }, async function * () {
    yield pen
    await trace.until('app closed')
  })
  app.get('/signal', { schema: { response: { 200: sse(Item) } } }, async function * ({ signal }) {
    try {
      yield pen
      await sleep(1e6, undefined, { signal })
    } finally {
      trace.note('closed')
    }
  })
  const session = connectHttp2(await app.listen({ host: '127.0.0.1', port: 0 }))
  const stream = session.request({ ':path': '/' }).setEncoding('utf8')
  const [headers] = await once(stream, 'response')
  t.match(headers, { ':status': 200, 'content-type': 'text/event-stream; charset=utf-8' })
  t.equal((await once(stream, 'data'))[0], 'data: {"name":"pen","price":2}\n\n')
  const left = session.request({ ':path': '/signal' })
  await once(left, 'data')
  left.close()
  await trace.until('closed')
  t.same(log.filter(({ level }) => level > 30), [])

  const closing = app.close()
  await once(stream.resume(), 'end')
  session.close()
  await closing
  trace.note('app closed')
})

t.test('@fastify/compress leaves events alone, and compresses other streams', async t => {
  const { app } = await make(t)
  await app.register(compress, { threshold: 0, customTypes: /jsonl/ })
  app.get('/events', { schema: { response: { 200: sse(Item) } } }, async function * () { yield pen })
  app.get('/lines', { schema: { response: { 200: jsonLines(Item) } } }, async function * () { yield pen })
  const headers = { 'accept-encoding': 'gzip' }
  const events = await app.inject({ url: '/events', headers })
  t.same([events.headers['content-encoding'], events.body], [undefined, 'data: {"name":"pen","price":2}\n\n'])
  t.equal((await app.inject({ url: '/lines', headers })).headers['content-encoding'], 'gzip')
})
