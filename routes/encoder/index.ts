/**
 * What a store of JSON keeps of a model: dates become text on the way in.
 *
 * @module
 * @see https://fastapi.tiangolo.com/tutorial/encoder/
 */

import { type FastifyPluginAsyncTypebox, Type } from '@fastify/type-provider-typebox'
import { type Jsonable, jsonable } from '../../plugins/response-model/index.ts'
import { Nullable, OffsetDateTime } from '../../plugins/types/index.ts'

const Item = Type.Object({
  title: Type.String(),
  timestamp: OffsetDateTime(),
  description: Nullable(Type.String(), { default: null })
}, { title: 'Item' })

const ItemId = Type.Object({ id: Type.String() })

const encoder: FastifyPluginAsyncTypebox = async app => {
  const store = new Map<string, Jsonable>()

  app.put('/item/:id', {
    schema: {
      summary: 'Update Item',
      params: ItemId,
      body: Item
    }
  }, async ({ params: { id }, body }) => {
    store.set(id, jsonable(body, { schema: Item }))
    return null
  })

  app.get('/item/:id', {
    schema: {
      summary: 'Read Item',
      params: ItemId
    }
  }, async ({ params: { id } }) => store.get(id) ?? null)
}

export default encoder
