import { Type } from '@fastify/type-provider-typebox'
import { parityApp } from '../app.ts'

const Item = Type.Object({
  name: Type.String(),
  price: Type.Number()
}, { title: 'Item' })

export default parityApp(async app => {
  app.post('/items/', {
    schema: {
      summary: 'Create Item',
      body: Item
    }
  }, async ({ body: item }) => item)
}, { validation: { strictContentType: false } })
