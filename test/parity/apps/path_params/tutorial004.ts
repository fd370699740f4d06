import { Type } from '@fastify/type-provider-typebox'
import { parityApp } from '../app.ts'

export default parityApp(async app => {
  app.get('/files/*', {
    schema: {
      summary: 'Read File',
      params: Type.Object({ file_path: Type.String({ alias: '*' }) })
    }
  }, async ({ params }) => params)
})
