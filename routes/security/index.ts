/**
 * A user logs in with a password, gets a token, and shows it.
 *
 * @module
 * @see https://fastapi.tiangolo.com/tutorial/security/oauth2-jwt/
 */

import { type FastifyPluginAsyncTypebox, Type } from '@fastify/type-provider-typebox'
import { dependency } from '../../plugins/dependencies/index.ts'
import { BadRequest, Unauthorized } from '../../plugins/errors/index.ts'
import jwt, { InvalidToken, verified } from '../../plugins/jwt/index.ts'
import { challenge, clientSignal, oauth2PasswordBearer, password, passwordForm } from '../../plugins/security/index.ts'
import { User, users } from './users.ts'

const Token = Type.Object({
  access_token: Type.String(),
  token_type: Type.String()
}, { title: 'Token' })

const routes: FastifyPluginAsyncTypebox = async app => {
  if (app.hasDecorator('tutorialSecret')) await app.register(jwt, { secret: app.tutorialSecret })

  // Relative to the document: where these routes are.
  const tokenUrl = `${app.prefix}/token`.slice(1)
  const claims = verified(oauth2PasswordBearer({ tokenUrl }))

  const currentUser = dependency({ needs: { claims } }, ({ claims }) => {
    const user = users.get(claims.sub ?? '')
    if (user === undefined) throw new InvalidToken('subject')
    return user
  })

  const activeUser = dependency({ needs: { user: currentUser } }, ({ user }) => {
    if (user.disabled) throw new BadRequest('inactive user')
    return user
  })

  app.post('/token', {
    config: { public: true, depends: { form: passwordForm } },
    schema: {
      summary: 'Login',
      response: { 200: Token }
    }
  }, async ({ deps: { form } }, reply) => {
    const user = users.get(form.username)
    const isRight = await password.verify(form.password, user?.hashedPassword, { signal: clientSignal(reply) })
    if (user === undefined || !isRight) throw new Unauthorized('Incorrect username or password', challenge())
    return { access_token: app.tokens.sign({ sub: user.username }), token_type: 'bearer' }
  })

  app.get('/users/me', {
    config: { depends: { user: activeUser } },
    schema: {
      summary: 'Me',
      response: { 200: User }
    }
  }, async ({ deps: { user } }) => user)
}

export default routes
