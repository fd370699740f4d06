import { Type } from '@fastify/type-provider-typebox'
import { dependency } from '../../../../plugins/dependencies/index.ts'
import { dependentApp } from '../dependencies/app.ts'
import { commonQueryParams } from '../dependencies/common-query-params.ts'
import { Commons } from '../dependencies/commons.ts'

const commonParameters = dependency({ query: Commons }, ({ query }) => query)

export default dependentApp(async app => {
  app.get('/items/', {
    config: { depends: { commons: commonParameters } },
    schema: { summary: 'Read Items' }
  }, async ({ deps: { commons } }) => commons)

  app.get('/users/', {
    config: { depends: { commons: commonParameters } },
    schema: { summary: 'Read Users' }
  }, async ({ deps: { commons } }) => commons)

  app.get('/users/:user_id', {
    config: { depends: { commons: commonParameters, page: commonQueryParams } },
    schema: {
      summary: 'Read User',
      params: Type.Object({ user_id: Type.Integer() }),
      querystring: Type.Object({ limit: Type.Integer({ default: 5 }) })
    }
  }, async ({ params, query: { limit }, deps: { commons, page } }) => ({ ...params, commons, class_skip: page.skip, limit }))
})
