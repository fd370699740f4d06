import { parityApp } from '../app.ts'
import { Item } from './item.ts'

const description = `Create an item with all the information:

- **name**: each item must have a name
- **description**: a long description
- **price**: required
- **tax**: if the item doesn't have tax, you can omit this
- **tags**: a set of unique tag strings for this item`

export default parityApp(async app => {
  app.post('/items/', {
    schema: {
      summary: 'Create an item',
      description,
      body: Item,
      response: {
        200: {
          description: 'The created item',
          content: { 'application/json': { schema: Item } }
        }
      }
    }
  }, async function createItem ({ body: item }) {
    return item
  })
})
