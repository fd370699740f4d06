import { parityApp } from '../app.ts'

export default parityApp(async app => {
  app.get('/teleport', {
    schema: {
      summary: 'Get Teleport'
    }
  }, async (_request, reply) => reply.redirect('https://www.youtube.com/watch?v=dQw4w9WgXcQ', 307))
})
