import { Writable } from 'node:stream'
import { Type } from '@sinclair/typebox'
import type { FastifyInstance, FastifyPluginAsync } from 'fastify'
import t, { type Test } from 'tap'
import dependencies from '../../plugins/dependencies/index.ts'
import errors from '../../plugins/errors/index.ts'
import responseModel from '../../plugins/response-model/index.ts'
import { DateTime, Nullable } from '../../plugins/types/index.ts'
import { bare } from '../helper.ts'

const Item = Type.Object({ id: Type.Integer(), name: Type.String() }, { title: 'Item' })

interface Line { readonly level: number, readonly answer?: string, readonly count?: number, readonly err?: { readonly message: string } }

async function reporting (t: Test, declare: FastifyPluginAsync): Promise<{ app: FastifyInstance, plain: FastifyInstance, lines: Line[] }> {
  const lines: Line[] = []
  const stream = new Writable({ write (chunk, _encoding, done) { lines.push(JSON.parse(String(chunk))); done() } })
  const app = bare(t, { logger: { level: 'warn', stream } })
  for (const plugin of [errors, dependencies] as FastifyPluginAsync[]) await app.register(plugin)
  await app.register(responseModel, { mismatch: 'report' })
  const plain = bare(t)
  for (const one of [app, plain]) await declare(one, {})
  return { app, plain, lines }
}

t.test('with mismatch "report" an answer that does not fit is sent as without the plugin, counted and logged', async t => {
  const { app, plain, lines } = await reporting(t, async app => {
    app.addSchema({ $id: 'named', type: 'object', properties: { id: { type: 'integer' } } })
    app.get('/null', { schema: { response: { 200: Item } } }, async () => ({ id: null, name: 'x', secret: 1 }) as never)
    app.get('/named', { schema: { response: { 200: { $ref: 'named#' } } } }, async () => ({ id: 'x'.length / 4, secret: 1 }))
    app.get('/status', { schema: { response: { 200: Item } } }, async (_request, reply) => reply.code(201 as 200).send({ id: 1, secret: 1 } as never))
    app.get('/nothing', { schema: { response: { 200: Item } } }, async () => undefined as never)
    app.get('/content', { schema: { response: { 200: { content: { 'text/plain': { schema: Type.String() } } } } } }, async () => undefined as never)
    app.get('/text', { schema: { response: { 200: Item } } }, async () => JSON.stringify({ id: 'five' }) as never)
    app.get('/fits', { schema: { response: { 200: Item } } }, async () => ({ id: 1, name: 'x', secret: 1 }) as never)
    app.get('/nullable', { schema: { response: { 200: Nullable(Item) } } }, async () => undefined as never)
  })
  for (const url of ['/null', '/named', '/status', '/nothing', '/content', '/text', '/fits']) {
    const [ours, theirs] = [await app.inject(url), await plain.inject(url)]
    t.strictSame([url, ours.statusCode, ours.body], [url, theirs.statusCode, theirs.body])
  }
  t.equal((await app.inject('/nullable')).body, 'null')
  t.strictSame([...app.responseMismatches], [['GET /null 200', 1], ['GET /named 200', 1], ['GET /status 201', 1], ['GET /nothing 200', 1], ['GET /content 200', 1], ['GET /text 200', 1]])
  t.match(lines, [
    { level: 40, answer: 'GET /null 200', count: 1, err: { message: /does not match/ } }, { answer: 'GET /named 200' },
    { answer: 'GET /status 201', err: { message: /not declared/ } }, { answer: 'GET /nothing 200' }, { answer: 'GET /content 200' }, { answer: 'GET /text 200' }
  ])
  t.equal(lines.length, 6)
  t.equal(app.undeclaredResponses.size, 0, 'nothing was held back')
})

t.test('what Fastify cannot write is a failure there as well', async t => {
  const { app, lines } = await reporting(t, async app => {
    app.get('/', { schema: { response: { 200: Type.Object({ at: DateTime(), id: Type.Integer() }) } } }, async () => ({ at: new Date(0) }) as never)
  })
  t.equal((await app.inject('/')).statusCode, 500)
  t.match(lines, [{ level: 40 }, { level: 50 }])
})

t.test('a busy route does not fill the log', async t => {
  const { app, lines } = await reporting(t, async app => {
    app.get('/', { schema: { response: { 200: Item } } }, async () => ({ id: null, name: 'x' }) as never)
  })
  for (let i = 0; i < 9; i++) await app.inject('/')
  t.equal(app.responseMismatches.get('GET / 200'), 9)
  t.strictSame(lines.map(({ count }) => count), [1, 2, 4, 8])
})

t.test('answers that others declare are reported as well', async t => {
  const { app, lines } = await reporting(t, async app => {
    if (!app.hasDecorator('inherit')) return
    app.inherit({ responses: { 404: Type.Object({ detail: Type.Integer() }) } })
    app.get('/', { schema: { response: { 200: Item } } }, async (_request, reply) => reply.code(404 as 200).send({ detail: 'x' } as never))
  })
  await app.inject('/')
  t.match(lines, [{ level: 40, answer: 'GET / 404' }])
})
