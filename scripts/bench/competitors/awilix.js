import { diContainer, fastifyAwilixPlugin } from '@fastify/awilix'
import { asFunction, asValue, Lifetime } from 'awilix'
import Fastify from 'fastify'
import { listening } from '../apps/listening.ts'
import { pageOf, userOf } from '../apps/typed-get/data.ts'
import { Items, Page, Params } from '../apps/typed-get/model.ts'

export default async function listen () {
  const app = Fastify()
  await app.register(fastifyAwilixPlugin, { disposeOnClose: true, disposeOnResponse: true, strictBooleanEnforced: true })
  diContainer.register({
    currentUser: asFunction(({ authorization }) => userOf(authorization), { lifetime: Lifetime.SCOPED })
  })
  app.addHook('onRequest', async request => {
    request.diScope.register({ authorization: asValue(request.headers.authorization) })
    if (request.diScope.resolve('currentUser') === undefined) throw Object.assign(new Error('Not authenticated'), { statusCode: 401 })
  })
  app.get('/users/:userId/items', {
    schema: { params: Params, querystring: Page, response: { 200: Items } }
  }, async ({ params: { userId }, query: { skip, limit }, diScope }) => pageOf(diScope.resolve('currentUser'), userId, skip, limit))
  return listening(app)
}
