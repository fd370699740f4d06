import { Type } from '@sinclair/typebox'
import { parityApp } from '../app.ts'

export default parityApp(async app => {
  app.post('/items/', {
    schema: { summary: 'Create Item', querystring: Type.Object({ name: Type.String() }), response: { 201: Type.Any() } }
  }, async ({ query: { name } }) => ({ name }))
})
