/**
 * Request bodies: one model, or several parameters in one object.
 *
 * @module
 * @see https://fastapi.tiangolo.com/tutorial/body-multiple-params/
 */

import { type FastifyPluginAsyncTypebox, Type } from '@fastify/type-provider-typebox'
import { Embed, Nullable } from '../../plugins/types/index.ts'

export const Item = Type.Object({
  name: Type.String({ default: 'test data model' }),
  description: Nullable(Type.String(), { default: null }),
  price: Type.Number({ default: 123 }),
  tax: Nullable(Type.Number(), { default: null })
}, { title: 'Item' })

const request: FastifyPluginAsyncTypebox = async app => {
  app.post('/items/', {
    schema: {
      summary: 'Create Item',
      body: Embed({ item: Item, importance: Type.Integer() })
    }
  }, async ({ body: { item } }) => item)

  app.post('/items/single/', {
    schema: {
      summary: 'Create Single',
      body: Item
    }
  }, async ({ body }) => body)

  app.post('/items/embedded/', {
    schema: {
      summary: 'Create Embedded',
      body: Embed({ item: Item })
    }
  }, async ({ body: { item } }) => item)
}

export default request
