import { once } from 'node:events'
import { connect, type AddressInfo } from 'node:net'
import { PassThrough, Readable } from 'node:stream'
import createError from '@fastify/error'
import { Type } from '@sinclair/typebox'
import type { FastifyInstance, preParsingHookHandler, RequestPayload, RouteShorthandOptions } from 'fastify'
import t, { type Test } from 'tap'
import { WholeBodies } from '../../../plugins/core/http/whole-body.ts'
import errors from '../../../plugins/errors/index.ts'
import validation from '../../../plugins/validation/index.ts'
import { bare } from '../../helper.ts'

async function listening (t: Test, app: FastifyInstance): Promise<number> {
  await app.listen({ host: '127.0.0.1', port: 0 })
  t.teardown(() => app.close())
  return (app.server.address() as AddressInfo).port
}

/** What a server answers to these pieces, each sent when the one before has gone out; the connection is closed by the server. */
async function answerTo (port: number, ...pieces: Array<string | Buffer>): Promise<string> {
  const socket = connect(port, '127.0.0.1')
  await once(socket, 'connect')
  socket.setNoDelay(true)
  let answer = ''
  socket.on('data', chunk => { answer += String(chunk) })
  for (const piece of pieces) await new Promise<void>(resolve => { socket.write(piece, () => { setImmediate(resolve) }) })
  await once(socket, 'close')
  return answer
}

const head = (more: string): string => `POST / HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Type: application/json\r\n${more}\r\n\r\n`

async function echo (t: Test, options: Pick<RouteShorthandOptions, 'bodyLimit' | 'preParsing' | 'onSend'> = {}): Promise<{ app: FastifyInstance, port: number }> {
  const app = bare(t)
  await app.register(errors)
  await app.register(validation)
  app.post('/', { ...options, schema: { body: Type.Unknown() } }, async ({ body }) => body)
  return { app, port: await listening(t, app) }
}

t.test('a body in many pieces is read whole, and a letter may be cut in two', async t => {
  const { port } = await echo(t)
  const body = Buffer.from(JSON.stringify({ text: 'é😀é' }))
  const pieces = [...body].map(byte => Buffer.from([byte]))
  t.match(await answerTo(port, head(`Content-Length: ${body.length}`), ...pieces), '{"text":"é😀é"}')
  const chunks = pieces.map(piece => Buffer.concat([Buffer.from('1\r\n'), piece, Buffer.from('\r\n')]))
  t.match(await answerTo(port, head('Transfer-Encoding: chunked'), ...chunks, '0\r\n\r\n'), '{"text":"é😀é"}')
})

t.test('the limit of a route counts, below that of the app and above it', async t => {
  const app = bare(t, { bodyLimit: 20 })
  await app.register(validation)
  const schema = { body: Type.Unknown() }
  app.post('/less', { schema, bodyLimit: 10 }, async () => 'read')
  app.post('/as', { schema }, async () => 'read')
  app.post('/more', { schema, bodyLimit: 30 }, async () => 'read')
  const statusOf = async (url: string, bytes: number, declared: boolean): Promise<number> => {
    const payload = JSON.stringify('x'.repeat(bytes - 2))
    const headers = { 'content-type': 'application/json', ...declared ? {} : { 'transfer-encoding': 'chunked' } }
    return (await app.inject({ method: 'POST', url, headers, payload: declared ? payload : Readable.from([payload.slice(0, 5), payload.slice(5)]) })).statusCode
  }
  for (const declared of [true, false]) {
    for (const [url, limit] of [['/less', 10], ['/as', 20], ['/more', 30]] as const) {
      t.equal(await statusOf(url, limit, declared), 200, `${url}, ${limit} bytes`)
      t.equal(await statusOf(url, limit + 1, declared), 413, `${url}, ${limit + 1} bytes`)
    }
  }
})

t.test('of a stream that a hook puts in place of the request the bytes count, and those it has taken', async t => {
  const made = (text: string, encoded?: number): preParsingHookHandler => async () => Object.assign(Readable.from([text]), encoded === undefined ? {} : { receivedEncodedLength: encoded })
  const answer = async (t: Test, preParsing: preParsingHookHandler): Promise<string> => {
    const { port } = await echo(t, { bodyLimit: 12, preParsing })
    return await answerTo(port, head('Content-Length: 2'), '[]')
  }
  t.match(await answer(t, made('[1,2]', 2)), /^HTTP\/1\.1 200 [^]*\[1,2\]/, 'text is taken as well')
  t.match(await answer(t, made('[1,2,3,4,5,6]', 2)), /^HTTP\/1\.1 413 /, 'it unpacks to more than the limit')
  t.match(await answer(t, made('[1,2]', 13)), /^HTTP\/1\.1 413 /, 'it has taken more than the limit')
  t.match(await answer(t, made('[1,2]')), /^HTTP\/1\.1 400 [^]*Content-Length/, 'it does not tell that it unpacks')
})

t.test('a stream that breaks is the client’s mistake, unless it is an error of Fastify’s that says more', async t => {
  const breaking = (error: Error): preParsingHookHandler => async () => {
    const stream = new PassThrough()
    stream.write('[')
    setImmediate(() => { stream.destroy(error) })
    return stream
  }
  const answer = async (error: Error): Promise<string> => {
    const { port } = await echo(t, { preParsing: breaking(error) })
    return await answerTo(port, head('Content-Length: 2'), '[]')
  }
  t.match(await answer(new Error('not gzip')), /^HTTP\/1\.1 400 /)
  t.match(await answer(new (createError('FST_X', 'no such encoding', 415))()), /^HTTP\/1\.1 415 /)
})

t.test('a stream that breaks after it was refused breaks nothing else', async t => {
  const stream = new PassThrough()
  const { app, port } = await echo(t, { bodyLimit: 5, preParsing: async () => stream, onSend: async () => { stream.destroy(new Error('too late')) } })
  stream.write('[1,2,3]')
  const broken = new Promise<void>(resolve => { stream.once('close', resolve) })
  t.match(await answerTo(port, head('Content-Length: 2'), '[]'), /^HTTP\/1\.1 413 /)
  await broken
  t.ok(app.server.listening)
})

t.test('of a request whose client has gone before its body is read, the reading ends', async t => {
  for (const [what, handOn] of [
    ['the request itself', (payload: RequestPayload) => payload],
    ['a stream that nobody ends', (payload: RequestPayload) => payload.pipe(new PassThrough())]
  ] as const) {
    const [arrived, ended] = [Promise.withResolvers<void>(), Promise.withResolvers<number>()]
    const app = bare(t)
    await app.register(validation)
    app.addHook('onError', async (_request, _reply, error) => { ended.resolve(Number(error.statusCode)) })
    const preParsing: preParsingHookHandler = async ({ raw }, _reply, payload) => {
      arrived.resolve()
      raw.on('error', () => {})
      await new Promise<void>(resolve => { raw.once('close', resolve) })
      return handOn(payload)
    }
    app.post('/', { schema: { body: Type.Unknown() }, preParsing }, async () => 'never')
    const socket = connect(await listening(t, app), '127.0.0.1')
    socket.write(head('Content-Length: 100'))
    await arrived.promise
    socket.destroy()
    t.equal(await ended.promise, 400, what)
  }
})

t.test('what a parser throws is answered as any failure', async t => {
  const app = bare(t)
  app.addContentTypeParser('text/x', new WholeBodies(app, cause => cause).parser(() => { throw new Error('broken parser') }))
  app.post('/', async () => 'never')
  const { statusCode, body } = await app.inject({ method: 'POST', url: '/', headers: { 'content-type': 'text/x' }, payload: 'x' })
  t.equal(statusCode, 500)
  t.match(body, 'broken parser')
})
