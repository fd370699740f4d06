import { parityApp } from '../app.ts'

export default parityApp(async app => {
  app.get('/headers-and-object/', { schema: { summary: 'Get Headers' } }, async (_request, reply) => {
    reply.header('x-cat-dog', 'alone in the world')
    return { message: 'Hello World' }
  })
})
