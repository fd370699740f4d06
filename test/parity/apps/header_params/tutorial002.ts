import { Type } from '@fastify/type-provider-typebox'
import { Nullable } from '../../../../plugins/types/index.ts'
import { parityApp } from '../app.ts'

export default parityApp(async app => {
  app.get('/items/', {
    schema: {
      summary: 'Read Items',
      headers: Type.Object({
        strange_header: Nullable(Type.String(), { default: null, convertUnderscores: false })
      })
    }
  }, async ({ headers: { strange_header: strange } }) => ({ strange_header: strange }))
})
