import { once } from 'node:events'
import { type AddressInfo, connect, type Socket } from 'node:net'
import Fastify, { type FastifyInstance } from 'fastify'
import t, { type Test } from 'tap'
import { drain } from '../../../plugins/core/http/drain.ts'
import { bare } from '../../helper.ts'

/** Larger than what the buffers of a connection hold. */
const LARGE = Buffer.alloc(20_000_000, 'x')

async function server (t: Test, timeout: number): Promise<{ app: FastifyInstance, open (path: string): Socket }> {
  const app = bare(t)
  drain(app, timeout)
  app.get('/', async () => 'fine')
  app.get('/large', async () => LARGE)
  app.get('/never', async () => { app.server.emit('never'); await new Promise(() => {}) })
  await app.listen({ host: '127.0.0.1', port: 0 })
  return {
    app,
    open (path) {
      const socket = connect((app.server.address() as AddressInfo).port, '127.0.0.1')
      socket.write(`GET ${path} HTTP/1.1\r\nhost: x\r\n\r\n`)
      return socket
    }
  }
}

t.test('an app that closes cuts no answer on its way to a slow reader, and closes what is idle meanwhile', async t => {
  const { app, open } = await server(t, 60_000)
  const [idle, slow] = [open('/'), open('/large')]
  await once(idle, 'data')
  let size = String((await once(slow, 'data'))[0]).length
  slow.pause()
  const closing = app.close()
  await once(idle.resume(), 'close')
  slow.on('data', chunk => { size += chunk.length }).resume()
  await Promise.all([closing, once(slow, 'close')])
  t.ok(size > LARGE.length)
})

t.test('an answer that is given while the app closes says that its connection ends', async t => {
  const app = bare(t)
  drain(app, 60_000)
  const ending = Promise.withResolvers<void>()
  app.addHook('preClose', async () => { ending.resolve() })
  app.get('/', async () => { app.server.emit('came'); await ending.promise; return 'fine' })
  await app.listen({ host: '127.0.0.1', port: 0 })
  const came = once(app.server, 'came')
  const socket = connect((app.server.address() as AddressInfo).port, '127.0.0.1')
  socket.write('GET / HTTP/1.1\r\nhost: x\r\n\r\n')
  await came
  const [[answer]] = await Promise.all([once(socket, 'data'), app.close()])
  t.match(String(answer), /^HTTP\/1\.1 200 OK\r\n[^]*connection: close\r\n/i)
})

t.test('a server of HTTP/2 closes as it does by itself', async t => {
  const app = Fastify({ http2: true })
  drain(app as never, 60_000)
  app.get('/', async () => 'fine')
  await app.listen({ host: '127.0.0.1', port: 0 })
  await app.close()
  t.equal(app.server.listening, false)
})

t.test('a request that takes too long is cut', async t => {
  const { app, open } = await server(t, 20)
  const warned: unknown[] = []
  app.log.warn = ((...args: unknown[]) => { warned.push(args) }) as never
  const came = once(app.server, 'never')
  const never = open('/never').resume()
  await came
  await Promise.all([app.close(), once(never, 'close')])
  t.same(warned, [[{ requests: 1 }, 'open requests are closed, because the drain timeout has passed']])
})
