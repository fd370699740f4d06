/**
 * Forms: a page with one, and what it is sent to.
 *
 * @module
 * @see https://fastapi.tiangolo.com/tutorial/request-forms/
 */

import { type FastifyPluginAsyncTypebox, Type } from '@fastify/type-provider-typebox'
import { Form } from '../../schemas/types/index.ts'

const page = (prefix: string): string => `<form method="post" action="${prefix}/user/">
  <input name="username"><input name="password" type="password"><button>Send</button>
</form>`

const forms: FastifyPluginAsyncTypebox = async app => {
  app.post('/user/', {
    schema: {
      summary: 'Users',
      body: Form({ username: Type.String(), password: Type.String() })
    }
  }, async ({ body }) => body)

  app.post('/survey/', {
    schema: {
      summary: 'Survey',
      body: Form({
        age: Type.Integer({ minimum: 0 }),
        colours: Type.Array(Type.String(), { default: [] }),
        agree: Type.Boolean({ default: false })
      })
    }
  }, async ({ body }) => body)

  app.get('/', {
    schema: {
      summary: 'Index',
      produces: ['text/html'],
      response: { 200: Type.String() }
    }
  }, async (_request, reply) => {
    reply.type('text/html; charset=utf-8')
    return page(app.prefix)
  })
}

export default forms
