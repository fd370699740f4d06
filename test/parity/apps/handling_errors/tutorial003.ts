import { Type } from '@fastify/type-provider-typebox'
import { parityApp } from '../app.ts'

class UnicornError extends Error {}

export default parityApp(async app => {
  app.handle(UnicornError, ({ message: name }, _request, reply) => {
    reply.code(418)
    return { message: `Oops! ${name} did something. There goes a rainbow...` }
  })

  app.get('/unicorns/:name', {
    schema: {
      summary: 'Read Unicorn',
      params: Type.Object({ name: Type.String() })
    }
  }, async ({ params: { name } }) => {
    if (name === 'yolo') throw new UnicornError(name)
    return { unicorn_name: name }
  })
})
