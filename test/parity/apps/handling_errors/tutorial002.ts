import { Type } from '@fastify/type-provider-typebox'
import { HttpError } from '../../../../plugins/errors/index.ts'
import { parityApp } from '../app.ts'
import { items } from './items.ts'

export default parityApp(async app => {
  app.get('/items-header/:item_id', {
    schema: {
      summary: 'Read Item Header',
      params: Type.Object({ item_id: Type.String() })
    }
  }, async ({ params: { item_id: id } }) => {
    const item = items.get(id)
    if (item === undefined) throw new HttpError(404, 'Item not found', { 'x-error': 'There goes my error' })
    return { item }
  })
})
