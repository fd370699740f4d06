import { Type } from '@fastify/type-provider-typebox'
import { parityApp } from '../app.ts'

export default parityApp(async app => {
  app.get('/users/:user_id', {
    schema: {
      summary: 'Get User',
      params: Type.Object({ user_id: Type.String() })
    }
  }, async ({ params, routeOptions: { url = '' } }) => {
    return { ...params, path: url.replaceAll(/:(\w+)/g, '{$1}') }
  })
})
