import { Type } from '@fastify/type-provider-typebox'
import { Nullable, SetOf } from '../../../../plugins/types/index.ts'
import { parityApp } from '../app.ts'

export default parityApp(async app => {
  app.get('/', {
    schema: {
      summary: 'Read Root',
      querystring: Type.Object({ foo: Nullable(SetOf(Type.String({ minLength: 1 }), { maxItems: 3 }), { default: null }) })
    }
  }, async ({ query: { foo } }) => ({ foo: foo === null ? null : [...foo] }))
})
