import { Type } from '@fastify/type-provider-typebox'
import { Nullable } from '../../../../plugins/types/index.ts'
import { parityApp } from '../app.ts'

const Item = Type.Object({
  name: Type.String(),
  description: Nullable(Type.String({ maxLength: 6 }), { title: 'The description of the item', default: null }),
  price: Type.Number({ exclusiveMinimum: 0, description: 'The price must be greater than zero' }),
  tax: Nullable(Type.Number(), { default: null })
}, { title: 'Item' })

export default parityApp(async app => {
  app.put('/items/:item_id', {
    schema: { summary: 'Update Item', params: Type.Object({ item_id: Type.Integer() }), body: Item }
  }, async ({ params: { item_id: id }, body: { name, price } }) => ({ item_id: id, item: name, item_price: price }))
})
