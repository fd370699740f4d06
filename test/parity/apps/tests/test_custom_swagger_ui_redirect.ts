import { parityApp } from '../app.ts'

export default parityApp(async app => {
  app.get('/items/', {
    schema: { summary: 'Read Items' }
  }, async () => ({ id: 'foo' }))
}, { docs: { oauth2RedirectUrl: '/docs/redirect' } })
