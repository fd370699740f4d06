import { dependency, scoped } from '../../../../plugins/dependencies/index.ts'
import { oauth2AuthorizationCodeBearer } from '../../../../plugins/security/index.ts'
import { dependentApp } from '../dependencies/app.ts'

const oauth2 = oauth2AuthorizationCodeBearer({
  authorizationUrl: 'api/oauth/authorize',
  tokenUrl: '/api/oauth/token',
  scopes: { read: 'Read access', write: 'Write access' }
})
const getToken = dependency({ needs: { token: oauth2 } }, ({ token }) => token)

export default dependentApp(async app => {
  app.depends([getToken])
  app.get('/admin', {
    config: { depends: [scoped(getToken, ['read', 'write'])] },
    schema: { summary: 'Read Admin' }
  }, async () => ({ message: 'Admin Access' }))
})
