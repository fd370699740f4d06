import { Type } from '@fastify/type-provider-typebox'
import { parityApp } from '../app.ts'

const schema = { body: Type.Any({ title: 'D' }), response: { 200: Type.Any() } }

export default parityApp(async app => {
  app.addHook('onSend', async (_request, reply, payload) => {
    reply.header('x-mw', '1')
    return payload
  })
  // Nothing reads a body before its route does.
  app.post('/early', { schema }, async ({ body }) => body)
  app.post('/late', { schema, config: { maxBodySize: 100 } }, async ({ body }) => body)
  app.post('/plain', { schema }, async ({ body }) => body)
  app.post('/caught', { schema: { response: schema.response } }, async () => 'read')
}, { validation: { maxBodySize: 10 } })
