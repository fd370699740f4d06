import { Type } from '@fastify/type-provider-typebox'
import { Nullable } from '../../../../../../plugins/types/index.ts'
import { parityApp } from '../../../app.ts'

const fields = { int_val: Nullable(Type.Integer()) }

export default parityApp(async app => {
  app.get('/parameter', {
    schema: { summary: 'Read Parameter', headers: Type.Object(fields), response: { 200: Type.Any() } }
  }, async ({ headers }) => headers.int_val)
  app.get('/model', {
    schema: { summary: 'Read Model', headers: Type.Object(fields, { title: 'HeaderModel' }), response: { 200: Type.Any() } }
  }, async ({ headers }) => headers.int_val)
})
