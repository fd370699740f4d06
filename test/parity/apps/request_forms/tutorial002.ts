import { Type } from '@fastify/type-provider-typebox'
import { Form } from '../../../../plugins/types/index.ts'
import { parityApp } from '../app.ts'

export default parityApp(async app => {
  app.post('/preferences/', {
    schema: { summary: 'Update Preferences', body: Form({ subscribe: Type.Boolean({ default: false }) }) }
  }, async ({ body }) => body)
})
