import { Type } from '@fastify/type-provider-typebox'
import { Nullable } from '../../../../plugins/types/index.ts'
import { parityApp } from '../app.ts'

const CommonHeaders = Type.Object({
  host: Type.String(),
  save_data: Type.Boolean(),
  if_modified_since: Nullable(Type.String(), { default: null }),
  traceparent: Nullable(Type.String(), { default: null }),
  x_tag: Type.Array(Type.String(), { default: [] })
}, { title: 'CommonHeaders' })

export default parityApp(async app => {
  app.get('/items/', {
    schema: {
      summary: 'Read Items',
      headers: CommonHeaders
    }
  }, async ({ headers }) => ({
    host: headers.host,
    save_data: headers.save_data,
    if_modified_since: headers.if_modified_since,
    traceparent: headers.traceparent,
    x_tag: headers.x_tag
  }))
})
