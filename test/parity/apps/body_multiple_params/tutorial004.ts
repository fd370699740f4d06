import { Type } from '@fastify/type-provider-typebox'
import { Embed, Nullable } from '../../../../plugins/types/index.ts'
import { parityApp } from '../app.ts'
import { Item } from './item.ts'
import { User } from './user.ts'

export default parityApp(async app => {
  app.put('/items/:item_id', {
    schema: {
      summary: 'Update Item',
      params: Type.Object({ item_id: Type.Integer() }),
      querystring: Type.Object({
        q: Nullable(Type.String(), { default: null })
      }),
      body: Embed({ item: Item, user: User, importance: Type.Integer({ exclusiveMinimum: 0 }) })
    }
  }, async ({ params, query: { q }, body }) => ({ ...params, ...body, ...(q && { q }) }))
})
