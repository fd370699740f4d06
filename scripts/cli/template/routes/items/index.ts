import { type FastifyPluginAsyncTypebox, Type } from '@fastify/type-provider-typebox'
import 'fastify-apikit'
import { NotFound } from 'fastify-apikit/errors'
import { Item, NewItem } from '../../schemas/items.ts'
// if auth
import { claims } from '../account/claims.ts'
// end

const routes: FastifyPluginAsyncTypebox = async app => {
  const items = new Map<number, Item>()
  app.inherit({ tags: ['items'] })

  app.get('/', {
    // if auth
    config: { public: true },
    // end
    schema: { summary: 'List items', response: { 200: Type.Array(Item) } }
  }, async () => [...items.values()].slice(0, app.settings.pageSize))

  app.get('/:id', {
    // if auth
    config: { public: true },
    // end
    schema: { summary: 'Read an item', params: Type.Object({ id: Type.Integer() }), response: { 200: Item, 404: NotFound.schema } }
  }, async ({ params: { id } }) => {
    const item = items.get(id)
    if (item === undefined) throw new NotFound('Item not found')
    return item
  })

  app.post('/', {
    // if auth
    config: { depends: { claims } },
    // end
    schema: { summary: 'Create an item', body: NewItem, response: { 201: Item } }
  }, async ({ body }) => {
    const item = { id: items.size + 1, ...body }
    items.set(item.id, item)
    return item
  })
}

export default routes
