import { parityApp } from '../app.ts'

export default parityApp(async app => {
  app.get('/items/', {
    schema: { tags: ['items'], summary: 'Read Items' }
  }, async () => [{ name: 'Foo', price: 42 }])

  app.get('/users/', {
    schema: { tags: ['users'], summary: 'Read Users' }
  }, async () => [{ username: 'johndoe' }])

  app.get('/elements/', {
    schema: { tags: ['items'], summary: 'Read Elements', deprecated: true }
  }, async () => [{ item_id: 'Foo' }])
})
