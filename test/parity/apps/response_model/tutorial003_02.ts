import { Type } from '@fastify/type-provider-typebox'
import { parityApp } from '../app.ts'

/** A redirect is no value of a model. */
export default parityApp(async app => {
  app.get('/portal', {
    schema: {
      summary: 'Get Portal',
      querystring: Type.Object({ teleport: Type.Boolean({ default: false }) })
    }
  }, async ({ query: { teleport } }, reply) => {
    if (teleport) return reply.redirect('https://www.youtube.com/watch?v=dQw4w9WgXcQ', 307)
    return { message: "Here's your interdimensional portal." }
  })
})
