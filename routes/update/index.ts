/**
 * Updates: PUT takes a whole item, PATCH the fields that change.
 *
 * @module
 * @see https://fastapi.tiangolo.com/tutorial/body-updates/
 */

import { type FastifyPluginAsyncTypebox, type Static, Type } from '@fastify/type-provider-typebox'
import { NotFound } from '../../plugins/errors/index.ts'
import { applyPatch } from '../../plugins/response-model/index.ts'
import { Nullable } from '../../plugins/types/index.ts'

type Item = Static<typeof Item>
const Item = Type.Object({
  name: Nullable(Type.String(), { default: null }),
  description: Nullable(Type.String(), { default: null }),
  price: Nullable(Type.Number(), { default: null }),
  tax: Type.Number({ default: 10.2 }),
  tags: Type.Array(Type.String(), { default: [] })
}, { title: 'Item' })

const PutItem = Type.Object({ ...Item.properties, name: Type.String() }, { title: 'PutItem' })

const ItemName = Type.Object({ item_id: Type.String() })

const update: FastifyPluginAsyncTypebox = async app => {
  const items = new Map<string, Item>([
    ['foo', { name: 'Foo', description: null, price: 50.3, tax: 10.2, tags: [] }],
    ['bar', { name: 'Bar', description: 'The bartenders', price: 62, tax: 20.2, tags: [] }],
    ['baz', { name: 'Baz', description: null, price: 50.3, tax: 10.8, tags: [] }]
  ])

  /** The tutorial does not ask whether an item is there, which makes it a 500. */
  function read (name: string): Item {
    const item = items.get(name)
    if (item === undefined) throw new NotFound('Item not found')
    return item
  }

  app.get('/items/:item_id', {
    schema: {
      summary: 'Read Item',
      params: ItemName,
      response: { 200: Item }
    }
  }, async ({ params }) => read(params.item_id))

  app.put('/items/:item_id', {
    schema: {
      summary: 'Put Item',
      params: Type.Object({ item_id: Type.Integer() }),
      querystring: Type.Object({ q: Type.Optional(Nullable(Type.String())) }),
      body: PutItem
    }
  }, async ({ params, query: { q }, body }) => ({ ...params, ...body, ...(q && { q }) }))

  app.patch('/items/:item_id', {
    schema: {
      summary: 'Update Item',
      params: ItemName,
      body: Item,
      response: { 200: Item }
    }
  }, async ({ params: { item_id: id }, body }) => {
    const item = applyPatch(read(id), body)
    items.set(id, item)
    return item
  })
}

export default update
