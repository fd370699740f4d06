import { dependency } from '../../../../plugins/dependencies/index.ts'
import { oauth2PasswordBearer } from '../../../../plugins/security/index.ts'
import { dependentApp } from '../dependencies/app.ts'
import type { User } from './user.ts'

const oauth2 = oauth2PasswordBearer({ tokenUrl: 'token' })

const currentUser = dependency({ needs: { token: oauth2 } }, ({ token }): User => ({
  username: `${token}fakedecoded`, email: 'john@example.com', full_name: 'John Doe', disabled: null
}))

export default dependentApp(async app => {
  app.get('/users/me', {
    config: { depends: { user: currentUser } },
    schema: { summary: 'Read Users Me' }
  }, async ({ deps: { user } }) => user)
})
