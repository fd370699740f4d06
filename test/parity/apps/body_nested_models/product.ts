import { Type } from '@fastify/type-provider-typebox'
import { Nullable } from '../../../../plugins/types/index.ts'

/** The fields that the items of this chapter have in common. */
export const product = {
  name: Type.String(),
  description: Nullable(Type.String(), { default: null }),
  price: Type.Number(),
  tax: Nullable(Type.Number(), { default: null })
}

/** The answer is not described, yet written by the response model, which knows what a set is in JSON. */
export const Anything = Type.Unknown()
