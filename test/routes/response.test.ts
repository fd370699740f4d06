import t from 'tap'
import { build } from '../helper.ts'

const app = await build(t)

const user = { username: 'ada', password: 'secret', email: 'Ada <ada@EXAMPLE.com>' }

t.test('a password that comes in does not go out', async t => {
  const post = async (url: string) => (await app.inject({ method: 'POST', url: `/response${url}`, body: user })).json()
  t.same(await post('/user/'), { username: 'ada', email: 'ada@example.com', full_name: null })
  t.same(await post('/user/hashed/'), { username: 'ada', faked_password: 'secretsecret', email: 'ada@example.com', full_name: null })
})

t.test('each route sends its part of the item', async t => {
  const parts = {
    '': { name: 'Foo', price: 50.3 },
    '/full': { name: 'Foo', description: null, price: 50.3, tax: 10.2, tags: [] },
    '/public': { name: 'Foo', description: null, tax: 10.2, tags: [] },
    '/name': { name: 'Foo', description: null, tax: 10.2 },
    '/nodefaults': { name: 'Foo', price: 50.3 },
    '/nonull': { name: 'Foo', price: 50.3, tax: 10.2, tags: [] }
  }
  for (const [url, part] of Object.entries(parts)) t.same((await app.inject(`/response/items/foo${url}`)).json(), part, url)
})

t.test('a vehicle is sent as the one that it is, weights as numbers', async t => {
  const car = { description: 'All my friends drive a low rider', type: 'car' }
  const plane = { description: "Music is my aeroplane, it's my aeroplane", type: 'plane', size: 5 }
  t.same((await app.inject('/response/vehicles/item1')).json(), car)
  t.same((await app.inject('/response/vehicles/')).json(), [car, plane])
  t.same((await app.inject('/response/weights/')).json(), { foo: 2.3, bar: 3, baz: 4.5 })
})

t.test('what does not fit is a 500 that shows nothing, what is not there a 404', async t => {
  for (const [url, status, detail] of [
    ['/broken/', 500, 'Internal Server Error'], ['/items/nope', 404, 'Item not found'], ['/vehicles/nope', 404, 'Item not found']
  ] as const) {
    const { statusCode, body } = await app.inject(`/response${url}`)
    t.same([statusCode, body], [status, JSON.stringify({ detail })], url)
  }
})
