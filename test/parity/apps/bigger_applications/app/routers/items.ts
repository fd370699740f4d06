import { type FastifyPluginAsyncTypebox, Type } from '@fastify/type-provider-typebox'
import { Forbidden, NotFound } from '../../../../../../plugins/errors/index.ts'
import { tokenHeader } from '../dependencies.ts'

const rows: Readonly<Record<string, { name: string }>> = { plumbus: { name: 'Plumbus' }, gun: { name: 'Portal Gun' } }

const ItemId = Type.Object({ item_id: Type.String() })

const items: FastifyPluginAsyncTypebox = async app => {
  app.inherit({
    tags: ['items'],
    depends: [tokenHeader],
    responses: { 404: { description: 'Not found' } }
  })

  app.get('/', { prefixTrailingSlash: 'slash', schema: { summary: 'Read Items' } }, async () => rows)

  app.get('/:item_id', {
    schema: { summary: 'Read Item', params: ItemId }
  }, async ({ params: { item_id: id } }) => {
    const item = rows[id]
    if (item === undefined) throw new NotFound('Item not found')
    return { name: item.name, item_id: id }
  })

  app.put('/:item_id', {
    schema: {
      tags: ['custom'],
      summary: 'Update Item',
      params: ItemId,
      response: {
        200: Type.Unknown(),
        403: { description: 'Operation forbidden' }
      }
    }
  }, async ({ params: { item_id: id } }) => {
    if (id !== 'plumbus') throw new Forbidden('You can only update the item: plumbus')
    return { item_id: id, name: 'The great Plumbus' }
  })
}

export default items
