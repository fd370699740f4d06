import { parityApp } from '../app.ts'
import { page } from './html.ts'

export default parityApp(async app => {
  // A response of its own, which the document says nothing of.
  app.get('/items/', { schema: { summary: 'Read Items' } }, async (_request, reply) => {
    reply.type('text/html; charset=utf-8')
    return page
  })
})
