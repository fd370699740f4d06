import { once } from 'node:events'
import { existsSync, readdirSync, readlinkSync } from 'node:fs'
import promises from 'node:fs/promises'
import { type ClientRequest, type IncomingMessage, request } from 'node:http'
import { syncBuiltinESMExports } from 'node:module'
import type { AddressInfo, Socket } from 'node:net'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { Type, type TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import t, { type Test } from 'tap'
import dependencies, { dependency } from '../../plugins/dependencies/index.ts'
import errors from '../../plugins/errors/index.ts'
import forms, { type FormsOptions, type StreamedFile } from '../../plugins/forms/index.ts'
import security, { apiKey } from '../../plugins/security/index.ts'
import validation from '../../plugins/validation/index.ts'
import { File, Form } from '../../plugins/types/index.ts'
import { bare } from '../helper.ts'

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

/** Files of ours that this process has open. */
function uploads (): number {
  return readdirSync('/proc/self/fd').filter(fd => {
    try { return readlinkSync(`/proc/self/fd/${fd}`).includes('/upload-') } catch { return false }
  }).length
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
  t.same(await began, { title: 'first', filename: 'a.bin', contentType: 'video/mp4', headers: { 'content-type': 'video/mp4', 'content-transfer-encoding': '7bit' }, bytesRead: 9 })
  upload.write(', middle').write(', end').end()
  t.match(await upload.answer(), { status: 200, body: '["beginning, middle, end",22]', connection: 'keep-alive' })
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
    await t.rejects(f.text(), { code: 'APIKIT_ERR_FILE_GONE', message: /"a.bin" has been read already/ })
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

  t.match(await new Upload(app).file('f', 'x'.repeat(11)).answer(), { status: 413, body: detail('File exceeded maximum size of 0KB.') })
  t.match(await new Upload(app).file('f', 'x').write('\r\n').field('title', 'late').write('--B--').end().answer(), { status: 400, body: detail('The file "f" must be the last part of the form.') })
  const cut = new Upload(app).file('f', 'x')
  cut.request.end()
  t.match(await cut.answer(), { status: 400, body: detail('There was an error parsing the body') })
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

t.test('a client that goes while its files are read leaves none, and no handler is called', { skip: existsSync('/proc/self/fd') ? false : 'only Linux says which files are open' }, async t => {
  const app = await withForms(t, { memory: 0 })
  let called = 0
  app.post('/', { schema: { body: Form({ f: File() }) } }, async () => { called++ })
  await app.listen({ port: 0 })
  for (let i = 0; i < 20; i++) {
    const upload = new Upload(app).file('f', 'x'.repeat(10_000))
    while (uploads() === 0) await new Promise(setImmediate)
    upload.request.destroy()
    while (uploads() > 0) await new Promise(setImmediate)
  }
  t.equal(called, 0)
})

t.test('a client that goes when all has come takes nothing from the handler', { skip: existsSync('/proc/self/fd') ? false : 'only Linux says which files are open' }, async t => {
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
  while (uploads() > 0) await new Promise(setImmediate)
})

t.test('a client that goes while its file is made or written leaves none', { skip: existsSync('/proc/self/fd') ? false : 'only Linux says which files are open' }, async t => {
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
    while (uploads() > 0) await new Promise(setImmediate)
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

t.test('a part that is never read, a file and a field count for the whole', async t => {
  const app = await withForms(t, { total: 100_000 })
  app.post('/', { schema: { body: Form({ f: File() }) } }, async ({ body: { f } }) => f.size)
  await app.listen({ port: 0 })
  const much = 'x'.repeat(110_000)
  for (const upload of [new Upload(app).write(`--B\r\nX: 1\r\n\r\n${much}`), new Upload(app).file('f', much), new Upload(app).field('a', much), new Upload(app).write(`--B\r\nX: ${much}`)]) {
    t.match(await upload.answer(), { status: 413, body: /Form exceeded maximum size of 97KB/ })
  }
})
