import { Type } from '@fastify/type-provider-typebox'
import { parityApp } from '../../../app.ts'
import { aliases } from '../aliases.ts'

export default parityApp(async app => {
  for (const [kind, alias] of Object.entries(aliases)) {
    const fields = { p: Type.String({ alias }) }

    app.get(`/required-${kind}`, {
      schema: { cookies: Type.Object(fields) }
    }, async ({ cookieParams }) => ({ p: cookieParams.p }))

    app.get(`/model-required-${kind}`, {
      schema: { cookies: Type.Object(fields, { title: 'CookieModelRequired' }) }
    }, async ({ cookieParams }) => ({ p: cookieParams.p }))
  }
})
