import Fastify from 'fastify'
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import dependencies, { dependency } from '../../../../plugins/dependencies/index.ts'
import errors from '../../../../plugins/errors/index.ts'
import jwt, { InvalidToken, verified } from '../../../../plugins/jwt/index.ts'
import responseModel from '../../../../plugins/response-model/index.ts'
import { oauth2PasswordBearer } from '../../../../plugins/security/index.ts'
import validation from '../../../../plugins/validation/index.ts'
import { listening } from '../listening.ts'
import { pageOf, userOf } from './data.ts'
import { Items, Page, Params } from './model.ts'
import { secret } from './token.ts'

const claims = verified(oauth2PasswordBearer({ tokenUrl: 'token' }))
const currentUser = dependency({ needs: { claims } }, ({ claims: { sub } }) => {
  const user = userOf(`Bearer ${sub}`)
  if (user === undefined) throw new InvalidToken('subject')
  return user
})

export default async function listen (): Promise<number> {
  const app = Fastify().withTypeProvider<TypeBoxTypeProvider>()
  for (const plugin of [errors, validation, responseModel, dependencies]) await app.register(plugin)
  await app.register(jwt, { secret })
  app.get('/users/:userId/items', {
    config: { depends: { user: currentUser } },
    schema: { params: Params, querystring: Page, response: { 200: Items } }
  }, async ({ params: { userId }, query: { skip, limit }, deps: { user } }) => pageOf(user, userId, skip, limit))
  return listening(app)
}
