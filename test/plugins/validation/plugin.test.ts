import { Type } from '@sinclair/typebox'
import { Ajv } from 'ajv'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import fp from 'fastify-plugin'
import t, { type Test } from 'tap'
import errors, { Unauthorized } from '../../../plugins/errors/index.ts'
import { contribute, plansOf } from '../../../plugins/core/plan/conductor.ts'
import type { Inputs, Reader, Solve } from '../../../plugins/core/plan/route-plan.ts'
import validation, { type Issue, RequestValidationError, type ValidationOptions } from '../../../plugins/validation/index.ts'
import { BigInteger, Bytes, Embed, Form, Uuid } from '../../../plugins/types/index.ts'
import { bare, build } from '../../helper.ts'
import { bodyReader, json, reader } from './reader.ts'

const Item = Type.Object({ name: Type.String(), price: Type.Number() })
const MISSING = { type: 'missing', loc: ['body', 'price'], msg: 'Field required', input: { name: 'a' } }
const WRONG = json('{"name":"a"}')
const ANSWER = JSON.stringify({ detail: [MISSING] })

/** An app with the plugin and a route that wants an `Item`. */
async function app (t: Test, options: ValidationOptions = {}, before?: (app: FastifyInstance) => Promise<void>) {
  const app = bare(t)
  await before?.(app)
  await app.register(validation, options)
  app.post('/', { schema: { body: Item } }, async ({ body }) => body)
  return app
}

/** What an app says when it cannot start. */
async function refusal (app: FastifyInstance): Promise<string> {
  try {
    await app.ready()
  } catch (error) {
    t.match(error, { code: 'APIKIT_ERR_ROUTES', statusCode: 500 })
    return (error as Error).message
  }
  throw new Error('it started')
}

t.test('the answer is FastAPI’s, byte by byte, with the plugin errors and without', async t => {
  for (const before of [undefined, async (app: FastifyInstance) => { await app.register(errors) }]) {
    const response = await (await app(t, {}, before)).inject(WRONG)
    t.equal(response.statusCode, 422)
    t.equal(response.headers['content-type'], 'application/json')
    t.equal(response.body, ANSWER)
  }
})

t.test('options', async t => {
  t.test('format: problem answers with problem details, status with another status', async t => {
    for (const before of [undefined, async (app: FastifyInstance) => { await app.register(errors) }]) {
      const response = await (await app(t, { format: 'problem', status: 400 }, before)).inject(WRONG)
      t.equal(response.statusCode, 400)
      t.match(response.headers['content-type'], /^application\/problem\+json/)
      t.strictSame(response.json(), {
        type: 'about:blank', title: 'Validation Error', status: 400, detail: "1 validation error:\n  missing at ('body', 'price'): Field required", errors: [MISSING]
      })
    }
  })

  t.test('wrong ones are refused at registration, all in one error', async t => {
    await t.rejects(async () => { await bare(t).register(validation, { format: 'xml', status: 200, maxIssues: 0, strict: true } as object) }, {
      code: 'APIKIT_ERR_INVALID_OPTIONS',
      message: /^fastify-apikit\/validation: (?=.*options\/format: )(?=.*options\/status: )(?=.*options\/maxIssues: )(?=.*options\/strict: Unknown option)/
    })
  })

  t.test('those of the reference app come from its settings', async t => {
    const app = await build(t, { settings: { validation: { status: 400 } } })
    t.equal((await app.inject('/query/items/?skip=x')).statusCode, 400)
  })
})

t.test('bounds', async t => {
  const Many = Type.Array(Type.Integer())

  t.test('an answer has at most 100 issues, or maxIssues', async t => {
    const wrong = Array(500).fill('x')
    for (const [options, count] of [[{}, 100], [{ maxIssues: 3 }, 3], [{ maxIssues: 1000 }, 500]] as const) {
      const { refuses } = await bodyReader(t, Many, { options })
      const issues = await refuses(wrong)
      t.equal(issues.length, count)
      t.strictSame(issues.at(-1)?.loc, ['body', count - 1])
    }
  })

  t.test('nothing more is looked at then: in lists, sets, dictionaries, objects, extras and unions', async t => {
    const looks: string[] = []
    const look = Type.Transform(Type.String()).Decode(text => {
      looks.push(text)
      if (text !== 'ok') throw new Error('no')
      return text
    }).Encode(text => text)
    const wrong = ['a', 'b', 'c', 'd']
    const cases: Array<[ReturnType<typeof Type.Unsafe>, unknown]> = [
      [Type.Array(look), wrong],
      [Type.Unsafe({ type: 'array', items: look, [Symbol.for('fastify-apikit.container')]: 'set' }), wrong],
      [Type.Record(Type.String(), look), { ...wrong }],
      [Type.Object({}, { additionalProperties: look }), { ...wrong }]
    ]
    for (const [schema, input] of cases) {
      looks.length = 0
      const { refuses } = await bodyReader(t, schema, { options: { maxIssues: 2 } })
      t.equal((await refuses(input)).length, 2)
      t.strictSame(looks.filter((text, index) => looks.indexOf(text) === index), ['a', 'b'])
    }
    const union = await bodyReader(t, Type.Array(Type.Union([Type.Integer(), Type.Boolean()])), { options: { maxIssues: 3 } })
    t.strictSame((await union.refuses(wrong)).map(({ loc }) => loc), [['body', 0, 'int'], ['body', 0, 'bool'], ['body', 1, 'int']])
    const parts = await reader(t, { querystring: Type.Object({ a: Type.Integer(), b: Type.Integer() }), body: Item }, { options: { maxIssues: 2 } })
    t.strictSame((await parts.refuses(json('{}'))).map(({ loc }) => loc), [['query', 'a'], ['query', 'b']])
    const full = await bodyReader(t, Type.Object({ a: Type.Array(Type.Integer()), b: Type.Record(Type.String(), Type.Integer()), c: Type.Array(Type.Integer()) }, { additionalProperties: false }), { options: { maxIssues: 1 } })
    t.strictSame((await full.refuses({ a: ['x'], b: { a: 1 }, c: [1], d: 1 })).map(({ loc }) => loc), [['body', 'a', 0]])
  })

  t.test('an input is shown for about 1 kB, and a key and a message for 256 characters', async t => {
    const { refuses } = await bodyReader(t, Type.Record(Type.String(), Type.Integer()))
    const input = async (value: unknown) => (await refuses({ k: value }))[0]?.input
    t.equal(await input('x'.repeat(1024)), 'x'.repeat(1024))
    t.equal(await input('x'.repeat(1025)), 'x'.repeat(1024) + '…')
    t.equal(await input('x'.repeat(1023) + '😀'), 'x'.repeat(1023) + '…')
    t.equal(await input('x'.repeat(1013) + '😀'), 'x'.repeat(1013) + '…', 'a character is never cut in two')
    const integers = await reader(t, { body: BigInteger({ maximum: 9n }) })
    const digits = async (count: number) => (await integers.refuses(json('9'.repeat(count))))[0]?.input
    t.equal(await digits(1025), '9'.repeat(1024) + '…', 'an integer that is cut is a string')
    for (const long of [Array(1000).fill('abc'), Array(1000).fill(1), Object.fromEntries(Array.from({ length: 1000 }, (_, i) => [`key${i}`, [null, true]])), [['x'.repeat(5000), 'y']], { ['k'.repeat(5000)]: 1 }, Array(600).fill([])]) {
      const shown = JSON.stringify(await input(long))
      t.ok(shown.length < 3000, `${shown.length}`)
      t.match(shown, /…/)
    }
    t.strictSame(await input([1, { a: [null, 'b'] }]), [1, { a: [null, 'b'] }])
    const [issue] = await refuses({ ['k'.repeat(1000)]: 'x' })
    t.strictSame(issue?.loc, ['body', 'k'.repeat(256) + '…'])
    const values = Array.from({ length: 200 }, (_, i) => `value${i}`)
    const [wide] = await (await bodyReader(t, { enum: values })).refuses('x')
    t.equal(wide?.msg.length, 257)
    t.match(wide?.ctx?.expected, /^'value0', .{980,1010}…$/)
    const [pattern] = await (await bodyReader(t, Type.String({ pattern: 'a'.repeat(2000) }))).refuses('x')
    t.match(pattern?.ctx?.pattern, /^a{1000,1024}…$/)
  })

  t.test('bytes are shown as text, and poisoned keys as keys', async t => {
    const { refuses } = await reader(t, { body: Bytes({ maxLength: 1 }) })
    t.match(await refuses({ method: 'POST', url: '/', headers: { 'content-type': 'a/b' }, payload: 'abc' }), [{ input: 'abc' }])
    const proto = await bodyReader(t, Type.Integer(), { server: { onProtoPoisoning: 'ignore' } })
    const response = await proto.app.inject(json('{"__proto__":{"a":1}}'))
    t.match(response.body, /"input":\{"__proto__":\{"a":1\}\}/)
  })

  t.test('a megabyte of mistakes is answered in 64 kB', async t => {
    const long = 'x'.repeat(5_000)
    const Nested = Type.Recursive(This => Type.Union([Type.Record(Type.String(), This), Type.Array(Type.Integer())]))
    const deep = (value: unknown, key: string, depth: number): unknown => depth === 0 ? value : { [key]: deep(value, key, depth - 1) }
    const Pet = Type.Union([Type.Object({ kind: Type.Literal('cat') }), Type.Object({ kind: Type.Literal('dog') })], { discriminator: { propertyName: 'kind' } })
    const bodies: Array<[ReturnType<typeof Type.Unsafe>, unknown]> = [
      [Many, Array(90).fill(long)],
      [Many, Array(200_000).fill('y')],
      [Many, Array(90).fill(Array(900).fill('abcdefgh'))],
      [Many, Array(90).fill('\u0001'.repeat(1500))],
      [Many, Array(90).fill('€'.repeat(3000))],
      [Nested, deep(Array(100).fill(null), 'k'.repeat(300), 900)],
      [Nested, deep(Array(100).fill(null), '€', 900)],
      [Nested, deep(Array(100).fill({ a: null, b: null }), 'k', 900)],
      [Type.Array(Pet), Array(100).fill({ kind: '€'.repeat(1000) })],
      [Type.Record(Type.String(), Type.Integer()), Object.fromEntries(Array.from({ length: 90 }, (_, i) => [i + long, long]))],
      [Type.Object({}, { additionalProperties: false }), Object.fromEntries(Array.from({ length: 90 }, (_, i) => [i + long, { [long]: 1 }]))],
      [Type.Array(Type.Object({ a: Type.Integer(), b: Type.Integer() })), Array(90).fill({ c: long })],
      [Type.Array(Type.Union([Type.Object({ a: Type.Integer() }, { title: 'A' }), Type.Integer(), Type.Boolean()])), Array(90).fill({ a: long })]
    ]
    for (const format of ['fastapi', 'problem'] as const) {
      for (const [schema, body] of bodies) {
        const { app } = await bodyReader(t, schema, { options: { format } })
        const payload = JSON.stringify(body)
        t.ok(Buffer.byteLength(payload) < 1_048_576, `${Buffer.byteLength(payload)}`)
        const response = await app.inject(json(payload))
        t.equal(response.statusCode, 422)
        t.ok(Buffer.byteLength(response.body) <= 65_536, `${Buffer.byteLength(response.body)}`)
      }
    }
  })
})

t.test('RequestValidationError', async t => {
  t.test('is caught by app.handle, and knows what was sent', async t => {
    const handled = await app(t, {}, async app => {
      await app.register(errors)
      app.handle(RequestValidationError, (error, _request, reply) => {
        reply.code(400)
        return { detail: error.issues, body: error.body }
      })
    })
    const response = await handled.inject(WRONG)
    t.strictSame([response.statusCode, response.json()], [400, { detail: [MISSING], body: { name: 'a' } }])
    t.strictSame((await handled.inject(json('{"a'))).json().body, '{"a')
    t.strictSame((await handled.inject({ method: 'POST', url: '/', payload: Buffer.from('x') })).json().body, { type: 'Buffer', data: [120] })
  })

  t.test('goes to the error handler of the app, of a scope, and of a route', async t => {
    const seen: unknown[] = []
    const note = (name: string) => (error: unknown, _request: unknown, reply: { code (status: number): { send (body: unknown): void } }) => {
      seen.push([name, error])
      reply.code(400).send(name)
    }
    const root = await app(t, {}, async app => { app.setErrorHandler(note('app')) })
    root.post('/route', { schema: { body: Item }, errorHandler: note('route') }, async () => 'ok')
    root.register(async child => {
      child.setErrorHandler(note('scope'))
      child.post('/scope', { schema: { body: Item } }, async () => 'ok')
    })
    const plain = await app(t)
    plain.post('/route', { schema: { body: Item }, errorHandler: note('route') }, async () => 'ok')
    for (const [server, url, by] of [[root, '/', 'app'], [root, '/route', 'route'], [root, '/scope', 'scope'], [plain, '/route', 'route']] as const) {
      seen.length = 0
      t.equal((await server.inject({ ...WRONG, url } as object)).body, by)
      t.match(seen, [[by, { name: 'RequestValidationError', code: 'APIKIT_ERR_VALIDATION', statusCode: 422, issues: [MISSING], body: { name: 'a' } }]])
      t.ok((seen[0] as [string, unknown])[1] instanceof RequestValidationError)
    }
  })

  t.test('says in words what is wrong, as str() of FastAPI’s, and shows the body to nobody who does not ask', async t => {
    const issues: Issue[] = [MISSING, { type: 'int_parsing', loc: ['body', 'it\'s', 0], msg: 'no', input: 'secret' }]
    const error = new RequestValidationError(issues, { body: 'secret' })
    t.equal(error.message, "2 validation errors:\n  missing at ('body', 'price'): Field required\n  int_parsing at ('body', \"it's\", 0): no")
    t.strictSame([error.statusCode, error.body], [422, 'secret'])
    t.notMatch(JSON.stringify(Object.entries(Object.assign({}, error, { issues: [] }))), /secret/)
    t.equal(new RequestValidationError([]).message, '0 validation errors:')
    t.equal(new RequestValidationError([]).body, undefined)
  })

  t.test('has the validation and validationContext of Fastify, for error handlers that ask for these', async t => {
    const seen = async (issues: Array<Pick<Issue, 'type' | 'loc'> & Partial<Issue>>) => {
      const { validation, validationContext } = new RequestValidationError(issues.map(issue => ({ msg: 'no', input: 1, ...issue })))
      return [validationContext, validation.map(({ keyword, instancePath, schemaPath, params, message }) => [keyword, instancePath, schemaPath, params, message])]
    }
    t.strictSame(await seen([{ type: 'int_parsing', loc: ['query', 'q'] }]), ['querystring', [['int_parsing', '/q', '#/int_parsing', {}, 'no']]])
    t.strictSame(await seen([{ type: 'greater_than', loc: ['path', 'id'], ctx: { gt: 0 } }]), ['params', [['greater_than', '/id', '#/greater_than', { gt: 0 }, 'no']]])
    for (const part of ['header', 'cookie']) t.strictSame((await seen([{ type: 'missing', loc: [part, 'x'] }]))[0], 'headers')
    t.strictSame(await seen([
      { type: 'missing', loc: ['body', 'items', 0, 'a/b~c'] }, { type: 'extra_forbidden', loc: ['body', 'more'] }, { type: 'string_type', loc: ['body', 'a/b~c', 1] }, { type: 'missing', loc: ['body'] }
    ]), ['body', [
      ['required', '/items/0', '#/required', { missingProperty: 'a/b~c' }, 'no'],
      ['additionalProperties', '', '#/additionalProperties', { additionalProperty: 'more' }, 'no'],
      ['string_type', '/a~1b~0c/1', '#/string_type', {}, 'no'],
      ['missing', '', '#/missing', {}, 'no']
    ]])
    t.strictSame(await seen([{ type: 'json_invalid', loc: ['body', 17], ctx: { error: 'x' } }]), ['body', [['json_invalid', '', '#/json_invalid', { error: 'x' }, 'no']]])
    t.strictSame(await seen([{ type: 'missing', loc: ['query', 'q'] }, { type: 'missing', loc: ['body', 'b'] }]), ['querystring', [['required', '', '#/required', { missingProperty: 'q' }, 'no']]],
      'the first part that is wrong, and what is wrong with it')
    t.strictSame(await seen([]), ['body', []])
    t.notMatch(Object.keys(new RequestValidationError([])), ['validation'], 'in no log')
  })

  t.test('is attached to the request where the route asks for that', async t => {
    const attached = await app(t)
    attached.post('/attached', { schema: { body: Item }, attachValidation: true }, async ({ validationError, body }) => ({
      context: validationError?.validationContext, issues: (validationError as RequestValidationError | undefined)?.issues, body
    }))
    t.strictSame((await attached.inject({ ...WRONG, url: '/attached' } as object)).json(), { context: 'body', issues: [MISSING], body: { name: 'a' } })
    t.strictSame((await attached.inject({ ...json('{"name":"a","price":"1"}'), url: '/attached' } as object)).json(), { body: { name: 'a', price: 1 } })
  })
})

t.test('scope', async t => {
  t.test('registered in a child it leaves the siblings stock Fastify', async t => {
    const app = bare(t)
    const schema = { querystring: Type.Object({ n: Type.Integer() }), body: Type.Object({ n: Type.Integer() }) }
    app.register(async child => {
      await child.register(validation)
      child.post('/child', { schema }, async ({ query, body }) => ({ query, body }))
    })
    app.post('/', { schema }, async ({ query, body }) => ({ query, body }))
    const send = (url: string, payload: string, type = 'application/json') => app.inject({ method: 'POST', url, headers: { 'content-type': type }, payload })
    t.equal((await send('/?n=x', '{"n":1}')).json().code, 'FST_ERR_VALIDATION')
    t.equal((await send('/?n=1', '{')).json().code, 'FST_ERR_CTP_INVALID_JSON_BODY')
    t.equal((await send('/?n=1', 'x', 'a/b')).json().code, 'FST_ERR_CTP_INVALID_MEDIA_TYPE')
    t.match((await send('/child?n=x', '{"n":1}')).json(), { detail: [{ type: 'int_parsing', loc: ['query', 'n'] }] })
    t.match((await send('/child?n=1', '{')).json(), { detail: [{ type: 'json_invalid' }] })
  })

  t.test('registered again in a child, the nearest one’s options hold', async t => {
    const root = await app(t, { format: 'problem' })
    root.register(async child => {
      await child.register(validation, { status: 400, strictContentType: false })
      child.post('/child', { schema: { body: Item } }, async ({ body }) => body)
      child.register(async grandchild => { grandchild.post('/grandchild', { schema: { body: Item } }, async ({ body }) => body) })
    })
    t.match((await root.inject(WRONG)).json(), { type: 'about:blank', status: 422 })
    for (const url of ['/child', '/grandchild']) {
      const response = await root.inject({ ...WRONG, url } as object)
      t.strictSame([response.statusCode, response.body], [400, ANSWER])
      t.equal((await root.inject({ method: 'POST', url, payload: Buffer.from('{"name":"a","price":1}') })).statusCode, 200)
    }
    t.equal((await root.inject({ method: 'POST', url: '/', payload: Buffer.from('{"name":"a","price":1}') })).statusCode, 422)
  })

  t.test('two apps side by side know nothing of each other', async t => {
    const limited = bare(t, { bodyLimit: 5 })
    await limited.register(validation, { status: 400 })
    limited.post('/', { schema: { body: Item } }, async () => 'ok')
    const usual = await app(t)
    t.equal((await limited.inject(WRONG)).statusCode, 413)
    t.equal((await limited.inject(json('{}'))).statusCode, 400)
    t.equal((await usual.inject(WRONG)).statusCode, 422)
  })

  t.test('a route with a validator compiler of its own is read by that', async t => {
    const own = await app(t)
    own.post('/own', { schema: { body: Item }, validatorCompiler: () => data => ({ value: { mine: data } }) }, async ({ body }) => body)
    t.strictSame((await own.inject({ ...WRONG, url: '/own' } as object)).json(), { mine: { name: 'a' } })
    const broken = await own.inject({ ...json('{'), url: '/own' } as object)
    t.match([broken.statusCode, broken.json()], [422, { detail: [{ type: 'json_invalid' }] }], 'a body that is no JSON does not get that far')
  })

  t.test('hooks of the route run before it is read, and see what was sent', async t => {
    const hooked = await app(t)
    const seen: unknown[] = []
    const look = async ({ body }: FastifyRequest) => { seen.push(structuredClone(body)) }
    hooked.post('/hooked', { schema: { body: Item }, preValidation: [look, look], preHandler: look }, async () => 'ok')
    await hooked.inject({ ...json('{"name":"a","price":"1"}'), url: '/hooked' } as object)
    t.strictSame(seen, [{ name: 'a', price: '1' }, { name: 'a', price: '1' }, { name: 'a', price: 1 }])
  })

  t.test('a parameter that is empty is no path, as in FastAPI', async t => {
    const empty = await app(t, {}, async app => { await app.register(errors) })
    empty.get('/items/:id/parts/:part', { schema: { params: Type.Object({ id: Type.String(), part: Type.String() }) } }, async ({ params }) => params)
    empty.get('/users/:id?', { schema: { params: Type.Object({ id: Type.Optional(Type.String()) }) } }, async ({ params }) => params)
    t.equal((await empty.inject('/items/1/parts/2')).statusCode, 200)
    for (const url of ['/items/1/parts/', '/items//parts/2', '/users/']) {
      const response = await empty.inject(url)
      t.strictSame([response.statusCode, response.json()], [404, { detail: 'Not Found' }])
    }
    t.equal((await empty.inject('/users')).statusCode, 200)
  })
})

t.test('a route declared before the plugin is there stops the start, for nobody would check it', async t => {
  const late = bare(t)
  late.get('/items/:id', { schema: { params: Type.Object({ id: Type.Integer() }), querystring: Type.Object({ q: Type.Integer() }) } }, async () => 'ok')
  late.get('/plain', async () => 'ok')
  late.post('/own', { schema: { body: Type.Object({ n: Type.Integer() }) }, validatorCompiler: () => () => true }, async () => 'ok')
  await late.register(async child => {
    child.setValidatorCompiler(() => () => true)
    child.post('/child', { schema: { body: Type.Object({ n: Type.Integer() }) } }, async () => 'ok')
  })
  await late.register(validation)
  t.equal(await refusal(late), 'GET /items/:id: schema.params, schema.querystring: is not validated, because fastify-apikit/validation was registered after this route. ' +
    'Await its registration before you declare the route, or declare the route in a plugin that is registered after it.')

  const unawaited = bare(t)
  unawaited.register(validation)
  unawaited.post('/', { schema: { body: Type.Object({ n: Type.Integer() }) } }, async () => 'ok')
  t.match(await refusal(unawaited), /^POST \/: schema\.body: is not validated/)
})

t.test('what cannot be understood is refused at boot', async t => {
  t.test('an object made of the fields of forms, which would be read as JSON', async t => {
    const fields = { a: Type.String() }
    const [One, Other] = [Form(fields), Form({ b: Type.Optional(Type.String()) })]
    for (const body of [Type.Composite([One, Other]), Type.Composite([One, Type.Object({ c: Type.String() })]), Type.Object(One.properties)]) {
      const app = bare(t)
      await app.register(validation)
      app.post('/', { schema: { body } }, async () => 1)
      t.match(await refusal(app), /^POST \/: schema\.body: has the fields of a Form\(\), but is read as JSON, as Type\.Composite makes a new object of them\. For a form, use Form\(\{ \.\.\.One\.properties/)
    }
    const app = bare(t)
    await app.register(validation)
    app.post('/form', { schema: { body: Form({ ...One.properties, ...Other.properties }) } }, async ({ body }) => body)
    app.post('/json', { schema: { body: Type.Object(fields) } }, async ({ body }) => body)
    t.same((await app.inject({ method: 'POST', url: '/form', headers: { 'content-type': 'application/x-www-form-urlencoded' }, payload: 'a=1&b=2' })).json(), { a: '1', b: '2' })
    t.same((await app.inject({ method: 'POST', url: '/json', payload: { a: '1' } })).json(), { a: '1' })
  })

  t.test('an intersection of forms, which would be read as JSON', async t => {
    const app = bare(t)
    await app.register(validation)
    app.post('/', { schema: { body: Type.Intersect([Form({ a: Type.String() }), Type.Object({ b: Type.String() })]) } }, async () => 'ok')
    t.equal(await refusal(app), 'POST /: schema.body: an intersection of forms is not a form. Use Form({ ...One.properties, ...Other.properties })')
  })

  t.test('all of it, of all routes, with how to mend it', async t => {
    const app = bare(t, { exposeHeadRoutes: false })
    await app.register(validation)
    app.post('/a/:id', { schema: { params: Type.String(), querystring: 5, cookies: Type.Array(Type.String()), body: { type: 'Date' } } as object }, async () => 'ok')
    app.get('/b', { schema: { querystring: Type.Object({ q: Type.String({ pattern: '(?=a)' }), r: Type.String({ format: 'wat' }) }) } }, async () => 'ok')
    const message = await refusal(app)
    t.strictSame(message.split('\n').map(line => line.replace(/(\(\?=a\)|format): .*/, '$1: …')), [
      'POST /a/:id: schema.params: must be an object schema with one property per parameter, got a string. Use Type.Object({ … })',
      'POST /a/:id: schema.querystring: must be a JSON Schema object',
      'POST /a/:id: schema.cookies: must be an object schema with one property per parameter, got an array. Use Type.Object({ … })',
      'POST /a/:id: schema.body: type must be one of JSON Schema, got "Date". For dates and bytes use fastify-apikit/types',
      'GET /b: schema.querystring.q: unsupported pattern (?=a): …',
      'GET /b: schema.querystring.r: format: …'
    ])
  })

  const cases: Array<[name: string, body: unknown, problem: RegExp]> = [
    ['no schema', 'string', /^POST \/: schema\.body: must be a JSON Schema object$/],
    ['a property that is none', { type: 'object', properties: { a: 5, b: false } }, /schema\.body\.a: must be a JSON Schema object\nPOST \/: schema\.body\.b: must be a JSON Schema object$/],
    ['a type of TypeBox alone', Type.Date(), /schema\.body: type must be one of JSON Schema, got "Date"/],
    ['a reference to nowhere', { $ref: 'nowhere#' }, /schema\.body: unknown reference "nowhere#"\. Add the schema with app\.addSchema, or write it in place$/],
    ['a pointer to nowhere', { $defs: { a: { type: 'integer' } }, $ref: '#/$defs/a/b/c' }, /unknown reference "#\/\$defs\/a\/b\/c"/],
    ['a reference to no schema', { $defs: { a: 5 }, $ref: '#/$defs/a' }, /unknown reference/],
    ['references in a circle', { $defs: { a: { $ref: '#/$defs/b' }, b: { $ref: '#/$defs/a' } }, $ref: '#/$defs/a' }, /refers to itself/],
    ['a union with itself', { $id: 'me', anyOf: [{ $ref: 'me' }, { type: 'integer' }] }, /schema\.body\.anyOf\[0\]: the schema contains itself directly/],
    ['an intersection with itself', { $id: 'me', allOf: [{ $ref: 'me' }, { type: 'object', properties: {} }] }, /schema\.body\.allOf\[0\]: the schema contains itself directly/],
    ['an intersection of anything but objects', { allOf: [{ type: 'string' }, { type: 'string' }] }, /schema\.body: allOf \(Type\.Intersect\) is supported only for objects\. Use one schema with all keywords$/],
    ['several patterns of keys', { type: 'object', patternProperties: { a: {}, b: {} } }, /schema\.body: patternProperties is supported only with one pattern and without properties\. For keys beside properties, use additionalProperties with the schema of their values$/],
    ['no pattern of keys', { type: 'object', patternProperties: {} }, /patternProperties is supported only with one pattern/],
    ['patterns of keys beside properties', { type: 'object', properties: {}, patternProperties: { a: {} } }, /patternProperties is supported only with one pattern/],
    ['a pattern of keys that looks around', { type: 'object', patternProperties: { '(?!a)': {} } }, /unsupported pattern \(\?!a\)/],
    ['a discriminator without literals', Type.Union([Type.Object({ k: Type.String() }), Type.Object({ k: Type.Literal('b') })], { discriminator: { propertyName: 'k' } }), /schema\.body: the discriminator "k" must be a literal in every member of the union$/],
    ['a discriminator of no object', Type.Union([Type.String(), Type.Object({ k: Type.Literal('b') })], { discriminator: { propertyName: 'k' } }), /the discriminator "k" must be a literal/],
    ['discriminators that differ', Type.Union([
      Type.Union([Type.Object({ a: Type.Literal(1) }), Type.Object({ a: Type.Literal(2) })], { discriminator: { propertyName: 'a' } }), Type.Object({ k: Type.Literal('b') })
    ], { discriminator: { propertyName: 'k' } }), /the discriminator "k" must be a literal/],
    ['a keyword that a domain type does not know', Type.Object({ id: Uuid({ minLength: 3 }) }), /schema\.body\.id: minLength: unsupported for the type uuid\. Check the value with Refine\(\)$/],
    ['an enum of nothing', { enum: [] }, /schema\.body: enum must have at least one value$/],
    ['an enum of objects', { enum: [{ a: 1 }] }, /schema\.body: const and enum are supported only for strings, numbers, booleans and null/],
    ['a constant list', { const: [1] }, /const and enum are supported only for/],
    ['properties without their object', { id: { type: 'integer' } }, /schema\.body: must be a JSON Schema\. For an object with these properties write Type\.Object\(\{ … \}\): id$/],
    ['an unknown keyword', { type: 'string', minimumLength: 1 }, /schema\.body: minimumLength: strict mode: unknown keyword: "minimumLength"$/],
    ['an unknown format', Type.String({ format: 'wat' }), /schema\.body: format: unknown format "wat"/],
    ['a mistake in a media type', { content: { 'application/json': { schema: { type: 'wat' } } } }, /schema\.body\.content\['application\/json'\]: type must be one of JSON Schema, got "wat"/],
    ['a mistake inside', { type: 'array', items: { type: 'object', properties: { a: { anyOf: [{ type: 'wat' }] } } } }, /schema\.body\.items\.a\.anyOf\[0\]: type must be one of JSON Schema, got "wat"/]
  ]
  for (const [name, body, problem] of cases) {
    t.test(name, async t => {
      const { app } = await reader(t, { body })
      t.match(await refusal(app), problem)
    })
  }
})

t.test('keywords that the parser does not know go to Ajv', async t => {
  t.test('which sees the value that was read', async t => {
    const cases: Array<[schema: unknown, fits: unknown[], misses: unknown, msg: string, keyword: string]> = [
      [Type.String({ format: 'ipv6' }), ['::1'], 'x', 'Input must match format "ipv6"', 'format'],
      [Type.Array(Type.Integer(), { uniqueItems: true }), [[1, 2]], ['1', 1], 'Input must NOT have duplicate items', 'uniqueItems'],
      [Type.Array(Type.Integer(), { contains: Type.Literal(5) }), [[5]], [1], 'Input must contain at least 1 valid item(s)', 'contains'],
      [Type.Object({ a: Type.Optional(Type.Integer()) }, { minProperties: 1 }), [{ a: 1 }], {}, 'Input must NOT have fewer than 1 properties', 'minProperties'],
      [Type.Not(Type.String()), [1], 'a', 'Input must NOT be valid', 'not'],
      [Type.Unsafe({ type: 'string', enum: ['a', 'bb'], minLength: 2 }), ['bb'], 'a', 'Input must NOT have fewer than 2 characters', 'minLength'],
      [Type.Unsafe({ anyOf: [{ type: 'integer' }, { type: 'string' }], maxLength: 1 }), ['a', 100], 'ab', 'Input must NOT have more than 1 characters', 'maxLength'],
      [Type.Unsafe({ required: ['a'] }), [{ a: 1 }, 5], {}, "Input must have required property 'a'", 'required']
    ]
    for (const [schema, fits, input, msg, keyword] of cases) {
      const { accepts, refuses } = await bodyReader(t, schema)
      for (const fit of fits) t.strictSame(await accepts(fit), fit)
      t.strictSame(await refuses(input), [{ type: 'json_schema', loc: ['body'], msg, input, ctx: { keyword } }])
    }
  })

  t.test('a value that the parser refuses does not get there', async t => {
    const { refuses } = await bodyReader(t, Type.String({ format: 'ipv6', maxLength: 2 }))
    t.strictSame((await refuses('abc')).map(({ type }) => type), ['string_too_long'])
    t.strictSame((await refuses(5)).map(({ type }) => type), ['string_type'])
  })

  t.test('words that only describe go nowhere', async t => {
    const { accepts } = await bodyReader(t, Type.Integer({ title: 'T', description: 'd', examples: [1], example: 1, deprecated: true, readOnly: false, $comment: 'c', 'x-own': 1, openapiExamples: {} }))
    t.equal(await accepts(1), 1)
  })

  t.test('or to an Ajv of one’s own', async t => {
    const ajv = new Ajv({ strict: true })
    ajv.addKeyword({ keyword: 'even', validate: (_schema: unknown, value: number) => value % 2 === 0 })
    const { accepts, refuses } = await bodyReader(t, Type.Integer({ even: true }), { options: { ajv } })
    t.equal(await accepts(2), 2)
    t.strictSame(await refuses(3), [{ type: 'json_schema', loc: ['body'], msg: 'Input must pass "even" keyword validation', input: 3, ctx: { keyword: 'even' } }])
    const { app } = await bodyReader(t, Type.Integer({ even: true }))
    t.match(await refusal(app), /unknown keyword: "even"/)
    const silent = { compile: () => () => false } as unknown as Ajv
    const mute = await bodyReader(t, Type.Integer({ even: true }), { options: { ajv: silent } })
    t.match(await mute.refuses(3), [{ msg: 'Input is not valid', ctx: { keyword: 'schema' } }])
    const failing = { compile: () => { throw 'no compiler' } } as unknown as Ajv // eslint-disable-line no-throw-literal
    t.match(await refusal((await bodyReader(t, Type.Integer({ even: true }), { options: { ajv: failing } })).app), /schema\.body: even: no compiler/)
  })
})

t.test('what other plugins ask of it', async t => {
  /** A plugin that reads `inputs` for itself, as `dependencies` does. */
  const dependent = (inputs: object, solve: (read: Reader) => Solve) => fp(async app => {
    contribute(app, 'dependencies', plan => {
      plan.inherited.push({ from: 'a test', inputs: inputs as Inputs })
      plan.atReady.push(refuse => {
        const { validator } = plan
        if (validator !== undefined) plan.solve = solve(validator.compile(app, inputs as Inputs, 'the dependency "test"', refuse))
      })
    })
  })
  const Page = { querystring: Type.Object({ skip: Type.Integer() }) }

  t.test('inputs of dependencies are read first, and all issues are told in one answer', async t => {
    const got: unknown[] = []
    for (const later of [false, true]) {
      const app = bare(t)
      await app.register(validation)
      await app.register(dependent(Page, read => reading => {
        got.push(reading.read(read))
        return later ? Promise.resolve() : undefined
      }))
      app.post('/', { schema: { body: Item } }, async ({ body }) => body)
      t.strictSame((await app.inject({ ...WRONG, url: '/?skip=x' } as object)).json().detail.map(({ loc }: Issue) => loc), [['query', 'skip'], ['body', 'price']])
      t.strictSame((await app.inject({ ...json('{"name":"a","price":"1"}'), url: '/?skip=5' } as object)).json(), { name: 'a', price: 1 })
      t.strictSame((await app.inject({ ...json('{"name":"a","price":1}'), url: '/?skip=x' } as object)).json().detail.map(({ loc }: Issue) => loc), [['query', 'skip']], 'what a dependency misses is refused, too')
    }
    t.strictSame(got, [undefined, { querystring: { skip: 5 } }, undefined, undefined, { querystring: { skip: 5 } }, undefined])
  })

  t.test('a reading that was begun early is finished later, so that its issues are told with the rest', async t => {
    const app = bare(t)
    await app.register(validation)
    const readers = new WeakMap<object, Reader>()
    contribute(app, 'dependencies', plan => {
      plan.atReady.push(refuse => { readers.set(plan, plan.validator!.compile(app, Page as object, 'early', refuse)) })
      plan.slots.early = request => { plan.validator!.begin(request).read(readers.get(plan)!) }
      plan.solve = () => {}
    })
    app.post('/', { schema: { body: Item } }, async ({ body }) => body)
    t.strictSame((await app.inject({ ...WRONG, url: '/?skip=x' } as object)).json().detail.map(({ loc }: Issue) => loc), [['query', 'skip'], ['body', 'price']])
    t.equal((await app.inject({ ...json('{"name":"a","price":1}'), url: '/?skip=1' } as object)).statusCode, 200)
  })

  t.test('what a dependency throws is answered in place of the issues', async t => {
    const app = bare(t)
    await app.register(errors)
    await app.register(validation)
    await app.register(dependent(Page, () => async () => { throw new Unauthorized('who?') }))
    app.post('/', { schema: { body: Item } }, async ({ body }) => body)
    const response = await app.inject(WRONG)
    t.strictSame([response.statusCode, response.json()], [401, { detail: 'who?' }])
  })

  t.test('a mistake in their inputs is told with the name of their owner', async t => {
    const app = bare(t)
    await app.register(validation)
    await app.register(dependent({ querystring: { type: 'object', properties: { a: { type: 'wat' } } }, headers: Type.String(), cookies: 5 }, () => () => {}))
    app.get('/', async () => 'ok')
    t.match((await refusal(app)).split('\n'), [
      /^GET \/: the dependency "test"\.querystring\.a: type must be one of JSON Schema, got "wat"/, /^GET \/: the dependency "test"\.headers: must be an object schema/, /^GET \/: the dependency "test"\.cookies: must be a JSON Schema/
    ])
  })

  t.test('the answer is documented where something is read', async t => {
    const documented = async (options: ValidationOptions, inputs?: object) => {
      const app = bare(t)
      await app.register(validation, options)
      if (inputs) await app.register(dependent(inputs, () => () => {}))
      app.post('/reads', { schema: { body: Embed({ a: Type.Integer() }) } }, async () => 'ok')
      app.post('/none', async () => 'ok')
      await app.ready()
      return [...plansOf(app)].map(({ responses }) => [...responses].map(([status, { contentType, schema, description }]) => [status, contentType, schema?.title, description]))
    }
    const fastapi = ['422', 'application/json', 'HTTPValidationError', 'Validation Error']
    t.strictSame(await documented({}), [[fastapi], []])
    t.strictSame(await documented({}, Page), [[fastapi], [fastapi]])
    t.strictSame(await documented({ format: 'problem', status: 400 }), [[['400', 'application/problem+json', 'ValidationProblem', 'Validation Error']], []])
  })
})

t.test('without a handler for unknown paths, their bodies are judged as JSON', async t => {
  const app = bare(t)
  await app.register(validation)
  const answer = await app.inject({ method: 'POST', url: '/nowhere', headers: { 'content-type': 'application/json' }, payload: '{' })
  t.match(answer, { statusCode: 422, body: /json_invalid/ })
})
