import { Type } from '@fastify/type-provider-typebox'
import { Form } from '../../../../plugins/types/index.ts'
import { parityApp } from '../app.ts'

export default parityApp(async app => {
  app.post('/login/', {
    schema: { summary: 'Login', body: Form({ username: Type.String(), password: Type.String() }) }
  }, async ({ body: { username } }) => ({ username }))
})
