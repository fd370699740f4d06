import { Writable } from 'node:stream'
import { Type } from '@sinclair/typebox'
import Fastify, { type FastifyInstance, type FastifyServerOptions } from 'fastify'
import t, { type Test } from 'tap'
import dependencies from '../../../plugins/dependencies/index.ts'
import errors from '../../../plugins/errors/index.ts'
import { apiKey } from '../../../plugins/security/index.ts'
import { Secret } from '../../../plugins/types/index.ts'
import validation from '../../../plugins/validation/index.ts'

interface Logged {
  readonly app: FastifyInstance
  readonly text: () => string
  /** What the line of a request says of it. */
  readonly request: () => Record<string, unknown>
}

async function logged (t: Test, logger: object = {}, options: FastifyServerOptions = {}): Promise<Logged> {
  const lines: string[] = []
  const stream = new Writable({ write (chunk, _encoding, done) { lines.push(String(chunk)); done() } })
  const app = Fastify({ logger: { level: 'trace', stream, ...logger }, ...options })
  t.teardown(() => app.close())
  await app.register(errors)
  await app.register(validation)
  await app.register(dependencies)
  return {
    app,
    text: () => lines.join(''),
    request: () => lines.map(line => JSON.parse(line)).findLast(line => line.msg === 'incoming request').req
  }
}

t.test('a key of the API in the query is stars in the log, whoever asks for it', async t => {
  const { app, text, request } = await logged(t)
  app.depends({ client: apiKey({ in: 'query', name: 'api_key', optional: true }) })
  app.get('/own', { config: { depends: { key: apiKey({ in: 'query', name: 'key' }) } } }, async () => 1)
  app.get('/fails', async () => { throw new Error('on purpose') })
  for (const url of ['/own?key=hunter2&a=1', '/own?a=1&%6bey=hunter2', '/own?key=x&key=hunter2&api_key=hunter2', '/fails?api_key=hunter2']) await app.inject(url)
  t.notMatch(text(), 'hunter2')
  t.match(text(), '/own?key=**********&a=1')
  t.match(text(), '/own?a=1&%6bey=**********')
  t.match(text(), '/fails?api_key=**********')
  await app.inject('/own?key=hunter2')
  t.match(request(), { method: 'GET', url: '/own?key=**********', host: String, remoteAddress: '127.0.0.1' })
})

t.test('fields of the query and the path that are secrets are stars in the log', async t => {
  const { app, text, request } = await logged(t)
  app.addSchema({ $id: 'Token', type: 'string', writeOnly: true })
  app.get('/query', { schema: { querystring: Type.Object({ password: Secret(), pin: Type.Integer({ redact: true }), page: Type.Integer() }) } }, async () => 1)
  app.get('/referred', { schema: { querystring: Type.Object({ token: Type.Unsafe<string>({ $ref: 'Token#' }) }) } }, async () => 1)
  app.get('/open', { schema: { querystring: Type.Record(Type.String(), Secret()) } }, async () => 1)
  app.get('/reset/:token', { schema: { params: Type.Object({ token: Secret() }) } }, async () => 1)
  app.get('/plain', { schema: { querystring: Type.Object({ page: Type.Optional(Type.Integer()) }) } }, async () => 1)

  const { statusCode } = await app.inject('/query?password=hunter2&page=3&pin=7355608')
  t.equal(statusCode, 200)
  t.equal(request().url, '/query?password=**********&page=3&pin=**********')
  await app.inject('/query?password=hunter2&page=x&pin=7355608')
  await app.inject('/referred?token=hunter2?hunter2')
  t.equal(request().url, '/referred?token=**********')
  await app.inject('/open?anything=hunter2&flag')
  t.equal(request().url, '/open?anything=**********&flag')
  await app.inject('/reset/hunter2?next=1')
  t.equal(request().url, '/reset/:token?next=1')
  await app.inject('/reset/hunter2')
  t.equal(request().url, '/reset/:token')
  await app.inject('/plain?page=2')
  t.equal(request().url, '/plain?page=2')
  t.notMatch(text(), 'hunter2')
  t.notMatch(text(), '7355608')
})

t.test('the serializers of the app, of a scope and of a route stay, and what they write of a URL is hidden', async t => {
  const { app, text, request } = await logged(t, { serializers: { req: (request: { url: string, query: unknown, params: unknown }) => ({ address: request.url, query: request.query, params: request.params, own: 1 }) } })
  const schema = { querystring: Type.Object({ password: Secret() }), params: Type.Object({ id: Secret() }) }
  app.get('/app/:id', { schema }, async () => 1)
  app.get('/text', { schema: { querystring: schema.querystring }, logSerializers: { req: () => 'a text' } }, async () => 1)
  app.get('/none', { schema: { querystring: schema.querystring }, logSerializers: { req: () => ({ query: null, querystring: 'none', params: {} }) } }, async () => 1)
  await app.register(async scope => {
    scope.get('/scope', { schema: { querystring: schema.querystring } }, async request => { request.log.info({ mine: 1 }, 'said'); return 1 })
  }, { logSerializers: { mine: () => 'serialized', req: (request: { url: string }) => ({ here: request.url }) as unknown as string } })
  await app.inject('/app/hunter2?password=hunter2&page=1')
  t.same(request(), { address: '/app/:id?password=**********&page=1', query: { password: '**********', page: '1' }, params: '**********', own: 1 })
  await app.inject('/text?password=x')
  t.equal(request(), 'a text')
  await app.inject('/none?password=x')
  t.same(request(), { query: null, querystring: 'none', params: {} })
  await app.inject('/scope?password=hunter2')
  t.same(request(), { here: '/scope?password=**********' })
  t.match(text(), '"mine":"serialized"')
  t.notMatch(text(), 'hunter2')
})
