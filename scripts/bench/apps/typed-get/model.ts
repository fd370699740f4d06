import { Type } from '@sinclair/typebox'

export const Params = Type.Object({ userId: Type.Integer({ minimum: 1 }) })

export const Page = Type.Object({
  skip: Type.Integer({ minimum: 0, default: 0 }),
  limit: Type.Integer({ minimum: 1, maximum: 100, default: 10 })
})

export const Items = Type.Object({
  userId: Type.Integer(),
  owner: Type.String(),
  skip: Type.Integer(),
  limit: Type.Integer(),
  items: Type.Array(Type.Object({ id: Type.Integer(), name: Type.String(), price: Type.Number() }, { title: 'Item' }))
}, { title: 'Items' })
