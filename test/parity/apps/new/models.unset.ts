import { Type } from '@fastify/type-provider-typebox'
import { ExcludeUnset, Form, Nullable } from '../../../../plugins/types/index.ts'
import { parityApp } from '../app.ts'

const fields = { a: Type.Integer({ default: 1 }), b: Nullable(Type.String(), { default: null }), c: Type.Array(Type.Integer(), { default: [] }) }
const Part = Type.Object(fields, { title: 'Part' })

export default parityApp(async app => {
  app.get('/query', { schema: { querystring: ExcludeUnset(Part) } }, async ({ query }) => query)
  app.get('/header', { schema: { headers: ExcludeUnset(Part) } }, async ({ headers: { a, b, c } }) => ({ a, b, c }))
  app.get('/cookie', { schema: { cookies: ExcludeUnset(Part) } }, async ({ cookieParams }) => cookieParams)
  app.post('/form', { schema: { body: ExcludeUnset(Form(fields, { title: 'Part' })) } }, async ({ body }) => body)
  app.post('/body', { schema: { body: ExcludeUnset(Part) } }, async ({ body }) => body)
})
