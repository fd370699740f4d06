import { once } from 'node:events'
import { type AddressInfo, connect } from 'node:net'
import type { FastifyReply } from 'fastify'
import t, { type Test } from 'tap'
import { clientSignal } from '../../plugins/security/index.ts'
import { bare } from '../helper.ts'

const REQUESTS = {
  GET: 'GET / HTTP/1.1\r\nhost: x\r\n\r\n',
  POST: 'POST / HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 7\r\n\r\n{"a":1}'
} as const

/** A server that tells when its handler has begun, and answers when it is told to. */
async function open (t: Test) {
  const app = bare(t)
  const begun = Promise.withResolvers<{ reply: FastifyReply }>() // in an object: a reply is a thenable
  const end = Promise.withResolvers<void>()
  app.route({ method: ['GET', 'POST'], url: '/', handler: async (_request, reply) => { begun.resolve({ reply }); await end.promise; return 'done' } })
  await app.listen({ port: 0, host: '127.0.0.1' })
  const { port } = app.server.address() as AddressInfo
  const socket = connect(port, '127.0.0.1')
  return { socket, begun: begun.promise, end: end.resolve }
}

for (const [method, text] of Object.entries(REQUESTS)) {
  t.test(`${method}: the signal aborts when the client leaves before its response`, async t => {
    const { socket, begun, end } = await open(t)
    socket.write(text)
    const { reply } = await begun
    const signal = clientSignal(reply)
    socket.destroy()
    await once(signal, 'abort')
    t.match(signal.reason, { code: 'APIKIT_ERR_CLIENT_GONE', statusCode: 499, message: 'The client has disconnected' })
    t.ok(clientSignal(reply).aborted, 'one that is asked for afterwards is aborted')
    end()
  })

  t.test(`${method}: the signal does not abort while the client waits, nor after its response`, async t => {
    const { socket, begun, end } = await open(t)
    socket.write(text)
    const { reply } = await begun
    const signal = clientSignal(reply)
    // The event upon which Fastify's own signal aborts.
    if (method === 'POST' && !reply.request.raw.closed) await once(reply.request.raw, 'close')
    t.notOk(signal.aborted)
    const closed = once(reply.raw, 'close')
    end()
    const [answer] = await once(socket, 'data')
    t.match(String(answer), /^HTTP\/1\.1 200 /)
    socket.destroy()
    await closed
    t.notOk(signal.aborted)
    t.notOk(clientSignal(reply).aborted)
  })
}
