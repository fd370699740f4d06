import { EventEmitter, once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { Type, type TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import type { FastifyInstance } from 'fastify'
import t, { type Test } from 'tap'
import db, { column, sessionOf, table } from '../../plugins/db/index.ts'
import { dependency } from '../../plugins/dependencies/index.ts'
import { HttpError, InternalServerError } from '../../plugins/errors/index.ts'
import apikit, { type ApikitOptions } from '../../plugins/index.ts'
import { httpBearer } from '../../plugins/security/index.ts'
import testing, { connect, HandshakeRefused, override, type TestSocket } from '../../plugins/testing/index.ts'
import websocket, { type Messages, type Socket, socketOf, WebSocketDisconnect, WebSocketException, type WebSocketOptions } from '../../plugins/websocket/index.ts'
import { bare } from '../helper.ts'

interface Line { readonly level: number, readonly msg: string, readonly err?: { readonly message: string } }

async function app (t: Test, options: WebSocketOptions = {}, others: ApikitOptions = {}) {
  const lines: Line[] = []
  const app = bare(t, { logger: { level: 'info', stream: { write (line: string) { lines.push(JSON.parse(line)) } } } }).withTypeProvider<TypeBoxTypeProvider>()
  await app.register(apikit, { docs: false, ...others, websocket: { closeTimeout: 2000, ...options } })
  return { app, errors: () => lines.filter(({ level }) => level >= 40).map(({ msg, err }) => `${msg}: ${err?.message}`) }
}

/** A client over a real connection, not open yet. */
async function dialing (app: FastifyInstance, path: string, options: object = {}): Promise<Socket> {
  if (!app.server.listening) await app.listen({ port: 0, host: '127.0.0.1' })
  const { port } = app.server.address() as AddressInfo
  const Client = Reflect.get(app, 'websocketServer').options.WebSocket as new (url: string, options: object) => Socket
  const client = new Client(`ws://127.0.0.1:${port}${path}`, options)
  client.on('error', () => {})
  return client
}

/** A client over a real connection. What comes at once has come before anybody listens: `dialing` is for that. */
async function dial (app: FastifyInstance, path: string, options: object = {}): Promise<Socket> {
  const client = await dialing(app, path, options)
  await once(client, 'open')
  return client
}

async function closed (client: Socket): Promise<unknown[]> {
  const [code, reason] = await once(client, 'close')
  return [code, String(reason)]
}

async function refusal (promise: Promise<unknown>): Promise<HandshakeRefused> {
  return await promise.then(() => { throw new Error('connected') }, error => {
    if (error instanceof HandshakeRefused) return error
    throw error
  })
}

/** A dependency that notes how it ends. */
function resource (name: string, scope?: 'function') {
  const ends: string[] = []
  const { promise, resolve } = Promise.withResolvers<string[]>()
  const value = dependency({ name, ...scope && { scope } }, async function * () {
    try {
      yield name
      ends.push('end')
    } catch (error) {
      ends.push((error as Error).message)
      throw error
    } finally {
      resolve(ends)
    }
  })
  return { value, ended: promise }
}

const Params = Type.Object({ id: Type.Integer() })

t.test('a socket has the parameters and dependencies of an HTTP route', async t => {
  const { app: server } = await app(t, {}, { docs: true })
  const agent = dependency({ headers: Type.Object({ 'user-agent': Type.String({ default: 'none' }) }) }, ({ headers }) => headers['user-agent'])
  server.get('/plain', { schema: { hide: true } as object }, async (_request, reply) => { t.fail(`answered: ${reply.statusCode}`) })
  server.get('/ws/:id', {
    websocket: true,
    schema: { params: Params, querystring: Type.Object({ n: Type.Integer({ default: 1 }) }), headers: Type.Object({ 'x-a': Type.Integer() }), cookies: Type.Object({ c: Type.Integer() }) },
    config: { depends: { agent, token: httpBearer() } }
  }, (socket, request) => {
    const { params, query, headers, cookieParams, deps: { agent, token } } = request
    socket.send(JSON.stringify([params.id + 1, query.n + 1, headers['x-a'], Reflect.get(Object(cookieParams), 'c'), agent, token.credentials]))
    socket.close(1000, 'bye')
  })
  const headers = { 'x-a': '3', cookie: 'c=4', authorization: 'Bearer x', 'user-agent': 'me' }
  const socket = await connect(server, '/ws/:id', { params: { id: 1 }, headers: { ...headers, cookie: '' }, cookies: { c: '4' }, query: { n: 5 } }).catch(error => error)
  t.equal(socket.status, 403, 'an empty cookie header replaces the cookies')
  const again = await connect(server, '/ws/:id', { params: { id: 1 }, headers: { 'x-a': '3', authorization: 'Bearer x', 'user-agent': 'me' }, cookies: { c: '4' }, query: { n: 5 } })
  t.equal(await again.receive(), '[2,6,3,4,"me","x"]')
  t.same(await again.closed, { code: 1000, reason: 'bye' })

  const client = await dialing(server, '/ws/1', { headers })
  const [[message], end] = await Promise.all([once(client, 'message'), closed(client)])
  t.equal(String(message), '[2,2,3,4,"me","x"]')
  t.same(end, [1000, 'bye'])

  const plain = await connect(server, '/plain')
  t.same(await plain.closed, { code: 1005, reason: '' }, 'a route that serves no sockets')
  for (const method of ['GET', 'HEAD', 'POST'] as const) t.equal((await server.inject({ method, url: '/ws/1' })).statusCode, method === 'POST' ? 405 : 404, method)
  t.same((await server.inject('/openapi.json')).json().paths, {})
})

t.test('a handshake is refused with the answer of HTTP', async t => {
  const { app: server, errors } = await app(t)
  const failing = (error: unknown) => ({ websocket: true as const, config: { depends: [dependency(() => { throw error })] } })
  const never = () => { t.fail('the handler was called') }
  server.get('/secure', { websocket: true, config: { depends: { token: httpBearer() } } }, never)
  server.get('/ws/:id', { websocket: true, schema: { params: Params } }, never)
  server.get('/exception', failing(new WebSocketException(1002, 'foo')), never)
  server.get('/silent', failing(new WebSocketException(4001)), never)
  server.get('/gone', failing(new HttpError(410, 'Gone')), never)
  server.get('/broken', failing(new Error('secret')), never)

  const secure = await refusal(connect(server, '/secure'))
  t.match(secure, { status: 401, headers: { 'www-authenticate': 'Bearer' }, body: { detail: 'Not authenticated' } })
  const invalid = await refusal(connect(server, '/ws/:id', { params: { id: 'x' } }))
  t.match(invalid, { status: 403, body: { detail: [{ type: 'int_parsing', loc: ['path', 'id'] }] } })
  t.match(await refusal(connect(server, '/exception')), { status: 403, body: { detail: 'foo' } })
  t.match(await refusal(connect(server, '/silent')), { status: 403, body: { detail: 'Forbidden' } })
  t.match(await refusal(connect(server, '/gone')), { status: 410, body: { detail: 'Gone' } })
  t.match(await refusal(connect(server, '/nowhere')), { status: 404 })
  t.same(errors(), [])
  t.match(await refusal(connect(server, '/broken')), { status: 500, body: { detail: 'Internal Server Error' } })
  t.same(errors(), ['secret: secret'])
})

t.test('handlers of errors answer refusals, and a generator sees the error that there was', async t => {
  const { app: server } = await app(t)
  const { value, ended } = resource('open')
  server.handle(WebSocketException, (error, _request, reply) => {
    reply.code(400)
    return { closeCode: error.closeCode }
  })
  server.get('/ws/:id', { websocket: true, schema: { params: Params }, config: { depends: { value } } }, () => {})
  t.match(await refusal(connect(server, '/ws/:id', { params: { id: 'x' } })), { status: 400, body: { closeCode: 1008 } })
  t.match(await ended, [/int_parsing/])
})

t.test('it works without the plugin for errors', async t => {
  const { app: server } = await app(t, {}, { errors: false })
  server.get('/ws/:id', { websocket: true, schema: { params: Params } }, () => {})
  t.match(await refusal(connect(server, '/ws/:id', { params: { id: 'x' } })), { status: 403 })
})

t.test('pages of other origins are refused', async t => {
  const { app: server } = await app(t, { origins: ['https://shop.example'] })
  server.get('/ws', { websocket: true }, socket => { socket.close() })
  t.match(await refusal(connect(server, '/ws', { headers: { origin: 'https://evil.example' } })), { status: 403, body: { detail: 'Origin not allowed' } })
  for (const headers of [{}, { origin: 'https://shop.example' }]) t.match(await (await connect(server, '/ws', { headers })).closed, { code: 1005 })
})

t.test('what a handler throws closes the socket', async t => {
  const { app: server, errors } = await app(t)
  const thrown: Readonly<Record<string, unknown>> = {
    exception: new WebSocketException(4001, 'é'.repeat(100)),
    http: new HttpError(404, 'no such room'),
    detail: new HttpError(400, { a: 1 }),
    server: new InternalServerError('secret'),
    error: new Error('boom'),
    disconnect: new WebSocketDisconnect(1006, '')
  }
  server.get('/:kind', { websocket: true, schema: { params: Type.Object({ kind: Type.String() }) } }, async (socket, { params: { kind } }) => {
    await once(socket, 'message')
    throw thrown[kind]
  })
  server.get('/sync', { websocket: true }, () => { throw new Error('at once') })
  const ending = async (kind: string): Promise<unknown[]> => {
    const client = await dialing(server, `/${kind}`)
    once(client, 'open').then(() => { client.send('go') }, t.fail)
    return await closed(client)
  }
  t.same(await ending('exception'), [4001, 'é'.repeat(61)])
  t.same(await ending('http'), [1008, 'no such room'])
  t.same(await ending('detail'), [1008, ''])
  t.same(errors(), [])
  t.same(await ending('server'), [1011, ''])
  t.same(await ending('error'), [1011, ''])
  t.same(await ending('sync'), [1011, ''])
  const said = 'the handler of a websocket failed'
  t.same(errors(), [`${said}: secret`, `${said}: boom`, `${said}: at once`])
  const client = await dial(server, '/disconnect')
  client.send('go')
  client.close(1000)
  t.same((await closed(client))[0], 1000)
  t.equal(errors().length, 3)
  t.throws(() => new WebSocketException(1006), { code: 'APIKIT_ERR_WEBSOCKET_CODE' })
  t.match(new WebSocketException(1000), { message: 'WebSocket closed with 1000', statusCode: 403 })
})

t.test('dependencies are closed when the socket is', async t => {
  const { app: server } = await app(t)
  const kinds = { loop: resource('loop'), failing: resource('failing'), vanished: resource('vanished', 'function'), events: resource('events', 'function') }
  const handle = async (messages: Messages<undefined, undefined>, isFailing = false) => {
    for await (const message of messages) {
      if (isFailing) throw new Error('boom')
      await messages.send(message)
    }
  }
  server.get('/loop', { websocket: true, config: { depends: [kinds.loop.value] } }, async socket => { await handle(socketOf(socket)) })
  server.get('/failing', { websocket: true, config: { depends: [kinds.failing.value] } }, async socket => { await handle(socketOf(socket), true) })
  server.get('/vanished', { websocket: true, config: { depends: [kinds.vanished.value] } }, async socket => { await handle(socketOf(socket)) })
  server.get('/events', { websocket: true, config: { depends: [kinds.events.value] } }, socket => { socket.on('message', message => { socket.send(message) }) })
  const talk = async (path: string, isAnswered = true) => {
    const client = await dial(server, path)
    client.send('hi')
    if (isAnswered) await once(client, 'message')
    return client
  }
  const loop = await talk('/loop')
  loop.close()
  t.same(await kinds.loop.ended, ['end'])
  t.same(await closed(await talk('/failing', false)), [1011, ''])
  t.same(await kinds.failing.ended, ['boom'])
  const vanished = await talk('/vanished')
  vanished.terminate()
  t.same(await kinds.vanished.ended, ['The WebSocket is closed: 1006'])
  const events = await talk('/events')
  events.terminate()
  t.same(await kinds.events.ended, ['end'], 'a handler that is done has not failed')
})

t.test('messages are checked on their way in, and filtered on their way out', async t => {
  const { app: server, errors } = await app(t)
  const In = Type.Object({ a: Type.Integer() })
  const Out = Type.Object({ b: Type.Integer() })
  const invalid: string[] = []
  const late = Promise.withResolvers<string>()
  server.get('/strict', { websocket: true }, async socket => {
    const messages = socketOf(socket, { receive: In, send: Out })
    for await (const { a } of messages) await messages.send({ b: a + 1, password: 'x' } as { b: number })
  })
  server.get('/lenient', { websocket: true }, async socket => {
    const onInvalid = (error: Error, message: string | Buffer) => { invalid.push(`${error.name} ${message}`) }
    const messages = socketOf(socket, { receive: In, send: Out, onInvalid })
    await messages.send({ b: (await messages.receive()).a })
    messages.close(1000, 'enough')
    messages.close()
    late.resolve(await messages.send({ b: 1 }).catch((error: Error) => error.message) ?? 'sent')
  })
  server.get('/wrong', { websocket: true }, async socket => { await socketOf(socket, { send: Out }).send({ b: 'x' } as never) })
  server.get('/schema', { websocket: true }, async socket => { await socketOf(socket, { receive: Type.Unsafe({ type: 'nothing' }) }).receive() })

  const strict = await connect(server, '/strict', { send: In, receive: Out })
  strict.send({ a: 1 })
  strict.send({ a: 2 })
  t.same([await strict.receive(), await strict.receive()], [{ b: 2 }, { b: 3 }])
  strict.send({ a: 'x' } as never)
  t.same(await strict.closed, { code: 1008, reason: 'a: Input should be a valid integer, unable to parse string as an integer' })
  const json = await connect(server, '/strict')
  json.send('{')
  t.match(await json.closed, { code: 1007, reason: /JSON/ })
  const bytes = await connect(server, '/strict')
  bytes.send(Buffer.from('{"a":1}'))
  t.same(await bytes.closed, { code: 1003, reason: 'Expected a text message' })

  const lenient = await connect(server, '/lenient')
  lenient.send('{')
  lenient.send(Buffer.from([1]))
  lenient.send('{"a":5}')
  t.equal(await lenient.receive(), '{"b":5}')
  t.same(await lenient.closed, { code: 1000, reason: 'enough' })
  t.same(invalid, ['ValidationError {', 'WebSocketException \u0001'])
  t.equal(await late.promise, 'The WebSocket is closed: 1006')
  t.same(errors(), [])

  t.match(await (await connect(server, '/wrong')).closed, { code: 1011 })
  const schema = await connect(server, '/schema')
  schema.send('{}')
  t.match(await schema.closed, { code: 1011 })
  t.equal(errors().length, 2)
})

t.test('texts and bytes are handed on as they are; a closed socket says so', async t => {
  const { app: server } = await app(t)
  const seen = Promise.withResolvers<unknown[]>()
  server.get('/raw', { websocket: true }, async socket => {
    const messages = socketOf(socket)
    const got = [await messages.receive(), await messages.receive()]
    const rest: unknown[] = []
    await messages.send('ready')
    for await (const message of messages) rest.push(message)
    const late = socketOf(socket)
    const errors = await Promise.all([messages.receive(), messages.send('x'), late.receive()].map(async promise => await promise.catch((error: WebSocketDisconnect) => [error.closeCode, error.reason])))
    messages.send('nobody waits for it')
    seen.resolve([...got, rest, ...errors])
  })
  const raw = await connect(server, '/raw')
  raw.send('text')
  raw.send(Buffer.from('bytes'))
  t.equal(await raw.receive(), 'ready')
  raw.send('one')
  raw.send('two')
  t.same(await raw.close(3001, 'done'), { code: 3001, reason: 'done' })
  t.same(await seen.promise, ['text', Buffer.from('bytes'), ['one', 'two'], [3001, 'done'], [3001, 'done'], [1006, '']])
})

t.test('a client is held back while the handler is busy', async t => {
  const { app: server } = await app(t, { heartbeat: 20, maxPayload: 100_000 })
  const [begun, go] = [Promise.withResolvers<Socket>(), Promise.withResolvers<void>()]
  let count = 0
  server.get('/slow', { websocket: true }, async socket => {
    for await (const message of socketOf(socket)) {
      count += message.length / 50_000
      begun.resolve(socket)
      await go.promise
    }
  })
  const client = await dial(server, '/slow')
  const message = Buffer.alloc(50_000)
  const total = 1000
  for (let sent = 0; sent < total; sent++) client.send(message)
  const socket = await begun.promise
  t.ok(socket.isPaused)
  // The heartbeat asks nothing of a client that cannot be heard.
  const other = await dial(server, '/slow')
  for (let pings = 0; pings < 5; pings++) await once(other, 'ping')
  t.ok(client.bufferedAmount > 0, 'the rest waits at the client')
  t.equal(count, 1)
  go.resolve()
  client.close()
  await closed(client)
  t.equal(count, total)
  other.terminate()
})

t.test('what comes after this side has closed the socket is not read', async t => {
  const { app: server } = await app(t)
  const [closing, rest] = [Promise.withResolvers<void>(), Promise.withResolvers<unknown[]>()]
  server.get('/', { websocket: true }, async socket => {
    const messages = socketOf(socket)
    await messages.receive()
    messages.close(1000)
    closing.resolve()
    const late: unknown[] = []
    for await (const message of messages) late.push(message)
    rest.resolve(late)
  })
  const client = await dial(server, '/')
  client.send('one')
  client.pause()
  await closing.promise
  client.send('late')
  client.resume()
  t.same(await closed(client), [1000, ''])
  t.same(await rest.promise, [])
})

t.test('a handler that has ended reads no more, but sees the end', async t => {
  const { app: server } = await app(t)
  server.get('/first', { websocket: true }, async socket => {
    const messages = socketOf(socket)
    await messages.send(await messages.receive())
  })
  const client = await dial(server, '/first')
  for (const text of ['one', 'two', 'three']) client.send(text)
  t.equal(String((await once(client, 'message'))[0]), 'one')
  client.send('four')
  client.ping()
  await once(client, 'pong')
  client.close(1000)
  t.same(await closed(client), [1000, ''])
})

t.test('a client without a pong is cut off, one with a pong is not', async t => {
  const { app: server } = await app(t, { heartbeat: 20 })
  const { value, ended } = resource('open')
  server.get('/', { websocket: true, config: { depends: [value] } }, async socket => { for await (const message of socketOf(socket)) t.fail(`no message: ${String(message)}`) })
  server.get('/alive', { websocket: true }, () => {})
  const alive = await dial(server, '/alive')
  t.same(await closed(await dial(server, '/', { autoPong: false })), [1006, ''])
  t.same(await ended, ['The WebSocket is closed: 1006'])
  for (let pings = 0; pings < 3; pings++) await once(alive, 'ping')
  alive.close(1000)
  t.same(await closed(alive), [1000, ''])
})

t.test('a client that does not read is cut off, whoever sends', async t => {
  const { app: server, errors } = await app(t, { maxBuffered: 1_000_000, heartbeat: 0 })
  const cut = Promise.withResolvers<number>()
  server.get('/', { websocket: true }, socket => {
    const chunk = Buffer.alloc(100_000)
    socket.once('close', code => { cut.resolve(code) })
    const more = (): void => {
      socket.send(chunk)
      if (socket.readyState === 1) setImmediate(more)
    }
    more()
  })
  const client = await dial(server, '/')
  client.pause()
  t.equal(await cut.promise, 1006)
  t.same(errors(), ['websocket cut off: the client does not read what it is sent: undefined'])
  client.terminate()
})

t.test('a message that is too long closes the socket', async t => {
  const { app: server, errors } = await app(t, { maxPayload: 10 })
  server.get('/', { websocket: true }, () => {})
  const client = await dial(server, '/')
  client.send('x'.repeat(11))
  t.same((await closed(client))[0], 1009)
  t.same(errors(), [])
})

t.test('an app that closes tells its clients, waits for handlers, and ends', async t => {
  const { app: server } = await app(t, { closeTimeout: 100 })
  const order: string[] = []
  const [go, inside] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
  server.get('/polite', { websocket: true }, async socket => {
    for await (const message of socketOf(socket)) {
      t.equal(message, 'hi')
      inside.resolve()
      await go.promise
    }
    order.push('handler')
  })
  server.get('/stuck', { websocket: true }, () => {})
  server.addHook('onClose', async () => { order.push('onClose') })
  const polite = await dial(server, '/polite')
  polite.send('hi')
  await inside.promise
  const stuck = await dial(server, '/stuck')
  stuck.pause()
  const closing = server.close()
  t.same(await closed(polite), [1001, ''])
  go.resolve()
  await closing
  t.same(order, ['handler', 'onClose'])
  stuck.terminate()
})

t.test('a handshake that is under way when the app closes is refused', async t => {
  const { app: server } = await app(t)
  const [begun, go] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
  const { value, ended } = resource('open')
  const slow = dependency({ needs: { value } }, async () => {
    begun.resolve()
    await go.promise
  })
  server.get('/', { websocket: true, config: { depends: [slow] } }, () => { t.fail('the handler was called') })
  server.addHook('preClose', async () => { go.resolve() })
  const refused = refusal(connect(server, '/'))
  await begun.promise
  await server.close()
  t.equal((await refused).status, 503)
  t.same(await ended, ['end'])
})

t.test('a session is committed when the socket is closed, and rolled back when its handler fails', async t => {
  const users = table('users', { id: column.id(), name: column.text() })
  const { app: server } = await app(t)
  await server.register(db, { url: 'sqlite::memory:', tables: [users] })
  await server.db.createTables()
  const sockets = new EventEmitter()
  const outer = dependency(async function * () {
    try {
      yield
    } finally {
      sockets.emit('end')
    }
  })
  server.get('/', { websocket: true, config: { transaction: { readOnly: false }, depends: { outer, db: sessionOf([users]) } } }, async (socket, { deps: { db } }) => {
    const messages = socketOf(socket)
    for await (const name of messages) {
      if (name === 'boom') throw new HttpError(400, 'boom')
      await db.insertInto('users').values({ name: String(name) }).execute()
      await messages.send('stored')
    }
  })
  const store = async (name: string, leave: (client: TestSocket<undefined, undefined>) => unknown) => {
    const client = await connect(server, '/')
    client.send(name)
    await client.receive()
    await Promise.all([once(sockets, 'end'), leave(client)])
  }
  await store('alice', client => client.close())
  await store('bob', client => { client.send('boom') })
  await store('carol', client => client.vanish())
  t.same(await server.db.of([users]).selectFrom('users').select('name').execute(), [{ name: 'alice' }])
})

t.test('a route may have both, and a mistake of the registration is refused', async t => {
  const { app: server } = await app(t)
  server.route({
    method: 'GET',
    url: '/both',
    schema: { querystring: Type.Object({ q: Type.Integer() }) },
    handler: async ({ query }) => ({ q: query.q }),
    ...{ wsHandler: (socket: Socket, { query }: { query: { q: number } }) => { socket.close(1000, `q ${query.q}`) } }
  })
  t.same((await server.inject('/both?q=1')).json(), { q: 1 })
  t.equal((await server.inject('/both?q=x')).statusCode, 422)
  t.same(await (await connect(server, '/both', { query: { q: 1 } })).closed, { code: 1000, reason: 'q 1' })
  t.equal((await refusal(connect(server, '/both', { query: { q: 'x' } }))).status, 403)

  const twice = await app(t)
  await t.rejects(async () => { await twice.app.register(websocket) }, { code: 'APIKIT_ERR_WEBSOCKET_TWICE', message: /registered twice/ })
  const beside = bare(t)
  // Its declarations would be those of all tests.
  await beside.register((await import(String('@fastify/websocket'))).default)
  await t.rejects(async () => { await beside.register(websocket) }, { code: 'APIKIT_ERR_WEBSOCKET_TWICE', message: /Remove your registration/ })
})

t.test('a handler is never reached when a hook of somebody else’s has taken the dependencies away', async t => {
  const server = bare(t)
  await server.register(apikit, { docs: false, websocket: true })
  server.addHook('onRoute', route => { delete route.onRequest })
  server.get('/', { websocket: true, config: { depends: [httpBearer()] } }, () => { t.fail('the handler was called') })
  t.match(await (await connect(server, '/')).closed, { code: 1011 })
})

t.test('connect', async t => {
  const server = bare(t)
  const name = dependency(() => 'real')
  await server.register(testing, { overrides: [override(name, () => 'replaced')] })
  await server.register(apikit, { docs: false, websocket: true })
  server.get('/name', { websocket: true, config: { depends: { name } } }, async (socket, { deps }) => {
    const messages = socketOf(socket)
    await messages.send(JSON.stringify(deps.name))
    for await (const message of messages) await messages.send(message)
  })
  server.get('/bytes', { websocket: true }, socket => { socket.send(Buffer.from([1])) })
  server.get('/chat', { websocket: true }, socket => { socket.close(1000, socket.protocol) })

  const socket = await connect(server, '/name', { receive: Type.String() })
  t.equal(await socket.receive(), 'replaced', 'dependencies are replaced')
  socket.send('5')
  await t.rejects(socket.receive(), { code: 'APIKIT_ERR_CONNECT', message: '/name sent something else than its schema says: message must be string: 5' })
  socket.send('"six"')
  socket.send('"seven"')
  const rest: string[] = []
  for await (const message of socket) {
    rest.push(message)
    if (message === 'seven') await socket.close(4000, 'done')
  }
  t.same(rest, ['six', 'seven'])
  await t.rejects(socket.receive(), { message: '/name closed the socket with 4000: done' })
  t.same(await (await connect(server, '/bytes')).receive(), Buffer.from([1]))
  const gone = await connect(server, '/name')
  await gone.receive()
  t.match(await gone.vanish(), { code: 1006 })
  t.equal(await gone.receive().catch(() => 'rejected'), 'rejected')
  t.match(await (await connect(server, '/chat', { protocols: ['a', 'b'] })).closed, { reason: 'a' })

  const plain = bare(t)
  plain.get('/text', async () => 'x')
  await t.rejects(connect(plain, '/text'), { code: 'APIKIT_ERR_CONNECT', message: /not registered/ })
})

t.test('request.signal aborts when the socket is closed by either side, or is lost', async t => {
  const { app: server } = await app(t)
  const signals: AbortSignal[] = []
  server.get('/', { websocket: true }, async (socket, { signal }) => {
    signals.push(signal)
    socket.on('message', () => { socket.close() })
  })
  for (const leave of [(client: Socket) => client.close(), (client: Socket) => client.terminate(), (client: Socket) => client.send('bye')]) {
    const client = await dial(server, '/')
    const signal = signals.at(-1) as AbortSignal
    t.equal(signal.aborted, false)
    const aborted = once(signal, 'abort')
    leave(client)
    await aborted
    t.equal(signal.aborted, true)
  }
})

t.test('origins that no browser sends are refused at startup', async t => {
  for (const origin of ['shop.example', '*', 'https://shop.example/', 'https://shop.example/path', 'https://a b']) {
    await t.rejects(app(t, { origins: [origin] }), { code: 'APIKIT_ERR_INVALID_OPTIONS', message: /origins/ }, origin)
  }
  await app(t, { origins: ['https://shop.example', 'http://localhost:8080', 'null'] })
})

t.test('without the plugin, a route with a socket stops the start, unless @fastify/websocket serves it', async t => {
  const without = bare(t)
  await without.register(apikit, { docs: false })
  without.get('/', { websocket: true }, async () => {})
  await t.rejects(async () => without.ready(), { code: 'APIKIT_ERR_ROUTES', message: /GET \/: websocket: true needs fastify-apikit\/websocket, which is not registered/ })

  const others = bare(t)
  await others.register((await import(String('@fastify/websocket'))).default)
  await others.register(apikit, { docs: false })
  others.get('/', { websocket: true }, async () => {})
  await others.ready()
})

t.test('@fastify/websocket gives the handler its socket, registered before the other plugins or behind them', async t => {
  const { default: theirs } = await import(String('@fastify/websocket'))
  for (const isBefore of [true, false]) {
    const others = bare(t)
    if (isBefore) await others.register(theirs)
    await others.register(apikit, { docs: false })
    if (!isBefore) await others.register(theirs)
    others.get('/:name', { websocket: true, config: { public: true } }, (socket, { params }) => { socket.close(4000, (params as { name: string }).name) })
    t.same(await closed(await dial(others, '/ann')), [4000, 'ann'])
    t.equal((await others.inject('/ann')).statusCode, 404)
  }

  const bypassed = bare(t)
  await bypassed.register(apikit, { docs: false })
  await bypassed.register(theirs)
  bypassed.addHook('onRoute', route => { delete route.onRequest })
  bypassed.get('/', { websocket: true, config: { depends: [httpBearer()] } }, () => { t.fail('the handler was called without its dependencies') })
  t.match(await closed(await dial(bypassed, '/')), [1006])
})
