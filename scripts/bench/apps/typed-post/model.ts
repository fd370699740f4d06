/**
 * The item of the POST: six fields, one of them a list of objects.
 *
 * @module
 */

import { Type } from '@sinclair/typebox'

const Image = Type.Object({
  url: Type.String(),
  width: Type.Integer({ minimum: 1 }),
  height: Type.Integer({ minimum: 1 })
}, { title: 'Image' })

export const Item = Type.Object({
  name: Type.String({ minLength: 1, maxLength: 100 }),
  description: Type.Optional(Type.String({ maxLength: 300 })),
  price: Type.Number({ exclusiveMinimum: 0 }),
  tax: Type.Number({ default: 10.5 }),
  tags: Type.Array(Type.String(), { maxItems: 20 }),
  images: Type.Array(Image)
}, { title: 'Item' })

export const ItemOut = Type.Object({ ...Item.properties }, { title: 'ItemOut' })
