import t from 'tap'
import { build } from '../helper.ts'

const app = await build(t)

const item = {
  name: 'n', description: null, price: 1, tax: null, tags0: [], tags1: [], tags2: [], image: null, images: []
}

t.test('the keys of a dictionary are typed too, and equal keys are one', async t => {
  const post = (body: object) => app.inject({ method: 'POST', url: '/fields/index-weights/', body })

  t.same((await post({ 1: '1.5', '01': 2, '1.0': 3, 2: true })).json(), { 1: 3, 2: 1 })
  t.same((await post({ a: 1, 2: 'x' })).json().detail.map(({ loc }: { loc: unknown }) => loc).sort(), [
    ['body', '2'],
    ['body', 'a', '[key]']
  ])
})

t.test('models nest, in fields and in lists', async t => {
  const image = { url: 'u', name: 'm' }
  const put = (fields: object) => app.inject({ method: 'PUT', url: '/fields/items/1', body: { item: { name: 'n', price: 1, ...fields } } })

  t.same((await put({ image, images: [image] })).json(), { item_id: 1, item: { ...item, image, images: [image] } })
  t.same((await put({ images: [image, { url: 'u' }] })).json().detail, [
    { type: 'missing', loc: ['body', 'item', 'images', 1, 'name'], msg: 'Field required', input: { url: 'u' } }
  ])
})

t.test('a set loses its duplicates, a list keeps them', async t => {
  const answer = await app.inject({ method: 'POST', url: '/fields/items/', body: [{ name: 'n', price: 1, tags1: ['a', 'a'], tags2: ['b', 'b'] }] })
  t.same(answer.json(), [{ ...item, tags1: ['a', 'a'], tags2: ['b'] }])
})

t.test('bounds hold in nested fields, and lengths are counted in characters', async t => {
  const put = (fields: object) => app.inject({ method: 'PUT', url: '/fields/items/1', body: { item: { name: 'n', price: 1, ...fields } } })

  t.same((await put({ description: 'é😀abcd' })).json().item.description, 'é😀abcd')
  t.same((await put({ description: 'seven77', price: 0 })).json().detail, [
    { type: 'string_too_long', loc: ['body', 'item', 'description'], msg: 'String should have at most 6 characters', input: 'seven77', ctx: { max_length: 6 } },
    { type: 'greater_than', loc: ['body', 'item', 'price'], msg: 'Input should be greater than 0', input: 0, ctx: { gt: 0 } }
  ])
})
