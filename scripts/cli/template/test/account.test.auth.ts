import assert from 'node:assert/strict'
import { test } from 'node:test'
import { build, logIn } from './helper.ts'

test('who has logged in can read the account', async t => {
  const app = await build(t)
  const headers = await logIn(app)
  assert.deepEqual((await app.inject({ url: '/account/me', headers })).json(), { email: 'ann@example.com' })
  assert.equal((await app.inject('/account/me')).statusCode, 401)
})

test('an address has one account', async t => {
  const app = await build(t)
  await logIn(app)
  const { statusCode } = await app.inject({ method: 'POST', url: '/account', payload: { email: 'ann@example.com', password: 'another one' } })
  assert.equal(statusCode, 409)
})

test('only who has logged in can create an item', async t => {
  const app = await build(t)
  const { statusCode } = await app.inject({ method: 'POST', url: '/items', payload: { name: 'pen', price: 1 } })
  assert.equal(statusCode, 401)
})
