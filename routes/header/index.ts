/**
 * Headers: `_` in a name is `-` on the wire; a list takes every line of the header.
 *
 * @module
 * @see https://fastapi.tiangolo.com/tutorial/header-params/
 */

import { type FastifyPluginAsyncTypebox, Type } from '@fastify/type-provider-typebox'
import { Nullable } from '../../plugins/types/index.ts'

const header: FastifyPluginAsyncTypebox = async app => {
  app.get('/items/', {
    schema: {
      summary: 'Read Items',
      headers: Type.Object({
        user_agent: Nullable(Type.String(), { default: null }),
        users_agent: Nullable(Type.String(), { default: null })
      })
    }
  }, async ({ headers }) => [
    { 'User-Agent': headers.user_agent },
    { AAAAA: headers.user_agent },
    { ABCD: headers.users_agent }
  ])

  app.get('/tokens/', {
    schema: {
      summary: 'Read Tokens',
      headers: Type.Object({
        x_token: Nullable(Type.Array(Type.String()), { default: null })
      })
    }
  }, async ({ headers }) => ({ 'X-Token values': headers.x_token }))

  app.get('/counted/', {
    schema: {
      summary: 'Counted',
      headers: Type.Object({
        x_count: Type.Integer({ minimum: 1 }),
        strange_header: Nullable(Type.String(), { default: null, convertUnderscores: false })
      })
    }
  }, async ({ headers }) => ({ count: headers.x_count, strange: headers.strange_header }))
}

export default header
