import { Type } from '@fastify/type-provider-typebox'
import { parityApp } from '../app.ts'

export default parityApp(async app => {
  app.get('/items/:item_id', {
    schema: { summary: 'Read Item', params: Type.Object({ item_id: Type.Integer() }) }
  }, async ({ params }) => params)
})
