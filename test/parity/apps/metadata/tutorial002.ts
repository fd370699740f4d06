import { parityApp } from '../app.ts'

export default parityApp(async app => {
  app.get('/items/', { schema: { summary: 'Read Items' } }, async () => [{ name: 'Foo' }])
}, { docs: { openapiUrl: '/api/v1/openapi.json' } })
