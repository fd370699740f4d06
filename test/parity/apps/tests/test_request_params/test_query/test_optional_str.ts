import { Type } from '@fastify/type-provider-typebox'
import { Nullable } from '../../../../../../plugins/types/index.ts'
import { parityApp } from '../../../app.ts'
import { aliases } from '../aliases.ts'

export default parityApp(async app => {
  for (const [kind, alias] of Object.entries(aliases)) {
    const fields = { p: Nullable(Type.String(), { default: null, alias }) }

    app.get(`/optional-${kind}`, {
      schema: { querystring: Type.Object(fields) }
    }, async ({ query }) => ({ p: query.p }))

    app.get(`/model-optional-${kind}`, {
      schema: { querystring: Type.Object(fields, { title: 'QueryModelOptional' }) }
    }, async ({ query }) => ({ p: query.p }))
  }
})
