import { dependency } from '../../../../plugins/dependencies/index.ts'
import { oauth2PasswordBearer, passwordForm } from '../../../../plugins/security/index.ts'
import { dependentApp } from '../dependencies/app.ts'
import { Token, type User } from '../security/user.ts'

const oauth2 = oauth2PasswordBearer({ tokenUrl: 'token' })

const currentUser = dependency({ needs: { token: oauth2 } }, ({ token }): User => ({
  username: `${token}fakedecoded`, email: 'abc@example.com', full_name: 'john Doe', disabled: null
}))

export default dependentApp(async app => {
  app.post('/token', {
    config: { depends: { form: passwordForm } },
    schema: { summary: 'Login', response: { 200: Token } }
  }, async ({ deps: { form } }) => ({ access_token: form.username, token_type: 'bearer' }))

  app.get('/items/', {
    config: { depends: { token: oauth2 } },
    schema: { summary: 'Read Items' }
  }, async ({ deps: { token } }) => ({ token }))

  app.get('/users/me', {
    config: { depends: { user: currentUser } },
    schema: { summary: 'Me' }
  }, async ({ deps: { user } }) => user)
})
