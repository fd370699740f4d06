import { Type } from '@fastify/type-provider-typebox'
import { NotFound } from '../../../../plugins/errors/index.ts'
import { parityApp } from '../app.ts'
import { items } from './items.ts'

export default parityApp(async app => {
  app.get('/items/:item_id', {
    schema: {
      summary: 'Read Item',
      params: Type.Object({ item_id: Type.String() })
    }
  }, async ({ params: { item_id: id } }) => {
    const item = items.get(id)
    if (item === undefined) throw new NotFound('Item not found')
    return { item }
  })
})
