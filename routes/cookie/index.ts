/**
 * Cookies, as typed as any other parameter.
 *
 * @module
 * @see https://fastapi.tiangolo.com/tutorial/cookie-params/
 */

import { type FastifyPluginAsyncTypebox, Type } from '@fastify/type-provider-typebox'
import { Nullable } from '../../plugins/types/index.ts'

const cookie: FastifyPluginAsyncTypebox = async app => {
  app.get('/items/', {
    schema: {
      summary: 'Read Items',
      cookies: Type.Object({
        ads_id: Nullable(Type.String(), { default: null })
      })
    }
  }, async ({ cookieParams }) => ({ ads_id: cookieParams.ads_id }))

  app.get('/visits/', {
    schema: {
      summary: 'Read Visits',
      cookies: Type.Object({
        visits: Type.Integer({ minimum: 1 }),
        theme: Type.String({ default: 'light' })
      })
    }
  }, async ({ cookieParams: { visits, theme } }) => ({ visits, theme }))
}

export default cookie
