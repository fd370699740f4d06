import { Type } from '@fastify/type-provider-typebox'
import dependencies, { dependency } from '../../../../plugins/dependencies/index.ts'
import { HttpError } from '../../../../plugins/errors/index.ts'
import { RequestValidationError } from '../../../../plugins/validation/index.ts'
import { parityApp } from '../app.ts'

/** Ends before the answer is sent, so that what it throws can be answered. */
const withYield = dependency({ scope: 'function' }, async function * () {
  yield 'value'
  throw new Error('after the handler')
})

export default parityApp(async app => {
  await app.register(dependencies)

  app.handle(HttpError, (_error, _request, reply) => {
    reply.code(200)
    return { exception: 'http-exception' }
  })
  app.handle(RequestValidationError, (_error, _request, reply) => {
    reply.code(200)
    return { exception: 'request-validation' }
  })
  app.handle(Error, (_error, _request, reply) => {
    reply.code(500)
    return { exception: 'server-error' }
  })

  app.get('/http-exception', { schema: { summary: 'Route With Http Exception' } }, async () => { throw new HttpError(400) })
  app.get('/request-validation/:param/', { schema: { summary: 'Route With Request Validation Exception', params: Type.Object({ param: Type.Integer() }) } }, async () => {})
  app.get('/server-error', { schema: { summary: 'Route With Server Error' } }, async () => { throw new RangeError('oops') })
  app.get('/dependency-with-yield', { config: { depends: { value: withYield } }, schema: { summary: 'With Yield' } }, async () => null)
})
