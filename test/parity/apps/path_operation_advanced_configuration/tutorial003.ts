import { parityApp } from '../app.ts'

export default parityApp(async app => {
  app.get('/items/', {
    schema: { hide: true }
  }, async () => [{ item_id: 'Foo' }])
})
