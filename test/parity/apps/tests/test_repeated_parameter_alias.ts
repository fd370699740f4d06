import { Type } from '@fastify/type-provider-typebox'
import { parityApp } from '../app.ts'

export default parityApp(async app => {
  app.get('/:repeated_alias', {
    schema: {
      summary: 'Get Parameters With Repeated Aliases',
      params: Type.Object({ path: Type.String({ alias: 'repeated_alias' }) }),
      querystring: Type.Object({ query: Type.String({ alias: 'repeated_alias' }) })
    }
  }, async ({ params, query }) => ({ ...params, ...query }))
})
