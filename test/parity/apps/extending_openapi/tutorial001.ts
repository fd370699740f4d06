import { parityApp } from '../app.ts'

export default parityApp(async app => {
  app.get('/items/', {
    schema: { summary: 'Read Items' }
  }, async () => [{ name: 'Foo' }])
}, {
  docs: {
    title: 'Custom title',
    version: '2.5.0',
    summary: 'This is a very custom OpenAPI schema',
    description: "Here's a longer description of the custom **OpenAPI** schema",
    transform (document) {
      document.info['x-logo'] = { url: 'https://fastapi.tiangolo.com/img/logo-margin/logo-teal.png' }
    }
  }
})
