import { Type } from '@fastify/type-provider-typebox'
import { parityApp } from '../app.ts'
import { Item, items, ResponseMessage } from './models.ts'

export default parityApp(async app => {
  app.post('/items/', {
    schema: {
      summary: 'Create Item',
      body: Item,
      response: { 200: ResponseMessage }
    }
  }, async () => ({ message: 'item received' }))

  app.get('/items/', {
    schema: {
      summary: 'Get Items',
      response: { 200: Type.Array(Item) }
    }
  }, async () => items)
})
