import { Type } from '@fastify/type-provider-typebox'
import { Nullable } from '../../../../plugins/types/index.ts'
import { parityApp } from '../app.ts'

export default parityApp(async app => {
  app.get('/items/', {
    schema: {
      summary: 'Read Items',
      headers: Type.Object({
        user_agent: Nullable(Type.String(), { default: null })
      })
    }
  }, async ({ headers }) => ({ 'User-Agent': headers.user_agent }))
})
