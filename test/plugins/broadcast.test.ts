import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { type AddressInfo, connect as connectTo, createServer, type Server, type Socket } from 'node:net'
import { Type, type TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import Fastify from 'fastify'
import t, { type Test } from 'tap'
import broadcast, { type BroadcastOptions, type Subscription, topic } from '../../plugins/broadcast/index.ts'
import { declarePurpose } from '../../plugins/core/purpose.ts'
import { type DbOptions, session } from '../../plugins/db/index.ts'
import apikit from '../../plugins/index.ts'
import { sse } from '../../plugins/responses/index.ts'
import { connect } from '../../plugins/testing/index.ts'
import { DateTime } from '../../plugins/types/index.ts'
import { socketOf } from '../../plugins/websocket/index.ts'

const POSTGRES = process.env.TEST_POSTGRES_URL ?? 'postgres://postgres@127.0.0.1:5432/test'
const REDIS = process.env.TEST_REDIS_URL ?? 'redis://127.0.0.1:6379'
const SERVERS = { PostgreSQL: POSTGRES, Redis: REDIS }

const Line = Type.Object({ text: Type.String(), number: Type.Optional(Type.Integer()) })
const line = topic('line', Line)

/** A process of an app: what it logs is kept. */
async function processOf (t: Test, options: BroadcastOptions, db?: DbOptions) {
  const log: Array<{ msg: string, err?: { message: string } }> = []
  const app = Fastify({ logger: { level: 'debug', stream: { write: text => { log.push(JSON.parse(text)) } } }, forceCloseConnections: true }).withTypeProvider<TypeBoxTypeProvider>()
  t.teardown(() => app.close())
  await app.register(apikit, { broadcast: options, websocket: true, docs: false, ...db !== undefined && { db } })
  return { app, log }
}

async function read<Message> (messages: Subscription<Message>, count: number): Promise<Message[]> {
  const read: Message[] = []
  while (read.length < count) {
    const { done, value } = await messages.next()
    if (done) break
    read.push(value)
  }
  return read
}

async function until (isSo: () => boolean): Promise<void> {
  while (!isSo()) await new Promise(resolve => { setTimeout(resolve, 5) })
}

/** A server that can be cut from its clients. */
async function cuttable (t: Test, url: string) {
  const { hostname, port } = new URL(url)
  const sockets = new Set<Socket>()
  let server: Server
  let gate: Promise<void> | undefined
  const listen = async (at: number): Promise<number> => {
    server = createServer(async client => {
      sockets.add(client.on('error', () => {}))
      await gate
      const upstream = connectTo(Number(port), hostname)
      sockets.add(upstream.on('error', () => {}))
      client.pipe(upstream).pipe(client)
    }).listen(at, '127.0.0.1')
    await once(server, 'listening')
    return (server.address() as AddressInfo).port
  }
  const taken = await listen(0)
  const cut = async (): Promise<void> => {
    server.close()
    for (const socket of sockets) socket.destroy()
    sockets.clear()
  }
  t.teardown(cut)
  const proxied = new URL(url)
  proxied.host = `127.0.0.1:${taken}`
  return {
    url: proxied.href,
    cut,
    sockets,
    /** Answers from when `opened` is settled. */
    restore: async (opened?: Promise<void>) => {
      gate = opened
      await listen(taken)
    }
  }
}

for (const [server, url] of Object.entries({ ...SERVERS, 'one process': null })) {
  t.test(`${server}: a message reaches all subscribers of its topic, in order, and nobody else`, async t => {
    const prefix = randomUUID()
    const { app: first } = await processOf(t, { url, prefix })
    const { app: second } = url === null ? { app: first } : await processOf(t, { url, prefix })
    const { app: stranger } = await processOf(t, { url, prefix: `${prefix}-other` })

    const [here, there, room, other] = [await first.broadcast.subscribe(line), await second.broadcast.subscribe(line), await second.broadcast.subscribe(line.of(1)), await stranger.broadcast.subscribe(line)]
    const texts = Array.from({ length: 900 }, (_, number) => ({ text: `${number} \0 é 😀`, number }))
    const all = Promise.all([read(here, 900), read(there, 900)])
    await Promise.all(texts.map(message => first.broadcast.publish(line, message)))
    t.same(await all, [texts, texts])

    await first.broadcast.publish(line.of('1'), { text: 'to a room' })
    t.same(await read(room, 1), [{ text: 'to a room' }])
    await stranger.broadcast.publish(line, { text: 'of another app' })
    t.same(await read(other, 1), [{ text: 'of another app' }])

    t.equal(second.broadcast.isConnected, true)
    for (const messages of [here, there, room]) messages.end()
    t.same(await read(here, 1), [])
    t.equal(first.broadcast.subscriptions, 0)
    await first.broadcast.publish(line.of('nobody'), { text: 'to nobody' })

    // A topic that was left can be joined anew.
    const again = await second.broadcast.subscribe(line)
    await first.broadcast.publish(line, { text: 'again' })
    t.same(await read(again, 1), [{ text: 'again' }])

    await second.close()
    t.same(await read(again, 1), [], 'it ends with the app')
    await t.rejects(second.broadcast.publish(line, { text: 'late' }), { code: 'APIKIT_ERR_BROADCAST_UNAVAILABLE', statusCode: 503, message: /closing/ })
    await t.rejects(second.broadcast.subscribe(line), { code: 'APIKIT_ERR_BROADCAST_UNAVAILABLE', message: /closing/ })
    t.equal(second.broadcast.isConnected, false)
  })
}

for (const [server, url] of Object.entries(SERVERS)) {
  t.test(`${server}: a lost connection is told to subscribers, answered with 503, and made anew`, async t => {
    const proxy = await cuttable(t, url)
    const prefix = randomUUID()
    const { app } = await processOf(t, { url: proxy.url, prefix })
    const { app: other } = await processOf(t, { url, prefix })
    app.post('/', async () => { await app.broadcast.publish(line, { text: 'no' }) })

    const lost: string[] = []
    const kept = await app.broadcast.subscribe(line, { onLost: reason => { lost.push(reason) } })
    const ended = await app.broadcast.subscribe(line)
    const left = await app.broadcast.subscribe(line.of('left'))
    await other.broadcast.publish(line, { text: 'before' })
    t.same(await read(ended, 1), [{ text: 'before' }])

    const failure = ended.next()
    await proxy.cut()
    await t.rejects(failure, { code: 'APIKIT_ERR_BROADCAST_LOST', message: /connection to \w+ was lost/ })
    t.same(await ended.next(), { done: true, value: undefined })
    t.equal(app.broadcast.isConnected, false)
    left.end()
    t.equal((await app.inject({ method: 'POST', url: '/' })).statusCode, 503)
    await t.rejects(app.broadcast.subscribe(line.of('new')), { code: 'APIKIT_ERR_BROADCAST_UNAVAILABLE' })
    t.same(new Set(lost), new Set([`the connection to ${server} was lost`]))

    await proxy.restore()
    await until(() => app.broadcast.isConnected)
    // Redis is ready before it has subscribed anew.
    const settled = new AbortController()
    const arrived = read(kept, 2).finally(() => { settled.abort() })
    while (!settled.signal.aborted) {
      await other.broadcast.publish(line, { text: 'after' })
      await new Promise(resolve => { setTimeout(resolve, 5) })
    }
    t.same(await arrived, [{ text: 'before' }, { text: 'after' }])
    t.equal((await app.inject({ method: 'POST', url: '/' })).statusCode, 200)
  })

  t.test(`${server}: an app closes while the server is away`, async t => {
    const proxy = await cuttable(t, url)
    const { app } = await processOf(t, { url: proxy.url, prefix: randomUUID() })
    await proxy.cut()
    await until(() => !app.broadcast.isConnected)
    await app.close()
  })

  t.test(`${server}: an app does not start without it, and does not tell the password`, async t => {
    const away = new URL(url)
    away.port = '1'
    away.password = 'hunter2'
    away.username = 'ann'
    const app = Fastify()
    t.teardown(() => app.close())
    const error = await Promise.resolve(app.register(broadcast, { url: away.href })).then(() => app.ready(), error => error)
    t.match(error, { code: 'APIKIT_ERR_BROADCAST_OPTIONS', message: /the server of "url" cannot be reached: .*\w/ })
    t.notMatch(error.message, /hunter2/)
  })
}

t.test('PostgreSQL: an app that is closed while it connects anew leaves no connection', async t => {
  const proxy = await cuttable(t, POSTGRES)
  const { app } = await processOf(t, { url: proxy.url, prefix: randomUUID() })
  await proxy.cut()
  const opened = Promise.withResolvers<void>()
  await proxy.restore(opened.promise)
  await until(() => proxy.sockets.size === 1)
  await app.close()
  opened.resolve()
  await until(() => proxy.sockets.size === 2)
  await Promise.all([...proxy.sockets].map(async socket => { if (!socket.closed) await once(socket, 'close') }))
  t.equal(app.broadcast.isConnected, false)
})

t.test('request.broadcast publishes what was committed, and nothing of what was rolled back', async t => {
  const { app, log } = await processOf(t, {}, { url: 'sqlite::memory:' })
  const body = Type.Object({ fails: Type.Boolean({ default: false }), text: Type.String() })
  let waiting = 0
  app.post('/', { schema: { body }, config: { depends: { session } } }, async request => {
    await request.broadcast.publish(line, { text: request.body.text })
    waiting = heard.length
    if (request.body.fails) throw new Error('no')
    return null
  })
  app.post('/plain', { schema: { body } }, async request => { await request.broadcast.publish(line, { text: request.body.text }); return null })
  const heard: string[] = []
  const messages = await app.broadcast.subscribe(line)
  const hearing = (async () => { for await (const { text } of messages) heard.push(text) })()

  t.equal((await app.inject({ method: 'POST', url: '/', payload: { text: 'lost', fails: true } })).statusCode, 500)
  t.equal((await app.inject({ method: 'POST', url: '/', payload: { text: 'kept' } })).statusCode, 200)
  t.equal(waiting, 0, 'not before the commit')
  t.equal((await app.inject({ method: 'POST', url: '/plain', payload: { text: 'plain' } })).statusCode, 200)
  // Too long: refused before the commit.
  t.equal((await app.inject({ method: 'POST', url: '/', payload: { text: 'x'.repeat(8000) } })).statusCode, 500)
  t.match(log.find(({ err }) => err?.message.includes('may have 7999')), { err: { message: 'A message for the topic line has 8011 bytes, and may have 7999' } })
  await app.close()
  await hearing
  t.same(heard, ['kept', 'plain'])
})

t.test('an event stream ends its subscription when its client leaves, and with the app', async t => {
  const { app } = await processOf(t, {})
  app.get('/rooms/:room', { schema: { params: Type.Object({ room: Type.String() }), response: { 200: sse(Line) } } }, async function * ({ params, signal }) {
    yield * await app.broadcast.subscribe(line.of(params.room), { signal })
  })
  const origin = await app.listen({ host: '127.0.0.1', port: 0 })
  const leaving = new AbortController()
  const leaver = await fetch(`${origin}/rooms/a`, { signal: leaving.signal })
  const stayer = await fetch(`${origin}/rooms/a`)
  t.equal(app.broadcast.subscriptions, 2)
  await app.broadcast.publish(line.of('a'), { text: 'hi' })
  const readers = [leaver, stayer].map(({ body }) => body?.pipeThrough(new TextDecoderStream()).getReader())
  for (const reader of readers) t.equal((await reader?.read())?.value, 'data: {"text":"hi"}\n\n')
  leaving.abort()
  await until(() => app.broadcast.subscriptions === 1)
  const rest = readers[1]?.read()
  await app.close()
  t.equal((await rest)?.done, true)
})

t.test('a WebSocket hears what another says', async t => {
  const { app } = await processOf(t, {})
  app.get('/rooms/:room', { websocket: true, schema: { params: Type.Object({ room: Type.String() }) } }, async (socket, { params: { room } }) => {
    const messages = socketOf(socket, { receive: Line, send: Line })
    const lines = await app.broadcast.subscribe(line.of(room))
    socket.once('close', () => { lines.end() })
    const sending = (async () => { for await (const said of lines) await messages.send(said) })()
    for await (const said of messages) await app.broadcast.publish(line.of(room), said)
    await sending
  })
  const clients = await Promise.all([1, 2].map(async () => await connect(app, '/rooms/:room', { params: { room: 'tea' }, send: Line, receive: Line })))
  await until(() => app.broadcast.subscriptions === 2)
  clients[0]?.send({ text: 'hello' })
  for (const client of clients) t.same(await client.receive(), { text: 'hello' })
  for (const client of clients) client.close()
  await until(() => app.broadcast.subscriptions === 0)
})

t.test('a subscriber that is too slow is told what it has missed, or ends', async t => {
  const { app, log } = await processOf(t, { maxBuffered: 2 })
  const lost: string[] = []
  const ended = await app.broadcast.subscribe(line)
  const kept = await app.broadcast.subscribe(line, { onLost: reason => { lost.push(reason); throw new Error('of onLost') } })
  for (let number = 0; number < 4; number++) await app.broadcast.publish(line, { text: 'x', number })
  t.same(lost, ['more than 2 messages were waiting to be read'])
  t.same(await read(kept, 1), [{ text: 'x', number: 3 }])
  await t.rejects(ended.next(), { code: 'APIKIT_ERR_BROADCAST_LOST', message: 'The subscription to line may have missed messages: more than 2 messages were waiting to be read' })
  t.same(await ended.next(), { done: true, value: undefined })
  t.match(log.find(({ msg }) => msg === 'onLost of a subscription failed'), { err: { message: 'of onLost' } })
})

t.test('a subscription is ended by its signal, by a loop that breaks, and by await using', async t => {
  const { app } = await processOf(t, {})
  const signal = AbortSignal.abort()
  t.same(await (await app.broadcast.subscribe(line, { signal })).next(), { done: true, value: undefined })

  const control = new AbortController()
  const messages = await app.broadcast.subscribe(line, { signal: control.signal })
  t.equal(messages.isOpen, true)
  await app.broadcast.publish(line, { text: 'waits, and is dropped' })
  control.abort()
  t.equal(messages.isOpen, false)
  t.same(await messages.next(), { done: true, value: undefined })

  const looped = await app.broadcast.subscribe(line)
  await app.broadcast.publish(line, { text: 'one' })
  await app.broadcast.publish(line, { text: 'two' })
  for await (const { text } of looped) if (text === 'one') break
  {
    await using scoped = await app.broadcast.subscribe(line)
    t.equal(scoped.isOpen, true)
  }
  t.equal(app.broadcast.subscriptions, 0)
})

t.test('messages are validated, filtered, and restored as domain types; readers share one frozen object', async t => {
  const { app } = await processOf(t, {})
  const moved = topic('moved', Type.Object({ at: DateTime(), tags: Type.Array(Type.String()) }))
  const messages = await app.broadcast.subscribe(moved)
  const at = new Date(0)
  await app.broadcast.publish(moved, { at, tags: ['a'], secret: 1 } as never)
  const [message] = await read(messages, 1)
  t.same(message, { at, tags: ['a'] })
  t.throws(() => message?.tags.push('b'), TypeError)
  await t.rejects(app.broadcast.publish(moved, { at, tags: 1 } as never), { code: 'APIKIT_ERR_BROADCAST_MESSAGE', message: /for the topic moved does not match its schema/, cause: { message: /tags: / } })
  // @ts-expect-error: it has no text
  await t.rejects(app.broadcast.publish(line, {}), { code: 'APIKIT_ERR_BROADCAST_MESSAGE' })
})

t.test('a message of another version of the app is told as missed, and logged', async t => {
  const prefix = randomUUID()
  const { app, log } = await processOf(t, { url: REDIS, prefix })
  const { app: newer } = await processOf(t, { url: REDIS, prefix })
  const messages = await app.broadcast.subscribe(line)
  await newer.broadcast.publish(topic('line', Type.Object({ words: Type.String() })), { words: 'new' })
  await t.rejects(messages.next(), { code: 'APIKIT_ERR_BROADCAST_LOST', message: /a message does not fit the schema of the topic/ })
  t.match(log.find(({ msg }) => msg.includes('another version')), { topic: 'line' })

  // Somebody else writes to the channel.
  const { Redis } = await import('ioredis')
  const redis = new Redis(REDIS)
  const again = await app.broadcast.subscribe(line)
  await redis.publish(`${prefix}:line`, 'no JSON')
  redis.disconnect()
  await t.rejects(again.next(), { code: 'APIKIT_ERR_BROADCAST_LOST' })
  t.ok(log.some(({ msg }) => msg === 'a message of a topic cannot be read'))
})

t.test('mistakes are refused where they are made', async t => {
  t.throws(() => topic('a b', Line), { code: 'APIKIT_ERR_TOPIC', message: /"a b": a name has 1 to 100 letters/ })
  t.throws(() => topic('odd', Type.Object({ a: Type.Unsafe({ type: 'nothing' }) })), { code: 'APIKIT_ERR_TOPIC', message: /odd: / })
  for (const key of ['', 'x'.repeat(501), '\ud800']) t.throws(() => line.of(key), { code: 'APIKIT_ERR_TOPIC' })
  t.equal(line.of(10n).name, 'line:10')

  const { app } = await processOf(t, {})
  await app.broadcast.subscribe(line)
  await t.rejects(app.broadcast.subscribe(topic('line', Type.Object({ other: Type.String() }))), { code: 'APIKIT_ERR_TOPIC', message: /two topics have this name/ })

  const refused = async (options: BroadcastOptions): Promise<Error> => {
    const app = Fastify()
    t.teardown(() => app.close())
    return await Promise.resolve(app.register(broadcast, options)).then(() => app.ready().then(() => new Error('started')), error => error)
  }
  t.match(await refused({ url: 'mysql://ann:hunter2@host' }), { code: 'APIKIT_ERR_BROADCAST_OPTIONS', message: /begins with postgres:\/\/ or redis:\/\/$/ })
  t.match(await refused({ url: 'no url' }), { code: 'APIKIT_ERR_BROADCAST_OPTIONS' })
  t.match(await refused({ url: POSTGRES, maxBytes: 8000 }), { code: 'APIKIT_ERR_BROADCAST_OPTIONS', message: /at most 7999 bytes/ })

  const twice = Fastify()
  t.teardown(() => twice.close())
  await twice.register(broadcast)
  await t.rejects(Promise.resolve(twice.register(broadcast)), { code: 'APIKIT_ERR_BROADCAST_OPTIONS', message: /registered twice/ })
})

t.test('an app whose document is written needs no server', async t => {
  const app = Fastify()
  t.teardown(() => app.close())
  declarePurpose(app, 'describe')
  await app.register(broadcast, { url: 'postgres://127.0.0.1:1/none' })
  await app.ready()
  t.equal(app.broadcast.isConnected, false)
})

t.test('a request that is under way when its app closes publishes, and others hear it', async t => {
  const prefix = randomUUID().slice(0, 8)
  const { app: other } = await processOf(t, { url: POSTGRES, prefix })
  const lines = await other.broadcast.subscribe(line)

  const closing = Fastify().withTypeProvider<TypeBoxTypeProvider>()
  await closing.register(apikit, { broadcast: { url: POSTGRES, prefix }, docs: false })
  const [begun, ending] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
  closing.addHook('preClose', async () => { ending.resolve() })
  closing.post('/', { schema: { response: { 204: Type.Null() } } }, async request => {
    begun.resolve()
    await ending.promise
    await request.broadcast.publish(line, { text: 'at last' })
    return null
  })
  const response = fetch(await closing.listen({ port: 0, host: '127.0.0.1' }), { method: 'POST', headers: { connection: 'close' } })
  await begun.promise
  const closed = closing.close()
  t.equal((await response).status, 204)
  t.same(await read(lines, 1), [{ text: 'at last' }])
  await closed
})
