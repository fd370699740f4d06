import { Type } from '@fastify/type-provider-typebox'
import { dependency } from '../../../../plugins/dependencies/index.ts'
import { dependentApp } from '../dependencies/app.ts'

const clientKey = dependency({
  query: Type.Object({ client_id: Type.String() })
}, ({ query }) => `${query.client_id}_key`)

const clientTag = dependency({
  query: Type.Object({ client_id: Type.Optional(Type.String()) })
}, ({ query: { client_id: id } }) => id === undefined ? null : `${id}_tag`)

export default dependentApp(async app => {
  app.get('/foo', {
    config: { depends: { clientKey, clientTag } },
    schema: { summary: 'Foo Handler' }
  }, async ({ deps: { clientKey, clientTag } }) => ({ client_id: clientKey, client_tag: clientTag }))
})
