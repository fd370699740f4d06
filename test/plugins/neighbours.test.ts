import { jsonSchemaTransform, serializerCompiler, validatorCompiler } from '@fastify/type-provider-zod'
import { type TObject, Type } from '@sinclair/typebox'
import { S } from 'fluent-json-schema'
import type { FastifyInstance, FastifyPluginAsync } from 'fastify'
import t, { type Test } from 'tap'
import { z } from 'zod'
import dependencies, { dependency } from '../../plugins/dependencies/index.ts'
import docs, { type DocsOptions } from '../../plugins/docs/index.ts'
import errors from '../../plugins/errors/index.ts'
import responseModel from '../../plugins/response-model/index.ts'
import validation from '../../plugins/validation/index.ts'
import { bare } from '../helper.ts'

async function withAll (t: Test, options: DocsOptions = {}): Promise<FastifyInstance> {
  const app = bare(t)
  for (const plugin of [errors, validation, responseModel, dependencies] as FastifyPluginAsync[]) await app.register(plugin)
  await app.register(docs, options)
  return app
}

t.test('schemas of fluent-json-schema are read, written and documented', async t => {
  const app = await withAll(t)
  const Item = S.object().title('Item').prop('n', S.integer().minimum(1).required())
  const query = S.object().prop('skip', S.integer().default(0)) as unknown as TObject
  const page = dependency({ query }, ({ query }) => query)
  app.post('/items/:id', {
    config: { depends: { page } },
    schema: {
      params: S.object().prop('id', S.integer()),
      body: Item,
      response: { 200: S.object().prop('n', S.integer()), 201: { description: 'By type', content: { 'application/json': { schema: Item } } } }
    }
  }, async ({ body, deps }) => ({ ...Object(body), ...Object(deps.page), secret: 1 }))
  app.put('/content', { schema: { body: { content: { 'application/json': { schema: Item } } } } }, async ({ body }) => body)

  const post = async (url: string, payload: object) => await app.inject({ method: 'POST', url, payload })
  t.strictSame((await post('/items/3', { n: '7' })).json(), { n: 7 })
  t.match((await post('/items/x?skip=y', { n: 0 })).json(), { detail: [{ loc: ['query', 'skip'] }, { loc: ['path', 'id'] }, { loc: ['body', 'n'], type: 'greater_than_equal' }] })
  t.strictSame((await app.inject({ method: 'PUT', url: '/content', payload: { n: '2' } })).json(), { n: 2 })
  const { paths, components } = (await app.inject('/openapi.json')).json()
  t.match(paths['/items/{id}'].post.requestBody.content['application/json'].schema, { $ref: '#/components/schemas/Item' })
  t.match(paths['/items/{id}'].post.responses[200].content['application/json'].schema, { properties: { n: { type: 'integer' } } })
  t.match(components.schemas.Item, { properties: { n: { type: 'integer', minimum: 1 } }, required: ['n'] })
})

const zodSchema = {
  params: z.object({ id: z.coerce.number() }),
  body: z.object({ name: z.string().min(2) }),
  response: { 200: z.object({ id: z.number(), name: z.string() }) }
}

function zodScope (schema: object, depends = {}): FastifyPluginAsync {
  return async child => {
    child.setValidatorCompiler(validatorCompiler)
    child.setSerializerCompiler(serializerCompiler)
    child.post('/zod/:id', { config: { depends }, schema }, async request => ({ ...Object(request.params), ...Object(request.body), ...request.deps, secret: 1 }))
  }
}

t.test('a child scope with the compilers of zod stands beside TypeBox, is documented, and has dependencies', async t => {
  const app = await withAll(t, { transformSchema: jsonSchemaTransform })
  const page = dependency({ query: Type.Object({ skip: Type.Integer({ default: 0 }) }) }, ({ query }) => query)
  await app.register(zodScope(zodSchema, { page }), { prefix: '/c' })
  app.post('/typebox', { schema: { body: Type.Object({ n: Type.Integer() }, { title: 'Item' }) } }, async ({ body }) => body)

  const post = async (url: string, payload: object) => await app.inject({ method: 'POST', url, payload })
  t.strictSame((await post('/c/zod/3', { name: 'abc' })).json(), { id: 3, name: 'abc' })
  t.equal((await post('/c/zod/3', { name: 'a' })).statusCode, 400)
  t.match((await post('/c/zod/3?skip=x', { name: 'abc' })).json(), { detail: [{ loc: ['query', 'skip'] }] })
  t.match((await post('/typebox', { n: 'x' })).json(), { detail: [{ loc: ['body', 'n'] }] })
  const { paths } = (await app.inject('/openapi.json')).json()
  const { parameters, requestBody, responses } = paths['/c/zod/{id}'].post
  t.match(parameters, [{ name: 'id', in: 'path' }, { name: 'skip', in: 'query' }])
  t.match(requestBody.content['application/json'].schema, { properties: { name: { type: 'string', minLength: 2 } } })
  t.match(responses[200].content['application/json'].schema, { properties: { id: { type: 'number' } } })
  t.match(paths['/typebox'].post.requestBody.content['application/json'].schema, { $ref: '#/components/schemas/Item' })
})

t.test('without a word on how to document them, routes with zod stop the start, unless they are hidden', async t => {
  const app = await withAll(t)
  await app.register(zodScope(zodSchema))
  await t.rejects(async () => { await app.ready() }, { code: 'APIKIT_ERR_ROUTES', message: /POST \/zod\/:id: schema\.body is a schema of zod.*transformSchema[^]*schema\.response\.200 is a schema of zod/ })

  const hidden = await withAll(t)
  await hidden.register(zodScope({ ...zodSchema, hide: true }))
  t.equal((await hidden.inject({ method: 'POST', url: '/zod/1', payload: { name: 'abc' } })).statusCode, 200)
})

t.test('zod where the compilers of TypeBox are stops the start, and the message says where it goes', async t => {
  const app = bare(t)
  await app.register(validation)
  await app.register(responseModel)
  app.post('/zod/:id', { schema: zodSchema }, async () => 'never')
  await t.rejects(async () => { await app.ready() }, { message: /schema\.params: is a schema of zod, not JSON Schema\. Describe it with TypeBox, or put the route in a child scope that has the compilers of zod/ })
})
