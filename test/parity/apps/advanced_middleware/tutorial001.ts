import httpsRedirect from '../../../../plugins/https-redirect/index.ts'
import { parityApp } from '../app.ts'

export default parityApp(async app => {
  await app.register(httpsRedirect)

  app.get('/', { schema: { summary: 'Main' } }, async () => ({ message: 'Hello World' }))
})
