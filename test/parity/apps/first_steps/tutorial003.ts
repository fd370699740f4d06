import { parityApp } from '../app.ts'

export default parityApp(async app => {
  app.get('/', { schema: { summary: 'Root' } }, (_request, reply) => {
    reply.send({ message: 'Hello World' })
  })
})
