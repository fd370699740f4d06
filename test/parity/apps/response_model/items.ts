import { Type } from '@fastify/type-provider-typebox'
import { Nullable } from '../../../../plugins/types/index.ts'
import { parityApp } from '../app.ts'

export const ItemId = Type.Object({ item_id: Type.String() })

const Item = Type.Object({
  name: Type.String(),
  description: Type.Optional(Nullable(Type.String(), { default: null })),
  price: Type.Number(),
  tax: Type.Optional(Nullable(Type.Number(), { default: null })),
  tags: Type.Optional(Type.Array(Type.String(), { default: [] }))
}, { title: 'Item' })

/** The tutorial twice: with `response_model`, and with the type that the function returns. */
export default parityApp(async app => {
  app.post('/items/', {
    schema: {
      summary: 'Create Item',
      body: Item,
      response: { 200: Item }
    }
  }, async ({ body: item }) => item)

  app.get('/items/', {
    schema: {
      summary: 'Read Items',
      response: { 200: Type.Array(Item) }
    }
  }, async () => [
    { name: 'Portal Gun', price: 42.0 },
    { name: 'Plumbus', price: 32.0 }
  ])
})
