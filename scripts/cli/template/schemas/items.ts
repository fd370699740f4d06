import { type Static, Type } from '@sinclair/typebox'

export const NewItem = Type.Object({
  name: Type.String({ minLength: 1, maxLength: 100 }),
  price: Type.Number({ exclusiveMinimum: 0 })
}, { title: 'NewItem' })

export const Item = Type.Composite([Type.Object({ id: Type.Integer() }), NewItem], { title: 'Item' })
export type Item = Static<typeof Item>
