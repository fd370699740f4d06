import { parityApp } from '../app.ts'
import { Item } from './item.ts'

export default parityApp(async app => {
  app.post('/items/', {
    schema: {
      summary: 'Create Item',
      body: Item
    }
  }, async ({ body: item }) => ({ ...item, ...(item.tax !== null && { price_with_tax: item.price + item.tax }) }))
})
