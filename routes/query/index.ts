/**
 * Query parameters: defaults, lists, bounds and aliases.
 *
 * @module
 * @see https://fastapi.tiangolo.com/tutorial/query-params-str-validations/
 */

import { type FastifyPluginAsyncTypebox, Type } from '@fastify/type-provider-typebox'
import { Nullable } from '../../plugins/types/index.ts'

const query: FastifyPluginAsyncTypebox = async app => {
  const rows = [{ item_name: 'Foo' }, { item_name: 'Bar' }, { item_name: 'Baz' }]

  app.get('/items/', {
    schema: {
      summary: 'Read Item',
      querystring: Type.Object({
        skip: Type.Integer({ default: 0 }),
        limit: Type.Integer({ default: 10 })
      })
    }
  }, async ({ query: { skip, limit } }) => rows.slice(skip, skip + limit))

  app.get('/items/list/', {
    schema: {
      summary: 'Read Item List',
      querystring: Type.Object({
        q: Type.Array(Type.String(), { default: ['fool', 'bar'] })
      })
    }
  }, async ({ query: { q } }) => ({ q }))

  app.get('/items/1/', {
    schema: {
      summary: 'Read Item1',
      querystring: Type.Object({
        q: Type.Optional(Nullable(Type.String({ minLength: 3, maxLength: 50, pattern: '^nice' }), { deprecated: true }))
      })
    }
  }, async ({ query: { q } }) => found(q))

  app.get('/items/2', {
    schema: {
      summary: 'Read Item2',
      querystring: Type.Object({
        q: Type.Optional(Nullable(Type.String(), { alias: 'item-query' }))
      })
    }
  }, async ({ query: { q } }) => found(q))
}

function found (q: string | null | undefined) {
  return { items: [{ item_id: 'Foo' }, { item_id: 'Bar' }], ...(q && { q }) }
}

export default query
