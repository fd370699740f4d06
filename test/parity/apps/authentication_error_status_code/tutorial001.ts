import { Forbidden } from '../../../../plugins/errors/index.ts'
import { httpBearer } from '../../../../plugins/security/index.ts'
import { dependentApp } from '../dependencies/app.ts'

const bearer = httpBearer({ schemeName: 'HTTPBearer403', notAuthenticated: () => new Forbidden('Not authenticated') })

export default dependentApp(async app => {
  app.get('/me', {
    config: { depends: { bearer } },
    schema: { summary: 'Read Me' }
  }, async ({ deps: { bearer: { credentials } } }) => ({ message: 'You are authenticated', token: credentials }))
})
