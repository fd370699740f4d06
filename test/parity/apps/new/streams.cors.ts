import { Type } from '@fastify/type-provider-typebox'
import cors from '../../../../plugins/cors/index.ts'
import { parityApp } from '../app.ts'

export default parityApp(async app => {
  await app.register(cors, { allowOrigins: ['https://a.example'], allowMethods: ['*'] })
  app.get('/', { schema: { response: { 200: Type.Integer() } } }, async () => 1)
})
