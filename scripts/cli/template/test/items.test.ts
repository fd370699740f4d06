import assert from 'node:assert/strict'
import { test } from 'node:test'
// if auth
import { build, logIn } from './helper.ts'
// else
import { build } from './helper.ts'
// end

const pen = { name: 'pen', price: 2.5 }

test('an item that was created can be read', async t => {
  const app = await build(t)
  // if auth
  const headers = await logIn(app)
  const created = await app.inject({ method: 'POST', url: '/items', headers, payload: pen })
  // else
  const created = await app.inject({ method: 'POST', url: '/items', payload: pen })
  // end
  assert.equal(created.statusCode, 201)
  assert.deepEqual(created.json(), { id: 1, ...pen })

  assert.deepEqual((await app.inject('/items/1')).json(), { id: 1, ...pen })
  assert.deepEqual((await app.inject('/items')).json(), [{ id: 1, ...pen }])
  assert.equal((await app.inject('/items/2')).statusCode, 404)
})

test('a wrong item is refused, with the place of what is wrong', async t => {
  const app = await build(t)
  // if auth
  const headers = await logIn(app)
  const { statusCode, body } = await app.inject({ method: 'POST', url: '/items', headers, payload: { name: 'pen', price: 0 } })
  // else
  const { statusCode, body } = await app.inject({ method: 'POST', url: '/items', payload: { name: 'pen', price: 0 } })
  // end
  assert.equal(statusCode, 422)
  assert.deepEqual(JSON.parse(body).detail[0].loc, ['body', 'price'])
})

test('browsers do not guess types', async t => {
  const app = await build(t)
  assert.equal((await app.inject('/items')).headers['x-content-type-options'], 'nosniff')
})
