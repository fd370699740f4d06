import { Type } from '@fastify/type-provider-typebox'
import { dependency } from '../../../../plugins/dependencies/index.ts'
import { dependentApp } from './app.ts'

/** A dependency with a parameter is a function that makes one. */
function queryContains (fixedContent: string) {
  return dependency({
    query: Type.Object({ q: Type.String({ default: '' }) })
  }, ({ query: { q } }) => q.includes(fixedContent))
}

export default dependentApp(async app => {
  app.get('/query-checker/', {
    config: { depends: { isIncluded: queryContains('bar') } },
    schema: { summary: 'Read Query Check' }
  }, async ({ deps }) => ({ fixed_content_in_query: deps.isIncluded }))
})
