import { Type } from '@fastify/type-provider-typebox'
import trustedHost from '../../../../plugins/trusted-host/index.ts'
import { parityApp } from '../app.ts'

export default parityApp(async app => {
  await app.register(trustedHost, { allowedHosts: ['Example.com', '*.x.org', '[::1]'] })
  app.get('/', { schema: { response: { 200: Type.Integer() } } }, async () => 1)
})
