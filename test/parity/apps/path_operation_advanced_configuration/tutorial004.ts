import { parityApp } from '../app.ts'
import { Item } from '../path_operation_configuration/item.ts'

export default parityApp(async app => {
  app.post('/items/', {
    schema: {
      summary: 'Create an item',
      // What follows a form feed is for the reader of the source.
      description: `
        Create an item with all the information:

        - **name**: each item must have a name
        - **description**: a long description
        - **price**: required
        - **tax**: if the item doesn't have tax, you can omit this
        - **tags**: a set of unique tag strings for this item
        \f
        :param item: User input.
      `,
      body: Item,
      response: { 200: Item }
    }
  }, async function createItem ({ body: item }) {
    return item
  })
})
