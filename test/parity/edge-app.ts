/**
 * The app behind `edge-cases.json`.
 *
 * @module
 */

import { type FastifyPluginAsyncTypebox, Type } from '@fastify/type-provider-typebox'
import Fastify, { type FastifyInstance } from 'fastify'
import { options } from '../../app.ts'
import { type Dependency, dependency } from '../../plugins/dependencies/index.ts'
import { HttpError, NotFound } from '../../plugins/errors/index.ts'
import {
  apiKey, httpBase, httpBasic, httpBearer, httpDigest, oauth2, oauth2AuthorizationCodeBearer, oauth2PasswordBearer, openIdConnect, type PasswordForm,
  passwordForm, strictPasswordForm
} from '../../plugins/security/index.ts'
import { Bytes, DictOf, Embed, File, Form, Nullable } from '../../plugins/types/index.ts'
import { registerPlugins } from './apps.ts'

const Sub = Type.Object({ x: Type.Integer() }, { title: 'Sub' })

const Item = Type.Object({
  name: Type.String(),
  price: Type.Number(),
  tags: Type.Array(Type.String(), { default: [] }),
  sub: Nullable(Sub, { default: null }),
  d: Nullable(Type.Record(Type.String(), Sub), { default: null })
}, { title: 'Item' })

const P = Type.Object({
  a: Type.Integer(),
  b: Type.Array(Type.String(), { default: [] })
}, { title: 'P', additionalProperties: false })

const bodies: FastifyPluginAsyncTypebox = async app => {
  app.post('/item', { schema: { body: Item } }, async ({ body }) => body)
  app.post('/item-opt', { schema: { body: Nullable(Item, { default: null }) } }, async ({ body }) => body)
  app.post('/two', { schema: { body: Embed({ item: Item, user: Sub }) } }, async ({ body }) => body)
  app.post('/two-opt', { schema: { body: Embed({ item: Item, imp: Type.Integer({ exclusiveMinimum: 0 }) }) } }, async ({ body }) => body)
  app.post('/embed', { schema: { body: Embed({ item: Item }) } }, async ({ body }) => body.item)
  app.post('/scalar', { schema: { body: Type.Integer() } }, async ({ body }) => body)
  app.post('/scalar-null', { schema: { body: Nullable(Type.Integer()) } }, async ({ body }) => body)
  app.post('/scalar-null-embed', { schema: { body: Embed({ n: Nullable(Type.Integer()) }) } }, async ({ body }) => body.n)
  app.post('/list', { schema: { body: Type.Array(Item) } }, async ({ body }) => body)
  app.post('/dict', { schema: { body: DictOf(Type.Integer(), Type.Number()) } }, async ({ body }) => Object.fromEntries(body))
  app.post('/union', { schema: { body: Type.Union([Item, Sub]) } }, async ({ body }) => body)
}

const forms: FastifyPluginAsyncTypebox = async app => {
  app.post('/form', { schema: { body: Form({ a: Type.String(), b: Type.Integer({ default: 3 }) }) } }, async ({ body: { a, b } }) => [a, b])
  app.post('/fm', { schema: { body: Form(P.properties, { title: 'P', additionalProperties: false }) } }, async ({ body }) => body)
  app.post('/file', { schema: { body: Form({ f: Bytes() }) } }, async ({ body: { f } }) => f.length)
  app.post('/upload', { schema: { body: Form({ f: File() }), response: { 200: Type.String() } } }, async ({ body: { f } }) => f.filename)
  app.post('/uploads', { schema: { body: Form({ f: Type.Array(File()) }) } }, async ({ body: { f } }) => f.map(({ filename }) => filename))
}

const inner = dependency({ query: Type.Object({ dq: Type.Integer() }) }, ({ query }) => query.dq)

const parameters: FastifyPluginAsyncTypebox = async app => {
  app.get('/p/:item_id', {
    schema: {
      params: Type.Object({ item_id: Type.Integer({ minimum: 1, maximum: 10 }) }),
      querystring: Type.Object({
        size: Type.Number({ exclusiveMinimum: 0, exclusiveMaximum: 10.5 }),
        q: Type.String({ alias: 'item-query', minLength: 3, maxLength: 5, pattern: '^nice' })
      })
    }
  }, async ({ params, query }) => ({ ...params, ...query }))

  app.get('/order/:z', {
    exposeHeadRoute: false,
    schema: {
      params: Type.Object({ z: Type.Integer() }),
      querystring: Type.Object({ q: Type.Integer() }),
      headers: Type.Object({ h: Type.Integer() }),
      cookies: Type.Object({ c: Type.Integer() }),
      body: Type.Integer()
    }
  }, async ({ params, query, body }) => ({ ...params, ...query, body }))

  app.get('/depord', {
    config: { depends: { d: inner } },
    schema: { querystring: Type.Object({ q: Type.Integer(), q2: Type.Integer() }) }
  }, async ({ query, deps: { d } }) => ({ ...query, d }))

  app.get('/qm', { schema: { querystring: P } }, async ({ query }) => query)

  app.get('/h', {
    schema: {
      headers: Type.Object({ x_token: Type.String(), user_agent: Nullable(Type.String(), { default: null }) })
    }
  }, async ({ headers: { x_token: token, user_agent: agent } }) => [token, agent])

  app.get('/hl', { schema: { headers: Type.Object({ x_token: Type.Array(Type.String()) }) } }, async ({ headers }) => headers.x_token)

  app.get('/c', {
    schema: {
      cookies: Type.Object({ ads_id: Type.String() }),
      response: { 200: Type.String() }
    }
  }, async ({ cookieParams }) => cookieParams.ads_id)
}

const ERRORS = new Map<string, Error>([
  ['str', new NotFound('Item not found', { 'X-Error': 'There goes my error' })],
  ['dict', new HttpError(400, { a: [1, 2] })],
  ['304', new HttpError(304)],
  ['500', new Error('boom')],
  ['unicode', new HttpError(400, 'é☃"<>')]
])

const answers: FastifyPluginAsyncTypebox = async app => {
  app.get('/e/:k', { schema: { params: Type.Object({ k: Type.String() }) } }, async ({ params: { k } }) => { throw ERRORS.get(k) ?? new Error(k) })
  app.get('/path/*', {
    schema: {
      params: Type.Object({ '*': Type.String() }),
      response: { 200: Type.String() }
    }
  }, async ({ params }) => params['*'])
  app.get('/slash/', async () => 1)
  app.get('/noslash', async () => 1)
  app.post('/noslash', async () => 1)
  app.get('/float/:f(^[\\d.]+$)', { schema: { params: Type.Object({ f: Type.Number() }) } }, async ({ params }) => params.f)
  app.get('/none', async () => null)
  // What does not fit the model, as only untyped code can return it.
  app.get('/rm', { schema: { response: { 200: Item } } }, async () => JSON.parse('{"name":"a","price":"x"}'))
  app.get('/ret', { schema: { response: { 200: Item } } }, async () => ({ name: 'a', price: 1, tags: [], sub: null, d: null }))
  app.get('/r/x', async () => 1)
  app.put('/r/x', async () => 1)
}

const SCHEMES = {
  api: apiKey({ in: 'header', name: 'x-key' }),
  apiq: apiKey({ in: 'query', name: 'k' }),
  apic: apiKey({ in: 'cookie', name: 'k' }),
  basic: httpBasic(),
  basicr: httpBasic({ realm: 'simple' }),
  bearer: httpBearer(),
  dig: httpDigest(),
  base: httpBase({ scheme: 'Other' }),
  o2: oauth2PasswordBearer({ tokenUrl: 'token' }),
  oc: oauth2AuthorizationCodeBearer({ authorizationUrl: 'a', tokenUrl: 't' }),
  oid: openIdConnect({ openIdConnectUrl: '/o' }),
  o2b: oauth2()
}

const security: FastifyPluginAsyncTypebox = async app => {
  for (const [name, scheme] of Object.entries<Dependency>(SCHEMES)) {
    app.get(`/sec/${name}`, { config: { depends: { value: scheme } }, schema: { response: { 200: Type.Any() } } }, async ({ deps: { value } }) => value)
  }
  const fields = ({ grantType, clientId, clientSecret, ...rest }: PasswordForm) => ({ grant_type: grantType, ...rest, client_id: clientId, client_secret: clientSecret })
  app.post('/token', { config: { depends: { form: passwordForm } } }, async ({ deps: { form } }) => fields(form))
  app.post('/token-strict', { config: { depends: { form: strictPasswordForm } } }, async ({ deps: { form } }) => fields(form))
}

export default async (): Promise<FastifyInstance> => {
  const app = Fastify(options)
  app.addHttpMethod('GET', { hasBody: true, overrideExisting: true }) // one route reads it
  await registerPlugins(app)
  for (const routes of [bodies, forms, parameters, answers, security]) await app.register(routes)
  return app
}
