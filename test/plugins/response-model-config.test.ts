import { type TSchema, Type } from '@sinclair/typebox'
import { Decimal as DecimalJs } from 'decimal.js'
import { Temporal } from 'temporal-polyfill'
import type { FastifyInstance } from 'fastify'
import t, { type Test } from 'tap'
import dependencies from '../../plugins/dependencies/index.ts'
import errors from '../../plugins/errors/index.ts'
import responseModel, { applyPatch, fieldsSet, jsonable, type ResponseOptions, type Selection } from '../../plugins/response-model/index.ts'
import validation from '../../plugins/validation/index.ts'
import { DateTime, Decimal, DictOf, Json, Literal, Nullable, PlainDate, Refine, SetOf } from '../../plugins/types/index.ts'
import { bare } from '../helper.ts'

async function withModels (t: Test): Promise<FastifyInstance> {
  const app = bare(t)
  await app.register(errors)
  await app.register(validation)
  await app.register(dependencies)
  await app.register(responseModel)
  return app
}

interface Case {
  readonly model: TSchema
  readonly value: unknown
  readonly options: ResponseOptions
  readonly sends: unknown
}

/** Below the field `v`, beside which another stands. */
const below = (selection: Selection): Selection => ({ v: selection, lax: true })

/**
 * What is sent of values, each twice: by generated code, and by the writers, where something beside it has to be coerced.
 * 500 for what does not fit.
 */
async function sends (t: Test, cases: Record<string, Case>): Promise<void> {
  const app = await withModels(t)
  for (const [index, { model, value, options: { include, exclude, ...flags } }] of Object.values(cases).entries()) {
    const response = { ...flags, ...include && { include: below(include) }, ...exclude && { exclude: Array.isArray(exclude) || Object.keys(exclude).length > 0 ? { v: exclude } : {} } }
    for (const lax of [1, '1']) {
      app.get(`/${index}/${typeof lax}`, { config: { response }, schema: { response: { 200: Type.Object({ v: model, lax: Type.Integer() }) } } }, async () => ({ v: value, lax }) as never)
    }
  }
  for (const [index, [name, { sends }]] of Object.entries(cases).entries()) {
    for (const way of ['number', 'string']) {
      const { statusCode, json } = await app.inject(`/${index}/${way}`)
      t.strictSame(statusCode === 200 ? json().v : statusCode, sends, `${name}, beside a ${way}`)
    }
  }
}

const Sub = Type.Object({
  x: Nullable(Type.Integer(), { default: null }),
  y: Type.Integer({ default: 5 }),
  z: Type.Integer({ default: 1, alias: 'zed' })
}, { title: 'Sub' })
const Item = Type.Object({
  name: Type.String(),
  n: Nullable(Type.Integer(), { default: null }),
  price: Type.Number({ default: 3 }),
  d: Type.Record(Type.String(), Nullable(Type.Integer()), { default: {} }),
  sub: Type.Object(Sub.properties, { default: {} }),
  subs: Type.Array(Sub, { default: [] }),
  md: Type.Record(Type.String(), Sub, { default: {} })
}, { title: 'Item' })
const Open = Type.Object({ a: Nullable(Type.Integer(), { default: null }) }, { additionalProperties: true })
const full = { name: 'a', n: null, d: { k: null }, sub: { y: 5 }, subs: [{ x: null, y: 6 }], md: { q: { y: 5, zed: 3 } } }

// As FastAPI 0.141 answers the same models with the same parameters.
t.test('fields are left away as FastAPI leaves them away', t => sends(t, {
  'null fields, not null values': { model: Item, value: full, options: { excludeNull: true }, sends: { name: 'a', price: 3, d: { k: null }, sub: { y: 5, zed: 1 }, subs: [{ y: 6, zed: 1 }], md: { q: { y: 5, zed: 3 } } } },
  'unset fields': { model: Item, value: full, options: { excludeUnset: true }, sends: full },
  'unset fields, few of them set': { model: Item, value: { name: 'q', price: 3 }, options: { excludeUnset: true }, sends: { name: 'q', price: 3 } },
  defaults: { model: Item, value: full, options: { excludeDefaults: true }, sends: { name: 'a', d: { k: null }, subs: [{ y: 6 }], md: { q: { zed: 3 } } } },
  'defaults that are models': { model: Item, value: { name: 'a', sub: { x: null } }, options: { excludeDefaults: true }, sends: { name: 'a' } },
  'not a number where null is the default': { model: Type.Object({ b: Nullable(Type.Number(), { default: null }), c: Nullable(Type.Number(), { default: null }) }), value: { b: NaN, c: null }, options: { excludeDefaults: true, excludeNull: true }, sends: { b: null } },
  'a text that is not a number': { model: Type.Object({ b: Nullable(Type.Number(), { default: null }) }), value: { b: 'NaN' }, options: { excludeDefaults: true }, sends: { b: null } },
  'defaults after coercion': { model: Item, value: { name: 'x', price: '3.0' }, options: { excludeDefaults: true }, sends: { name: 'x' } },
  'names in place of aliases': { model: Item, value: full, options: { byAlias: false }, sends: { name: 'a', n: null, price: 3, d: { k: null }, sub: { x: null, y: 5, z: 1 }, subs: [{ x: null, y: 6, z: 1 }], md: { q: { x: null, y: 5, z: 3 } } } },
  included: { model: Item, value: full, options: { include: ['name', 'n'] }, sends: { name: 'a', n: null } },
  'included inside': { model: Item, value: full, options: { include: { name: true, sub: ['y'] } }, sends: { name: 'a', sub: { y: 5 } } },
  'included in the items of a list': { model: Item, value: full, options: { include: { subs: ['y'] } }, sends: { subs: [{ y: 6 }] } },
  'included by its name, not its alias': { model: Item, value: full, options: { include: { md: ['z'] } }, sends: { md: { q: { zed: 3 } } } },
  'excluded in the items of a list': { model: Item, value: { ...full, md: {}, d: {} }, options: { exclude: { subs: ['y'], md: true } }, sends: { name: 'a', n: null, price: 3, d: {}, sub: { x: null, y: 5, zed: 1 }, subs: [{ x: null, zed: 1 }] } },
  'included and excluded': { model: Item, value: full, options: { include: ['name', 'n'], exclude: ['n'] }, sends: { name: 'a' } },
  nullable: { model: Nullable(Item), value: full, options: { include: ['name'] }, sends: { name: 'a' } },
  'null in its place': { model: Type.Array(Nullable(Sub)), value: [null, { y: 1 }], options: { excludeNull: true }, sends: [null, { y: 1, zed: 1 }] },
  'extras, if not null': { model: Open, value: { a: null, b: null, c: 1 }, options: { excludeNull: true }, sends: { c: 1 } },
  'extras are set': { model: Open, value: { a: null, b: null, c: 1 }, options: { excludeUnset: true }, sends: { a: null, b: null, c: 1 } },
  'extras but one': { model: Open, value: { a: null, b: null, c: 1 }, options: { exclude: ['b'] }, sends: { a: null, c: 1 } },
  'one of the extras': { model: Open, value: { a: null, b: null, c: 1 }, options: { include: ['b'] }, sends: { b: null } },
  'a field is no extra': { model: Open, value: { a: 1, b: 2 }, options: { exclude: ['a'] }, sends: { b: 2 } },
  'nothing at all': { model: Sub, value: {}, options: { excludeUnset: true }, sends: {} },
  'the whole, by empty options': { model: Sub, value: {}, options: { include: ['x', 'y', 'z'], exclude: {} }, sends: { x: null, y: 5, zed: 1 } }
}))

const Dog = Type.Object({ kind: Literal(['dog']), name: Type.String(), bark: Type.Integer() }, { title: 'Dog' })
const Cat = Type.Object({ kind: Literal(['cat']), name: Type.String(), mew: Type.Optional(Type.Integer()) }, { title: 'Cat' })
const Plane = Type.Object({ description: Type.String(), size: Type.Integer() }, { title: 'Plane' })
const Car = Type.Object({ description: Type.String() }, { title: 'Car' })

t.test('every kind of schema is looked through', t => sends(t, {
  union: { model: Type.Array(Type.Union([Dog, Cat])), value: [{ kind: 'cat', name: 'Tom', mew: 1 }, { kind: 'dog', name: 'Rex', bark: 2 }], options: { exclude: ['name', 'bark'] }, sends: [{ kind: 'cat', mew: 1 }, { kind: 'dog' }] },
  'union without its tag': { model: Type.Array(Type.Union([Dog, Cat])), value: [{ kind: 'cat', name: 'Tom' }, { kind: 'dog', name: 'Rex', bark: 2 }], options: { exclude: ['kind'] }, sends: [{ name: 'Tom' }, { name: 'Rex', bark: 2 }] },
  'union told apart by what is left away': { model: Type.Array(Type.Union([Car, Plane])), value: [{ description: 'a', size: 1 }, { description: 'b' }, { description: 'c', size: 'x' }], options: { exclude: ['description'] }, sends: [{ size: 1 }, {}, {}] },
  'tagged union': { model: Type.Union([Dog, Cat], { discriminator: { propertyName: 'kind' } }), value: { kind: 'dog', name: 'Rex', bark: 2 }, options: { include: ['name', 'mew'] }, sends: { name: 'Rex' } },
  tuple: { model: Type.Tuple([Car, Type.Integer()]), value: [{ description: 'a' }, 1], options: { excludeNull: true }, sends: [{ description: 'a' }, 1] },
  set: { model: SetOf(Car), value: new Set([{ description: 'a' }]), options: { exclude: ['description'] }, sends: [{}] },
  map: { model: DictOf(Type.Integer(), Plane), value: new Map([[1, { description: 'a', size: 2 }]]), options: { exclude: ['size'] }, sends: { 1: { description: 'a' } } },
  'a map is a model, too': { model: Plane, value: new Map<string, unknown>([['description', 'a'], ['size', 2]]), options: { exclude: ['size'] }, sends: { description: 'a' } },
  'record by pattern': { model: Type.Record(Type.String({ pattern: '^a' }), Plane, { additionalProperties: Car }), value: { a: { description: 'a', size: 2 }, b: { description: 'b' } }, options: { exclude: ['description'] }, sends: { a: { size: 2 }, b: {} } },
  'JSON text': { model: Json(Plane), value: { description: 'a', size: 2 }, options: { exclude: ['size'] }, sends: { description: 'a' } },
  refined: { model: Refine(Plane, () => {}), value: { description: 'a', size: 2 }, options: { include: ['size'] }, sends: { size: 2 } },
  'domain types by default': {
    model: Type.Object({ at: DateTime({ default: '2020-01-02T00:00:00Z' }), day: PlainDate({ default: '2020-01-02' }), cost: Decimal({ default: '1.50' }), tags: SetOf(Type.String(), { default: ['a'] }) }),
    value: { at: new Date('2020-01-02'), day: Temporal.PlainDate.from('2020-01-02'), cost: new DecimalJs('1.5'), tags: new Set(['a']) },
    options: { excludeDefaults: true },
    sends: { cost: '1.5' }
  },
  'a default of which a part is left away': { model: Type.Object({ sub: Type.Object(Sub.properties, { default: { y: 5 } }), other: Type.Object(Sub.properties, { default: {} }) }), value: { sub: { y: 7 }, other: { y: 5 } }, options: { excludeDefaults: true, exclude: { sub: ['y'] } }, sends: { sub: {} } },
  'null by default or not': {
    model: Type.Object({ a: Nullable(Type.Integer(), { default: null }), b: Type.Integer({ default: 2 }), c: Nullable(Type.Integer()), d: Literal([null, 1]), e: Type.Any(), f: Type.Optional(Type.Null()), g: Type.Union([Type.Null(), Type.Integer(), Type.String()]), h: Type.Union([Nullable(Type.Integer()), Type.String()]) }),
    value: { c: null, d: null, e: null, f: null, g: null, h: null },
    options: { excludeNull: true },
    sends: { b: 2 }
  }
}))

t.test('what is sent is checked, what is not need not be there', t => sends(t, {
  'wrong and excluded': { model: Plane, value: { description: 'a', size: 'x' }, options: { exclude: ['size'] }, sends: { description: 'a' } },
  'missing and excluded': { model: Plane, value: { description: 'a' }, options: { exclude: ['size'] }, sends: { description: 'a' } },
  'missing and included': { model: Plane, value: { size: 1 }, options: { include: ['description'] }, sends: 500 },
  'required and unset': { model: Plane, value: { size: 1 }, options: { excludeUnset: true }, sends: 500 },
  'null and not nullable': { model: Type.Object({ a: Type.Integer({ default: 1 }) }), value: { a: null }, options: { excludeNull: true }, sends: 500 },
  'null and left out': { model: Type.Object({ a: Nullable(Type.Integer()), b: Refine(Nullable(Type.Integer()), () => {}) }), value: {}, options: { excludeNull: true }, sends: {} },
  'left away with a wrong value': { model: Type.Object({ a: Type.Integer({ default: 1 }) }), value: { a: 'x' }, options: { excludeDefaults: true }, sends: 500 }
}))

t.test('a model that contains itself is left away from at every depth', async t => {
  const app = await withModels(t)
  const Node = Type.Recursive(This => Type.Object({ id: Type.Integer(), note: Nullable(Type.String(), { default: null }), secret: Type.String(), next: Type.Optional(This), list: Type.Array(This, { default: [] }) }), { $id: 'Node' })
  const node = { id: 1, secret: 'a', next: { id: 2, secret: 'b', note: 'n', next: { id: 3, secret: 'c' } }, list: [{ id: 4, secret: 'd' }] }
  app.get('/null', { config: { response: { excludeNull: true, excludeDefaults: true } }, schema: { response: { 200: Node } } }, async () => node)
  app.get('/exclude', { config: { response: { excludeUnset: true, exclude: { secret: true, next: { secret: true, next: ['id'] } } } }, schema: { response: { 200: Node } } }, async () => node)
  t.strictSame((await app.inject('/null')).json(), node)
  t.strictSame((await app.inject('/exclude')).json(), { id: 1, next: { id: 2, note: 'n', next: { secret: 'c' } }, list: [{ id: 4, secret: 'd' }] })
})

t.test('the answers of success are meant: errors are sent whole', async t => {
  const app = await withModels(t)
  const Detail = Type.Object({ detail: Type.String(), price: Type.Integer() })
  const response = { exclude: ['price'] }
  const price = { name: 'a', detail: 'd', price: 1 }
  app.get('/:status', { config: { response }, schema: { response: { 200: Detail, '2xx': Detail, '4xx': Detail, default: Detail } } }, async (request, reply) => {
    reply.code(Number(Object(request.params).status))
    return price
  })
  app.get('/default', { config: { response }, schema: { response: { '4xx': Detail, default: Detail } } }, async () => price)
  app.get('/content', { config: { response }, schema: { response: { 200: { content: { 'application/json': { schema: Detail } } } } } }, async () => price as never)
  for (const [url, keys] of [['/200', ['detail']], ['/201', ['detail']], ['/404', ['detail', 'price']], ['/300', ['detail', 'price']], ['/default', ['detail']], ['/content', ['detail']]] as const) {
    t.strictSame(Object.keys((await app.inject(url)).json()), keys, url)
  }
})

t.test('a scope hands down what its routes do not say themselves', async t => {
  const app = await withModels(t)
  const Row = Type.Object({ id: Type.Integer(), note: Nullable(Type.String(), { default: null }), password: Type.String({ alias: 'pass' }), salt: Type.Optional(Type.String()) })
  const schema = { response: { 200: Row } }
  const row = { id: 1, note: null, password: 'p', salt: 's' }
  app.inherit({ response: { excludeNull: true, exclude: ['salt'] } })
  app.get('/outer', { schema }, async () => row)
  await app.register(async child => {
    child.inherit({ response: { byAlias: false, include: ['id', 'note', 'password'] } })
    child.get('/inner', { schema }, async () => row)
    child.get('/own', { config: { response: { excludeNull: false, include: ['note', 'salt'], exclude: [] } }, schema }, async () => row)
    child.get('/undefined', { config: { response: { excludeNull: undefined, include: undefined } as never }, schema }, async () => row)
    child.get('/without', async () => row)
  })
  t.strictSame((await app.inject('/outer')).json(), { id: 1, pass: 'p' })
  t.strictSame((await app.inject('/inner')).json(), { id: 1, password: 'p' })
  t.strictSame((await app.inject('/own')).json(), { note: null }, 'what a scope excludes no route brings back')
  t.strictSame((await app.inject('/undefined')).json(), { id: 1, password: 'p' })
  t.strictSame((await app.inject('/without')).json(), row, 'without a model there is nothing to leave away')
})

t.test('what has several names is written under its own', async t => {
  const app = await withModels(t)
  const Named = Type.Object({ id: Type.Integer({ alias: ['ID', 'key'] }) })
  app.get('/', { schema: { response: { 200: Named } } }, async () => ({ id: 1 }))
  app.get('/kept', { schema: { response: { 200: Named } }, config: { response: { excludeNull: true } } }, async () => ({ id: 1 }))
  for (const url of ['/', '/kept']) t.strictSame((await app.inject(url)).json(), { id: 1 })
})

t.test('a string is written as what a scope declares, too', async t => {
  const app = await withModels(t)
  app.inherit({ responses: { 409: Type.String(), 410: { description: 'Gone' }, 411: Car } })
  for (const status of [409, 410, 411]) {
    app.get(`/${status}`, { schema: { response: { 200: Car } } }, async (_request, reply) => {
      reply.code(status as never)
      return 'text' as never
    })
  }
  t.equal((await app.inject('/409')).body, '"text"')
  t.equal((await app.inject('/410')).body, '"text"')
  t.equal((await app.inject('/411')).statusCode, 500)
})

t.test('mistakes are told at boot, all of them', async t => {
  const app = await withModels(t)
  const schema = { response: { 200: Type.Object({ name: Type.String(), owner: Plane, pets: Type.Array(Type.Union([Dog, Cat])) }), 404: Plane } }
  const route = (url: string, response: unknown): void => { app.get(url, { config: { response: response as ResponseOptions }, schema }, async () => null as never) }
  route('/names', { include: ['nmae', 'owner'], exclude: { owner: ['sise'], pets: ['bark', 'mew', 'meow'], name: ['length'] } })
  route('/options', { excludeUnst: true, excludeNull: 1, exclude: 'name', include: { name: false } })
  route('/kind', ['name'])
  app.get('/status', { config: { response: { excludeNull: true } }, schema: { response: { 404: Plane } } }, async () => null as never)
  app.get('/none', { config: { response: { excludeNull: true } } }, async () => null)
  app.get('/fine', { config: { response: { exclude: ['size'] } }, schema: { response: { 200: Plane, 201: Car } } }, async () => null as never)

  const error = await app.ready().then(() => undefined, (error: Error) => error)
  t.strictSame(error?.message.split('\n'), [
    ...['include.nmae', 'exclude.owner.sise', 'exclude.pets.meow', 'exclude.name.length'].map(name =>
      `GET /names: config.response.${name}: unknown field of the response model. Name the fields of items directly: lists and dictionaries are looked through`),
    'GET /options: config.response: unknown option "excludeUnst". Options: excludeUnset, excludeDefaults, excludeNull, byAlias, include, exclude',
    'GET /options: config.response: excludeNull must be true or false',
    ...['include', 'exclude'].map(key => `GET /options: config.response: ${key} must be an array of field names, such as ['name'], or an object, such as { name: true, owner: ['id'] }`),
    'GET /kind: config.response must be an object with the options excludeUnset, excludeDefaults, excludeNull, byAlias, include, exclude',
    ...['/status', '/none'].map(url => `GET ${url}: config.response has no effect, because schema.response declares no success. Declare a 2xx response`)
  ])
})

t.test('a name that a scope excludes is one of some of its models', async t => {
  const app = await withModels(t)
  app.inherit({ response: { exclude: ['size', 'sise'] } })
  app.get('/plane', { schema: { response: { 200: Plane } } }, async () => ({ description: 'a', size: 1 }))
  app.get('/car', { schema: { response: { 200: Car } } }, async () => ({ description: 'a' }))
  await t.rejects(async () => { await app.ready() }, { message: /^GET \/plane: app\.inherit\(\{ response \}\): response\.exclude\.sise: unknown field of the response model[^\n]*\nGET \/car[^\n]*sise[^\n]*$/ })
})

t.test('a scope that hands it down needs the plugin, and one that cannot is told so', async t => {
  const app = bare(t)
  await app.register(dependencies)
  app.inherit({ response: { excludeNull: true } })
  app.get('/', async () => null)
  await t.rejects(async () => { await app.ready() }, { message: 'GET /: app.inherit({ response }) needs fastify-apikit/response-model. Register it before this route, in this scope or above.' })

  const wrong = await withModels(t)
  wrong.inherit({ response: { excludeNul: true } as ResponseOptions })
  wrong.get('/', { schema: { response: { 200: Car } } }, async () => ({ description: '' }))
  await t.rejects(async () => { await wrong.ready() }, { message: 'GET /: app.inherit({ response }): unknown option "excludeNul". Options: excludeUnset, excludeDefaults, excludeNull, byAlias, include, exclude' })
})

t.test('a compiler of the route\'s own takes no options', async t => {
  const app = await withModels(t)
  app.get('/', { config: { response: { excludeNull: true } }, schema: { response: { 200: Car } }, serializerCompiler: () => String }, async () => ({ description: '' }))
  await t.rejects(async () => { await app.ready() }, { message: /^GET \/: config\.response: the route or its scope has its own serializer/ })
})

const Patch = Type.Object({
  name: Type.String({ default: 'n' }),
  price: Type.Number({ alias: 'cost', default: 1 }),
  tags: Type.Array(Type.String(), { default: [] }),
  sub: Type.Object({ x: Type.Integer({ default: 1 }), y: Type.Optional(Type.Integer()) }, { default: {} })
})

t.test('the fields that a client has sent are known beside those that were filled in', async t => {
  const app = await withModels(t)
  const names = (value: object): string[] => [...fieldsSet(value)]
  app.post('/', { schema: { body: Patch } }, async ({ body }) => {
    const sent = { body: names(body as object), sub: names(Reflect.get(body as object, 'sub')), copy: names({ ...body as object }) }
    Object.assign(body as object, { name: 'changed' })
    return { ...sent, changed: names(body as object) }
  })
  app.post('/json', { schema: { body: Patch } }, async ({ body }) => jsonable(body, { excludeUnset: true }))
  app.get('/', { schema: { querystring: Patch } }, async ({ query }) => names(query as object))
  app.get('/model', { schema: { querystring: Type.Object(Patch.properties, { title: 'Filter' }) } }, async ({ query }) => names(query as object))
  app.post('/union', { schema: { body: Type.Union([Type.Object({ a: Type.Integer({ default: 1 }), b: Type.Integer() }), Patch]) } }, async ({ body }) => names(body as object))

  const all = ['name', 'price', 'tags', 'sub']
  t.strictSame((await app.inject({ method: 'POST', url: '/', payload: { cost: 2 } })).json(), { body: ['price'], sub: [], copy: all, changed: ['name', 'price'] })
  t.strictSame((await app.inject({ method: 'POST', url: '/', payload: { cost: '2', sub: { y: 1 } } })).json(), { body: ['price', 'sub'], sub: ['y'], copy: all, changed: ['name', 'price', 'sub'] }, 'read in the other way')
  t.strictSame((await app.inject({ method: 'POST', url: '/json', payload: { sub: { y: 1 } } })).json(), { sub: { y: 1 } })
  t.strictSame((await app.inject('/?cost=5')).json(), ['price'])
  t.strictSame((await app.inject('/?cost=%205')).json(), ['price'], 'read in the other way')
  t.strictSame((await app.inject('/model?cost=%205&name=')).json(), ['name', 'price'])
  t.strictSame((await app.inject({ method: 'POST', url: '/union', payload: { b: 2 } })).json(), ['b'])
  t.strictSame(names({ a: undefined }), ['a'], 'of any other object all are')
})

t.test('excludeUnset leaves away what the client of the body did not send', async t => {
  const app = await withModels(t)
  for (const [url, body] of [['/generated', Patch], ['/refined', Refine(Patch, () => {})]] as const) {
    app.post(url, { config: { response: { excludeUnset: true } }, schema: { body, response: { 200: body } } }, async ({ body }) => body as never)
  }
  for (const url of ['/generated', '/refined']) {
    t.strictSame((await app.inject({ method: 'POST', url, payload: { cost: 1, sub: { y: 2 } } })).json(), { cost: 1, sub: { y: 2 } }, url)
    t.strictSame((await app.inject({ method: 'POST', url, payload: {} })).json(), {}, url)
  }
})

t.test('a patch is what was sent, over what is stored', async t => {
  const app = await withModels(t)
  const stored = { name: 'stored', price: 5, tags: ['a'], sub: { x: 7 } }
  app.patch('/', { config: { response: { excludeUnset: true } }, schema: { body: Patch, response: { 200: Patch } } }, async ({ body }) => applyPatch(stored, body as Partial<typeof stored>) as never)
  // A body that was stored as it came has defaults of its own.
  let first: { name: string, price: number, tags: string[] } | undefined
  app.post('/', { schema: { body: Patch } }, async ({ body }) => {
    first ??= body as typeof first & object
    return [...fieldsSet(applyPatch(first, body as object))]
  })

  t.strictSame((await app.inject({ method: 'PATCH', url: '/', payload: { tags: [], sub: { y: 1 } } })).json(), { name: 'stored', cost: 5, tags: [], sub: { y: 1 } })
  t.strictSame(stored, { name: 'stored', price: 5, tags: ['a'], sub: { x: 7 } }, 'which stays as it is')

  await app.inject({ method: 'POST', url: '/', payload: { name: 'x' } })
  t.strictSame((await app.inject({ method: 'POST', url: '/', payload: { cost: 2 } })).json(), ['name', 'price'])
})

t.test('a patch of an instance is one, and undefined changes nothing', t => {
  class Account {
    name = 'a'
    balance = 1
    get rich (): boolean { return this.balance > 10 }
  }
  const patched = applyPatch(new Account(), { balance: 20, name: undefined })
  t.ok(patched instanceof Account)
  t.strictSame([patched.name, patched.balance, patched.rich], ['a', 20, true])
  t.end()
})
