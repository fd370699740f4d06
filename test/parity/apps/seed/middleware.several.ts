import { type FastifyPluginAsyncTypebox, Type } from '@fastify/type-provider-typebox'
import { HttpError } from '../../../../plugins/errors/index.ts'
import { parityApp } from '../app.ts'

declare module 'fastify' {
  interface FastifyRequest {
    /** Answered by the outer middleware: the inner one has not been reached, and nothing runs on the way out. */
    isStopped: boolean
  }
}

/** Two middlewares, the outer one around the inner one: in as they are declared, out the other way round. */
const middlewares = (log: string[]): FastifyPluginAsyncTypebox => async app => {
  app.decorateRequest('isStopped', false)

  app.addHook('onRequest', async (request, reply) => {
    log.push('outer in')
    if (!request.headers['x-stop']) return
    request.isStopped = true
    return reply.code(403).type('application/json').serializer(String).send(JSON.stringify({ stopped: request.url }))
  })
  app.addHook('onRequest', async () => { log.push('inner in') })

  app.addHook('onSend', async (request, reply, payload) => {
    if (request.isStopped) return payload
    log.push(`inner out ${reply.statusCode}`)
    reply.header('x-inner', '1')
    return payload
  })
  app.addHook('onSend', async (request, reply, payload) => {
    if (request.isStopped) return payload
    log.push('outer out')
    reply.header('x-outer', reply.getHeader('x-inner') ?? 'none')
    return payload
  })
}

export default parityApp(async app => {
  const log: string[] = []
  await middlewares(log)(app, {})

  app.get('/', { schema: { summary: 'Main' } }, async () => ({ message: 'Hello World' }))

  app.post('/echo/', {
    schema: { summary: 'Echo', body: Type.Record(Type.String(), Type.Unknown()) }
  }, async ({ body }) => body)

  app.get('/n/:n', {
    schema: { summary: 'N', params: Type.Object({ n: Type.Integer() }) }
  }, async ({ params: { n } }, reply) => {
    if (n === 0) throw new HttpError(418, 'teapot', { 'X-Inner': 'from handler' })
    if (n === 1) return reply.redirect('/', 307)
    if (n === 2) return reply.type('text/plain; charset=utf-8').send(new Response('abc').body)
    return { n }
  })

  app.get('/log/', { schema: { summary: 'Read Log' } }, async () => log.splice(0))
})
