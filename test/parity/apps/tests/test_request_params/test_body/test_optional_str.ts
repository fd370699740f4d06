import { Type } from '@fastify/type-provider-typebox'
import { Embed, Nullable } from '../../../../../../plugins/types/index.ts'
import { parityApp } from '../../../app.ts'
import { aliases } from '../aliases.ts'

export default parityApp(async app => {
  for (const [kind, alias] of Object.entries(aliases)) {
    const fields = { p: Nullable(Type.String(), { default: null, alias }) }

    app.post(`/optional-${kind}`, {
      schema: { body: Embed(fields) }
    }, async ({ body }) => body)

    app.post(`/model-optional-${kind}`, {
      schema: { body: Type.Object(fields, { title: 'BodyModelOptional' }) }
    }, async ({ body }) => body)
  }
})
