import { Type } from '@sinclair/typebox'

export const Item = Type.Object({ name: Type.String(), price: Type.Number() }, { title: 'Item' })

export const items = [
  { name: 'Plumbus', price: 32.99 },
  { name: 'Portal Gun', price: 999.99 },
  { name: 'Meeseeks Box', price: 49.99 }
]
