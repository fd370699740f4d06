import Fastify from 'fastify'
import { type TypeBoxTypeProvider, Type } from '@fastify/type-provider-typebox'
import dependencies, { type Dependency, scoped } from '../../../../plugins/dependencies/index.ts'
import errors from '../../../../plugins/errors/index.ts'
import openid, { type Issuer, type TokenClaims } from '../../../../plugins/openid/index.ts'
import responseModel from '../../../../plugins/response-model/index.ts'
import validation from '../../../../plugins/validation/index.ts'
import { listening } from '../listening.ts'
import { AUDIENCE, claims, ISSUER, keys } from './load.ts'

const Params = Type.Object({ userId: Type.Integer() })
const Page = Type.Object({ skip: Type.Integer({ default: 0, minimum: 0 }), limit: Type.Integer({ default: 10, maximum: 100 }) })
const Item = Type.Object({ owner: Type.String(), id: Type.Integer() })

/** A route that lets in who has a good token; the issuer is at hand, since what counts is what is kept of its answers. */
export async function listenWith (checked: (issuer: Issuer) => Dependency<TokenClaims>): Promise<number> {
  const app = Fastify().withTypeProvider<TypeBoxTypeProvider>()
  for (const plugin of [errors, validation, responseModel, dependencies]) await app.register(plugin)
  await app.register(openid, {
    issuer: ISSUER,
    audience: AUDIENCE,
    algorithms: ['EdDSA'],
    clientId: 'bench',
    clientSecret: 'bench',
    endpoints: { introspection: '/introspect', jwks: '/keys' },
    fetch: async url => Response.json(url.endsWith('/keys') ? keys : { ...claims, active: true })
  })
  app.get('/users/:userId/items', {
    config: { depends: { token: scoped(checked(app.openid), ['items:read']) } },
    schema: { params: Params, querystring: Page, response: { 200: Type.Array(Item) } }
  }, async ({ params: { userId }, query: { skip, limit }, deps: { token } }) =>
    Array.from({ length: limit }, (_, index) => ({ owner: String(token.sub), id: userId + skip + index })))
  return await listening(app)
}
