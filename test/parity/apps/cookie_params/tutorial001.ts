import { Type } from '@fastify/type-provider-typebox'
import { Nullable } from '../../../../plugins/types/index.ts'
import { parityApp } from '../app.ts'

export default parityApp(async app => {
  app.get('/items/', {
    schema: {
      summary: 'Read Items',
      cookies: Type.Object({
        ads_id: Nullable(Type.String(), { default: null })
      })
    }
  }, async ({ cookieParams }) => cookieParams)
})
