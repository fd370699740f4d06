import t from 'tap'
import { build } from '../helper.ts'

const app = await build(t)

const blank = { name: 'test data model', description: null, price: 123, tax: null }

t.test('the fields of a model have defaults, and what it does not name is dropped', async t => {
  const answer = await app.inject({ method: 'POST', url: '/request/items/single/', body: { name: 'x', more: 1 } })
  t.same(answer.json(), { ...blank, name: 'x' })
})

t.test('two parameters of a body stand side by side in one object', async t => {
  const good = await app.inject({ method: 'POST', url: '/request/items/', body: { item: { price: '12.5' }, importance: '7' } })
  t.same(good.json(), { ...blank, price: 12.5 })

  const bad = await app.inject({ method: 'POST', url: '/request/items/', body: { item: { tax: {} } } })
  t.equal(bad.statusCode, 422)
  t.same(bad.json().detail, [
    { type: 'float_type', loc: ['body', 'item', 'tax'], msg: 'Input should be a valid number', input: {} },
    { type: 'missing', loc: ['body', 'importance'], msg: 'Field required', input: null }
  ])
})

t.test('an embedded model is under its name only', async t => {
  t.same((await app.inject({ method: 'POST', url: '/request/items/embedded/', body: { item: {} } })).json(), blank)

  const bare = await app.inject({ method: 'POST', url: '/request/items/embedded/', body: { name: 'e' } })
  t.same(bare.json().detail, [{ type: 'missing', loc: ['body', 'item'], msg: 'Field required', input: null }])
})

t.test('a body that is no JSON is refused at the character that is wrong', async t => {
  const answer = await app.inject({
    method: 'POST', url: '/request/items/single/', headers: { 'content-type': 'application/json' }, body: '{"name": "x",}'
  })
  t.equal(answer.statusCode, 422)
  t.match(answer.json().detail, [{ type: 'json_invalid', loc: ['body', 13], msg: 'JSON decode error' }])
})
