import { Type } from '@fastify/type-provider-typebox'
import { Embed, Nullable } from '../../../../plugins/types/index.ts'
import { parityApp } from '../app.ts'

export default parityApp(async app => {
  for (const [path, summary] of [['/query', 'Read Query'], ['/explicit-query', 'Read Explicit Query']] as const) {
    app.get(path, {
      schema: {
        summary,
        querystring: Type.Object({ q: Nullable(Type.String()) }),
        response: { 200: Type.Unknown() }
      }
    }, async ({ query: { q } }) => q)
  }

  app.post('/body-embed', {
    schema: {
      summary: 'Send Body Embed',
      body: Embed({ b: Nullable(Type.String()) }),
      response: { 200: Type.Unknown() }
    }
  }, async ({ body: { b } }) => b)
})
