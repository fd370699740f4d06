import { Type } from '@fastify/type-provider-typebox'
import { Nullable } from '../../../../plugins/types/index.ts'
import { parityApp } from '../app.ts'
import { Item } from './item.ts'

export default parityApp(async app => {
  app.put('/items/:item_id', {
    schema: {
      summary: 'Update Item',
      params: Type.Object({
        item_id: Type.Integer({ title: 'The ID of the item to get', minimum: 0, maximum: 1000 })
      }),
      querystring: Type.Object({
        q: Nullable(Type.String(), { default: null })
      }),
      body: Nullable(Item, { default: null, title: 'Item' })
    }
  }, async ({ params, query: { q }, body: item }) => ({ ...params, ...(q && { q }), ...(item && { item }) }))
})
