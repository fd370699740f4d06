import trustedHost from '../../../../plugins/trusted-host/index.ts'
import { parityApp } from '../app.ts'

export default parityApp(async app => {
  await app.register(trustedHost, { allowedHosts: ['example.com', '*.example.com'] })

  app.get('/', { schema: { summary: 'Main' } }, async () => ({ message: 'Hello World' }))
})
