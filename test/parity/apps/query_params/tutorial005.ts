import { Type } from '@fastify/type-provider-typebox'
import { parityApp } from '../app.ts'

export default parityApp(async app => {
  app.get('/items/:item_id', {
    schema: {
      summary: 'Read User Item',
      params: Type.Object({ item_id: Type.String() }),
      querystring: Type.Object({ needy: Type.String() })
    }
  }, async ({ params, query }) => ({ ...params, ...query }))
})
