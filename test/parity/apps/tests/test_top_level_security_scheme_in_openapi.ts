import { httpBearer } from '../../../../plugins/security/index.ts'
import { dependentApp } from '../dependencies/app.ts'

export default dependentApp(async app => {
  app.get('/', {
    config: { depends: [httpBearer()] },
    schema: { summary: 'Get Root' }
  }, async () => ({ message: 'Hello, World!' }))
})
