import { type FastifyPluginAsyncTypebox, Type } from '@fastify/type-provider-typebox'

const user: FastifyPluginAsyncTypebox = async app => {
  app.inherit({ tags: ['users'] })

  app.get('/', { prefixTrailingSlash: 'slash', schema: { summary: 'Read Users' } }, async () => [{ username: 'Rick' }, { username: 'Morty' }])

  app.get('/:username', {
    schema: {
      summary: 'Read User',
      params: Type.Object({ username: Type.String() })
    }
  }, async ({ params }) => params)
}

export default user
