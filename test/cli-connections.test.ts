import { once } from 'node:events'
import { createServer } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import { text } from 'node:stream/consumers'
import t from 'tap'
import { Connections } from '../scripts/cli/workers/connections.ts'

const REQUEST = 'GET / HTTP/1.1\r\nhost: a\r\n\r\n'

/** A server, and a client that has sent it a request. */
async function connected () {
  const server = createServer((_, response) => { response.end('answered') }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const client = connect((server.address() as AddressInfo).port, '127.0.0.1')
  client.write(REQUEST)
  return { server, client }
}

// The first: those behind it drain what this process serves.
t.test('connections are quiet when the last response was a second ago', async t => {
  const connections = new Connections()
  const { server, client } = await connected()
  await once(client, 'data')
  const answered = performance.now()
  await connections.quiet(60_000)
  // Node's timers may fire a fraction of a millisecond early.
  t.ok(performance.now() - answered > 990)
  t.equal(client.destroyed, false)
  client.destroy()
  server.close()
})

t.test('a request that has come while the event loop was busy is answered, however long its connection was idle before', async t => {
  const connections = new Connections()
  const { server, client } = await connected()
  const [first] = await once(client, 'data')
  t.match(String(first), /connection: keep-alive/i)

  connections.drain()
  client.write(REQUEST)
  // Longer than a connection may be idle. The next thing to run is the timer, before the request is read.
  await new Promise<void>(resolve => { setImmediate(() => { Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1200); resolve() }) })
  t.match(await text(client), /^HTTP\/1\.1 200 OK\r\nconnection: close/i)
  server.close()
})

t.test('an idle connection ends', async t => {
  const connections = new Connections()
  const { server, client } = await connected()
  await once(client, 'data')
  connections.drain()
  t.equal(await text(client), '')
  server.close()
})
