import { join } from 'node:path'
import autoload from '@fastify/autoload'
import { Type } from '@sinclair/typebox'
import Fastify, { type FastifyInstance } from 'fastify'
import fp from 'fastify-plugin'
import t, { type Test } from 'tap'
import dependencies, { dependency, scoped, type SecurityScopes, securityScopes } from '../../plugins/dependencies/index.ts'
import errors, { Unauthorized } from '../../plugins/errors/index.ts'
import { plansOf } from '../../plugins/core/plan/conductor.ts'
import testing, { build, inject, override } from '../../plugins/testing/index.ts'
import validation from '../../plugins/validation/index.ts'
import { DateTime } from '../../plugins/types/index.ts'

interface User { readonly name: string }

const bearer = dependency({ name: 'bearer', security: { Bearer: { type: 'http', scheme: 'bearer' } } }, ({ request }) => {
  if (request.headers.authorization === undefined) throw new Unauthorized()
  return request.headers.authorization
})
const currentUser = dependency({ name: 'currentUser', needs: { bearer }, query: Type.Object({ as: Type.String() }) }, ({ query }): User => ({ name: query.as }))
const db = dependency({ name: 'db', scope: 'app' }, () => 'postgres')
const greeting = dependency({ needs: { user: currentUser, db } }, async ({ user, db }) => `${user.name} of ${db}`)

const house = fp(async (app: FastifyInstance) => {
  await app.register(errors)
  await app.register(validation)
  await app.register(dependencies)
  await app.register(async inner => {
    inner.depends([currentUser])
    inner.get('/greeting', { config: { depends: { greeting } } }, async ({ deps }) => deps)
  }, { prefix: '/inner' })
})

const alice: User = { name: 'alice' }

t.test('a dependency is replaced wherever it is asked for: below others, by scopes above, in encapsulated plugins', async t => {
  const app = await build(t, house, { overrides: [override(currentUser, () => alice), override(db, async function * () { yield 'memory' })] })
  t.same((await app.inject('/inner/greeting')).json(), { greeting: 'alice of memory' })
  t.equal((await app.resolve(db)).value, 'memory')
})

t.test('each app has its own replacements, so that tests run side by side', async t => {
  const [plain, one, two] = await Promise.all([
    build(t, house),
    build(t, house, { overrides: [override(currentUser, () => ({ name: 'one' }))] }),
    build(t, house, { overrides: [override(currentUser, () => alice), override(currentUser, () => ({ name: 'two' }))] })
  ])
  t.equal((await plain.inject('/inner/greeting')).statusCode, 401)
  t.same((await one.inject('/inner/greeting')).json(), { greeting: 'one of postgres' })
  t.same((await two.inject('/inner/greeting')).json(), { greeting: 'two of postgres' }, 'the last of two')
})

t.test('it may be registered after dependencies, in the same scope, and holds for the routes that follow', async t => {
  const app = Fastify()
  t.teardown(() => app.close())
  await app.register(dependencies)
  const name = dependency(() => 'one')
  app.get('/before', { config: { depends: { name } } }, async ({ deps }) => deps)
  await app.register(testing, { overrides: [override(name, () => 'two')] })
  app.get('/after', { config: { depends: { name } } }, async ({ deps }) => deps)
  t.same((await app.inject('/before')).json(), { name: 'one' })
  t.same((await app.inject('/after')).json(), { name: 'two' })
})

t.test('autoloaded plugins are reached too', async t => {
  const app = await build(t, async (app: FastifyInstance) => {
    await app.register(dependencies)
    const dir = t.testdir({
      'route.ts': `
        import { answer } from './answer.ts'
        export default async app => { app.get('/', { config: { depends: { answer } } }, async ({ deps }) => deps) }`,
      'answer.ts': `
        import { dependency } from '${import.meta.resolve('../../plugins/dependencies/index.ts')}'
        export const answer = dependency({ name: 'answer' }, () => 42)`
    })
    const { answer } = await import(join(dir, 'answer.ts'))
    await app.register(testing, { overrides: [override(answer, () => 43)] })
    await app.register(autoload, { dir, options: {}, scriptPattern: /^route\.ts$/, forceESM: true })
  })
  t.same((await app.inject('/')).json(), { answer: 43 })
})

t.test('the inputs of the replacement are read and those of the original not, and the document stays as it is', async t => {
  const replacement = dependency({ query: Type.Object({ name: Type.String({ minLength: 3 }) }) }, ({ query }) => query)
  const app = await build(t, house, { overrides: [override(currentUser, replacement)] })
  t.same((await app.inject('/inner/greeting?name=bob')).json(), { greeting: 'bob of postgres' })
  const { statusCode, body } = await app.inject('/inner/greeting?name=b')
  t.equal(statusCode, 422)
  t.match(JSON.parse(body).detail[0], { type: 'string_too_short', loc: ['query', 'name'] })

  const [original, overridden] = [await build(t, house), app].map(app => [...plansOf(app)][0])
  t.same(overridden?.inherited, original?.inherited)
  t.same(overridden?.security, [{ Bearer: [] }])
})

t.test('scopes asked of the original are asked of the replacement', async t => {
  const user = dependency({ needs: { asked: securityScopes } }, ({ asked }): SecurityScopes => asked)
  const app = await build(t, async (app: FastifyInstance) => {
    await app.register(dependencies)
    app.get('/', { config: { depends: { user: scoped(user, ['a']) } } }, async ({ deps }) => deps)
  }, { overrides: [override(user, scoped(dependency({ needs: { asked: securityScopes } }, ({ asked }) => asked), ['b']))] })
  t.same((await app.inject('/')).json(), { user: { scopes: ['a', 'b'], scopeStr: 'a b' } })
})

t.test('a replacement that cannot work is a mistake found at the start', async t => {
  const cycle = dependency({ needs: { currentUser } }, ({ currentUser }) => currentUser)
  await t.rejects(build(t, house, { overrides: [override(currentUser, cycle)] }), { code: 'APIKIT_ERR_ROUTES', message: /currentUser → currentUser: a dependency cannot need itself/ })
  t.throws(() => override(1 as never, () => 1), { code: 'APIKIT_ERR_DEPENDENCY' })
  await t.rejects(async () => { await Fastify().register(testing, { overides: [] } as never) }, { code: 'APIKIT_ERR_INVALID_OPTIONS' })
})

t.test('build gives the plugin its options and the server its own, and closes the app when the test ends', async t => {
  let closed = false
  await t.test('the test', async t => {
    const app = await build(t, async (app: FastifyInstance, { greeting }: { greeting: string }) => {
      app.addHook('onClose', async () => { closed = true })
      app.get('/', async request => ({ greeting, host: request.host, id: request.id }))
    }, { options: { greeting: 'hello' }, server: { genReqId: () => 'one' } })
    t.match((await app.inject('/')).json(), { greeting: 'hello', id: 'one' })
  })
  t.ok(closed)
})

t.test('inject sends the parts of a request', async t => {
  const app = await build(t, async (app: FastifyInstance) => {
    app.addContentTypeParser('application/x-www-form-urlencoded', { parseAs: 'string' }, async (_request: unknown, text: string) => `form ${text}`)
    app.route({
      method: ['GET', 'POST'],
      url: '/:kind/items/:id(^\\d+$)',
      handler: async ({ params, query, headers, body }) => ({ params, query, headers, body: body ?? null })
    })
    app.get('/text', async () => 'text')
    app.get('/problem', async (_request, reply) => reply.type('application/problem+json').send('{"title":"no"}'))
  })
  const route = 'POST /:kind/items/:id(^\\d+$)'
  const { status, body } = await inject(app, route, {
    params: { kind: 'a/b', id: 7 }, query: { q: 'x y', n: [1, true] }, headers: { 'x-token': 't' }, cookies: { session: 's' }, json: { a: 1 }
  })
  t.equal(status, 200)
  t.match(body, {
    params: { kind: 'a/b', id: '7' }, query: { q: 'x y', n: ['1', 'true'] }, headers: { 'x-token': 't', cookie: 'session=s', 'content-type': 'application/json' }, body: { a: 1 }
  })
  t.match((await inject(app, route, { params: { kind: 'a', id: 1 }, form: { username: 'ann', tag: ['a', 'b'] } })).body, { body: 'form username=ann&tag=a&tag=b' })
  t.match((await inject(app, route, { params: { kind: 'a', id: 1 }, json: null })).body, { body: null })
  const text = await inject(app, 'GET /text')
  t.same([text.body, text.headers['content-type'], text.response.payload], ['text', 'text/plain; charset=utf-8', 'text'])
  t.same((await inject(app, 'GET /problem')).body, { title: 'no' })
})

t.test('inject checks the answer against those that are expected', async (t: Test) => {
  const app = await build(t, async (app: FastifyInstance) => {
    app.get('/:id', async ({ params }) => ({ id: Number(Object(params).id), at: '2026-01-01T00:00:00Z' }))
  })
  const Item = Type.Object({ id: Type.Integer({ minimum: 1 }), at: DateTime() })
  const { status, body } = await inject(app, 'GET /:id', { params: { id: 3 }, answers: { 200: Item, 404: Type.Object({ detail: Type.String() }) } })
  t.equal(status === 200 && body.at, '2026-01-01T00:00:00Z')
  await t.rejects(inject(app, 'GET /:id', { params: { id: 0 }, answers: { 200: Item } }), {
    code: 'APIKIT_ERR_INJECT', message: 'GET /:id responded with 200, but the body does not match its schema: body/id must be >= 1: {"id":0,"at":"2026-01-01T00:00:00Z"}'
  })
  await t.rejects(inject(app, 'GET /:id', { params: { id: 0 }, answers: { 201: Item, 204: Type.Null() } }), {
    code: 'APIKIT_ERR_INJECT', message: 'GET /:id responded with 200, expected 201 or 204: {"id":0,"at":"2026-01-01T00:00:00Z"}'
  })
})
