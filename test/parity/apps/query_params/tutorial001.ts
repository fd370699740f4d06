import { Type } from '@fastify/type-provider-typebox'
import { parityApp } from '../app.ts'

const items = [{ item_name: 'Foo' }, { item_name: 'Bar' }, { item_name: 'Baz' }]

export default parityApp(async app => {
  app.get('/items/', {
    schema: {
      summary: 'Read Item',
      querystring: Type.Object({
        skip: Type.Integer({ default: 0 }),
        limit: Type.Integer({ default: 10 })
      })
    }
  }, async ({ query: { skip, limit } }) => items.slice(skip, skip + limit))
})
