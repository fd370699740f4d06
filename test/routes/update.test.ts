import t from 'tap'
import { build } from '../helper.ts'

const foo = { name: 'Foo', description: null, price: 50.3, tax: 10.2, tags: [] }

t.test('PATCH changes the fields that were sent, and those only', async t => {
  const app = await build(t)
  const patch = async (body: object) => (await app.inject({ method: 'PATCH', url: '/update/items/foo', body })).json()

  t.same(await patch({}), foo)
  t.same(await patch({ price: '1', unknown: 1 }), { ...foo, price: 1 })
  t.same(await patch({ name: null, tags: ['x'] }), { ...foo, name: null, price: 1, tags: ['x'] })
  t.same((await app.inject('/update/items/foo')).json(), { ...foo, name: null, price: 1, tags: ['x'] })
})

t.test('a PATCH that is refused changes nothing', async t => {
  const app = await build(t)
  const answer = await app.inject({ method: 'PATCH', url: '/update/items/foo', body: { price: 1, tax: null } })
  t.same([answer.statusCode, answer.json().detail], [422, [
    { type: 'float_type', loc: ['body', 'tax'], msg: 'Input should be a valid number', input: null }
  ]])
  t.same((await app.inject('/update/items/foo')).json(), foo)
})

t.test('PUT takes a whole item: what it leaves out has its default', async t => {
  const app = await build(t)
  const put = await app.inject({ method: 'PUT', url: '/update/items/3?q=z', body: { name: 'n' } })
  t.same(put.json(), { item_id: 3, name: 'n', description: null, price: null, tax: 10.2, tags: [], q: 'z' })

  const nameless = await app.inject({ method: 'PUT', url: '/update/items/3', body: {} })
  t.same(nameless.json().detail, [{ type: 'missing', loc: ['body', 'name'], msg: 'Field required', input: {} }])
})

t.test('an item that is not there is a 404', async t => {
  const app = await build(t)
  for (const method of ['GET', 'PATCH'] as const) {
    const answer = await app.inject({ method, url: '/update/items/nope', ...(method === 'PATCH' && { body: {} }) })
    t.same([answer.statusCode, answer.json()], [404, { detail: 'Item not found' }], method)
  }
})

t.test('every instance of the app has data of its own', async t => {
  const one = await build(t)
  const two = await build(t)
  await one.inject({ method: 'PATCH', url: '/update/items/foo', body: { name: 'changed' } })
  t.equal((await one.inject('/update/items/foo')).json().name, 'changed')
  t.equal((await two.inject('/update/items/foo')).json().name, 'Foo')
})
