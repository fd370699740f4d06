import { Type } from '@fastify/type-provider-typebox'
import { parityApp } from '../app.ts'

export default parityApp(async app => {
  app.get('/items/', {
    schema: {
      summary: 'Read Items',
      querystring: Type.Object({
        q: Type.Array(Type.Integer(), { default: null })
      })
    }
  }, async ({ query }) => query)
})
