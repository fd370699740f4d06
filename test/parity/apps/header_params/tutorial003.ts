import { Type } from '@fastify/type-provider-typebox'
import { Nullable } from '../../../../plugins/types/index.ts'
import { parityApp } from '../app.ts'

export default parityApp(async app => {
  app.get('/items/', {
    schema: {
      summary: 'Read Items',
      headers: Type.Object({
        x_token: Nullable(Type.Array(Type.String()), { default: null })
      })
    }
  }, async ({ headers }) => ({ 'X-Token values': headers.x_token }))
})
