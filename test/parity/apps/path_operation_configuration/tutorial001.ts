import { parityApp } from '../app.ts'
import { Item } from './item.ts'

export default parityApp(async app => {
  app.post('/items/', {
    schema: {
      summary: 'Create Item',
      body: Item,
      response: { 201: Item }
    }
  }, async ({ body: item }, reply) => {
    reply.code(201)
    return item
  })
})
