import { Type } from '@fastify/type-provider-typebox'
import { SetOf } from '../../../../plugins/types/index.ts'
import { parityApp } from '../app.ts'
import { Anything, product } from './product.ts'

const Item = Type.Object({
  ...product,
  tags: SetOf(Type.String(), { default: [] })
}, { title: 'Item' })

export default parityApp(async app => {
  app.put('/items/:item_id', {
    schema: {
      summary: 'Update Item',
      params: Type.Object({ item_id: Type.Integer() }),
      body: Item,
      response: { 200: Anything }
    }
  }, async ({ params, body: item }) => ({ ...params, item }))
})
