import { type AddressInfo, connect } from 'node:net'
import { Writable } from 'node:stream'
import t from 'tap'
import cors from '../../plugins/cors/index.ts'
import requestId from '../../plugins/request-id/index.ts'
import { bare, build } from '../helper.ts'

const UUID = /^[\da-f]{8}-[\da-f]{4}-4[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/

t.test('each request has a new ID, which the response tells, a 404 and a 500 too', async t => {
  const app = bare(t)
  await app.register(requestId)
  app.get('/', async ({ id }) => id)
  app.get('/fails', async () => { throw new Error('no') })
  const ids = new Set<unknown>()
  for (const url of ['/', '/', '/nowhere', '/fails']) {
    const { headers } = await app.inject(url)
    t.match(headers['x-request-id'], UUID, url)
    ids.add(headers['x-request-id'])
  }
  t.equal(ids.size, 4)
  const { body, headers } = await app.inject('/')
  t.equal(body, headers['x-request-id'])
})

t.test('a valid ID of the request is used, and any other is not', async t => {
  const app = bare(t)
  await app.register(requestId, { maxLength: 64 })
  app.get('/', async ({ id }) => id)
  for (const id of ['1', 'order-17', '01ARZ3NDEKTSV4RRFFQ69G5FAV', '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01', 'Root=1-67891233-abcdef012345678912345678', 'a+/b==', 'a@b~c', 'x'.repeat(64)]) {
    const { body, headers } = await app.inject({ url: '/', headers: { 'x-request-id': id } })
    t.same([body, headers['x-request-id']], [id, id])
  }
  for (const id of ['', ' ', 'a b', 'a,b', 'a"b', '{"a":1}', "a'b", '<b>', 'a\tb', 'é', '%0a', '${jndi:x}', 'a;b', '`id`', 'x'.repeat(65)]) { // eslint-disable-line no-template-curly-in-string
    t.match((await app.inject({ url: '/', headers: { 'x-request-id': id } })).body, UUID, id)
  }
})

t.test('over a socket, hostile values reach neither the log nor the response', async t => {
  const lines: string[] = []
  const stream = new Writable({ write (chunk, _encoding, done) { lines.push(String(chunk)); done() } })
  const app = bare(t, { logger: { stream, level: 'trace' } })
  await app.register(requestId)
  app.get('/', async ({ log }) => {
    log.info('asked')
    return ''
  })
  await app.listen({ host: '127.0.0.1', port: 0 })
  const { port } = app.server.address() as AddressInfo
  const ask = (header: string): Promise<string> => new Promise((resolve, reject) => {
    let text = ''
    const socket = connect(port, '127.0.0.1')
    socket.on('data', chunk => { text += String(chunk) }).once('close', () => { resolve(text) }).once('error', reject)
    socket.write(Buffer.from(`GET / HTTP/1.1\r\nhost: x\r\nconnection: close\r\n${header}\r\n\r\n`, 'latin1'))
  })
  for (const header of [
    'x-request-id: EVIL","level":60,"msg":"forged', 'x-request-id: EVIL\u001b[31m', 'x-request-id: EVIL\u0000', 'x-request-id: EVIL\u0085\u00a0', 'x-request-id: EVIL\r\nset-cookie: EVIL=1',
    'x-request-id: EVIL\rEVIL', 'x-request-id: EVIL1\r\nx-request-id: EVIL2', 'x-request-id: EVIL\r\n EVIL', `x-request-id: EVIL${'x'.repeat(8000)}`, `X-REQUEST-ID: ${'EVIL '.repeat(100)}`
  ]) {
    const answer = await ask(header)
    // What Node does not take for a header is a 400; a plain ID is one.
    if (!answer.startsWith('HTTP/1.1 400') && !header.endsWith('set-cookie: EVIL=1')) {
      t.match(answer, /^HTTP\/1\.1 200 OK\r\n/)
      t.match(/^x-request-id: (.*)\r$/m.exec(answer)?.[1], UUID, JSON.stringify(header.slice(0, 60)))
      t.notMatch(answer, /EVIL/)
    }
  }
  const asked = lines.map(line => JSON.parse(line)).filter(({ msg }) => msg === 'asked')
  t.ok(asked.length > 0)
  for (const { reqId } of asked) t.ok(reqId === 'EVIL' || UUID.test(reqId), reqId)
  const own = lines.filter(line => !line.includes('client error') && !/"reqId":"EVIL"/.test(line))
  t.notMatch(own.join(''), /EVIL/)
})

t.test('the header is an option, and the ID of the client may be ignored', async t => {
  const app = bare(t)
  await app.register(requestId, { header: 'X-Correlation-ID', accept: false })
  const { headers } = await app.inject({ url: '/', headers: { 'x-correlation-id': 'mine', 'x-request-id': 'mine' } })
  t.match(headers['x-correlation-id'], UUID)
  t.notOk(headers['x-request-id'])

  const other = bare(t)
  await other.register(requestId, { header: 'X-Correlation-ID' })
  t.equal((await other.inject({ url: '/', headers: { 'x-correlation-id': 'mine' } })).headers['x-correlation-id'], 'mine')
})

t.test('pages of other origins may read it', async t => {
  const app = bare(t)
  await app.register(requestId)
  await app.register(cors, { allowOrigins: ['https://a.example'], exposeHeaders: ['x-total'] })
  await app.register(async child => {
    await child.register(requestId, { header: 'x-other' })
    child.get('/', async () => '')
  })
  const { headers } = await app.inject({ url: '/', headers: { origin: 'https://a.example' } })
  t.equal(headers['access-control-expose-headers'], 'x-total, x-request-id', 'of this scope and above')
  const without = bare(t)
  await without.register(cors, { allowOrigins: ['https://a.example'] })
  t.notOk((await without.inject({ url: '/', headers: { origin: 'https://a.example' } })).headers['access-control-expose-headers'])
})

t.test('a server that uses a header without a check is refused, and so are wrong options', async t => {
  for (const [requestIdHeader, text] of [['x-request-id', '"x-request-id"'], [true, '"request-id"']] as const) {
    const app = bare(t, { requestIdHeader: requestIdHeader as string })
    await t.rejects(async () => { await app.register(requestId) }, { code: 'APIKIT_ERR_REQUEST_ID', message: new RegExp(`requestIdHeader uses the header ${text} without a check`) })
  }
  await t.rejects(async () => { await bare(t).register(requestId, { header: 'a b', maxLength: 0, length: 1 } as object) }, {
    code: 'APIKIT_ERR_INVALID_OPTIONS', message: /(?=.*options\/length: Unknown option)(?=.*options\/header)(?=.*options\/maxLength)/
  })
})

t.test('the reference app has it', async t => {
  const app = await build(t, { settings: { requestId: { header: 'x-id' } } })
  t.match((await app.inject('/nowhere')).headers['x-id'], UUID)
})

t.test('a second registration is refused', async t => {
  const app = bare(t)
  await app.register(requestId)
  await t.rejects(async () => { await app.register(requestId, { header: 'x-other' }) }, { code: 'APIKIT_ERR_REQUEST_ID', message: /registered twice/ })
})
