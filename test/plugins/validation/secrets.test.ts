import { Type } from '@fastify/type-provider-typebox'
import t, { type Test } from 'tap'
import dependencies, { dependency } from '../../../plugins/dependencies/index.ts'
import docs from '../../../plugins/docs/index.ts'
import errors from '../../../plugins/errors/index.ts'
import forms from '../../../plugins/forms/index.ts'
import security, { passwordForm, strictPasswordForm } from '../../../plugins/security/index.ts'
import { Bytes, DictOf, Embed, Form, Json, Nullable, Refine, Secret, SetOf, Uuid } from '../../../plugins/types/index.ts'
import validation, { parse, RequestValidationError, ValidationError, type ValidationOptions } from '../../../plugins/validation/index.ts'
import { bare, build } from '../../helper.ts'
import { bodyReader, json, reader } from './reader.ts'

const STARS = '**********'
const SECRET = 'hunter2'

/** An issue without an input. */
const hidden = (type: string, ...loc: ReadonlyArray<string | number>) => ({ type, loc })

/** What an answer says, without the words, after a look for the secret in all of it. */
function told (t: Test, issues: ReadonlyArray<Record<string, unknown>>): object[] {
  t.notMatch(JSON.stringify(issues), SECRET)
  return issues.map(({ msg: _, ctx: __, ...rest }) => rest)
}

t.test('a secret that is wrong is not sent back, whatever it is and wherever it stands', async t => {
  const wrong: ReadonlyArray<readonly [name: string, schema: object, input: unknown, ...issues: object[]]> = [
    ['Secret()', Secret({ minLength: 8 }), SECRET, hidden('too_short', 'body', 's')],
    ['no text', Secret(), [SECRET], hidden('string_type', 'body', 's')],
    ['writeOnly', Type.String({ writeOnly: true, maxLength: 3 }), SECRET, hidden('string_too_long', 'body', 's')],
    ['redact', Type.String({ redact: true, pattern: '^x' }), SECRET, hidden('string_pattern_mismatch', 'body', 's')],
    ['in the words of a type', { ...Uuid(), redact: true }, SECRET, hidden('uuid_parsing', 'body', 's')],
    ['in the words of a check', Refine(Type.String({ redact: true }), text => { throw new Error(`${text} is known`) }), SECRET, hidden('value_error', 'body', 's')],
    ['a number', Type.Integer({ writeOnly: true, maximum: 9 }), 1234567, hidden('less_than_equal', 'body', 's')],
    ['or null', Nullable(Secret({ minLength: 8 })), SECRET, hidden('too_short', 'body', 's')],
    ['a list', Type.Array(Secret({ minLength: 8 })), [SECRET], hidden('too_short', 'body', 's', 0)],
    ['no list', Type.Array(Secret()), SECRET, hidden('list_type', 'body', 's')],
    ['a set', SetOf(Secret({ minLength: 8 })), [SECRET], hidden('too_short', 'body', 's', 0)],
    ['a set of too many', SetOf(Secret(), { maxItems: 1 }), [SECRET, `${SECRET}2`], hidden('too_long', 'body', 's')],
    ['a set of too few', SetOf(Secret(), { minItems: 3 }), [SECRET, `${SECRET}2`], hidden('too_short', 'body', 's')],
    ['a list of too many', Type.Array(Secret(), { maxItems: 1 }), [SECRET, `${SECRET}2`], hidden('too_long', 'body', 's')],
    ['a list with one twice', Type.Array(Secret(), { uniqueItems: true }), [SECRET, SECRET], hidden('json_schema', 'body', 's')],
    ['a tuple', Type.Tuple([Type.Integer(), Secret({ minLength: 8 })]), [1, SECRET], hidden('too_short', 'body', 's', 1)],
    ['a dictionary', DictOf(Type.String(), Secret({ minLength: 8 })), { a: SECRET }, hidden('too_short', 'body', 's', 'a')],
    ['a record', Type.Record(Type.String(), Secret({ minLength: 8 })), { a: SECRET }, hidden('too_short', 'body', 's', 'a')],
    ['JSON in it', Json(Secret({ minLength: 8 })), `"${SECRET}"`, hidden('too_short', 'body', 's')],
    ['an object', Type.Object({ inner: Type.Integer() }, { redact: true }), { inner: SECRET }, hidden('int_parsing', 'body', 's', 'inner')],
    ['one of several', Type.Union([Type.Integer(), Type.String({ redact: true, maxLength: 3 })]), SECRET, hidden('int_parsing', 'body', 's', 'int'), hidden('string_too_long', 'body', 's', 'constrained-str')]
  ]
  for (const [name, schema, input, ...issues] of wrong) {
    const { refuses } = await bodyReader(t, Type.Object({ s: schema as never }))
    t.same(told(t, await refuses({ s: input }) as never), issues, name)
    t.notMatch(JSON.stringify(await refuses({ s: input })), '1234567', name)
    const missing = await refuses({ other: SECRET, s2: 1 })
    t.same(told(t, missing as never), [{ type: 'missing', loc: ['body', 's'], input: { other: STARS, s2: STARS } }], `${name}, misspelt`)
  }
  const whole = await bodyReader(t, Secret({ minLength: 8 }))
  t.same(told(t, await whole.refuses(SECRET) as never), [hidden('too_short', 'body')])
  const list = await bodyReader(t, Type.Array(Secret({ minLength: 8 })))
  t.same(told(t, await list.refuses([SECRET]) as never), [hidden('too_short', 'body', 0)])
  const tuple = await bodyReader(t, Type.Tuple([Secret(), Type.Integer()]))
  t.same(told(t, await tuple.refuses([SECRET]) as never), [hidden('missing', 'body', 1)])
})

t.test('what may be a secret in the wrong place is not sent back either', async t => {
  const Card = Type.Object({ number: Type.String(), cvc: Type.String() }, { redact: true })
  const wrong: ReadonlyArray<readonly [name: string, schema: object, input: unknown]> = [
    ['a key of an open map', Type.Object({ n: Type.Integer() }, { additionalProperties: Secret({ maxLength: 2 }) }), { tok: SECRET }],
    ['a misspelt key of a closed object', Type.Object({ user: Type.String(), password: Secret() }, { additionalProperties: false }), { user: 'ann', passwrd: SECRET }],
    ['fields of a redacted object, one level too high', Type.Object({ amount: Type.Integer(), card: Card }), { amount: 5, number: SECRET, cvc: SECRET }],
    ['a list in place of an object', Type.Object({ user: Type.String(), password: Secret() }), ['ann', SECRET]],
    ['a list of such lists', Type.Array(Type.Object({ user: Type.String(), password: Secret() })), [['ann', SECRET]]],
    ['a text that another member of a union does not read', Type.Object({ v: Type.Union([Json(Type.Object({ p: Secret(), q: Type.Integer() })), Type.Integer()]) }), { v: `{"p":"${SECRET}"}` }]
  ]
  for (const [name, schema, input] of wrong) {
    const { refuses } = await bodyReader(t, schema)
    t.notMatch(JSON.stringify(await refuses(input)), SECRET, name)
  }
  const open = await bodyReader(t, Type.Object({ n: Type.Integer() }, { additionalProperties: Secret() }))
  t.match(await open.refuses({ n: 'x', a: 'y' }), [{ input: 'x' }], 'a field of such an object is shown')
})

t.test('what surrounds a secret is shown without it', async t => {
  const Login = Type.Object({
    email: Type.String(),
    password: Secret(),
    token: Type.Optional(Type.String({ alias: 'api-token', redact: true })),
    again: Type.Optional(Type.Array(Type.Object({ n: Type.Integer(), pin: Type.Optional(Type.Integer({ writeOnly: true })) })))
  })
  const { refuses, app } = await bodyReader(t, Login)
  const echo = async (body: unknown) => told(t, await refuses(body) as never).map(issue => Reflect.get(issue, 'input'))
  t.same(await echo({ password: SECRET }), [{ password: STARS }])
  t.same(await echo({ password: SECRET, 'api-token': SECRET, token: SECRET, again: [] }), [{ password: STARS, 'api-token': STARS, token: STARS, again: [] }])
  t.same(await echo({ passwrod: SECRET, password: null, email: 'a' }), [null], 'an empty one is no secret')
  t.same(await echo({ Password: SECRET, email: 'a' }), [{ Password: STARS, email: 'a' }])
  t.same(await echo({ email: 'a', password: 'x', again: [{ pin: SECRET }] }), [{ pin: STARS }, undefined])
  t.same(await echo({ email: 'a', password: 'x', again: [{ pin: 1, n: { deep: SECRET } }] }), [{ deep: STARS }])
  t.same(await echo([{ password: SECRET }]), [[{ password: STARS }]])
  t.same(await echo(SECRET), [undefined], 'text where an object was asked for')
  const form = (await app.inject({ method: 'POST', url: '/', headers: { 'content-type': 'text/plain' }, payload: `email=a&password=${SECRET}` })).json().detail
  t.same(told(t, form), [hidden('model_attributes_type', 'body')])

  const referring = await bodyReader(t, { $defs: { Login: { type: 'object', required: ['email'], properties: { email: { type: 'string' }, password: { $ref: '#/$defs/Password' } } }, Password: { type: 'string', writeOnly: true } }, $ref: '#/$defs/Login' })
  t.same(told(t, await referring.refuses({ password: SECRET }) as never), [{ type: 'missing', loc: ['body', 'email'], input: { password: STARS } }])
  const recursive = await bodyReader(t, Type.Recursive(This => Type.Object({ name: Type.String(), key: Type.Optional(Secret()), next: Type.Optional(This) })))
  t.same(told(t, await recursive.refuses({ name: 'a', next: { key: SECRET } }) as never), [{ type: 'missing', loc: ['body', 'next', 'name'], input: { key: STARS } }])
  const tagged = await bodyReader(t, Type.Union([Type.Object({ kind: Type.Literal('a'), key: Secret() }), Type.Object({ kind: Type.Literal('b') })], { discriminator: { propertyName: 'kind' } }))
  t.same(told(t, await tagged.refuses({ key: SECRET }) as never), [{ type: 'union_tag_not_found', loc: ['body'], input: { key: STARS } }])
  const bytes = await bodyReader(t, Type.Object({ key: Secret(), data: Bytes() }))
  t.same(told(t, await bytes.refuses(SECRET) as never), [hidden('model_attributes_type', 'body')])
  const plain = await bodyReader(t, Type.Object({ name: Type.String() }))
  t.match(await plain.refuses({ password: 'shown' }), [{ input: { password: 'shown' } }], 'who declares no secret has FastAPI’s echo')
})

t.test('it holds for parameters, forms and dependencies', async t => {
  const secret = { redact: true, maxLength: 2 }
  const schema = Type.Object({ key: Type.String(secret) })
  const { refuses } = await reader(t, { params: schema, querystring: schema, headers: schema, cookies: schema }, { url: '/:key' })
  t.same(told(t, await refuses({ url: `/${SECRET}?key=${SECRET}`, headers: { key: SECRET, cookie: `key=${SECRET}` } }) as never),
    ['path', 'query', 'header', 'cookie'].map(part => hidden('string_too_long', part, 'key')))

  const model = Type.Object({ api_key: Type.Optional(Type.String({ redact: true })), needed: Type.String() }, { title: 'Model' })
  const models = await reader(t, { querystring: model, headers: model, cookies: model })
  t.same(told(t, await models.refuses({ url: `/?api_key=${SECRET}&x=${SECRET}`, headers: { 'api-key': SECRET, cookie: `api_key=${SECRET}; session=${SECRET}` } }) as never).map(issue => Reflect.get(issue, 'input')), [
    { api_key: STARS, x: STARS }, { api_key: STARS, 'user-agent': STARS, host: STARS, cookie: STARS }, { api_key: STARS, session: STARS }
  ])
  const headers = await reader(t, { headers: Type.Object({ needed: Type.String(), authorization: Type.Optional(Type.String({ pattern: '^Bearer ' })) }, { title: 'Model' }) })
  t.match(await headers.refuses({ url: '/', headers: { authorization: `Basic ${SECRET}`, cookie: SECRET, 'proxy-authorization': SECRET } }), [
    { loc: ['header', 'needed'], input: { 'user-agent': 'lightMyRequest', authorization: STARS, cookie: STARS, 'proxy-authorization': STARS } }, { loc: ['header', 'authorization'], input: undefined }
  ], 'what lets somebody in is no different, whoever declares it')

  const app = bare(t)
  for (const plugin of [errors, validation, forms, dependencies, security]) await app.register(plugin)
  app.post('/form', { schema: { body: Form({ email: Type.Integer(), password: Secret({ minLength: 8 }), address: Type.Optional(Type.Object({ door: Type.Integer({ writeOnly: true }) })) }) } }, async () => 'ok')
  app.post('/model', { schema: { body: Form({ email: Type.Integer(), password: Secret() }, { title: 'Login' }) } }, async () => 'ok')
  app.post('/embedded', { schema: { body: Embed({ login: Type.Object({ email: Type.String(), password: Secret() }) }) } }, async () => 'ok')
  const key = dependency({ query: Type.Object({ key: Type.String(secret) }) }, ({ query }) => query.key)
  app.get('/depends', { config: { depends: { key } } }, async () => 'ok')
  app.post('/token', { config: { depends: { form: passwordForm } } }, async () => 'ok')
  app.post('/strict', { config: { depends: { form: strictPasswordForm } } }, async () => 'ok')
  const urlencoded = { 'content-type': 'application/x-www-form-urlencoded' }
  const post = async (url: string, payload: string, headers = urlencoded) => told(t, (await app.inject({ method: 'POST', url, headers, payload })).json().detail)
  t.same(await post('/form', `password=${SECRET}&address=${SECRET}&email=1`), [hidden('too_short', 'body', 'password'), hidden('json_invalid', 'body', 'address')])
  t.same(await post('/model', `password=${SECRET}&x=${SECRET}`), [{ type: 'missing', loc: ['body', 'email'], input: { password: STARS, x: STARS } }])
  t.same(await post('/embedded', JSON.stringify({ login: { password: SECRET } }), { 'content-type': 'application/json' }), [{ type: 'missing', loc: ['body', 'login', 'email'], input: { password: STARS } }])
  t.same(told(t, (await app.inject(`/depends?key=${SECRET}`)).json().detail), [hidden('string_too_long', 'query', 'key')])
  for (const url of ['/token', '/strict']) {
    const file = `--b\r\nContent-Disposition: form-data; name="password"; filename="${SECRET}"\r\n\r\n${SECRET}\r\n--b\r\nContent-Disposition: form-data; name="grant_type"\r\n\r\npassword\r\n--b\r\nContent-Disposition: form-data; name="username"\r\n\r\na\r\n--b--\r\n`
    t.same(await post(url, file, { 'content-type': 'multipart/form-data; boundary=b' }), [hidden('string_type', 'body', 'password')])
  }
})

t.test('hideInput leaves out all that was sent', async t => {
  const open = async (options: ValidationOptions) => {
    const app = bare(t)
    await app.register(errors)
    await app.register(validation, options)
    app.post('/', { schema: { querystring: Type.Object({ q: Type.Integer() }), body: Type.Object({ n: Type.Integer() }) } }, async () => 'ok')
    return async (payload: string) => (await app.inject({ ...json(payload), url: '/?q=x' })).json()
  }
  const hide = await open({ hideInput: true })
  const [q, n] = [{ type: 'int_parsing', loc: ['query', 'q'] }, { type: 'int_parsing', loc: ['body', 'n'] }].map(issue => ({ ...issue, msg: 'Input should be a valid integer, unable to parse string as an integer' }))
  t.strictSame(await hide('{"n":"y"}'), { detail: [q, n] })
  t.strictSame(await hide('{'), { detail: [{ type: 'json_invalid', loc: ['body', 1], msg: 'JSON decode error', ctx: { error: 'Expecting property name enclosed in double quotes' } }] })
  t.match(await (await open({ hideInput: true, format: 'problem' }))('{"n":"y"}'), { errors: [q, n] })
  t.match(await (await open({}))('{"n":"y"}'), { detail: [{ input: 'x' }, { input: 'y' }] })
  t.strictSame(new RequestValidationError([{ ...n, input: 'y' } as never], { hideInput: true }).issues, [n])
})

t.test('parse() hides them as well', async t => {
  const schema = Type.Object({ email: Type.String(), password: Secret() })
  const issues = (value: unknown) => {
    try {
      parse(schema, value)
    } catch (error) {
      return told(t, (error as ValidationError).errors() as never)
    }
    throw new Error('it was taken')
  }
  t.same(issues({ password: SECRET }), [{ type: 'missing', loc: ['email'], input: { password: STARS } }])
  t.same(issues({ email: 'a', password: [SECRET] }), [hidden('string_type', 'password')])
  t.equal(parse(schema, { email: 'a', password: SECRET }).password.reveal(), SECRET)
})

t.test('the document says nothing of redact; a megabyte of secrets is not copied', async t => {
  const app = bare(t)
  await app.register(validation)
  await app.register(docs, {})
  app.post('/', { schema: { body: Type.Object({ name: Type.String(), key: Type.Optional(Type.String({ redact: true, maxLength: 5 })) }, { title: 'Named' }) } }, async () => 'ok')
  await app.ready()
  t.notMatch(JSON.stringify(app.swagger()), 'redact')
  const { body } = await app.inject(json(JSON.stringify(Object.fromEntries(Array.from({ length: 50_000 }, (_, index) => [`key${index}`, SECRET])))))
  t.notMatch(body, SECRET)
  t.ok(body.length < 4096)
})

t.test('the reference app sends no password or token back', async t => {
  const app = await build(t)
  const post = async (url: string, body: object) => {
    const { statusCode, body: text } = await app.inject({ method: 'POST', url, body })
    t.equal(statusCode, 422)
    t.notMatch(text, SECRET)
    return JSON.parse(text).detail[0].input
  }
  t.same(await post('/account/users', { password: `${SECRET}${SECRET}` }), { password: STARS })
  t.equal(await post('/account/users', { email: 'a@example.com', password: SECRET }), undefined)
  t.same(await post('/account/refresh', { refresh_tokens: SECRET }), { refresh_tokens: STARS })
})
