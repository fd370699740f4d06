import { parityApp } from '../app.ts'
import { Item } from './item.ts'

export default parityApp(async app => {
  app.post('/items/', {
    schema: {
      summary: 'Create an item',
      description: 'Create an item with all the information, name, description, price, tax and a set of unique tags',
      body: Item,
      response: { 200: Item }
    }
  }, async function createItem ({ body: item }) {
    return item
  })
})
