import t from 'tap'
import { build } from '../helper.ts'

const app = await build(t)

t.test('an error has the status, detail and headers it was thrown with', async t => {
  t.same((await app.inject('/errors/items/foo')).json(), { item: 'The foo body' })

  const missing = await app.inject('/errors/items/bar')
  t.same([missing.statusCode, missing.json()], [404, { detail: 'Item not found' }])
  t.equal(missing.headers['x-error'], 'This is my error message')
})

t.test('a detail is any JSON, or the phrase of the status', async t => {
  const cases = [
    [3, 418, { detail: "Nope! I don't like 3." }],
    [4, 409, { detail: { code: 'taken', values: [1, 2] } }],
    [5, 403, { detail: 'Forbidden' }],
    [7, 200, { n: 7 }]
  ] as const
  for (const [n, status, body] of cases) {
    const answer = await app.inject(`/errors/numbers/${n}`)
    t.same([answer.statusCode, answer.json()], [status, body], String(n))
  }
  const empty = await app.inject('/errors/numbers/6')
  t.same([empty.statusCode, empty.body], [204, ''])
})

t.test('a class of errors has a handler in its section', async t => {
  const oops = await app.inject('/errors/unicorns/yolo')
  t.same([oops.statusCode, oops.json()], [418, { message: 'Oops! yolo did something...' }])
  t.same((await app.inject('/errors/unicorns/shinny')).json(), { unicorn_name: 'shinny' })
})

t.test('a success may have any status', async t => {
  for (const [url, status] of [['/errors/items/', 404], ['/errors/made/', 201]] as const) {
    const answer = await app.inject({ method: 'POST', url: `${url}?name=a` })
    t.same([answer.statusCode, answer.json()], [status, { name: 'a' }])
    const nameless = await app.inject({ method: 'POST', url })
    t.match([nameless.statusCode, nameless.json()], [422, { detail: [{ type: 'missing', loc: ['query', 'name'] }] }])
  }
})
