import { dependency } from '../../../../plugins/dependencies/index.ts'
import { BadRequest, Unauthorized } from '../../../../plugins/errors/index.ts'
import jwt, { InvalidToken, verified } from '../../../../plugins/jwt/index.ts'
import { challenge, oauth2PasswordBearer, passwordForm } from '../../../../plugins/security/index.ts'
import { dependentApp } from '../dependencies/app.ts'
import { Token, User } from './user.ts'
import { authenticate, secret, users } from './users.ts'

const claims = verified(oauth2PasswordBearer({ tokenUrl: 'token' }))

const currentUser = dependency({ needs: { claims } }, ({ claims: { sub = '' } }) => {
  const user = users.get(sub)
  if (user === undefined) throw new InvalidToken('subject')
  return user
})

const activeUser = dependency({ needs: { user: currentUser } }, ({ user }) => {
  if (user.disabled) throw new BadRequest('Inactive user')
  return user
})

export default dependentApp(async app => {
  await app.register(jwt, { secret })

  app.post('/token', {
    config: { depends: { form: passwordForm } },
    schema: { summary: 'Login For Access Token', response: { 200: Token } }
  }, async ({ deps: { form } }) => {
    const user = await authenticate(form.username, form.password)
    if (user === undefined) throw new Unauthorized('Incorrect username or password', challenge())
    return { access_token: app.tokens.sign({ sub: user.username }), token_type: 'bearer' }
  })

  app.get('/users/me/', {
    config: { depends: { user: activeUser } },
    schema: { summary: 'Read Users Me', response: { 200: User } }
  }, async ({ deps: { user } }) => user)

  app.get('/users/me/items/', {
    config: { depends: { user: activeUser } },
    schema: { summary: 'Read Own Items' }
  }, async ({ deps: { user } }) => [{ item_id: 'Foo', owner: user.username }])
})
