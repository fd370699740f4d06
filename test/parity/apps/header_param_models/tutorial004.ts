import { Type } from '@fastify/type-provider-typebox'
import { Models, Nullable } from '../../../../plugins/types/index.ts'
import { parityApp } from '../app.ts'

const Client = Type.Object({ x_client_name: Type.String(), x_client_version: Type.String() }, { title: 'Client' })

export default parityApp(async app => {
  app.get('/items/', {
    schema: { summary: 'Read Items', headers: Models({ client: Nullable(Client, { default: null }) }), response: { 200: Type.Any() } }
  }, async ({ headers: { client } }) => client)
})
