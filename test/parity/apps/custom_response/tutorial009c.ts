import { parityApp } from '../app.ts'

export default parityApp(async app => {
  // A response class of one's own: JSON with indentation.
  app.get('/', { schema: { summary: 'Main' } }, async (_request, reply) => {
    reply.type('application/json').serializer(value => JSON.stringify(value, null, 2))
    return { message: 'Hello World' }
  })
})
