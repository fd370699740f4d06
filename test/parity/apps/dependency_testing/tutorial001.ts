import { Type } from '@fastify/type-provider-typebox'
import { dependency, override } from '../../../../plugins/dependencies/index.ts'
import { Nullable } from '../../../../plugins/types/index.ts'
import { dependentApp } from '../dependencies/app.ts'
import { Commons } from '../dependencies/commons.ts'

const commonParameters = dependency({ query: Commons }, ({ query }) => query)

const overrideDependency = dependency({
  query: Type.Object({ q: Nullable(Type.String(), { default: null }) })
}, ({ query: { q } }) => ({ q, skip: 5, limit: 10 }))

export default dependentApp(async app => {
  app.get('/items/', {
    config: { depends: { commons: commonParameters } },
    schema: { summary: 'Read Items' }
  }, async ({ deps }) => ({ message: 'Hello Items!', params: deps.commons }))

  app.get('/users/', {
    config: { depends: { commons: commonParameters } },
    schema: { summary: 'Read Users' }
  }, async ({ deps }) => ({ message: 'Hello Users!', params: deps.commons }))
}, { overrides: [override(commonParameters, overrideDependency)] })
