import Fastify, { type FastifyInstance } from 'fastify'
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import dependencies, { dependency } from '../../../../plugins/dependencies/index.ts'
import errors, { Unauthorized } from '../../../../plugins/errors/index.ts'
import responseModel from '../../../../plugins/response-model/index.ts'
import validation from '../../../../plugins/validation/index.ts'
import { listening } from '../listening.ts'
import { pageOf, userOf } from './data.ts'
import { Items, Page, Params } from './model.ts'

const currentUser = dependency({ security: { bearer: { type: 'http', scheme: 'bearer' } } }, ({ request }) => {
  const user = userOf(request.headers.authorization)
  if (user === undefined) throw new Unauthorized()
  return user
})

/** @param before what the app has before all else */
export async function build (before?: (app: FastifyInstance) => unknown) {
  const app = Fastify().withTypeProvider<TypeBoxTypeProvider>()
  await before?.(app as unknown as FastifyInstance)
  for (const plugin of [errors, validation, responseModel, dependencies]) await app.register(plugin)
  app.get('/users/:userId/items', {
    config: { depends: { user: currentUser } },
    schema: { params: Params, querystring: Page, response: { 200: Items } }
  }, async ({ params: { userId }, query: { skip, limit }, deps: { user } }) => pageOf(user, userId, skip, limit))
  return app
}

export default async (): Promise<number> => listening(await build())
