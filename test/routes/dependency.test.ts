import t from 'tap'
import { build } from '../helper.ts'

const app = await build(t)

const token = { 'x-token': 'fake-super-secret-token' }
const key = { 'x-key': 'fake-super-secret-key' }

const notAnInteger = (name: string, input: string) =>
  ({ type: 'int_parsing', loc: ['query', name], msg: 'Input should be a valid integer, unable to parse string as an integer', input })
const missing = (name: string) => ({ type: 'missing', loc: ['header', name], msg: 'Field required', input: null })

t.test('what a dependency makes of its parameters is what the handler gets', async t => {
  const cases = [
    ['/items/', { q: null, skip: 10, limit: 66 }],
    ['/items/?q=foo&skip=5&limit=7', { q: 'foo', skip: 15, limit: 66 }],
    ['/items/class/', { items: [{ item_name: 'Foo' }, { item_name: 'Bar' }, { item_name: 'Baz' }] }],
    ['/items/class/?q=a&skip=1&limit=1', { q: 'a', items: [{ item_name: 'Bar' }] }],
    ['/items/class/?skip=-1', { items: [{ item_name: 'Baz' }] }]
  ] as const
  for (const [url, expected] of cases) t.same((await app.inject(`/dependency${url}`)).json(), expected, url)
})

t.test('a parameter that a dependency does not use is checked all the same', async t => {
  const answer = await app.inject('/dependency/items/?skip=x&limit=y')
  t.same([answer.statusCode, answer.json().detail], [422, [notAnInteger('skip', 'x'), notAnInteger('limit', 'y')]])
})

t.test('a dependency needs another, and takes the cookie where the query has nothing', async t => {
  const cases = [
    ['', undefined, null],
    ['?q=z', undefined, 'z'],
    ['', 'last_query=old', 'old'],
    ['?q=', 'last_query=old', 'old'],
    ['?q=new', 'last_query=old', 'new'],
    ['?q=', undefined, null]
  ] as const
  for (const [query, cookie, expected] of cases) {
    const answer = await app.inject({ url: `/dependency/items/sub/${query}`, headers: { ...cookie && { cookie } } })
    t.same(answer.json(), { q_or_cookie: expected }, `${query} ${cookie}`)
  }
})

t.test('guards let nobody past without both headers', async t => {
  const cases = [
    ['', {}, 422, [missing('x-token'), missing('x-key')]],
    ['', token, 422, [missing('x-key')]],
    ['', { ...token, ...key }, 200, undefined],
    ['', { 'x-token': 'bad', 'x-key': 'bad' }, 400, 'X-Token header invalid'],
    ['', { ...token, 'x-key': 'bad' }, 400, 'X-Key header invalid'],
    ['?n=x', token, 422, [missing('x-key'), notAnInteger('n', 'x')]],
    ['?n=x', { 'x-token': 'bad', ...key }, 400, 'X-Token header invalid']
  ] as const
  for (const [query, headers, status, detail] of cases) {
    const answer = await app.inject({ url: `/dependency/items/guarded/${query}`, headers })
    t.same([answer.statusCode, answer.json().detail], [status, detail], `${query} ${JSON.stringify(headers)}`)
  }
  const answer = await app.inject({ url: '/dependency/items/guarded/?n=7', headers: { ...token, ...key } })
  t.same(answer.json(), [{ item: 'Foo' }, { n: 7 }])
})

t.test('within a request a dependency is called once, unless it is asked for afresh', async t => {
  t.same((await app.inject('/dependency/cached/')).json(), { x: 1, y: 1, z: 2 })
  t.same((await app.inject('/dependency/cached/')).json(), { x: 3, y: 3, z: 4 })
})

t.test('every instance of the app counts for itself', async t => {
  const [one, two] = [await build(t), await build(t)]
  await one.inject('/dependency/cached/')
  t.same((await two.inject('/dependency/cached/')).json(), { x: 1, y: 1, z: 2 })
})

t.test('a resource is closed after every request, and may answer its error with another', async t => {
  const cases = [
    ['ok', 200, { r: 'resource' }, ['open', 'close']],
    ['value', 409, { detail: 'converted' }, ['open', 'seen', 'close']],
    ['http', 404, { detail: 'gone' }, ['open', 'close']]
  ] as const
  const lines: string[] = []
  for (const [how, status, body, log] of cases) {
    const answer = await app.inject(`/dependency/resource/${how}`)
    t.same([answer.statusCode, answer.json()], [status, body], how)
    lines.push(...log)
    t.same((await app.inject('/dependency/log/')).json(), lines, `the log after ${how}`)
  }
})

t.test('the document has the parameters of the dependencies, and those of the route first', async t => {
  const { paths } = (await app.inject('/openapi.json')).json()
  const parametersOf = (path: string) => paths[`/dependency${path}`].get.parameters.map((parameter: { in: string, name: string }) => `${parameter.in} ${parameter.name}`)
  t.same(parametersOf('/items/'), ['query q', 'query skip', 'query limit'])
  t.same(parametersOf('/items/sub/'), ['query q', 'cookie last_query'])
  t.same(parametersOf('/items/guarded/'), ['query n', 'header x-token', 'header x-key'])
})
