import { parityApp } from '../app.ts'
import { hero, Item, ItemId, Message } from './item.ts'

export default parityApp(async app => {
  app.get('/items/:item_id', {
    schema: { summary: 'Read Item', params: ItemId, response: { 200: Item, 404: Message } }
  }, async ({ params }, reply) => {
    if (params.item_id === 'foo') return hero
    reply.code(404)
    return { message: 'Item not found' }
  })
})
