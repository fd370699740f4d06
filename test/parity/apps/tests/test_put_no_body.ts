import { Type } from '@fastify/type-provider-typebox'
import { parityApp } from '../app.ts'

export default parityApp(async app => {
  app.put('/items/:item_id', {
    schema: {
      summary: 'Save Item No Body',
      params: Type.Object({ item_id: Type.String() })
    }
  }, async ({ params }) => params)
})
