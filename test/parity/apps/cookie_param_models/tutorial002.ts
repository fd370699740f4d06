import { Type } from '@fastify/type-provider-typebox'
import { Nullable } from '../../../../plugins/types/index.ts'
import { parityApp } from '../app.ts'

const Cookies = Type.Object({
  session_id: Type.String(),
  fatebook_tracker: Nullable(Type.String(), { default: null }),
  googall_tracker: Nullable(Type.String(), { default: null })
}, { title: 'Cookies', additionalProperties: false })

export default parityApp(async app => {
  app.get('/items/', {
    schema: {
      summary: 'Read Items',
      cookies: Cookies
    }
  }, async ({ cookieParams }) => cookieParams)
})
