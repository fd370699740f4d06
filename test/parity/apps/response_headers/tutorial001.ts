import { parityApp } from '../app.ts'

export default parityApp(async app => {
  app.get('/headers/', { schema: { summary: 'Get Headers' } }, async (_request, reply) => {
    reply.headers({ 'x-cat-dog': 'alone in the world', 'content-language': 'en-US' })
    return { message: 'Hello World' }
  })
})
