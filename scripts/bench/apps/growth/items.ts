import { Type } from '@sinclair/typebox'

export const Items = Type.Array(Type.Object({ id: Type.Integer(), name: Type.String(), price: Type.Number(), tags: Type.Array(Type.String()) }))

export function items (count: number) {
  return Array.from({ length: count }, (_, i) => ({ id: i, name: `item ${i}`, price: 2.5, tags: ['a', 'b'], cost: 1 }))
}
