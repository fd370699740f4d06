import { once } from 'node:events'
import { readdirSync } from 'node:fs'
import promises from 'node:fs/promises'
import { type ClientRequest, type IncomingMessage, request } from 'node:http'
import http2 from 'node:http2'
import { syncBuiltinESMExports } from 'node:module'
import { type AddressInfo, connect, type Socket } from 'node:net'
import { join } from 'node:path'
import { PassThrough, Readable, Transform } from 'node:stream'
import { text } from 'node:stream/consumers'
import { gzipSync } from 'node:zlib'
import compress from '@fastify/compress'
import { Type, type TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import Fastify, { type RouteHandlerMethod } from 'fastify'
import t, { type Test } from 'tap'
import dependencies, { dependency } from '../../plugins/dependencies/index.ts'
import errors, { HttpError } from '../../plugins/errors/index.ts'
import forms, { type FormsOptions, type StreamedFile, type UploadFile } from '../../plugins/forms/index.ts'
import security, { apiKey } from '../../plugins/security/index.ts'
import validation from '../../plugins/validation/index.ts'
import { File, Form } from '../../plugins/types/index.ts'
import { bare } from '../helper.ts'
import { allClosed, openFiles, openUploads } from './open-uploads.ts'

async function withForms (t: Test, options: FormsOptions = {}) {
  const app = bare(t, { forceCloseConnections: true }).withTypeProvider<TypeBoxTypeProvider>()
  for (const plugin of [errors, validation, dependencies, security]) await app.register(plugin)
  await app.register(forms, options)
  return app
}

interface Answer {
  readonly status: number | undefined
  readonly connection: string | undefined
  readonly body: string
}

/** A request that is sent bit by bit. */
class Upload {
  readonly request: ClientRequest
  readonly #answer: Promise<IncomingMessage>

  constructor ({ server }: { server: { address (): unknown } }, { path = '/', headers = {} }: { path?: string, headers?: Record<string, string | number> } = {}) {
    this.request = request({
      port: (server.address() as AddressInfo).port, method: 'POST', path, headers: { 'content-type': 'multipart/form-data; boundary=B', ...headers }
    })
    this.#answer = new Promise((resolve, reject) => { this.request.once('response', resolve).once('error', reject) })
    this.#answer.catch(() => {})
  }

  field (name: string, value: string): this {
    this.request.write(`--B\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`)
    return this
  }

  file (name: string, begin: string): this {
    this.request.write(`--B\r\nContent-Disposition: form-data; name="${name}"; filename="a.bin"\r\nContent-Type: video/mp4\r\n\r\n${begin}`)
    return this
  }

  write (more: string): this {
    this.request.write(more)
    return this
  }

  end (): this {
    this.request.end('\r\n--B--\r\n')
    return this
  }

  /** Whether the server closes the connection on a client that only waits. */
  async isClosed (): Promise<boolean> {
    const { socket } = await this.#answer
    return socket.destroyed || await new Promise(resolve => { socket.once('close', () => { resolve(true) }) })
  }

  async answer (): Promise<Answer> {
    const incoming = await this.#answer
    return { status: incoming.statusCode, connection: incoming.headers.connection, body: await text(incoming) }
  }
}

const body = Form({ title: Type.String({ default: '' }), f: File({ stream: true }) })

t.test('a streamed file reaches the handler while it comes', async t => {
  const app = await withForms(t)
  let begun = (_value: unknown): void => {}
  const began = new Promise(resolve => { begun = resolve })
  app.post('/', { schema: { body } }, async ({ body: { title, f } }) => {
    const chunks: string[] = []
    for await (const chunk of f.stream()) {
      chunks.push(String(chunk))
      begun({ title, ...f })
    }
    return [chunks.join(''), f.bytesRead]
  })
  await app.listen({ port: 0 })

  const upload = new Upload(app).field('title', 'first').file('f', 'beginning')
  t.same(await began, { title: 'first', filename: 'a.bin', contentType: 'video/mp4', headers: { 'content-disposition': 'form-data; name="f"; filename="a.bin"', 'content-type': 'video/mp4' }, bytesRead: 9 })
  upload.write(', middle').write(', end').end()
  t.match(await upload.answer(), { status: 200, body: '["beginning, middle, end",22]', connection: 'keep-alive' })
})

t.test('one that was not selected was not sent, and one without a name may have content', async t => {
  const app = await withForms(t)
  app.post('/', { schema: { body: Form({ f: Type.Optional(File({ stream: true })) }), response: { 200: Type.Any() } } }, async ({ body: { f } }) => f === undefined ? 'none' : [f.filename, await f.text(), f.bytesRead])
  const send = async (content: string, more = '') => (await app.inject({
    method: 'POST',
    url: '/',
    headers: { 'content-type': 'multipart/form-data; boundary=B' },
    payload: `--B\r\nContent-Disposition: form-data; name="f"; filename=""\r\n\r\n${content}\r\n${more}--B--\r\n`
  }))
  t.equal((await send('')).body, 'none')
  t.same((await send('content')).json(), ['', 'content', 7])
  t.match(await send('', '--B\r\nContent-Disposition: form-data; name="g"\r\n\r\nx\r\n'), { statusCode: 400, body: /must be the last part/ })
})

t.test('it can be read in other ways, once', async t => {
  const app = await withForms(t)
  const dir = t.testdir({})
  const read: Record<string, (f: StreamedFile) => Promise<unknown>> = {
    text: f => f.text(),
    buffer: async f => (await f.buffer()).length,
    save: f => f.save(join(dir, 'saved'))
  }
  app.post('/:how', { schema: { params: Type.Object({ how: Type.String() }), body } }, async ({ params: { how }, body: { f } }) => {
    const value = await read[how]?.(f)
    await t.rejects(f.text(), { code: 'APIKIT_ERR_FILE_GONE', message: /"a.bin" was already read/ })
    return [value ?? readdirSync(dir)]
  })
  await app.listen({ port: 0 })
  for (const [how, answer] of [['text', '["content"]'], ['buffer', '[7]'], ['save', '[["saved"]]']]) {
    t.match(await new Upload(app, { path: `/${how}` }).file('f', 'content').end().answer(), { status: 200, body: answer })
  }
})

t.test('a streamed file that is not what it should be fails where it is read, and answers so', async t => {
  const app = await withForms(t, { fileSize: 10 })
  const dir = t.testdir({})
  app.post('/', { schema: { body } }, async ({ body: { f } }) => { await f.save(join(dir, 'saved')) })
  await app.listen({ port: 0 })
  const detail = (detail: string) => JSON.stringify({ detail })

  t.match(await new Upload(app).file('f', 'x'.repeat(11)).answer(), { status: 413, body: detail('File exceeded maximum size of 10 bytes.') })
  t.match(await new Upload(app).file('f', 'x').write('\r\n').field('title', 'late').write('--B--').end().answer(), { status: 400, body: detail('The file "f" must be the last part of the form.') })
  const cut = new Upload(app).file('f', 'x')
  cut.request.end()
  t.match(await cut.answer(), { status: 400, body: detail('Invalid multipart data.') })
  t.match(await new Upload(app).field('title', 'no file').write('--B--').end().answer(), { status: 422, body: /"loc":\["body","f"\]/ })
  t.same(readdirSync(dir), [], 'nothing unfinished is left')
})

t.test('a streamed file that nobody reads closes the connection', async t => {
  const app = await withForms(t)
  app.post('/', { schema: { body } }, async () => 'not now')
  app.post('/refused', { schema: { body: Form({ n: Type.Integer(), f: File({ stream: true }) }) } }, async () => 'never')
  await app.listen({ port: 0 })
  const unread = [new Upload(app).file('f', 'x'), new Upload(app, { path: '/refused' }).field('n', 'x').file('f', 'x')]
  t.match(await unread[0]?.answer(), { status: 200, body: 'not now' })
  t.match(await unread[1]?.answer(), { status: 422, body: /int_parsing/ })
  t.same(await Promise.all(unread.map(upload => upload.isClosed())), [true, true])
})

t.test('when the client goes, the stream fails', async t => {
  const app = await withForms(t)
  const ended = new Promise<unknown>(resolve => {
    app.post('/', { schema: { body } }, async ({ body: { f } }) => {
      const stream = f.stream()
      stream.once('data', () => { upload.request.destroy() })
      return await text(stream).then(resolve, resolve)
    })
  })
  await app.listen({ port: 0 })
  const upload = new Upload(app).file('f', 'x'.repeat(100_000))
  t.match(await ended, { code: 'APIKIT_ERR_FORM' })
})

t.test('a client that goes while its files are read leaves none, and no handler is called', openFiles, async t => {
  const app = await withForms(t, { memory: 0 })
  let called = 0
  app.post('/', { schema: { body: Form({ f: File() }) } }, async () => { called++ })
  await app.listen({ port: 0 })
  for (let i = 0; i < 20; i++) {
    const upload = new Upload(app).file('f', 'x'.repeat(10_000))
    while (openUploads().length === 0) await new Promise(setImmediate)
    upload.request.destroy()
    await allClosed()
  }
  t.equal(called, 0)
})

t.test('a client that goes when all has come takes nothing from the handler', openFiles, async t => {
  const app = await withForms(t, { memory: 0 })
  const gone = dependency(async () => {
    upload.request.destroy()
    await closed
  })
  let closed: Promise<unknown> = Promise.resolve()
  app.addHook('onRequest', async (_request, reply) => { closed = once(reply.raw, 'close') })
  const schema = { body: Form({ f: File(), n: Type.Integer({ default: 1 }) }) }
  const read = new Promise<unknown>(resolve => {
    app.post('/', { config: { depends: { gone } }, schema }, async ({ body: { f } }) => { await f.text().then(resolve, resolve) })
  })
  app.post('/refused', { config: { depends: { gone } }, schema }, async () => 'never')
  await app.listen({ port: 0 })

  let upload = new Upload(app).file('f', 'content').end()
  t.equal(await read, 'content')
  upload = new Upload(app, { path: '/refused' }).file('f', 'content').write('\r\n').field('n', 'x').end()
  await new Promise(resolve => { upload.request.once('close', resolve) })
  await allClosed()
})

t.test('a client that goes while its file is made or written leaves none', openFiles, async t => {
  const { promise: made, resolve: make } = Promise.withResolvers<unknown>()
  let { promise: written, resolve: write } = Promise.withResolvers<unknown>()
  const reached: Record<string, () => void> = {}
  const at = (place: string) => new Promise<void>(resolve => { reached[place] = resolve })
  const atFirst = at('first')
  const atSecond = at('second')
  let count = 0
  const { open } = promises
  t.teardown(() => {
    promises.open = open
    syncBuiltinESMExports()
  })
  promises.open = async (...args) => {
    const handle = await open(...args)
    count++
    if (count === 1) {
      reached.first?.()
      await made
    } else {
      const { writeFile, close } = handle
      handle.writeFile = async (...args) => {
        reached.second?.()
        await written
        return writeFile.apply(handle, args)
      }
      handle.close = async () => {
        await close.call(handle)
        throw new Error('closed, with a complaint')
      }
    }
    return handle
  }
  syncBuiltinESMExports()
  const logged: string[] = []
  const app = bare(t, { forceCloseConnections: true, logger: { level: 'error', stream: { write: line => { logged.push(line) } } } }).withTypeProvider<TypeBoxTypeProvider>()
  for (const plugin of [errors, validation]) await app.register(plugin)
  await app.register(forms, { memory: 0 })
  app.post('/', { schema: { body: Form({ f: File(), g: File() }) } }, async () => 'never')
  const failed: unknown[] = []
  app.addHook('onError', async (_request, _reply, error) => { failed.push(error.code) })
  app.post('/small', { config: { forms: { total: 1000 } }, schema: { body: Form({ f: File() }) } }, async () => 'never')
  let closed: Promise<unknown> = Promise.resolve()
  let socket: Socket | undefined
  app.addHook('onRequest', async (request, reply) => {
    closed = once(reply.raw, 'close')
    socket = request.raw.socket
  })
  await app.listen({ port: 0 })

  for (const [reached, go] of [[atFirst, make], [atSecond, write]] as const) {
    const upload = new Upload(app).file('f', 'content').write('\r\n').file('g', 'more').end()
    await reached
    upload.request.destroy()
    await closed
    go(undefined)
    await allClosed()
  }
  while (failed.length < 2) await new Promise(setImmediate)
  t.same(failed, ['APIKIT_ERR_FORM', 'APIKIT_ERR_FORM'])
  while (!logged.join('').includes('an upload could not be closed')) await new Promise(setImmediate)

  const again = at('second')
  ;({ promise: written, resolve: write } = Promise.withResolvers<unknown>())
  const large = new Upload(app, { path: '/small' }).file('f', 'x')
  await again
  large.write('x'.repeat(2000))
  while (Number(socket?.bytesRead) < 2000) await new Promise(setImmediate)
  write(undefined)
  t.match(await large.answer(), { status: 413, body: /Form exceeded/ }, 'what grew too large while it was written is refused after that')
})

t.test('what was in memory goes to the disk when more comes', async t => {
  const app = await withForms(t, { memory: 10 })
  app.post('/', { schema: { body: Form({ f: File() }) } }, async ({ body: { f } }) => await f.text())
  let socket: Socket | undefined
  app.addHook('onRequest', async ({ raw }) => { ({ socket } = raw) })
  await app.listen({ port: 0 })
  const upload = new Upload(app).file('f', '')
  for (const piece of ['abc', 'd'.repeat(20), 'e']) {
    const before = Number(socket?.bytesRead ?? 0)
    upload.write(piece)
    while (Number(socket?.bytesRead ?? 0) <= before) await new Promise(setImmediate)
    await new Promise(setImmediate)
  }
  t.equal((await upload.end().answer()).body, `abc${'d'.repeat(20)}e`)
})

t.test('a body that grows too large while nobody waits for it is refused when somebody does', async t => {
  const app = await withForms(t, { total: 1000 })
  app.post('/', { schema: { body } }, async ({ body: { f }, raw }) => {
    const chunks = f.stream()[Symbol.asyncIterator]()
    await chunks.next()
    const more = once(raw, 'data')
    upload.write('x'.repeat(2000))
    await more
    while ((await chunks.next()).done !== true);
  })
  await app.listen({ port: 0 })
  const upload = new Upload(app).file('f', 'x')
  t.match(await upload.answer(), { status: 413, body: /Form exceeded/ })
})

t.test('who has no credentials is refused before the body is read', async t => {
  const app = await withForms(t)
  app.post('/', { config: { depends: { key: apiKey({ in: 'header', name: 'x-key' }) } }, schema: { body: Form({ f: File() }) } }, async ({ body: { f } }) => f.size)
  await app.listen({ port: 0 })
  const send = (size: number, headers = {}) => {
    const upload = new Upload(app, { headers: { 'content-length': size, ...headers } })
    upload.request.flushHeaders()
    return upload
  }
  const stranger = send(50_000_000)
  t.match(await stranger.answer(), { status: 401 }, 'nothing but headers were sent')
  t.ok(await stranger.isClosed(), 'and no more is waited for')
  t.match(await send(0, { 'x-key': 'k' }).answer(), { status: 422 }, 'with credentials it is read')
})

t.test('who is refused while he sends gets his answer, and has a moment to stop', async t => {
  const app = await withForms(t, { total: 20_000_000, fields: 1 })
  app.post('/', { schema: { body: Form({ f: File() }) } }, async ({ body: { f } }) => f.size)
  await app.listen({ port: 0 })
  const fields = (headers = {}) => new Upload(app, { headers }).field('a', '').field('b', '').write('--B\r\n')
  const large = fields()
  t.match(await large.answer(), { status: 400, body: /Too many fields/ })
  t.ok(await large.isClosed(), 'when it does not end, it is closed')

  t.match(await new Upload(app, { headers: { 'content-length': 30_000_000 } }).field('a', '').answer(), { status: 413, body: /Form exceeded maximum size of 19531KB/ })
})

t.test('a header, a file, a field, and what stands behind the form count for the whole', async t => {
  const app = await withForms(t, { total: 100_000 })
  app.post('/', { schema: { body: Form({ f: File() }) } }, async ({ body: { f } }) => f.size)
  await app.listen({ port: 0 })
  const much = 'x'.repeat(110_000)
  for (const upload of [new Upload(app).field('a', '').write(`--B--\r\n${much}`), new Upload(app).file('f', much), new Upload(app).field('a', much), new Upload(app).write(`--B\r\nX: ${much}`)]) {
    t.match(await upload.answer(), { status: 413, body: /Form exceeded maximum size of 97KB/ })
  }
})

/** What a client reads of an answer, and how long the connection stays. */
function talk (app: { server: { address (): unknown } }, text: string): Promise<{ status: number, connection: string | undefined, answers: number }> {
  return new Promise((resolve, reject) => {
    const socket = connect((app.server.address() as AddressInfo).port, '127.0.0.1')
    let received = ''
    socket.on('data', chunk => { received += String(chunk) })
    socket.once('error', reject)
    socket.once('end', () => {
      socket.destroy()
      resolve({ status: Number(received.slice(9, 12)), connection: /^connection: (.*)\r$/im.exec(received)?.[1], answers: received.split('HTTP/1.1').length - 1 })
    })
    socket.write(text)
  })
}

t.test('a connection that the client wants closed is closed, with a body or without', async t => {
  const app = await withForms(t)
  app.route({ method: ['POST', 'PUT', 'DELETE'], url: '/', handler: async () => 'fine' })
  app.post('/form', { schema: { body: Form({ a: Type.String({ default: '' }) }) } }, async () => 'fine')
  app.post('/at-once', (_request, reply) => { reply.send('fine') })
  await app.listen({ port: 0 })

  const form = '--B\r\nContent-Disposition: form-data; name="a"\r\n\r\nx\r\n--B--\r\n'
  const multipart = 'content-type: multipart/form-data; boundary=B\r\n'
  const bodies = [
    '\r\n', 'content-length: 0\r\n\r\n', 'transfer-encoding: chunked\r\n\r\n0\r\n\r\n', 'content-type: application/x-www-form-urlencoded\r\ncontent-length: 3\r\n\r\na=b',
    `${multipart}content-length: 0\r\n\r\n`, `${multipart}content-length: ${form.length}\r\n\r\n${form}`
  ]
  for (const body of bodies) {
    for (const line of ['POST /', 'PUT /', 'DELETE /', 'POST /form', 'POST /at-once']) {
      const head = `${line} HTTP/1.1\r\nhost: x\r\n`
      t.same(await talk(app, `${head}connection: close\r\n${body}`), { status: 200, connection: 'close', answers: 1 }, `${line} ${body}`)
    }
    const twice = `POST / HTTP/1.1\r\nhost: x\r\n${body}POST / HTTP/1.1\r\nhost: x\r\nconnection: close\r\n${body}`
    t.match(await talk(app, twice), { status: 200, answers: 2 }, `kept: ${body}`)
  }
  t.match(await talk(app, 'DELETE / HTTP/1.0\r\n\r\n'), { status: 200 })
  // Half of a body that is refused, and of one that nobody reads.
  t.same(await talk(app, `POST /form HTTP/1.1\r\nhost: x\r\nconnection: close\r\n${multipart}content-length: 5000\r\n\r\ngarbage`), { status: 400, connection: 'close', answers: 1 })
  t.same(await talk(app, `POST / HTTP/1.1\r\nhost: x\r\nconnection: close\r\n${multipart}content-length: 5000\r\n\r\nunread`), { status: 200, connection: 'close', answers: 1 })
})

t.test('a client that still sends when it is refused gets to read the answer, and the rest of its body is read meanwhile', async t => {
  const app = await withForms(t)
  app.post('/', { schema: { body: Form({ a: Type.String() }) } }, async () => 'never')
  await app.listen({ port: 0 })
  const socket = connect((app.server.address() as AddressInfo).port, '127.0.0.1')
  const megabyte = 'x'.repeat(1_000_000)
  socket.write(`POST / HTTP/1.1\r\nhost: x\r\nconnection: close\r\ncontent-type: multipart/form-data; boundary=B\r\ncontent-length: ${5 * megabyte.length}\r\n\r\n${megabyte}`)
  const answered = text(socket)
  for (let sent = 1; sent < 5; sent++) await new Promise(resolve => { socket.write(megabyte, resolve) })
  t.match(await answered, /^HTTP\/1.1 400 .*Invalid multipart data."}$/s)
})

t.test('a client that does not close its half is closed when its body has come', async t => {
  const app = await withForms(t)
  app.post('/', { schema: { body: Form({ a: Type.String() }) } }, async () => 'never')
  let closed: Promise<unknown> = Promise.resolve()
  app.addHook('onRequest', async ({ raw: { socket } }) => { closed = once(socket, 'close') })
  await app.listen({ port: 0 })
  const socket = connect({ port: (app.server.address() as AddressInfo).port, host: '127.0.0.1', allowHalfOpen: true })
  socket.on('error', () => {})
  socket.write('POST / HTTP/1.1\r\nhost: x\r\nconnection: close\r\ncontent-type: multipart/form-data; boundary=B\r\ncontent-length: 1000\r\n\r\ngarbage')
  t.match(await text(socket), /^HTTP\/1.1 400 /)
  socket.write('x'.repeat(993))
  await closed
  socket.destroy()
})

t.test('an answer past the hooks closes the files as well', openFiles, async t => {
  const app = await withForms(t, { memory: 0 })
  // Held: a file that nobody holds would be closed by the garbage collector.
  const held: unknown[] = []
  app.post('/', {
    schema: { body: Form({ f: File() }) },
    preHandler: ({ body }, reply) => {
      held.push(body)
      reply.hijack()
      reply.raw.end(String(openUploads().length))
    }
  }, async () => 'never')
  app.post('/asked', async (request, reply) => {
    held.push(await request.form())
    reply.hijack()
    reply.raw.end(String(openUploads().length))
  })
  await app.listen({ port: 0 })
  for (const path of ['/', '/asked']) {
    t.match(await new Upload(app, { path }).file('f', 'x').end().answer(), { status: 200, body: '1' }, path)
    await allClosed()
  }
  t.equal(held.length, 2)
})

t.test('over HTTP/2 a body that nobody reads is given up as well', async t => {
  const app = Fastify({ http2: true })
  t.teardown(() => app.close())
  await app.register(forms)
  app.post('/', async () => 'fine')
  await app.listen({ port: 0 })
  const client = http2.connect(`http://127.0.0.1:${(app.server.address() as AddressInfo).port}`)
  const stream = client.request({ ':method': 'POST', 'content-type': 'multipart/form-data; boundary=B', 'content-length': 5000 })
  stream.on('error', () => {})
  stream.write('unread')
  const [headers] = await once(stream, 'response')
  t.equal(headers[':status'], 200)
  t.equal(await text(stream), 'fine')
  await new Promise(resolve => { stream.once('close', resolve) })
  client.destroy()
})

t.test('of a preParsing hook the stream that it hands on is read', async t => {
  const app = await withForms(t, { total: 10_000 })
  await app.register(compress)
  const seen: number[] = []
  const schema = { body: Form({ f: Type.Array(File(), { default: [] }) }) }
  const handler: RouteHandlerMethod = async ({ body }) => (body as { f: UploadFile[] }).f.map(({ size }) => size)
  app.post('/', { schema }, handler as never)
  app.post('/counted', {
    schema,
    preParsing: async (_request, _reply, payload) => payload.pipe(new Transform({
      transform (chunk: Buffer, _encoding, done) {
        seen.push(chunk.length)
        done(null, chunk)
      }
    }))
  }, handler as never)
  app.post('/text', { schema, preParsing: async () => Readable.from([form(['abc']).toString()], { encoding: 'utf8' }) as never }, handler as never)
  app.post('/bytes', { schema: { body: Type.String() } }, async ({ body }) => [body.length])
  app.post('/bytes-of-text', { schema: { body: Type.String() }, preParsing: async () => Readable.from(['abc'], { encoding: 'utf8' }) as never }, async ({ body }) => [body])
  app.post('/refuses', {
    schema,
    preParsing: (_request, _reply, payload, done) => {
      done(null, payload.pipe(new Transform({ transform (_chunk, _encoding, done) { done(new HttpError(429, 'too much')) } })))
    }
  }, handler as never)
  app.post('/breaks', {
    schema,
    preParsing: (_request, _reply, payload, done) => {
      done(null, payload.pipe(new Transform({ transform (_chunk, _encoding, done) { done(new Error('broken')) } })))
    }
  }, handler as never)
  await app.listen({ port: 0 })

  const form = (contents: readonly string[]): Buffer =>
    Buffer.from(`${contents.map(content => `--B\r\nContent-Disposition: form-data; name="f"; filename="a"\r\n\r\n${content}\r\n`).join('')}--B--\r\n`)
  const send = async (path: string, body: Buffer, headers = {}): Promise<Answer> => {
    const upload = new Upload(app, { path, headers })
    upload.request.end(body)
    return await upload.answer()
  }
  const gzip = { 'content-encoding': 'gzip' }

  t.match(await send('/counted', form(['x'])), { status: 200, body: '[1]' })
  t.ok(seen.length > 0)
  t.match(await send('/text', Buffer.alloc(0)), { status: 200, body: '[3]' })
  t.match(await send('/', gzipSync(form(['x', 'yz'])), gzip), { status: 200, body: '[1,2]' })
  t.match(await send('/bytes', gzipSync(form(['x'])), gzip), { status: 200, body: `[${form(['x']).length}]` })
  t.match(await send('/bytes-of-text', Buffer.alloc(0)), { status: 200, body: '["abc"]' })
  t.match(await send('/', Buffer.from('garbage'), gzip), { status: 400 })
  t.match(await send('/', form(['x']).subarray(0, -1), gzip), { status: 400 })
  t.match(await send('/refuses', form(['x'])), { status: 429 })
  t.match(await send('/breaks', form(['x'])), { status: 400, body: '{"detail":"Invalid multipart data."}' })

  // 50 MB in 50 kB; and nothing in 20 kB, sent without saying how much it is.
  const bomb = new Upload(app, { headers: gzip })
  bomb.request.end(gzipSync(form(['x'.repeat(50_000_000)])))
  t.match(await bomb.answer(), { status: 413, body: /Form exceeded maximum size of 9KB/ })
  const nothing = new Upload(app, { headers: { ...gzip, 'transfer-encoding': 'chunked' } })
  nothing.request.end(Buffer.concat(Array.from({ length: 1000 }, () => gzipSync(''))))
  t.match(await nothing.answer(), { status: 413, body: /Form exceeded maximum size of 9KB/ })
})

t.test('a client that goes while a hook’s stream is read ends its request', openFiles, async t => {
  const app = await withForms(t, { memory: 0 })
  const errors: unknown[] = []
  app.addHook('onError', async (_request, _reply, error) => { errors.push(error.code) })
  let arrived = (): void => {}
  app.addHook('preParsing', async (_request, _reply, payload) => {
    payload.once('data', () => { setImmediate(arrived) })
    return payload.pipe(new PassThrough())
  })
  app.post('/', { schema: { body: Form({ f: File() }) } }, async () => 'never')
  app.post('/bytes', { bodyLimit: 1000, schema: { body: Type.String() } }, async () => 'never')
  const handedOn = new Readable({ read () {} })
  const closed = new Promise(resolve => { handedOn.once('close', resolve) })
  let refuse = (): void => {}
  const refused = new Promise<void>(resolve => { refuse = resolve })
  app.post('/handed-on', {
    bodyLimit: 1000,
    schema: { body: Type.String() },
    onError: async () => {
      refuse()
      await closed
    },
    preParsing: async (_request, _reply, payload) => {
      payload.on('data', chunk => { handedOn.push(chunk) })
      return handedOn
    }
  }, async () => 'never')
  await app.listen({ port: 0 })

  const upload = new Upload(app).file('f', 'x'.repeat(10_000))
  while (openUploads().length === 0) await new Promise(setImmediate)
  upload.request.destroy()
  await allClosed()
  const begun = new Promise<void>(resolve => { arrived = resolve })
  const bytes = new Upload(app, { path: '/bytes' }).file('f', 'x')
  await begun
  bytes.request.destroy()
  while (errors.length < 2) await new Promise(setImmediate)
  t.equal(errors[0], 'APIKIT_ERR_FORM')

  // Refused, and gone after that or before the answer: nothing fails where nobody listens.
  const large = new Upload(app, { path: '/bytes' }).write('x'.repeat(2000))
  t.match(await large.answer(), { status: 413 })
  large.request.destroy()
  const copied = new Upload(app, { path: '/handed-on' }).write('x'.repeat(2000))
  await refused
  copied.request.destroy()
  await closed
})

t.test('a form is read alike wherever the network cuts it', async t => {
  const app = await withForms(t, { memory: 0 })
  app.post('/', { schema: { body: Form({ a: Type.String(), f: File() }) } }, async ({ body: { a, f } }) => [a, f.filename, await f.text()])
  const whole = Buffer.from('\r\n--B\r\nContent-Disposition: form-data; name="a"\r\n\r\né\r\n-\r\n--B\r\nContent-Disposition: form-data; name="f"; filename="x"\r\n\r\n\r\n--A\r\n\r\n--B--\r\nmore')
  const send = async (chunks: readonly Buffer[]) => (await app.inject({
    method: 'POST', url: '/', headers: { 'content-type': 'multipart/form-data; boundary=B' }, payload: Readable.from(chunks)
  })).json()
  const expected = ['é\r\n-', 'x', '\r\n--A\r\n']
  t.same(await send([...whole].map(byte => Buffer.from([byte]))), expected, 'into single bytes')
  for (let at = 1; at < whole.length; at++) t.same(await send([whole.subarray(0, at), whole.subarray(at)]), expected, `at ${at}`)
})

t.test('many parts in one piece, some of them larger than a buffer, come to an end', async t => {
  const app = await withForms(t)
  app.post('/', { schema: { body: Form({ f: Type.Array(File()) }) } }, async ({ body: { f } }) => f.map(({ size }) => size))
  const sizes = [0, 200_000, 1, 300_000, 70_000, 2, 0]
  const parts = sizes.map(size => `--B\r\nContent-Disposition: form-data; name="f"; filename="a"\r\n\r\n${'x'.repeat(size)}\r\n`)
  const payload = `${parts.join('')}--B--\r\n`
  for (const chunks of [[payload], [payload, 'more'], [payload.slice(0, 400_000), payload.slice(400_000)]]) {
    const answer = await app.inject({ method: 'POST', url: '/', headers: { 'content-type': 'multipart/form-data; boundary=B' }, payload: Readable.from(chunks.map(text => Buffer.from(text))) })
    t.same(answer.json(), sizes)
  }
})

t.test('a form that the handler does not wait for is given up with the answer', openFiles, async t => {
  const { open } = promises
  t.teardown(() => {
    promises.open = open
    syncBuiltinESMExports()
  })
  let { promise: gone, resolve: leave } = Promise.withResolvers<unknown>()
  let [asked, ask] = [Promise.resolve<unknown>(undefined), (_value?: unknown): void => {}]
  let delays: 'open' | 'write' = 'open'
  promises.open = async (...args) => {
    const handle = await open(...args)
    const wait = async (): Promise<void> => {
      ask()
      await gone
    }
    if (delays === 'open') await wait()
    const { writeFile } = handle
    handle.writeFile = async (...args) => {
      if (delays === 'write') await wait()
      return writeFile.apply(handle, args)
    }
    return handle
  }
  syncBuiltinESMExports()
  const app = await withForms(t, { memory: 0 })
  let failed: Promise<unknown> = Promise.resolve()
  app.post('/', async request => {
    failed = request.form().then(() => 'read', (error: unknown) => error)
    await asked
    return 'early'
  })
  await app.listen({ port: 0 })
  for (const place of ['open', 'write'] as const) {
    delays = place
    ;({ promise: gone, resolve: leave } = Promise.withResolvers<unknown>())
    ;({ promise: asked, resolve: ask } = Promise.withResolvers<unknown>())
    const upload = new Upload(app).file('f', 'x').end()
    t.match(await upload.answer(), { status: 200, body: 'early' })
    await new Promise(setImmediate)
    leave(undefined)
    t.match(await failed, { code: 'APIKIT_ERR_FORM' }, place)
    await allClosed()
  }
  delays = 'open'
  leave(undefined)
  ;({ promise: asked, resolve: ask } = Promise.withResolvers<unknown>())
  const endless = new Upload(app)
  endless.field('a', 'x')
  ask()
  t.match(await endless.answer(), { status: 200, body: 'early' })
  t.match(await failed, { code: 'APIKIT_ERR_FORM' }, 'what has not come by then does not come')
})
