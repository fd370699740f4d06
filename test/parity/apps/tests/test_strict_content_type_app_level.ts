import { Type } from '@fastify/type-provider-typebox'
import { parityApp } from '../app.ts'

export default parityApp(async app => {
  app.post('/items/', {
    schema: {
      summary: 'App Default Post',
      body: Type.Record(Type.String(), Type.Unknown())
    }
  }, async ({ body: data }) => data)
})
