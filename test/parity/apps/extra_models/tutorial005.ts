import { Type } from '@fastify/type-provider-typebox'
import { parityApp } from '../app.ts'

export default parityApp(async app => {
  app.get('/keyword-weights/', {
    schema: {
      summary: 'Read Keyword Weights',
      response: { 200: Type.Record(Type.String(), Type.Number()) }
    }
  }, async () => ({ foo: 2.3, bar: 3.4 }))
})
