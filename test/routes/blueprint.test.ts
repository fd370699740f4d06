import t from 'tap'
import { build } from '../helper.ts'

const app = await build(t)

const token = { 'x-token': 'fake-super-secret-token' }

const missing = (place: string, name: string) => ({ type: 'missing', loc: [place, name], msg: 'Field required', input: null })

t.test('every router answers below its prefix', async t => {
  const cases = [
    ['GET', '/', { message: 'Hello Bigger Applications!' }],
    ['GET', '/user/', [{ username: 'Rick' }, { username: 'Morty' }]],
    ['GET', '/user/foo', { username: 'foo' }],
    ['GET', '/items/', { plumbus: { name: 'Plumbus' }, gun: { name: 'Portal Gun' } }],
    ['GET', '/items/plumbus', { name: 'Plumbus', item_id: 'plumbus' }],
    ['PUT', '/items/plumbus', { item_id: 'plumbus', name: 'The great Plumbus' }],
    ['POST', '/admin/', { message: 'Admin getting schwifty' }]
  ] as const
  for (const [method, url, expected] of cases) {
    const answer = await app.inject({ method, url: `/blueprint${url}?token=jessica`, headers: token })
    t.same([answer.statusCode, answer.json()], [200, expected], `${method} ${url}`)
  }
})

t.test('what a folder asks for, all of its routes ask for; what a router asks for, its own', async t => {
  const [query, header] = [missing('query', 'token'), missing('header', 'x-token')]
  const cases = [
    ['GET', '/', [query]],
    ['GET', '/user/', [query]],
    ['GET', '/user/foo', [query]],
    ['GET', '/items/', [query, header]],
    ['GET', '/items/plumbus', [query, header]],
    ['PUT', '/items/plumbus', [query, header]],
    ['POST', '/admin/', [query, header]]
  ] as const
  for (const [method, url, expected] of cases) {
    const answer = await app.inject({ method, url: `/blueprint${url}` })
    t.same([answer.statusCode, answer.json().detail], [422, expected], `${method} ${url}`)
  }
})

t.test('the folder is asked before the router, and a refusal comes before what is missing', async t => {
  const cases = [
    ['?token=x', { 'x-token': 'bad' }, 'No Jessica token provided'],
    ['?token=x', {}, 'No Jessica token provided'],
    ['?token=jessica', { 'x-token': 'bad' }, 'X-Token header invalid'],
    ['', { 'x-token': 'bad' }, 'X-Token header invalid']
  ] as const
  for (const [query, headers, detail] of cases) {
    const answer = await app.inject({ url: `/blueprint/items/${query}`, headers })
    t.same([answer.statusCode, answer.json()], [400, { detail }], `${query} ${JSON.stringify(headers)}`)
  }
})

t.test('an item that is not there, or is not to be changed, is refused', async t => {
  const cases = [
    ['GET', 404, 'Item not found'],
    ['PUT', 403, 'You can only update the item: plumbus']
  ] as const
  for (const [method, status, detail] of cases) {
    const answer = await app.inject({ method, url: '/blueprint/items/bar?token=jessica', headers: token })
    t.same([answer.statusCode, answer.json()], [status, { detail }], method)
  }
})

t.test('other sections are asked for no token', async t => {
  t.equal((await app.inject('/basic/')).statusCode, 200)
})

t.test('the document has the tags, parameters and answers that a router hands down', async t => {
  const { paths } = (await app.inject('/openapi.json')).json()
  const { tags, parameters, responses } = paths['/blueprint/items/{item_id}'].put
  t.same(tags, ['items', 'custom'])
  t.same(parameters.map(({ name }: { name: string }) => name), ['item_id', 'token', 'x-token'])
  t.match(responses, { 403: { description: 'Operation forbidden' }, 404: { description: 'Not found' }, 422: {} })
  t.match(paths['/blueprint/admin/'].post, { tags: ['admin'], responses: { 418: { description: "I'm a teapot" } } })
  t.same(paths['/blueprint/user/'].get.tags, ['users'])
})
