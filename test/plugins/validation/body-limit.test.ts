import { once } from 'node:events'
import { connect as http2 } from 'node:http2'
import { connect } from 'node:net'
import type { AddressInfo } from 'node:net'
import { PassThrough, pipeline, Transform } from 'node:stream'
import { createGunzip, gzipSync } from 'node:zlib'
import { Type } from '@sinclair/typebox'
import type { FastifyInstance, FastifyPluginAsync } from 'fastify'
import t, { type Test } from 'tap'
import dependencies, { dependency } from '../../../plugins/dependencies/index.ts'
import errors, { Unauthorized } from '../../../plugins/errors/index.ts'
import forms from '../../../plugins/forms/index.ts'
import { File, Form } from '../../../plugins/types/index.ts'
import validation, { type ValidationOptions } from '../../../plugins/validation/index.ts'
import { bare } from '../../helper.ts'

async function appWith (t: Test, options: ValidationOptions, declare: (app: FastifyInstance) => unknown): Promise<FastifyInstance> {
  const app = bare(t)
  await app.register(validation, options)
  await declare(app)
  return app
}

/** Sends a body in chunks, without its length; returns the status. */
async function chunked (app: FastifyInstance, url: string, chunks: readonly Buffer[], type = 'application/octet-stream'): Promise<number> {
  if (app.server.address() === null) await app.listen({ host: '127.0.0.1', port: 0 })
  const socket = connect((app.server.address() as AddressInfo).port, '127.0.0.1')
  await once(socket, 'connect')
  socket.on('error', () => {})
  socket.write(`POST ${url} HTTP/1.1\r\nHost: x\r\nContent-Type: ${type}\r\nTransfer-Encoding: chunked\r\n\r\n`)
  for (const chunk of chunks) socket.write(Buffer.concat([Buffer.from(`${chunk.length.toString(16)}\r\n`), chunk, Buffer.from('\r\n')]))
  socket.write('0\r\n\r\n')
  const [answer] = await once(socket, 'data') as [Buffer]
  socket.destroy()
  return Number(answer.toString('latin1').slice(9, 12))
}

const bytes = (length: number) => Buffer.alloc(length, 'x')

t.test('a body has the limit of its route, else of its scope, else of the app', async t => {
  const app = await appWith(t, { maxBodySize: 100 }, async app => {
    const handler = async () => 'ok'
    app.post('/scope', handler)
    app.post('/route', { config: { maxBodySize: 200 } }, handler)
    app.post('/fastify', { bodyLimit: 300 }, handler)
    app.get('/get', handler)
    app.get('/own', { config: { maxBodySize: 200 } }, handler)
    app.post('/null', { config: { maxBodySize: null } }, handler)
    app.post('/empty', { config: { maxBodySize: 0 } }, handler)
    await app.register(async child => {
      await child.register(validation, { maxBodySize: 50 })
      child.post('/child', handler)
    })
    await app.register(async child => {
      await child.register(validation)
      child.post('/inherited', handler)
    })
  })
  for (const [url, limit] of [['/scope', 100], ['/null', 100], ['/route', 200], ['/fastify', 300], ['/child', 50], ['/inherited', 100], ['/empty', 0]] as const) {
    const headers = { 'content-type': 'application/octet-stream' }
    t.equal((await app.inject({ method: 'POST', url, headers, payload: bytes(limit) })).statusCode, 200, `${url}: ${limit} bytes`)
    t.match(await app.inject({ method: 'POST', url, headers, payload: bytes(limit + 1) }), { statusCode: 413 }, `${url}: one more`)
    if (limit > 0) t.equal(await chunked(app, url, [bytes(limit - 10), bytes(10)]), 200, `${url}, chunked`)
    t.equal(await chunked(app, url, [bytes(limit + 1)]), 413, `${url}, chunked: one more`)
  }
  t.equal((await app.inject('/get')).statusCode, 200)
  const announced = async (method: 'GET' | 'HEAD' | 'DELETE' | 'POST', url: string, length: number) => (await app.inject({ method, url, headers: { 'content-length': String(length) } })).statusCode
  for (const [method, url] of [['GET', '/get'], ['HEAD', '/get'], ['DELETE', '/get'], ['POST', '/nowhere']] as const) t.equal(await announced(method, url, 101), 413, `${method} ${url}`)
  t.equal(await announced('GET', '/own', 200), 200)
  t.equal(await announced('GET', '/own', 201), 413)
})

t.test('what is announced to be too large is refused as text, what comes too large as an error', async t => {
  const app = bare(t)
  await app.register(errors)
  await app.register(validation, { maxBodySize: 10 })
  app.addHook('onSend', async (_request, reply, payload) => {
    reply.header('x-hook', '1')
    return payload
  })
  app.post('/read', async () => { throw new Error('the handler ran') })
  t.match(await app.inject({ method: 'POST', url: '/read', payload: bytes(11), headers: { 'content-type': 'a/b' } }), {
    statusCode: 413, body: 'Content Too Large', headers: { 'content-type': 'text/plain; charset=utf-8', connection: 'close', 'x-hook': '1' }
  })
  t.equal((await app.inject({ method: 'POST', url: '/nowhere', payload: bytes(10), headers: { 'content-type': 'a/b' } })).statusCode, 404)
  t.equal((await app.inject({ method: 'POST', url: '/nowhere', payload: bytes(11), headers: { 'content-type': 'a/b' } })).statusCode, 413)
})

t.test('bytes are counted as they are received, and as a hook has decoded them, in any order of hooks', async t => {
  const shrink = () => new Transform({ transform (_chunk, _encoding, done) { done(null, 'x') } })
  const hooks: Readonly<Record<string, (app: FastifyInstance, plugin: () => Promise<unknown>) => Promise<void>>> = {
    'of the app, before the plugin': async (app, plugin) => {
      app.addHook('preParsing', async (_request, _reply, payload) => payload.pipe(shrink()))
      await plugin()
    },
    'of the app, behind the plugin, by a pipeline': async (app, plugin) => {
      await plugin()
      app.addHook('preParsing', (_request, _reply, payload, done) => { done(null, pipeline(payload, shrink(), () => {})) })
    },
    'that waits': async (app, plugin) => {
      await plugin()
      app.addHook('preParsing', async (_request, _reply, payload) => {
        const rest = payload.pipe(shrink())
        await new Promise(resolve => setImmediate(resolve))
        return rest
      })
    },
    'that iterates': async (app, plugin) => {
      await plugin()
      app.addHook('preParsing', async (_request, _reply, payload) => {
        const rest = new PassThrough()
        const read = async () => { for await (const chunk of payload) rest.write(chunk.subarray(0, 1)) }
        read().then(() => rest.end(), () => {})
        return rest
      })
    },
    'of the route': async (app, plugin) => {
      await plugin()
      app.addHook('onRoute', route => { route.preParsing = (_request, _reply, payload, done) => { done(null, payload.pipe(shrink())) } })
    }
  }
  for (const [name, add] of Object.entries(hooks)) {
    const app = bare(t)
    await add(app, async () => await app.register(validation, { maxBodySize: 1000 }))
    app.post('/', async () => 'ok')
    t.equal(await chunked(app, '/', [bytes(500), bytes(500)]), 200, name)
    t.equal(await chunked(app, '/', [bytes(500), bytes(501)]), 413, `${name}: one more`)
  }

  const inflating = await appWith(t, { maxBodySize: 1000 }, app => {
    app.addHook('preParsing', async (_request, _reply, payload) => payload.pipe(createGunzip()))
    app.post('/', async () => 'ok')
  })
  t.equal(await chunked(inflating, '/', [gzipSync(bytes(1000))]), 200)
  t.equal(await chunked(inflating, '/', [gzipSync(bytes(1001))]), 413, 'a bomb')
})

t.test('a parser that takes the stream itself is under the limit', async t => {
  const app = await appWith(t, { maxBodySize: 1000 }, app => {
    app.addContentTypeParser('text/stream', (_request, payload, done) => {
      let size = 0
      payload.on('data', (chunk: Buffer) => { size += chunk.length }).on('end', () => { done(null, size) })
    })
    app.addContentTypeParser('text/early', (_request, payload, done) => { payload.once('data', () => { done(null, 'early') }) })
    app.post('/', async ({ body }) => body)
  })
  t.equal(await chunked(app, '/', [bytes(500), bytes(501)], 'text/early'), 200, 'what comes behind the answer changes nothing of it')
  const headers = { 'content-type': 'text/stream' }
  t.equal((await app.inject({ method: 'POST', url: '/', headers, payload: bytes(1000) })).body, '1000')
  t.match(await app.inject({ method: 'POST', url: '/', headers, payload: bytes(1001) }), { statusCode: 413, headers: { connection: 'close' } })
  t.equal(await chunked(app, '/', [bytes(500), bytes(500)], 'text/stream'), 200)
  t.equal(await chunked(app, '/', [bytes(500), bytes(501)], 'text/stream'), 413)
})

t.test('a route behind a security scheme is under the limit, and strangers stay out', async t => {
  const app = bare(t)
  for (const plugin of [errors, validation, dependencies] as FastifyPluginAsync[]) await app.register(plugin)
  const scheme = dependency({ security: { bearer: { type: 'http', scheme: 'bearer' } } }, ({ request }) => {
    if (request.headers.authorization === undefined) throw new Unauthorized()
    return 'ada'
  })
  app.post('/', { config: { depends: { scheme }, maxBodySize: 100 } }, async () => 'ok')
  const statusOf = async (length: number, headers: object): Promise<number> =>
    (await app.inject({ method: 'POST', url: '/', headers: { 'content-type': 'a/b', ...headers }, payload: bytes(length) })).statusCode
  t.equal(await statusOf(100, { authorization: 'Bearer x' }), 200)
  t.equal(await statusOf(101, { authorization: 'Bearer x' }), 413)
  t.equal(await statusOf(100, {}), 401)
})

t.test('a stream of HTTP/2 is under the limit', async t => {
  const app = bare(t, { http2: true } as never)
  await app.register(validation, { maxBodySize: 1000 })
  app.addContentTypeParser('text/stream', (_request, payload, done) => { payload.resume().on('end', () => { done(null, 'read') }) })
  app.post('/', async ({ body }) => body)
  const client = http2(await app.listen({ host: '127.0.0.1', port: 0 }))
  t.teardown(() => { client.destroy() })
  for (const [size, status] of [[1000, 200], [1001, 413]] as const) {
    const stream = client.request({ ':method': 'POST', ':path': '/', 'content-type': 'text/stream' })
    stream.end(bytes(size))
    const [headers] = await once(stream, 'response')
    t.match(headers, { ':status': status })
  }
})

t.test('a form is under the limit of its route', async t => {
  const app = await appWith(t, { maxBodySize: 1000 }, async app => {
    await app.register(forms)
    app.post('/', { schema: { body: Form({ file: File() }) } }, async ({ body }) => (body as { file: { size: number } }).file.size)
    app.post('/large', { config: { maxBodySize: 5000, forms: { total: 2000 } }, schema: { body: Form({ file: File() }) } }, async () => 'ok')
  })
  const form = (size: number) => Buffer.concat([Buffer.from('--b\r\nContent-Disposition: form-data; name="file"; filename="f"\r\n\r\n'), bytes(size), Buffer.from('\r\n--b--\r\n')])
  for (const [url, most] of [['/', 1000], ['/large', 2000]] as const) {
    const fits = form(most - form(0).length)
    t.equal(fits.length, most)
    t.equal(await chunked(app, url, [fits], 'multipart/form-data; boundary=b'), 200)
    t.equal(await chunked(app, url, [form(most - form(0).length + 1)], 'multipart/form-data; boundary=b'), 413)
  }
})

t.test('a limit that cannot be enforced stops the start', async t => {
  for (const [route, message] of [
    [{ method: 'POST', config: { maxBodySize: -1 } }, 'config.maxBodySize must be a number of bytes ≥ 0, got -1'],
    [{ method: 'POST', config: { maxBodySize: '1mb' } }, 'config.maxBodySize must be a number of bytes ≥ 0, got "1mb"'],
    [{ method: 'POST', bodyLimit: 10, config: { maxBodySize: 10 } }, 'config.maxBodySize and bodyLimit are two limits for one body. Remove one of them'],
    [{ method: 'POST', config: { maxBodySize: 10, forms: { total: 20 } }, schema: { body: Form({ a: Type.String() }) } }, 'config.maxBodySize is less than config.forms.total (20), which could not be reached. Raise it, or lower config.forms.total']
  ] as const) {
    const app = await appWith(t, {}, async app => {
      await app.register(forms)
      app.route({ ...route, url: '/', handler: async () => 'ok' } as never)
    })
    await t.rejects(async () => { await app.ready() }, { code: 'APIKIT_ERR_ROUTES', message: `${route.method} /: ${message}` })
  }
  await t.rejects(async () => await bare(t).register(validation, { maxBodySize: -1 }), { code: 'APIKIT_ERR_INVALID_OPTIONS' })
})
