import { Type } from '@fastify/type-provider-typebox'
import { parityApp } from '../app.ts'

export default parityApp(async app => {
  app.post('/', {
    schema: {
      summary: 'Get',
      querystring: Type.Object({
        x: Type.Number({ default: 0, allowInfNan: true }),
        y: Type.Number({ default: 0, allowInfNan: false }),
        z: Type.Number({ default: 0 })
      }),
      body: Type.Number({ default: 0, allowInfNan: false }),
      response: { 200: Type.String() }
    }
  }, async () => 'OK')
})
