import { Type } from '@fastify/type-provider-typebox'
import { parityApp } from '../../../app.ts'
import { aliases } from '../aliases.ts'

export default parityApp(async app => {
  for (const [kind, alias] of Object.entries(aliases)) {
    const fields = { p: Type.Array(Type.String(), { alias }) }

    app.get(`/required-list-${kind}`, {
      schema: { querystring: Type.Object(fields) }
    }, async ({ query }) => ({ p: query.p }))

    app.get(`/model-required-list-${kind}`, {
      schema: { querystring: Type.Object(fields, { title: 'QueryModelRequiredList' }) }
    }, async ({ query }) => ({ p: query.p }))
  }
})
