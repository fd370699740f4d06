import { applyPatch } from '../../../../plugins/response-model/index.ts'
import { parityApp } from '../app.ts'
import { Item, ItemId, Items } from './item.ts'

export default parityApp(async app => {
  const items = new Items()

  app.get('/items/:item_id', {
    schema: {
      summary: 'Read Item',
      params: ItemId,
      response: { 200: Item }
    }
  }, async ({ params: { item_id: id } }) => items.read(id))

  app.patch('/items/:item_id', {
    schema: {
      summary: 'Update Item',
      params: ItemId,
      body: Item,
      response: { 200: Item }
    }
  }, async ({ params: { item_id: id }, body }) => {
    const item = applyPatch(items.read(id), body)
    items.set(id, item)
    return item
  })
})
