/**
 * Bodies of nested models, lists and dictionaries, with bounds on their fields.
 *
 * @module
 * @see https://fastapi.tiangolo.com/tutorial/body-nested-models/
 */

import { type FastifyPluginAsyncTypebox, type Static, Type } from '@fastify/type-provider-typebox'
import { DictOf, Embed, Nullable, SetOf } from '../../plugins/types/index.ts'

const Image = Type.Object({
  url: Type.String(),
  name: Type.String()
}, { title: 'Image' })

type Item = Static<typeof Item>
const Item = Type.Object({
  name: Type.String(),
  description: Nullable(Type.String({ maxLength: 6 }), { default: null, title: 'The description of the item' }),
  price: Type.Number({ exclusiveMinimum: 0, description: 'The price must be greater than zero' }),
  tax: Nullable(Type.Number(), { default: null }),
  tags0: Type.Array(Type.Unknown(), { default: [] }),
  tags1: Type.Array(Type.String(), { default: [] }),
  tags2: SetOf(Type.String(), { default: [] }),
  image: Nullable(Image, { default: null }),
  images: Type.Array(Image, { default: [] })
}, { title: 'Item' })

const fields: FastifyPluginAsyncTypebox = async app => {
  app.post('/index-weights/', {
    schema: {
      summary: 'Create Index Weights',
      body: DictOf(Type.Integer(), Type.Number(), { title: 'Weights' })
    }
  }, async ({ body: weights }) => Object.fromEntries(weights))

  app.put('/items/:item_id', {
    schema: {
      summary: 'Update Item',
      params: Type.Object({ item_id: Type.Integer() }),
      // An example is shown, never checked: this one would be refused.
      body: Embed({ item: { ...Item, examples: [{ name: 'Foo', description: 'A very nice Item', price: 0, toooo: 3.2 }] } })
    }
  }, async ({ params, body: { item } }) => ({ ...params, item: written(item) }))

  app.post('/items/', {
    schema: {
      summary: 'Create Items',
      body: Type.Array(Item, { title: 'Items' })
    }
  }, async ({ body: items }) => items.map(written))
}

/** JSON has no sets; where no response model says what they become, the route does. */
function written (item: Item) {
  return { ...item, tags2: [...item.tags2] }
}

export default fields
