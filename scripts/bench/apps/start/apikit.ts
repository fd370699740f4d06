import Fastify from 'fastify'
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import { Type } from '@sinclair/typebox'
import dependencies, { dependency } from '../../../../plugins/dependencies/index.ts'
import errors, { Unauthorized } from '../../../../plugins/errors/index.ts'
import responseModel from '../../../../plugins/response-model/index.ts'
import validation from '../../../../plugins/validation/index.ts'
import { userOf } from '../typed-get/data.ts'
import { page, schemasOf } from './schemas.ts'

const currentUser = dependency({ security: { bearer: { type: 'http', scheme: 'bearer' } } }, ({ request }) => {
  const user = userOf(request.headers.authorization)
  if (user === undefined) throw new Unauthorized()
  return user
})
const pagination = dependency({ query: Type.Object(page()) }, ({ query }) => query)

export default async function build (routes: number): Promise<unknown> {
  const app = Fastify().withTypeProvider<TypeBoxTypeProvider>()
  for (const plugin of [errors, validation, responseModel, dependencies]) await app.register(plugin)
  for (let i = 0; i < routes; i++) {
    app.post(`/area${i}/:userId/items`, {
      config: { depends: { user: currentUser, pagination } },
      schema: schemasOf(i)
    }, async ({ params, body, deps }) => ({ id: params.userId + deps.pagination.skip, ...body }))
  }
  return app.ready()
}
