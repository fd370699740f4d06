import { Type } from '@fastify/type-provider-typebox'
import { Nullable } from '../../../../plugins/types/index.ts'

export const Item = Type.Object({
  name: Type.String(),
  description: Nullable(Type.String(), { default: null }),
  price: Type.Number(),
  tax: Nullable(Type.Number(), { default: null })
}, { title: 'Item' })
