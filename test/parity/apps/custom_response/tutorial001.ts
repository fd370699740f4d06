import { Type } from '@sinclair/typebox'
import { parityApp } from '../app.ts'

export default parityApp(async app => {
  app.get('/items/', {
    schema: { summary: 'Read Items', response: { 200: Type.Any() } }
  }, async () => [{ item_id: 'Foo' }])
})
