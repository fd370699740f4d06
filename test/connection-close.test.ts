import { type AddressInfo, connect } from 'node:net'
import type { FastifyInstance } from 'fastify'
import t from 'tap'
import { build } from './helper.ts'

/** All that comes until the server closes; a server that does not close is a test that does not end. */
function talk (app: FastifyInstance, text: string): Promise<{ status: number, connection: string | undefined }> {
  return new Promise((resolve, reject) => {
    const socket = connect((app.server.address() as AddressInfo).port, '127.0.0.1')
    let received = ''
    socket.on('data', chunk => { received += String(chunk) })
    socket.once('error', reject)
    socket.once('end', () => {
      socket.destroy()
      resolve({ status: Number(received.slice(9, 12)), connection: /^connection: (.*)\r$/im.exec(received)?.[1] })
    })
    socket.write(text)
  })
}

const json = (body: string): string => `content-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n${body}`
const multipart = (length: number, body: string): string => `content-type: multipart/form-data; boundary=B\r\ncontent-length: ${length}\r\n\r\n${body}`
const FILE = '--B\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n\r\nx\r\n--B--\r\n'
const NONE = '\r\n'
const EMPTY = 'content-length: 0\r\n\r\n'

/** Whole requests without their connection, and what is answered. */
const REQUESTS: ReadonlyArray<readonly [line: string, rest: string, status: number]> = [
  ['GET /', NONE, 200],
  ['HEAD /', NONE, 200],
  ['GET /uploads', NONE, 200],
  ['GET /stream/squares', NONE, 200],
  ['GET /uploads/static/nothing.js', NONE, 404],
  ['GET /nothing', NONE, 404],
  ['POST /nothing', json('{"a":1}'), 404],
  ['POST /nothing', multipart(FILE.length, FILE), 404],
  ['POST /nothing', multipart(5000, FILE), 404],
  ['DELETE /basic', NONE, 405],
  ['POST /basic', EMPTY, 405],
  ['GET /%', NONE, 400],
  ['GET /account/me', NONE, 401],
  ['POST /account/logout', EMPTY, 422],
  ['GET /query/items/list/?q=1&skip=x', NONE, 200],
  ['GET /path/items/x', NONE, 422],
  ['POST /fields/items/', json('{'), 422],
  ['POST /errors/items/', json('{}'), 422],
  ['POST /errors/items/', EMPTY, 422],
  ['POST /errors/items/', NONE, 422],
  ['POST /fields/items/', 'content-type: application/json\r\ncontent-length: 99999999\r\n\r\n{', 413],
  ['GET /errors/unicorns/yolo', NONE, 418],
  ['GET /response/broken/', NONE, 500],
  ['POST /uploads', multipart(FILE.length, FILE), 200],
  ['POST /uploads', multipart(84, 'x'.repeat(84)), 400],
  ['POST /uploads', multipart(5000, 'x'.repeat(84)), 400],
  ['POST /uploads', 'content-type: multipart/form-data\r\ncontent-length: 5000\r\n\r\nx', 400],
  ['POST /forms/user/', 'content-type: application/x-www-form-urlencoded\r\ncontent-length: 3\r\n\r\na=b', 422],
  ['POST /forms/user/', EMPTY, 422],
  ['PUT /uploads', EMPTY, 405]
]

t.test('whatever is answered, a connection that the client wants closed is closed', async t => {
  const app = await build(t)
  await app.listen({ host: '127.0.0.1', port: 0 })
  for (const [line, rest, status] of REQUESTS) {
    for (const [version, connection] of [['1.1', 'connection: close\r\n'], ['1.0', '']] as const) {
      const name = `${line} HTTP/${version} ${JSON.stringify(rest.slice(0, 60))}`
      t.same(await talk(app, `${line} HTTP/${version}\r\nhost: localhost\r\n${connection}${rest}`), { status, connection: 'close' }, name)
    }
  }
})

t.test('what is no HTTP is answered, and its connection closed', async t => {
  const app = await build(t)
  await app.listen({ host: '127.0.0.1', port: 0 })
  for (const text of ['nonsense\r\n\r\n', 'GET / HTTP/1.1\r\nhost: x\r\nno colon\r\n\r\n']) {
    t.match(await talk(app, text), { status: 400 })
  }
})
