import { Type } from '@fastify/type-provider-typebox'
import { parityApp } from '../app.ts'

export default parityApp(async app => {
  app.get('/users/me', { schema: { summary: 'Read User Me' } }, async () => ({ user_id: 'the current user' }))

  app.get('/users/:user_id', {
    schema: {
      summary: 'Read User',
      params: Type.Object({ user_id: Type.String() })
    }
  }, async ({ params }) => params)
})
