import { Type } from '@fastify/type-provider-typebox'
import { Nullable } from '../../../../plugins/types/index.ts'
import { parityApp } from '../app.ts'

const description = 'This is an amazing item that has a long description'

export default parityApp(async app => {
  app.get('/users/:user_id/items/:item_id', {
    schema: {
      summary: 'Read User Item',
      params: Type.Object({ user_id: Type.Integer(), item_id: Type.String() }),
      querystring: Type.Object({
        q: Nullable(Type.String(), { default: null }),
        short: Type.Boolean({ default: false })
      })
    }
  }, async ({ params, query: { q, short } }) => ({
    item_id: params.item_id,
    owner_id: params.user_id,
    ...(q && { q }),
    ...(!short && { description })
  }))
})
