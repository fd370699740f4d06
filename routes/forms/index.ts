/**
 * Forms: a page with one, and what it is sent to.
 *
 * @module
 * @see https://fastapi.tiangolo.com/tutorial/request-forms/
 */

import { type FastifyPluginAsyncTypebox, Type } from '@fastify/type-provider-typebox'
import { Form } from '../../plugins/types/index.ts'
import { fromThisOrigin } from '../same-origin.ts'

const forms: FastifyPluginAsyncTypebox = async app => {
  app.addHook('onRequest', fromThisOrigin)

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
  }, async (_request, reply) => reply.view('forms/post.html', { prefix: app.prefix }))
}

export default forms
