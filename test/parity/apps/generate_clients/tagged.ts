import { type FastifyPluginAsyncTypebox, Type } from '@fastify/type-provider-typebox'
import { Item, items, ResponseMessage, User } from './models.ts'

export const routes: FastifyPluginAsyncTypebox = async app => {
  app.post('/items/', {
    schema: {
      tags: ['items'],
      summary: 'Create Item',
      body: Item,
      response: { 200: ResponseMessage }
    }
  }, async () => ({ message: 'Item received' }))

  app.get('/items/', {
    schema: {
      tags: ['items'],
      summary: 'Get Items',
      response: { 200: Type.Array(Item) }
    }
  }, async () => items)

  app.post('/users/', {
    schema: {
      tags: ['users'],
      summary: 'Create User',
      body: User,
      response: { 200: ResponseMessage }
    }
  }, async () => ({ message: 'User received' }))
}
