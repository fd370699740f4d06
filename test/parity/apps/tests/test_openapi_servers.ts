import { parityApp } from '../app.ts'

export default parityApp(async app => {
  app.get('/foo', {
    schema: { summary: 'Foo' }
  }, async () => ({ message: 'Hello World' }))
}, {
  docs: {
    servers: [
      { url: '/', description: 'Default, relative server' },
      { url: 'http://staging.localhost.tiangolo.com:8000', description: 'Staging but actually localhost still' },
      { url: 'https://prod.example.com' }
    ]
  }
})
