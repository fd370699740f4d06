import { Type } from '@fastify/type-provider-typebox'
import { Nullable } from '../../../../plugins/types/index.ts'
import { parityApp } from '../app.ts'
import { found } from './found.ts'

export default parityApp(async app => {
  app.get('/items/', {
    schema: {
      summary: 'Read Items',
      querystring: Type.Object({
        q: Nullable(Type.String({ minLength: 3, maxLength: 50, pattern: '^fixedquery$' }), {
          default: null,
          alias: 'item-query',
          title: 'Query string',
          description: 'Query string for the items to search in the database that have a good match',
          deprecated: true
        })
      })
    }
  }, async ({ query: { q } }) => found(q))
})
