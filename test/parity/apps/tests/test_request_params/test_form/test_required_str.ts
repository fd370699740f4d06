import { Type } from '@fastify/type-provider-typebox'
import { Form } from '../../../../../../plugins/types/index.ts'
import { parityApp } from '../../../app.ts'
import { aliases } from '../aliases.ts'

export default parityApp(async app => {
  for (const [kind, alias] of Object.entries(aliases)) {
    const fields = { p: Type.String({ alias }) }

    app.post(`/required-${kind}`, {
      schema: { body: Form(fields) }
    }, async ({ body }) => ({ p: body.p }))

    app.post(`/model-required-${kind}`, {
      schema: { body: Form(fields, { title: 'FormModelRequired' }) }
    }, async ({ body }) => ({ p: body.p }))
  }
})
