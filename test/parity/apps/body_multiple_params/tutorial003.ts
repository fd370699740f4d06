import { Type } from '@fastify/type-provider-typebox'
import { Embed } from '../../../../plugins/types/index.ts'
import { parityApp } from '../app.ts'
import { Item } from './item.ts'
import { User } from './user.ts'

export default parityApp(async app => {
  app.put('/items/:item_id', {
    schema: {
      summary: 'Update Item',
      params: Type.Object({ item_id: Type.Integer() }),
      body: Embed({ item: Item, user: User, importance: Type.Integer() })
    }
  }, async ({ params, body }) => ({ ...params, ...body }))
})
