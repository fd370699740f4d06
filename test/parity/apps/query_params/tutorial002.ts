import { Type } from '@fastify/type-provider-typebox'
import { Nullable } from '../../../../plugins/types/index.ts'
import { parityApp } from '../app.ts'

export default parityApp(async app => {
  app.get('/items/:item_id', {
    schema: {
      summary: 'Read Item',
      params: Type.Object({ item_id: Type.String() }),
      querystring: Type.Object({
        q: Nullable(Type.String(), { default: null })
      })
    }
  }, async ({ params, query: { q } }) => ({ ...params, ...(q && { q }) }))
})
