import { Type } from '@fastify/type-provider-typebox'
import { parityApp } from '../app.ts'
import { product } from './product.ts'

const Item = Type.Object({
  ...product,
  tags: Type.Array(Type.String(), { default: [] })
}, { title: 'Item' })

export default parityApp(async app => {
  app.put('/items/:item_id', {
    schema: {
      summary: 'Update Item',
      params: Type.Object({ item_id: Type.Integer() }),
      body: Item
    }
  }, async ({ params, body: item }) => ({ ...params, item }))
})
