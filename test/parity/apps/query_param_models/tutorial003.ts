import { Type } from '@fastify/type-provider-typebox'
import { Models, Nullable } from '../../../../plugins/types/index.ts'
import { parityApp } from '../app.ts'

const Pagination = Type.Object({ limit: Type.Integer({ default: 10, minimum: 1 }), offset: Type.Integer({ default: 0, minimum: 0 }) }, { title: 'Pagination' })
const Filters = Type.Object({ tags: Type.Array(Type.String(), { default: [] }) }, { title: 'Filters' })

export default parityApp(async app => {
  app.get('/items/', {
    schema: { summary: 'Read Items', querystring: Models({ pagination: Pagination, filters: Filters, search: Nullable(Type.String(), { default: null }) }) }
  }, async ({ query }) => query)
})
