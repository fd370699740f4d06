import { Type } from '@fastify/type-provider-typebox'
import { Embed, Nullable } from '../../../../../../plugins/types/index.ts'
import { parityApp } from '../../../app.ts'
import { aliases } from '../aliases.ts'

export default parityApp(async app => {
  for (const [kind, alias] of Object.entries(aliases)) {
    const fields = { p: Nullable(Type.Array(Type.String()), { default: null, alias }) }

    app.post(`/optional-list-${kind}`, {
      schema: { body: Embed(fields) }
    }, async ({ body }) => body)

    app.post(`/model-optional-list-${kind}`, {
      schema: { body: Type.Object(fields, { title: 'BodyModelOptionalList' }) }
    }, async ({ body }) => body)
  }
})
