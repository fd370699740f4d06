import { dependency } from '../../../../plugins/dependencies/index.ts'
import { BadRequest, Unauthorized } from '../../../../plugins/errors/index.ts'
import { challenge, oauth2PasswordBearer, passwordForm } from '../../../../plugins/security/index.ts'
import { dependentApp } from '../dependencies/app.ts'

const users = new Map([
  { username: 'johndoe', full_name: 'John Doe', email: 'johndoe@example.com', hashed_password: 'fakehashedsecret', disabled: false },
  { username: 'alice', full_name: 'Alice Wonderson', email: 'alice@example.com', hashed_password: 'fakehashedsecret2', disabled: true }
].map(user => [user.username, user]))

const oauth2 = oauth2PasswordBearer({ tokenUrl: 'token' })

const currentUser = dependency({ needs: { token: oauth2 } }, ({ token }) => {
  const user = users.get(token)
  if (user === undefined) throw new Unauthorized('Not authenticated', challenge())
  return user
})

const activeUser = dependency({ needs: { user: currentUser } }, ({ user }) => {
  if (user.disabled) throw new BadRequest('Inactive user')
  return user
})

export default dependentApp(async app => {
  app.post('/token', {
    config: { depends: { form: passwordForm } },
    schema: { summary: 'Login' }
  }, async ({ deps: { form } }) => {
    const user = users.get(form.username)
    if (user === undefined || user.hashed_password !== `fakehashed${form.password}`) throw new BadRequest('Incorrect username or password')
    return { access_token: user.username, token_type: 'bearer' }
  })

  app.get('/users/me', {
    config: { depends: { user: activeUser } },
    schema: { summary: 'Read Users Me' }
  }, async ({ deps: { user } }) => user)
})
