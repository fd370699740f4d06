import { Type } from '@fastify/type-provider-typebox'
import { parityApp } from '../app.ts'

export default parityApp(async app => {
  app.route({
    method: 'QUERY',
    url: '/q',
    schema: { body: Type.Record(Type.String(), Type.Any(), { default: {} }) },
    handler: async function q ({ body }) { return { q: body } }
  })
  app.get('/g', { schema: { response: { 200: Type.Any() } } }, async function g () { return 1 })
})
