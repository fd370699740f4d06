/**
 * What FastAPI calls a middleware is a pair of hooks: what stands before `call_next` is `onRequest`, what stands behind it
 * is `onSend`. A hook holds for its scope and below; for all answers, unknown paths too, it stands at the root.
 * `X-Process-Time` is such a pair: the plugin `timing`.
 *
 * @module
 * @see https://fastapi.tiangolo.com/tutorial/middleware/
 */

import { type FastifyPluginAsyncTypebox, Type } from '@fastify/type-provider-typebox'

const middleware: FastifyPluginAsyncTypebox = async app => {
  app.addHook('onRequest', async request => { request.log.debug('before the handler') })
  app.addHook('onSend', async (request, _reply, payload) => {
    request.log.debug('after the handler, before the answer goes out')
    return payload
  })

  app.get('/', { schema: { summary: 'Main' } }, async () => ({ message: 'Hello World' }))

  app.get('/n/:n', {
    schema: { summary: 'N', params: Type.Object({ n: Type.Integer() }) }
  }, async ({ params: { n } }) => ({ n }))
}

export default middleware
