/**
 * Tokens of Okta, or of any other OpenID provider: had through this app, and checked by it.
 *
 * @module
 * @see https://developer.okta.com/blog/2020/12/17/build-and-secure-an-api-in-python-with-fastapi
 */

import { type FastifyPluginAsyncTypebox, Type } from '@fastify/type-provider-typebox'
import { type Dependency, dependency } from '../../plugins/dependencies/index.ts'
import { type Issuer, UserClaims } from '../../plugins/openid/index.ts'
import { oauth2PasswordBearer } from '../../plugins/security/index.ts'

const Item = Type.Object({ id: Type.Integer(), name: Type.String() }, { title: 'Item' })
const items = [{ id: 1, name: 'red ball' }, { id: 2, name: 'blue square' }, { id: 3, name: 'purple ellipse' }]

const authorization = dependency(({ request: { headers: { authorization } } }) => {
  if (authorization === undefined) throw new Error('there is no authorization header') // a 500, as in the original
  return authorization
})

/** @param checked lets in whose token is good */
export function oktaRoutes (checked: (issuer: Issuer, token: Dependency<string>) => Dependency): FastifyPluginAsyncTypebox {
  return async app => {
    if (!app.hasDecorator('openid')) return // no OKTA_ISSUER

    app.post('/token', {
      config: { public: true, depends: { token: app.openid.tokenProxy({ authorization, scope: 'items' }) } },
      schema: { summary: 'Login' }
    }, async function login ({ deps: { token } }) { return token })

    app.get('/items', {
      config: { depends: { valid: checked(app.openid, oauth2PasswordBearer({ tokenUrl: 'token' })) } },
      schema: { summary: 'Read Items', response: { 200: Type.Array(Item) } }
    }, async () => items)

    if (app.openid.hasLogin) { // OKTA_CALLBACK_URI and OKTA_SESSION_SECRET
      const { routes, user } = app.openid.login()
      await app.register(routes)
      app.get('/me', {
        config: { depends: { user } },
        schema: { summary: 'Read Me', response: { 200: UserClaims } }
      }, async ({ deps: { user } }) => user)
    }
  }
}

// The first step of the original: a token has to be there, and any will do.
export default oktaRoutes((_issuer, token) => token)
