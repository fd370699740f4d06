import { type FastifyPluginAsyncTypebox, Type } from '@fastify/type-provider-typebox'

const users: FastifyPluginAsyncTypebox = async app => {
  app.get('/users/', {
    schema: { tags: ['users'], summary: 'Read Users' }
  }, async () => [{ username: 'Rick' }, { username: 'Morty' }])

  app.get('/users/me', {
    schema: { tags: ['users'], summary: 'Read User Me' }
  }, async () => ({ username: 'fakecurrentuser' }))

  app.get('/users/:username', {
    schema: {
      tags: ['users'],
      summary: 'Read User',
      params: Type.Object({ username: Type.String() })
    }
  }, async ({ params }) => params)
}

export default users
