import { parityApp } from '../app.ts'
import { Item } from './item.ts'

export default parityApp(async app => {
  app.post('/items/', {
    schema: {
      tags: ['items'],
      summary: 'Create Item',
      body: Item,
      response: { 200: Item }
    }
  }, async ({ body: item }) => item)

  app.get('/items/', {
    schema: { tags: ['items'], summary: 'Read Items' }
  }, async () => [{ name: 'Foo', price: 42 }])

  app.get('/users/', {
    schema: { tags: ['users'], summary: 'Read Users' }
  }, async () => [{ username: 'johndoe' }])
})
