import { Type as Type034 } from '@sinclair/typebox'
import Fastify, { type FastifyInstance, type FastifyPluginAsync } from 'fastify'
import t, { type Test } from 'tap'
import * as typebox1 from 'typebox'
import { column, table } from '../../../plugins/db/index.ts'
import dependencies, { dependency } from '../../../plugins/dependencies/index.ts'
import docs from '../../../plugins/docs/index.ts'
import { TokenClaims, UserClaims } from '../../../plugins/openid/index.ts'
import responseModel from '../../../plugins/response-model/index.ts'
import { DateTime, DictOf, Embed, ExcludeUnset, Form, Json, Nullable, Refine, SetOf } from '../../../plugins/types/index.ts'
import validation, { parse, type ValidationError } from '../../../plugins/validation/index.ts'

/** What only 1.x has, in the types of 0.34. */
interface Later {
  readonly Refine: <S> (schema: S, check: (value: never) => boolean, error?: () => string) => S
  readonly Codec: <S> (schema: S) => { readonly Decode: (decode: (value: never) => unknown) => { readonly Encode: (encode: (value: never) => unknown) => S } }
  readonly Cyclic: <S> (definitions: Record<string, S>, name: string) => S
}
/** The repository has the types of 0.34; schemas of 1.x are those of the same name. */
const Type1 = typebox1.Type as unknown as typeof Type034 & Later

const LIBRARIES = [['@sinclair/typebox 0.34', Type034], ['typebox 1.x', Type1]] as const

async function serve (t: Test, routes: (app: FastifyInstance) => void): Promise<FastifyInstance> {
  const app = Fastify()
  t.after(() => app.close())
  for (const plugin of [validation, dependencies, responseModel]) await app.register(plugin as FastifyPluginAsync)
  await app.register(docs, { docsUrl: null, redocUrl: null })
  routes(app)
  await app.ready()
  return app
}

for (const [library, Type] of LIBRARIES) {
  t.test(`with ${library}`, async t => {
    const schema = (of: object): Record<string, unknown> => JSON.parse(JSON.stringify(of))

    t.test('what is optional is not required in Form, Embed and objects of refined schemas', async t => {
      const fields = { a: Type.Optional(Type.String()), b: Type.String(), at: Type.Optional(DateTime()), set: Type.Optional(SetOf(Type.Integer())) }
      t.same(schema(Form(fields)).required, ['b'])
      t.same(schema(Embed(fields)).required, ['b'])
      const Refined = Type.Object({ a: Refine(Type.Optional(Type.String()), () => {}), b: Type.Optional(Refine(Type.String(), () => {})), c: Refine(Type.String(), () => {}) })
      t.same(schema(Refined).required, ['c'])
    })

    t.test('Partial, Pick, Omit and Required work on objects that the package made', async t => {
      const users = table('users', { id: column.id(), email: column.text(), nick: column.text({ nullable: true }), at: column.dateTime({ default: 'now' }) }, { title: 'User' })
      t.same(Object.keys(Object(schema(Type.Partial(users.Create)).properties)), ['email', 'nick', 'at'])
      t.equal(schema(Type.Partial(users.Create)).required, undefined)
      const picked = schema(Type.Pick(users.Create, ['email', 'at']))
      t.same([Object.keys(Object(picked.properties)), picked.required], [['email', 'at'], ['email']])
      t.same(schema(Type.Omit(users.Public, ['id'])).required, ['email', 'nick', 'at'])
      t.same(schema(Type.Required(users.Update)).required, ['email', 'nick', 'at'])
      t.same(Object.keys(Object(schema(Type.Partial(Form({ a: Type.String() }))).properties)), ['a'])
      t.same(schema(Type.Pick(UserClaims, ['sub', 'name'])).required, ['sub'])
      t.equal(schema(Type.Pick(TokenClaims, ['sub', 'aud'])).required, undefined)
      const { at } = parse(Type.Pick(users.Create, ['at']), { at: '2020-01-01T00:00:00Z' })
      t.same(at, new Date(1577836800000), 'domain types stay what they are')
    })

    t.test('a body, its parts and its answer are read and written', async t => {
      const Item = Type.Object({
        at: DateTime(),
        note: Nullable(Type.String()),
        tags: Type.Optional(SetOf(Type.Integer())),
        counts: Type.Record(Type.String(), Type.Integer()),
        pair: Type.Tuple([Type.String(), Type.Integer()]),
        kind: Type.Union([Type.Literal('a'), Type.Literal('b')]),
        names: DictOf(Type.Integer(), Type.String()),
        inner: Json(Type.Object({ a: Type.Integer(), b: Type.Optional(Type.Integer()) })),
        both: Type.Intersect([Type.Object({ p: Type.String() }), Type.Object({ q: Type.Optional(Type.String()) })])
      })
      const app = await serve(t, app => { app.post('/', { schema: { body: Item, response: { 200: Item } } }, async ({ body }) => body) })
      const good = {
        at: '2020-01-01T00:00:00Z', note: null, counts: { a: 1, 'two\nlines': 2 }, pair: ['a', 1], kind: 'a', names: { 1: 'one' }, inner: '{"a":1}', both: { p: 'p' }
      }
      const answer = await app.inject({ method: 'POST', url: '/', payload: good })
      t.same(answer.json(), { ...good, inner: { a: 1 } })
      const bad = { ...good, counts: { a: 'x' }, pair: ['a', 1, 2], kind: 'c', both: {} }
      const refused = await app.inject({ method: 'POST', url: '/', payload: bad })
      t.equal(refused.statusCode, 422)
      t.same(refused.json().detail.map(({ loc }: { loc: unknown[] }) => loc.join('.')), ['body.counts.a', 'body.pair', 'body.kind', 'body.both.p'])
      const { components: { schemas } } = (await app.inject('/openapi.json')).json()
      t.same(Object.keys(schemas), ['HTTPValidationError', 'ValidationError'])
    })

    t.test('a record of any key is a dictionary in the document', async t => {
      const app = await serve(t, app => { app.post('/', { schema: { body: Type.Record(Type.String(), Type.Integer()) } }, async () => 1) })
      const { paths } = (await app.inject('/openapi.json')).json()
      t.same(paths['/'].post.requestBody.content['application/json'].schema, { type: 'object', additionalProperties: { type: 'integer' }, title: 'Body' })
    })

    t.test('an optional body need not be sent, and is documented so', async t => {
      const app = await serve(t, app => {
        app.post('/', { schema: { body: Type.Optional(Type.Object({ a: Type.String() })) } }, async ({ body }) => ({ sent: body !== undefined }))
        app.post('/required', { schema: { body: Type.Object({ a: Type.String() }) } }, async () => 1)
      })
      t.same((await app.inject({ method: 'POST', url: '/' })).json(), { sent: false })
      t.equal((await app.inject({ method: 'POST', url: '/required' })).statusCode, 422)
      const { paths } = (await app.inject('/openapi.json')).json()
      t.equal(paths['/'].post.requestBody.required, undefined)
      t.equal(paths['/required'].post.requestBody.required, true)
    })

    t.test('ExcludeUnset leaves defaults of fields out that were not sent', async t => {
      const Patch = ExcludeUnset(Type.Object({ a: Type.Optional(Type.String({ default: 'x' })), b: Type.Optional(Type.Integer()) }))
      t.same(parse(Patch, { b: 1 }), { b: 1 })
    })

    t.test('the form of a dependency, its inputs and documented answers are those of its schemas', async t => {
      const login = dependency({ form: Type.Object({ user: Type.String(), scope: Type.Optional(Type.String()) }) }, ({ form }) => form)
      const paged = dependency({ query: Type.Object({ skip: Type.Integer({ default: 0 }), since: Type.Optional(DateTime()) }) }, ({ query }) => query)
      const app = await serve(t, app => {
        app.inherit({ responses: { 404: Type.Object({ message: Type.String() }, { title: 'Gone', description: 'Not there' }), 409: Type.Unsafe({ $ref: 'Taken' }), 410: { description: 'No more' } } })
        app.addSchema(Type.Object({ by: Type.String() }, { $id: 'Taken' }))
        app.post('/login', { config: { depends: { login } } }, async ({ deps }) => deps.login)
        app.get('/', { config: { depends: { paged } } }, async ({ deps }) => ({ skip: deps.paged.skip, year: deps.paged.since?.getUTCFullYear() }))
      })
      const headers = { 'content-type': 'application/x-www-form-urlencoded' }
      t.same((await app.inject({ method: 'POST', url: '/login', headers, payload: 'user=a' })).json(), { user: 'a' })
      t.same((await app.inject('/?since=2020-01-01')).json(), { skip: 0, year: 2020 })
      t.equal((await app.inject('/?skip=x')).statusCode, 422)
      const { paths } = (await app.inject('/openapi.json')).json()
      const { 404: gone, 409: taken, 410: noMore } = paths['/'].get.responses
      t.same(gone, { description: 'Not there', content: { 'application/json': { schema: { $ref: '#/components/schemas/Gone' } } } })
      t.same(taken.content['application/json'].schema, { $ref: '#/components/schemas/Taken' })
      t.same(noMore, { description: 'No more' })
    })

    t.test('a table takes schemas in its JSON columns', async t => {
      const posts = table('posts', { id: column.id(), tags: column.json(Type.Array(Type.String()), { default: [] }), meta: column.json(Type.Object({ a: Type.Optional(Type.Integer()) })) })
      t.same(schema(posts.Create).required, ['meta'])
      t.same(parse(posts.Create, { meta: {} }), { meta: {}, tags: [] })
      t.throws(() => parse(posts.Create, { meta: { a: 'x' } }))
    })
  })
}

t.test('answers are described by JSON Schema, too', async t => {
  const app = await serve(t, app => {
    app.inherit({ responses: { 404: { type: 'object', properties: { message: { type: 'string' } } } as never } })
    app.get('/', async () => 1)
  })
  const { paths } = (await app.inject('/openapi.json')).json()
  t.same(paths['/'].get.responses[404].content['application/json'].schema.properties, { message: { type: 'string', title: 'Message' } })
})

t.test('what only typebox 1.x has', async t => {
  const Type = Type1

  t.test('checks of Type.Refine are run, in bodies, in copies of their schemas and in answers', async t => {
    const Short = Type.Refine(Type.Array(Type.String()), (list: string[]) => list.length < 3, () => 'too many')
    const Same = Type.Refine(Type.Object({ a: Type.String(), b: Type.String() }), ({ a, b }: { a: string, b: string }) => a === b, () => 'a must be b')
    const words = (make: () => unknown): string => {
      try {
        return JSON.stringify(make())
      } catch (error) {
        return JSON.stringify((error as ValidationError).errors())
      }
    }
    t.match(words(() => parse(Type.Object({ list: Short }), { list: ['a', 'b', 'c'] })), /too many/)
    t.match(words(() => parse(Same, { a: '1', b: '2' })), /a must be b/)
    t.match(words(() => parse(Type.Refine(Type.Integer(), (n: number) => n > 2), 1)), /Refine Error/)
    t.match(words(() => parse(ExcludeUnset(Same), { a: '1', b: '2' })), /a must be b/)
    t.match(words(() => parse(Refine(Short, () => {}), ['a', 'b', 'c'])), /too many/)
    t.match(words(() => parse(table('t', { id: column.id(), tags: column.json(Short, { default: [] }) }).Create, { tags: ['a', 'b', 'c'] })), /too many/)
    t.equal(words(() => parse(Same, { a: '1', b: '1' })), '{"a":"1","b":"1"}')

    const app = await serve(t, app => {
      app.get('/', { schema: { response: { 200: Short } } }, async () => ['a', 'b', 'c'])
      app.get('/headers', { schema: { response: { 200: Object.assign(Type.Refine(Type.String(), (text: string) => text === 'a', () => 'not a'), { headers: { 'x-a': { type: 'string' } } }) } } }, async () => 'b')
    })
    t.equal((await app.inject('/')).statusCode, 500)
    t.equal((await app.inject('/headers')).statusCode, 500)
  })

  t.test('Type.Codec decodes bodies and encodes answers', async t => {
    const Wrapped = Type.Codec(Type.String()).Decode((text: string) => ({ text })).Encode(({ text }: { text: string }) => text)
    const app = await serve(t, app => {
      app.post('/', { schema: { body: Type.Object({ a: Wrapped }), response: { 200: Type.Object({ a: Wrapped }) } } }, async ({ body }) => ({ a: { text: `${(body as unknown as { a: { text: string } }).a.text}!` } as never }))
    })
    t.same((await app.inject({ method: 'POST', url: '/', payload: { a: 'x' } })).json(), { a: 'x!' })
  })

  t.test('Type.Cyclic is a schema inside itself, and a component', async t => {
    const Node = Type.Cyclic({ Node: Type.Object({ v: Type.Integer(), next: Type.Optional(Type.Ref('Node')) }) as never }, 'Node')
    const app = await serve(t, app => { app.post('/', { schema: { body: Type.Object({ node: Node }) } }, async ({ body }) => body) })
    t.same((await app.inject({ method: 'POST', url: '/', payload: { node: { v: 1, next: { v: '2' } } } })).json(), { node: { v: 1, next: { v: 2 } } })
    const refused = await app.inject({ method: 'POST', url: '/', payload: { node: { v: 1, next: { v: 'x' } } } })
    t.same(refused.json().detail[0].loc, ['body', 'node', 'next', 'v'])
    t.ok((await app.inject('/openapi.json')).json().components.schemas.Node)
  })

  t.test('a route and a dependency may not read one name with different checks', async t => {
    const field = (check: (text: string) => boolean): object => ({ query: Type.Object({ q: Type.Refine(Type.Optional(Type.String()), check) }) })
    const check = (): boolean => true
    const declare = async (other: () => boolean): Promise<unknown> => await serve(t, app => {
      const depends = { one: dependency(field(check), () => 1), other: dependency(field(other), () => 1) }
      app.get('/', { config: { depends } }, async () => 1)
    })
    await t.rejects(declare(() => false), { message: /"q" is declared by/ })
    await t.resolves(declare(check))
  })

  t.test('marks that the setting enumerableKind shows are no keywords', async t => {
    const Shown = Object.assign({}, Type.Object({ a: Object.assign({}, Type.String(), { '~kind': 'String' }) }), { '~kind': 'Object' })
    t.same(parse(Shown as never, { a: 'x' }), { a: 'x' })
    const app = await serve(t, app => { app.post('/', { schema: { body: Shown } }, async () => 1) })
    t.notMatch((await app.inject('/openapi.json')).body, /~kind/)
  })
})
