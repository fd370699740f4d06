import { Type } from '@fastify/type-provider-typebox'
import { Nullable } from '../../../../plugins/types/index.ts'
import { parityApp } from '../app.ts'

const Item = Type.Object({
  name: Type.String(),
  price: Type.Number(),
  tags: Type.Optional(Type.Array(Type.String())),
  description: Nullable(Type.String(), { default: null }),
  tax: Nullable(Type.Number(), { default: null })
}, { title: 'Item' })

export default parityApp(async app => {
  app.get('/items/next', {
    schema: { summary: 'Read Next Item', response: { 200: Item } }
  }, async () => ({
    name: 'Island In The Moon',
    price: 12.99,
    description: "A place to be playin' and havin' fun",
    tags: ['breater'],
    tax: null
  }))
})
