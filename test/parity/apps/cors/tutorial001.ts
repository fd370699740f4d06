import cors from '../../../../plugins/cors/index.ts'
import { parityApp } from '../app.ts'

export default parityApp(async app => {
  await app.register(cors, {
    allowOrigins: ['http://localhost.tiangolo.com', 'https://localhost.tiangolo.com', 'http://localhost', 'http://localhost:8080'],
    allowCredentials: true,
    allowMethods: ['*'],
    allowHeaders: ['*']
  })

  app.get('/', { schema: { summary: 'Main' } }, async () => ({ message: 'Hello World' }))
})
