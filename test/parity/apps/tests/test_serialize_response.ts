import { Type } from '@fastify/type-provider-typebox'
import { Nullable } from '../../../../plugins/types/index.ts'
import { parityApp } from '../app.ts'

const Item = Type.Object({
  name: Type.String(),
  price: Type.Optional(Nullable(Type.Number(), { default: null })),
  owner_ids: Type.Optional(Nullable(Type.Array(Type.Integer()), { default: null }))
}, { title: 'Item' })

export default parityApp(async app => {
  app.get('/items/valid', { schema: { summary: 'Get Valid', response: { 200: Item } } }, async () => ({ name: 'valid', price: 1.0 }))

  // A text is coerced, which no type allows.
  app.get('/items/coerce', { schema: { summary: 'Get Coerce', response: { 200: Item } } }, async () => ({ name: 'coerce', price: '1.0' as never }))

  app.get('/items/validlist', { schema: { summary: 'Get Validlist', response: { 200: Type.Array(Item) } } }, async () => [
    { name: 'foo' },
    { name: 'bar', price: 1.0 },
    { name: 'baz', price: 2.0, owner_ids: [1, 2, 3] }
  ])
})
