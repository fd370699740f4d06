import { Type } from '@fastify/type-provider-typebox'
import { Nullable } from '../../../../plugins/types/index.ts'
import { parityApp } from '../app.ts'
import { found } from './found.ts'

export default parityApp(async app => {
  app.get('/items/', {
    schema: {
      summary: 'Read Items',
      querystring: Type.Object({
        q: Nullable(Type.String({ minLength: 3, maxLength: 50, pattern: '^fixedquery$' }), { default: null })
      })
    }
  }, async ({ query: { q } }) => found(q))
})
