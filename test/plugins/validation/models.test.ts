import { Type } from '@sinclair/typebox'
import t from 'tap'
import { fieldsSet } from '../../../plugins/response-model/index.ts'
import { BigInteger, Embed, Form, FormModels, Json, Literal, Models, Nullable, Refine, SetOf } from '../../../plugins/types/index.ts'
import { parse } from '../../../plugins/validation/index.ts'
import { reader } from './reader.ts'

const Page = Type.Object({ limit: Type.Integer({ default: 10, minimum: 1 }), offset: Type.Integer({ default: 0 }) }, { title: 'Page' })
const Dates = Type.Object({ start: Type.String(), end: Type.String() }, { title: 'Dates' })

const form = (payload: string) => ({ method: 'POST', url: '/', headers: { 'content-type': 'application/x-www-form-urlencoded' }, payload }) as const
const json = (value: unknown) => ({ method: 'POST', url: '/', payload: value as object }) as const
const missing = (input: unknown, ...loc: readonly string[]) => ({ type: 'missing', loc, msg: 'Field required', input })

// As FastAPI 0.165 answers the same requests.
t.test('several models are read from all parameters, each for itself', async t => {
  const { accepts, refuses } = await reader(t, { querystring: Models({ page: Page, dates: Dates, q: Nullable(Type.String(), { default: null }) }) })
  const { query } = await accepts('/?start=a&end=b&q=1&limit=5')
  t.strictSame(query, { page: { limit: 5, offset: 0 }, dates: { start: 'a', end: 'b' }, q: '1' })
  t.strictSame([...fieldsSet(query.page)], ['limit'], 'what was sent of each is known')
  t.match(await refuses('/?start=a&limit=0'), [
    { type: 'greater_than_equal', loc: ['query', 'limit'] }, missing({ start: 'a', limit: '0' }, 'query', 'end')
  ])
})

t.test('a model that may be left out is there as soon as one of its fields is', async t => {
  const optional = await reader(t, { querystring: Models({ dates: Nullable(Dates, { default: null }), more: Type.Optional(Page), q: Type.String({ default: '' }) }) })
  t.strictSame((await optional.accepts('/?q=1')).query, { dates: null, q: '1' })
  t.strictSame((await optional.accepts('/?start=1&end=2&offset=3')).query, { dates: { start: '1', end: '2' }, more: { limit: 10, offset: 3 }, q: '' })
  t.strictSame(await optional.refuses('/?start='), [missing({ start: '' }, 'query', 'end')])

  const required = await reader(t, { querystring: Models({ dates: Nullable(Dates) }) })
  t.strictSame(await required.refuses('/?x=1'), [missing(null, 'query')])
})

t.test('a model that refuses or keeps others sees those of its neighbours', async t => {
  const Closed = Type.Object({ z: Type.Integer({ default: 1 }) }, { title: 'Closed', additionalProperties: false })
  const Open = Type.Object({ k: Type.Integer() }, { title: 'Open', additionalProperties: true })
  const closed = await reader(t, { querystring: Models({ page: Page, closed: Closed }) })
  t.match(await closed.refuses('/?z=2&limit=3'), [{ type: 'extra_forbidden', loc: ['query', 'limit'], input: '3' }])
  const open = await reader(t, { querystring: Models({ s: Type.String({ default: '' }), open: Nullable(Open, { default: null }) }) })
  t.strictSame((await open.accepts('/')).query, { s: '', open: null })
  t.strictSame((await open.accepts('/?k=2&m=3&m=4')).query, { s: '', open: { k: 2, m: ['3', '4'] } })
  t.strictSame(await open.refuses('/?s=1'), [missing({ s: '1' }, 'query', 'k')])
})

t.test('headers have the names that were sent, and cookies and paths have models, too', async t => {
  const Client = Type.Object({ x_name: Type.String(), x_size: Type.Integer({ default: 0 }) }, { title: 'Client' })
  const headers = await reader(t, { headers: Models({ client: Nullable(Client, { default: null }), x_other: Nullable(Type.String(), { default: null }) }) })
  t.equal((await headers.accepts('/')).headers.client, null)
  t.strictSame((await headers.accepts({ url: '/', headers: { 'x-name': 'n', 'x-other': 'o' } })).headers.client, { x_name: 'n', x_size: 0 })
  t.match(await headers.refuses({ url: '/', headers: { 'x-size': 'q' } }), [{ type: 'missing', loc: ['header', 'x-name'] }, { type: 'int_parsing', loc: ['header', 'x-size'] }])

  const cookies = await reader(t, { cookies: Models({ dates: Dates }) })
  t.strictSame((await cookies.accepts({ url: '/', headers: { cookie: 'start=1; end=2' } })).cookieParams, { dates: { start: '1', end: '2' } })
  const path = await reader(t, { params: Models({ one: Type.Object({ a: Type.Integer() }), b: Type.Integer() }) }, { url: '/:a/:b' })
  t.strictSame((await path.accepts('/1/2')).params, { one: { a: 1 }, b: 2 })
})

const Person = Form({ kind: Literal(['person']), name: Type.String(), tags: Type.Array(Type.String(), { default: [] }) }, { title: 'Person' })
const Company = Form({ kind: Literal(['company']), vat: Type.String() }, { title: 'Company' })
const discriminator = { propertyName: 'kind' }

t.test('forms have several models, and unions of models', async t => {
  const both = await reader(t, { body: FormModels({ who: Type.Union([Person, Company], { discriminator }), dates: Nullable(Dates, { default: null }), note: Type.String({ default: 'n' }) }) })
  t.strictSame((await both.accepts(form('kind=person&name=A&tags=&tags=b'))).body, { who: { kind: 'person', name: 'A', tags: ['', 'b'] }, dates: null, note: 'n' })
  t.strictSame((await both.accepts(form('kind=company&vat=1&start=1&end=2&note=x'))).body, { who: { kind: 'company', vat: '1' }, dates: { start: '1', end: '2' }, note: 'x' })
  t.match(await both.refuses(form('kind=person&name=')), [missing({ kind: 'person' }, 'body', 'person', 'name')])
  t.match(await both.refuses(form('kind=x')), [{ type: 'union_tag_invalid', loc: ['body'] }])
  t.match(await both.refuses(form('')), [{ type: 'union_tag_not_found', loc: ['body'], input: {} }])

  const smart = await reader(t, { body: FormModels({ who: Type.Union([Person, Company]) }) })
  t.strictSame((await smart.accepts(form('kind=company&vat=2'))).body, { who: { kind: 'company', vat: '2' } })
  t.match(await smart.refuses(form('kind=company')), [
    { type: 'literal_error', loc: ['body', 'Person', 'kind'] }, { loc: ['body', 'Person', 'name'] }, { loc: ['body', 'Company', 'vat'] }
  ])
})

t.test('a body may be one of several forms, or none', async t => {
  const union = await reader(t, { body: Type.Union([Person, Company], { discriminator }) })
  t.strictSame((await union.accepts(form('kind=company&vat=1'))).body, { kind: 'company', vat: '1' })
  t.match(await union.refuses(form('kind=company')), [{ loc: ['body', 'company', 'vat'] }])

  const optional = await reader(t, { body: Nullable(Company, { default: null }) })
  t.equal((await optional.accepts(form(''))).body, null)
  t.equal((await optional.accepts(form('other=1'))).body, null)
  t.strictSame((await optional.accepts(form('kind=company&vat=1'))).body, { kind: 'company', vat: '1' })
  t.match(await optional.refuses(form('vat=')), [{ loc: ['body', 'kind'] }, { loc: ['body', 'vat'] }])

  const nullable = await reader(t, { body: Nullable(Company) })
  t.strictSame(await nullable.refuses(form('')), [missing(null, 'body')])
  const left = await reader(t, { body: Type.Optional(Nullable(Company)) })
  t.equal((await left.accepts(form(''))).body, undefined)

  const refined = await reader(t, { body: FormModels({ who: Refine(Company, ({ vat }) => { if (vat === 'x') throw new Error('no') }), what: Json() }) })
  t.match(await refined.refuses(form('kind=company&vat=x&what=1')), [{ type: 'value_error', loc: ['body'] }])
  const nested = await reader(t, { body: Nullable(Form({ at: Type.Object({ x: Type.Integer() }) }, { title: 'Nested' }), { default: null }) })
  t.strictSame((await nested.accepts(form('at={"x":1}'))).body, { at: { x: 1 } }, 'an object in a form is JSON')
})

t.test('of several names the first that is sent counts', async t => {
  const alias = ['first', 'second']
  const one = Type.Object({ v: Type.Integer({ alias }) })
  const query = await reader(t, { querystring: one })
  for (const [url, v] of [['/?first=1', 1], ['/?second=2', 2], ['/?second=2&first=1', 1]] as const) t.strictSame((await query.accepts(url)).query, { v }, url)
  t.match(await query.refuses('/?second=x'), [{ type: 'int_parsing', loc: ['query', 'second'] }])
  t.match(await query.refuses('/?first=&second=2'), [{ type: 'int_parsing', loc: ['query', 'first'], input: '' }])
  t.strictSame(await query.refuses('/?v=1'), [missing(null, 'query', 'first')])

  const header = await reader(t, { headers: Type.Object({ v: Type.Integer({ alias: ['x_one', 'x-two'] }) }) })
  t.equal((await header.accepts({ url: '/', headers: { 'x-two': '2' } })).headers.v, 2)
  t.match(await header.refuses({ url: '/', headers: { 'x-one': '1' } }), [{ type: 'missing', loc: ['header', 'x_one'] }], 'and is not converted')

  const embedded = await reader(t, { body: Embed({ v: Nullable(Type.Integer({ alias }), { alias }) }) })
  t.strictSame((await embedded.accepts(json({ first: null, second: 3 }))).body, { v: null })
  t.strictSame((await embedded.accepts(json({ second: 3 }))).body, { v: 3 })
  t.strictSame(await embedded.refuses(json([])), [missing(null, 'body', 'first')])

  const model = await reader(t, { body: Type.Object({ v: Type.Integer({ alias }), w: Type.Optional(Type.Integer()) }, { title: 'M', additionalProperties: false }) })
  t.strictSame((await model.accepts(json({ second: 2, w: 1 }))).body, { v: 2, w: 1 })
  t.match(await model.refuses(json({ first: 1, second: 2 })), [{ type: 'extra_forbidden', loc: ['body', 'second'] }], 'the others are extras')
  const kept = await reader(t, { querystring: Type.Object({ v: Type.Integer({ alias }) }, { title: 'M', additionalProperties: true }) })
  t.strictSame((await kept.accepts('/?second=2&first=1&o=3')).query, { v: 1, second: '2', o: '3' })

  const big = await reader(t, { body: Type.Object({ v: BigInteger({ alias }), n: BigInteger() }) })
  t.strictSame((await big.accepts({ method: 'POST', url: '/', payload: '{"second":9007199254740993,"n":9007199254740995}', headers: { 'content-type': 'application/json' } })).body, { v: 9007199254740993n, n: 9007199254740995n })

  const union = await reader(t, { body: Type.Union([Type.Object({ kind: Literal(['a'], { alias: ['k', 'kind'] }), n: Type.Integer() }, { title: 'A' }), Type.Object({ m: Type.Integer() }, { title: 'B' })]) })
  t.strictSame((await union.accepts(json({ kind: 'a', n: 1 }))).body, { kind: 'a', n: 1 })
  t.strictSame((await union.accepts(json({ m: 1 }))).body, { m: 1 })

  const fields = await reader(t, { body: Form({ v: Type.Integer({ alias }) }) })
  t.strictSame((await fields.accepts(form('first=&second=2'))).body, { v: 2 }, 'an empty field was not sent')
  const path = await reader(t, { params: Type.Object({ v: Type.Integer({ alias: ['id', 'item_id'] }) }) }, { url: '/:item_id' })
  t.match(await path.refuses('/x'), [{ loc: ['path', 'item_id'] }])
})

t.test('a field that may be something else than a model is read as one value', async t => {
  const { accepts } = await reader(t, { querystring: Models({ page: Page, either: Type.Union([Dates, Type.String()]) }) })
  t.strictSame((await accepts('/?limit=3&either=text')).query, { page: { limit: 3, offset: 0 }, either: 'text' })
})

t.test('members of a set that a check has made are told apart by what they stand for', async t => {
  const sizeOf = (check: (value: number) => unknown) => (parse(SetOf(Refine(Type.Integer(), check as never)), [1, 2]) as Set<unknown>).size
  t.equal(sizeOf(() => Object.create(null)), 1)
  t.equal(sizeOf(() => ({ toJSON: () => 'same' })), 1)
  t.equal(sizeOf(value => ({ value, toJSON: () => value })), 2)
})
