import { Type } from '@fastify/type-provider-typebox'
import { Nullable } from '../../../../plugins/types/index.ts'
import { parityApp } from '../app.ts'

const description = 'This is an amazing item that has a long description'

export default parityApp(async app => {
  app.get('/items/:item_id', {
    schema: {
      summary: 'Read Item',
      params: Type.Object({ item_id: Type.String() }),
      querystring: Type.Object({
        q: Nullable(Type.String(), { default: null }),
        short: Type.Boolean({ default: false })
      })
    }
  }, async ({ params, query: { q, short } }) => ({ ...params, ...(q && { q }), ...(!short && { description }) }))
})
