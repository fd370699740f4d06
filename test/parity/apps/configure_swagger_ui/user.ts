import { type FastifyPluginAsyncTypebox, Type } from '@fastify/type-provider-typebox'

export const routes: FastifyPluginAsyncTypebox = async app => {
  app.get('/users/:username', {
    schema: {
      summary: 'Read User',
      params: Type.Object({ username: Type.String() })
    }
  }, async ({ params }) => ({ message: `Hello ${params.username}` }))
}
