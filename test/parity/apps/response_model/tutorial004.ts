import { Type } from '@fastify/type-provider-typebox'
import { Nullable } from '../../../../plugins/types/index.ts'
import { parityApp } from '../app.ts'
import { ItemId } from './items.ts'

const Item = Type.Object({
  name: Type.String(),
  description: Nullable(Type.String(), { default: null }),
  price: Type.Number(),
  tax: Type.Number({ default: 10.5 }),
  tags: Type.Array(Type.String(), { default: [] })
}, { title: 'Item' })

const items = new Map([
  ['foo', { name: 'Foo', price: 50.2 }],
  ['bar', { name: 'Bar', description: 'The bartenders', price: 62, tax: 20.2 }],
  ['baz', { name: 'Baz', description: null, price: 50.2, tax: 10.5, tags: [] }]
])

export default parityApp(async app => {
  app.get('/items/:item_id', {
    config: { response: { excludeUnset: true } },
    schema: {
      summary: 'Read Item',
      params: ItemId,
      response: { 200: Item }
    }
  }, async ({ params: { item_id: id } }) => {
    const item = items.get(id)
    if (item === undefined) throw new Error(`there is no item ${id}`)
    return item
  })
})
