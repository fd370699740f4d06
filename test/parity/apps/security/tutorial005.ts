import { dependency, scoped, securityScopes } from '../../../../plugins/dependencies/index.ts'
import { BadRequest } from '../../../../plugins/errors/index.ts'
import jwt, { InvalidToken, requireScopes, verified } from '../../../../plugins/jwt/index.ts'
import { oauth2PasswordBearer, passwordForm } from '../../../../plugins/security/index.ts'
import { dependentApp } from '../dependencies/app.ts'
import { Token, User } from './user.ts'
import { authenticate, secret, users } from './users.ts'

const oauth2 = oauth2PasswordBearer({
  tokenUrl: 'token',
  scopes: { me: 'Read information about the current user.', items: 'Read items.' }
})

// Whether the user exists is asked before what he may do.
const currentUser = dependency({
  needs: { claims: verified(oauth2, { enforceScopes: false }), asked: securityScopes }
}, ({ claims, asked }) => {
  const user = users.get(claims.sub ?? '')
  if (user === undefined) throw new InvalidToken('subject', { asked })
  requireScopes(claims, asked)
  return user
})

const activeUser = dependency({ needs: { user: scoped(currentUser, ['me']) } }, ({ user }) => {
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
    if (user === undefined) throw new BadRequest('Incorrect username or password')
    return { access_token: app.tokens.sign({ sub: user.username, scope: form.scopes.join(' ') }), token_type: 'bearer' }
  })

  app.get('/users/me/', {
    config: { depends: { user: activeUser } },
    schema: { summary: 'Read Users Me', response: { 200: User } }
  }, async ({ deps: { user } }) => user)

  app.get('/users/me/items/', {
    config: { depends: { user: scoped(activeUser, ['items']) } },
    schema: { summary: 'Read Own Items' }
  }, async ({ deps: { user } }) => [{ item_id: 'Foo', owner: user.username }])

  app.get('/status/', {
    config: { depends: [currentUser] },
    schema: { summary: 'Read System Status' }
  }, async () => ({ status: 'ok' }))
})
