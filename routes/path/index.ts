/**
 * Path parameters: typed, bounded, and reported in one answer with those of the query.
 *
 * @module
 * @see https://fastapi.tiangolo.com/tutorial/path-params-numeric-validations/
 */

import { type FastifyPluginAsyncTypebox, Type } from '@fastify/type-provider-typebox'
import { Nullable } from '../../plugins/types/index.ts'

const path: FastifyPluginAsyncTypebox = async app => {
  app.get('/items/:item_id', {
    schema: {
      summary: 'Read Items',
      params: Type.Object({
        item_id: Type.Integer({ title: 'The ID of the item to get', minimum: 50, maximum: 100 })
      }),
      querystring: Type.Object({
        q: Type.Optional(Nullable(Type.String(), { alias: 'item-query' })),
        size: Type.Number({ default: 1, exclusiveMinimum: 0, exclusiveMaximum: 10.5 })
      })
    }
  }, async ({ params, query: { q, size } }) => ({ ...params, size, ...(q && { q }) }))
}

export default path
