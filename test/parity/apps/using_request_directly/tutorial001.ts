import { Type } from '@fastify/type-provider-typebox'
import { parityApp } from '../app.ts'

export default parityApp(async app => {
  app.get('/items/:item_id', {
    schema: { summary: 'Read Root', params: Type.Object({ item_id: Type.String() }) }
  }, async ({ ip, params: { item_id: id } }) => ({ client_host: ip, item_id: id }))
})
