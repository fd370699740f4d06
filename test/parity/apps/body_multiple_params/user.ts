import { Type } from '@fastify/type-provider-typebox'
import { Nullable } from '../../../../plugins/types/index.ts'

export const User = Type.Object({
  username: Type.String(),
  full_name: Nullable(Type.String(), { default: null })
}, { title: 'User' })
