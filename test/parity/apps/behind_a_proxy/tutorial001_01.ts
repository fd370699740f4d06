import { parityApp } from '../app.ts'

export default parityApp(async app => {
  app.get('/items/', {
    schema: { summary: 'Read Items' }
  }, async () => ['plumbus', 'portal gun'])
})
