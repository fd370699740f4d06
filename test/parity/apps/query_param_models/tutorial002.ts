import { Type } from '@fastify/type-provider-typebox'
import { Literal } from '../../../../plugins/types/index.ts'
import { parityApp } from '../app.ts'

const FilterParams = Type.Object({
  limit: Type.Integer({ default: 100, exclusiveMinimum: 0, maximum: 100 }),
  offset: Type.Integer({ default: 0, minimum: 0 }),
  order_by: Literal(['created_at', 'updated_at'], { default: 'created_at' }),
  tags: Type.Array(Type.String(), { default: [] })
}, { title: 'FilterParams', additionalProperties: false })

export default parityApp(async app => {
  app.get('/items/', {
    schema: {
      summary: 'Read Items',
      querystring: FilterParams
    }
  }, async ({ query }) => query)
})
