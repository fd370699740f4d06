import { Type } from '@fastify/type-provider-typebox'
import { Nullable } from '../../../../plugins/types/index.ts'
import { parityApp } from '../app.ts'

const Item = Type.Object({
  name: Type.String(),
  price: Type.Number(),
  description: Nullable(Type.String(), { default: null }),
  tax: Nullable(Type.Number(), { default: null })
}, { title: 'Item' })

export default parityApp(async app => {
  app.post('/items/', {
    schema: { summary: 'Create Item', body: Item }
  }, async ({ body: item }) => item)
})
