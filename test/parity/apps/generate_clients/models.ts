import { Type } from '@fastify/type-provider-typebox'

export const Item = Type.Object({
  name: Type.String(),
  price: Type.Number()
}, { title: 'Item' })

export const ResponseMessage = Type.Object({
  message: Type.String()
}, { title: 'ResponseMessage' })

export const User = Type.Object({
  username: Type.String(),
  email: Type.String()
}, { title: 'User' })

export const items = [
  { name: 'Plumbus', price: 3 },
  { name: 'Portal Gun', price: 9001 }
]
