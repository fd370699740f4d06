import { Type } from '@fastify/type-provider-typebox'
import { Nullable } from '../../../../plugins/types/index.ts'
import { parityApp } from '../app.ts'

export default parityApp(async app => {
  app.get('/items/:item_id', {
    schema: {
      summary: 'Read Items',
      params: Type.Object({
        item_id: Type.Integer({ title: 'The ID of the item to get' })
      }),
      querystring: Type.Object({
        q: Nullable(Type.String(), { default: null, alias: 'item-query' })
      })
    }
  }, async ({ params, query: { q } }) => ({ ...params, ...(q && { q }) }))
})
