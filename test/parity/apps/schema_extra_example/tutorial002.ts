import { Type } from '@fastify/type-provider-typebox'
import { Nullable } from '../../../../plugins/types/index.ts'
import { parityApp } from '../app.ts'

const Item = Type.Object({
  name: Type.String({ examples: ['Foo'] }),
  description: Nullable(Type.String(), { default: null, examples: ['A very nice Item'] }),
  price: Type.Number({ examples: [35.4] }),
  tax: Nullable(Type.Number(), { default: null, examples: [3.2] })
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
