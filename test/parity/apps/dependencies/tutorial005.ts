import { Type } from '@fastify/type-provider-typebox'
import { dependency } from '../../../../plugins/dependencies/index.ts'
import { Nullable } from '../../../../plugins/types/index.ts'
import { dependentApp } from './app.ts'

const queryExtractor = dependency({
  query: Type.Object({ q: Nullable(Type.String(), { default: null }) })
}, ({ query }) => query.q)

const queryOrCookie = dependency({
  needs: { q: queryExtractor },
  cookies: Type.Object({ last_query: Nullable(Type.String(), { default: null }) })
}, ({ q, cookies }) => q || cookies.last_query)

export default dependentApp(async app => {
  app.get('/items/', {
    config: { depends: { queryOrDefault: queryOrCookie } },
    schema: { summary: 'Read Query' }
  }, async ({ deps }) => ({ q_or_cookie: deps.queryOrDefault }))
})
