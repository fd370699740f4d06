import { Type } from '@fastify/type-provider-typebox'
import { Nullable } from '../../../../plugins/types/index.ts'

export const Commons = Type.Object({
  q: Nullable(Type.String(), { default: null }),
  skip: Type.Integer({ default: 0 }),
  limit: Type.Integer({ default: 100 })
})
