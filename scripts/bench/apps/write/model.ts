import { type Static, Type } from '@sinclair/typebox'

export const Order = Type.Object({
  id: Type.Integer(),
  code: Type.String(),
  total: Type.Number(),
  paid: Type.Boolean(),
  note: Type.Union([Type.String(), Type.Null()]),
  tags: Type.Array(Type.String()),
  customer: Type.Object({ id: Type.Integer(), name: Type.String(), email: Type.String() })
})

/** As they come from a table, with columns that are not for the client. */
export function orders (count: number): Array<Static<typeof Order>> {
  return Array.from({ length: count }, (_, id) => ({
    id,
    code: `order-${id}`,
    total: id * 1.25,
    paid: id % 2 === 0,
    note: id % 3 === 0 ? null : `leave it at the door ${id}`,
    tags: ['new', 'gift'],
    margin: 0.4,
    customer: { id: id + 1000, name: `Customer ${id}`, email: `customer${id}@example.com`, password: 'secret' }
  }))
}
