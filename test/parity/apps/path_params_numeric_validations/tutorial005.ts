import { Type } from '@fastify/type-provider-typebox'
import { parityApp } from '../app.ts'

export default parityApp(async app => {
  app.get('/items/:item_id', {
    schema: {
      summary: 'Read Items',
      params: Type.Object({
        item_id: Type.Integer({ title: 'The ID of the item to get', exclusiveMinimum: 0, maximum: 1000 })
      }),
      querystring: Type.Object({ q: Type.String() })
    }
  }, async ({ params, query: { q } }) => ({ ...params, ...(q && { q }) }))
})
