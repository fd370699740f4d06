import { parityApp } from '../app.ts'
import { hero, Item, ItemId, Message } from './item.ts'

export default parityApp(async app => {
  app.get('/items/:item_id', {
    schema: {
      summary: 'Read Item',
      params: ItemId,
      response: {
        200: {
          description: 'Item requested by ID',
          content: { 'application/json': { schema: Item, example: { id: 'bar', value: 'The bar tenders' } } }
        },
        404: { ...Message, description: 'The item was not found' }
      }
    }
  }, async ({ params }, reply) => {
    if (params.item_id === 'foo') return hero
    reply.code(404)
    return { message: 'Item not found' }
  })
})
