import { Type } from '@fastify/type-provider-typebox'
import dependencies, { dependency, scoped } from '../../../plugins/dependencies/index.ts'
import { file, html, jsonLines, redirect, sse, stream, text } from '../../../plugins/responses/index.ts'
import security, { apiKey, httpBasic, httpBearer, oauth2PasswordBearer, openIdConnect } from '../../../plugins/security/index.ts'
import {
  Bytes, DateTime, Decimal, DictOf, Duration, Email, Embed, Enum, File, Form, HttpUrl, Literal, Nullable, PlainDate, PlainTime, Secret, SetOf, Uuid
} from '../../../plugins/types/index.ts'
import { parityApp } from './app.ts'

const Color = Enum(['red', 'green'], { title: 'Color', description: 'doc of color' })
const One = Enum(['a'], { title: 'One' })

const Sub = Type.Object({ x: Type.Integer({ default: 5 }) }, { title: 'Sub', description: 'sub doc' })

const Item = Type.Object({
  name: Type.String(),
  price: Type.Number({ exclusiveMinimum: 0, description: 'The price', examples: [1.5] }),
  tax: Nullable(Type.Number(), { default: null }),
  tags: Type.Array(Type.String(), { default: [] }),
  ids: SetOf(Type.Integer(), { default: [] }),
  sub: Nullable(Sub, { default: null }),
  sub2: { ...Sub, default: { x: 5 } },
  color: { ...Color, default: 'red' },
  one: { ...One, default: 'a' },
  when: Nullable(DateTime(), { default: null }),
  d: Nullable(PlainDate(), { default: null }),
  t: PlainTime({ default: '01:02:00' }),
  td: Duration({ default: 'PT1M30S' }),
  u: Nullable(Uuid(), { default: null }),
  dec: Decimal({ default: '1.5' }),
  dec2: Nullable(Decimal({ maxDigits: 5, decimalPlaces: 2, minimum: 0 }), { default: null }),
  b: Bytes({ default: '' }),
  m: DictOf(Type.String(), Type.Number(), { default: {} }),
  mi: DictOf(Type.Integer(), Sub, { default: {} }),
  e: Nullable(Email(), { default: null }),
  h: Nullable(HttpUrl(), { default: null }),
  lit: Literal(['a', 'b'], { default: 'a' }),
  lit1: Literal(['z'], { default: 'z' }),
  any: Type.Optional(Type.Unknown()),
  tup: Type.Tuple([Type.Integer(), Type.String()], { default: [1, 'a'] }),
  tupv: Type.Array(Type.Integer(), { default: [] }),
  un: Type.Union([Type.Integer(), Type.String()], { default: 1 }),
  s: Type.String({ default: 'a', minLength: 1, maxLength: 5, pattern: '^a', title: 'Custom', deprecated: true }),
  n: Type.Integer({ default: 3, minimum: 0, maximum: 10, multipleOf: 2 }),
  sec: Secret({ default: '**********' }),
  al: Type.String({ default: 'q', alias: 'alIas' }),
  fs: SetOf(Type.String(), { default: [] }),
  o: Type.Optional(Type.Unknown()),
  df: Type.Optional(Type.Array(Type.Integer()))
}, { title: 'Item', description: 'Item doc.\n\nsecond para\f hidden', examples: [{ name: 'x' }] })

const fields = { a: Type.Integer({ default: 1 }), b: Nullable(Type.String(), { default: null }) }
const OutInput = Type.Object(fields, { title: 'Out' })
const Out = Type.Object({ ...fields, c: Type.String({ readOnly: true }) }, { title: 'Out' })

const FM = Type.Object({ u: Type.String(), p: Type.String({ default: 'x' }) }, { title: 'FM' })

const dep = dependency({
  query: Type.Object({ a: Type.Integer(), b: Type.String({ default: 'x' }) }),
  headers: Type.Object({ z: Nullable(Type.String(), { default: null }) })
}, ({ query }) => query)

/** Nameless, so that an operation is called after its summary. */
const nothing = () => async () => null

export default parityApp(async app => {
  await app.register(security)
  await app.register(dependencies)

  app.post('/items/:item_id', {
    schema: {
      tags: ['users', 'x'],
      description: `
        Create an item.

        With *markdown*.
        \f
        :param x: hidden
      `,
      deprecated: true,
      params: Type.Object({ item_id: Type.Integer({ title: 'The ID', minimum: 1, maximum: 1000, description: 'pd' }) }),
      querystring: Type.Object({
        q: Nullable(Type.String({ minLength: 3, maxLength: 50, pattern: '^f$' }), {
          alias: 'item-query', title: 'Query string', description: 'desc', deprecated: true, examples: ['a', 'b'], default: null
        }),
        ql: Type.Array(Type.String(), { default: ['foo', 'bar'] }),
        size: Type.Number({ exclusiveMinimum: 0, exclusiveMaximum: 10.5, default: 1 }),
        flag: Type.Boolean({ default: false }),
        color: { ...Color, default: 'red' },
        oc: Nullable(Color, { default: null }),
        dt: Nullable(DateTime(), { default: null }),
        hid: Nullable(Type.String(), { default: null, hide: true }),
        ex: Type.String({ openapiExamples: { n: { summary: 's', value: 'v' } }, default: 'z' }),
        exd: Type.String({ example: 'E', default: 'z' }),
        nodef: Type.Optional(Type.String()),
        un: Type.Union([Type.Integer(), Type.String()], { default: 1 }),
        lit: Literal(['a', 'b'], { default: 'a' }),
        tdq: Duration({ default: 'P1D' })
      }),
      headers: Type.Object({
        user_agent: Nullable(Type.String(), { default: null }),
        strange: Nullable(Type.String(), { default: null, convertUnderscores: false }),
        xt: Nullable(Type.Array(Type.String()), { default: null })
      }),
      cookies: Type.Object({ ads_id: Nullable(Type.String(), { default: null }) }),
      body: Item,
      response: {
        201: { ...Item, description: 'RD' },
        404: { ...Sub, description: 'nf' },
        '4xx': { ...Sub, description: 'Client Error' },
        default: { description: 'dd' },
        500: { description: 'Internal Server Error' },
        200: { description: 'OK', content: { 'image/png': { schema: Type.Any() } } }
      }
    }
  }, async function createItemX (_request, reply) { reply.code(500) })

  app.put('/multi', { schema: { summary: 'Multi', body: Embed({ item: Item, user: Sub, importance: Type.Integer({ exclusiveMinimum: 0 }) }) } }, nothing())
  app.put('/multiopt', { schema: { summary: 'Multiopt', body: Embed({ item: Nullable(Item, { default: null }), user: Nullable(Sub, { default: null }) }) } }, nothing())
  app.put('/one', {
    schema: {
      summary: 'My sum',
      description: 'My desc',
      body: Embed({ item: { ...Item, openapiExamples: { n: { summary: 's', description: 'd', value: { name: 'F' } } } } })
    }
  }, async function one () { return null })
  app.put('/optbody', { schema: { summary: 'Optbody', body: Nullable(Item, { default: null, description: 'bd', title: 'BT', examples: [{ name: 'a' }] }) } }, nothing())
  app.post('/form', { schema: { summary: 'Form', body: Form({ a: Type.String(), b: Type.Integer({ default: 1 }) }) } }, nothing())
  app.post('/file', {
    schema: {
      summary: 'File',
      body: Form({ f: Bytes({ description: 'fd' }), g: File(), hs: Type.Array(File()), tok: Type.String(), of: Nullable(File(), { default: null }) })
    }
  }, nothing())
  app.post('/formmodel', { schema: { summary: 'Fm', body: Form(FM.properties, { title: 'FM' }) } }, nothing())
  app.get('/qmodel', { schema: { summary: 'Qmodel', querystring: FM } }, nothing())
  app.get('/list', { schema: { summary: 'Lst', response: { 200: Type.Array(Sub) } } }, async () => [])
  app.get('/union', { schema: { summary: 'Uni', response: { 200: Type.Union([Sub, Out]) } } }, async () => ({ x: 1 }))
  app.get('/out', { schema: { summary: 'Out', response: { 200: Out } } }, async () => ({ a: 1, b: null, c: '' }))
  app.post('/out', { schema: { summary: 'Outp', body: OutInput } }, nothing())
  app.get('/dict', { schema: { summary: 'Dct', response: { 200: Type.Record(Type.String(), Type.Number()) } } }, async () => ({}))
  app.get('/none', { schema: { summary: 'None' } }, nothing())
  app.get('/nores', { schema: { summary: 'Nores', response: { 204: Type.Null() } } }, async (_request, reply) => { reply.code(204) })
  app.get('/html', { schema: { summary: 'Html', response: { 200: html() } } }, async () => '')
  app.get('/redirect', { schema: { summary: 'Redir', response: { 307: redirect() } } }, async () => '/')
  app.get('/stream', { schema: { summary: 'Strm', response: { 200: stream() } } }, async function * () { yield '' })
  app.get('/filer', { schema: { summary: 'Filr', response: { 200: file() } } }, async () => '/none')
  app.get('/plain', { schema: { summary: 'Plain', response: { 200: text() } } }, async () => '')
  app.get('/respret', { schema: { summary: 'Respret' } }, nothing())
  app.route({ method: ['GET', 'POST'], url: '/many', schema: { summary: 'Many' }, handler: nothing() })
  app.get('/snake_case/:a_b/x', { schema: { summary: 'Read Snake Case', params: Type.Object({ a_b: Type.Unknown() }) } }, nothing())
  app.get('/p/*', {
    schema: {
      summary: 'Pth',
      operationId: 'custom',
      params: Type.Object({ file_path: Type.String({ alias: '*' }) }),
      openapiExtra: { 'x-a': 1, parameters: [{ name: 'z', in: 'query' }] }
    }
  }, nothing())
  app.get('/sec', {
    schema: { summary: 'Sec' },
    config: {
      depends: {
        t: scoped(oauth2PasswordBearer({ tokenUrl: 'token', scopes: { me: 'm', items: 'i' }, description: 'od' }), ['me']),
        k: apiKey({ in: 'header', name: 'x-key' }),
        b: httpBasic(),
        be: httpBearer({ bearerFormat: 'JWT' }),
        oid: openIdConnect({ openIdConnectUrl: '/o' })
      }
    }
  }, nothing())
  app.get('/e', { schema: { hide: true } }, nothing())
  app.get('/deps', { schema: { summary: 'Deps', querystring: Type.Object({ c: Type.Integer(), b: Type.String({ default: 'y' }) }) }, config: { depends: { d: dep } } }, nothing())
  app.post('/inv/', {
    schema: {
      summary: 'Inv',
      body: Sub,
      callbacks: { invoice_notification: { '{$callback_url}/invoices/{$request.body.id}': { post: { body: Sub, response: { 200: Sub } } } } }
    }
  }, nothing())
  app.get('/jsonl', { schema: { summary: 'Jsonl', response: { 200: jsonLines(Sub) } } }, async function * () { yield { x: 1 } })
  app.get('/sse', { schema: { summary: 'Sse', response: { 200: sse(Sub) } } }, async function * () { yield { x: 1 } })
}, {
  docs: {
    title: 'T',
    version: '1',
    description: 'D',
    summary: 'S',
    termsOfService: 'http://example.com/terms/',
    contact: { name: 'n', url: 'http://x.example.com', email: 'd@x.example.com' },
    license: { name: 'A', identifier: 'MIT' },
    tags: [{ name: 'users', description: 'u', externalDocs: { description: 'x', url: 'https://f.com/' } }],
    servers: [{ url: 'https://s.com', description: 'd' }],
    externalDocs: { url: 'https://e.com' },
    webhooks: { 'new-sub': { post: { description: 'wh doc', body: Sub } } }
  }
})
