import { dependency, scoped } from '../../../../plugins/dependencies/index.ts'
import { oauth2AuthorizationCodeBearer } from '../../../../plugins/security/index.ts'
import { dependentApp } from '../dependencies/app.ts'

const oauth2 = oauth2AuthorizationCodeBearer({
  authorizationUrl: 'authorize',
  tokenUrl: 'token',
  scopes: { read: 'Read access', write: 'Write access' }
})
const getToken = dependency({ needs: { token: oauth2 } }, ({ token }) => token)

export default dependentApp(async app => {
  app.depends([getToken])

  app.get('/', { schema: { summary: 'Root' } }, async () => ({ message: 'Hello World' }))
  app.get('/with-oauth2-scheme', {
    config: { depends: [scoped(oauth2, ['read', 'write'])] },
    schema: { summary: 'Read With Oauth2 Scheme' }
  }, async () => ({ message: 'Admin Access' }))
  app.get('/with-get-token', {
    config: { depends: [scoped(getToken, ['read', 'write'])] },
    schema: { summary: 'Read With Get Token' }
  }, async () => ({ message: 'Admin Access' }))

  await app.register(async router => {
    router.depends([scoped(oauth2, ['read'])])
    router.get('/items/', {
      config: { depends: { token: oauth2 } },
      schema: { summary: 'Read Items' }
    }, async ({ deps: { token } }) => ({ token }))
    router.post('/items/', {
      config: { depends: { token: scoped(oauth2, ['read', 'write']) } },
      schema: { summary: 'Create Item' }
    }, async ({ deps: { token } }) => ({ token }))
  })
})
