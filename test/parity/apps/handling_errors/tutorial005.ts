import { Type } from '@fastify/type-provider-typebox'
import { RequestValidationError } from '../../../../plugins/validation/index.ts'
import { parityApp } from '../app.ts'

const Item = Type.Object({
  title: Type.String(),
  size: Type.Integer()
}, { title: 'Item' })

export default parityApp(async app => {
  app.handle(RequestValidationError, ({ issues, body }) => ({ detail: issues, body }))

  app.post('/items/', {
    schema: {
      summary: 'Create Item',
      body: Item
    }
  }, async ({ body: item }) => item)
})
