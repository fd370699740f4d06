import { Type } from '@fastify/type-provider-typebox'
import { parityApp } from '../app.ts'

export default parityApp(async app => {
  app.get('/items/:item_id', {
    schema: {
      summary: 'Read Items',
      params: Type.Object({
        item_id: Type.Integer({ title: 'The ID of the item to get', minimum: 0, maximum: 1000 })
      }),
      querystring: Type.Object({
        q: Type.String(),
        size: Type.Number({ exclusiveMinimum: 0, exclusiveMaximum: 10.5 })
      })
    }
  }, async ({ params, query: { q, size } }) => ({ ...params, ...(q && { q }), ...(size && { size }) }))
})
