import { Type } from '@fastify/type-provider-typebox'
import { Embed, Nullable } from '../../../../plugins/types/index.ts'
import { parityApp } from '../app.ts'

const Item = Type.Object({
  name: Type.String(),
  description: Nullable(Type.String({ maxLength: 300 }), { default: null, title: 'The description of the item' }),
  price: Type.Number({ exclusiveMinimum: 0, description: 'The price must be greater than zero' }),
  tax: Nullable(Type.Number(), { default: null })
}, { title: 'Item' })

export default parityApp(async app => {
  app.put('/items/:item_id', {
    schema: {
      summary: 'Update Item',
      params: Type.Object({ item_id: Type.Integer() }),
      body: Embed({ item: Item })
    }
  }, async ({ params, body }) => ({ ...params, ...body }))
})
