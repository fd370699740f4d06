import { Type } from '@fastify/type-provider-typebox'
import { Embed, Nullable } from '../../../../plugins/types/index.ts'
import { parityApp } from '../app.ts'

const I = Type.Object({ n: Type.Integer(), s: Nullable(Type.String(), { default: 'd' }) }, { title: 'I' })

const Int = Type.Integer({ title: 'X' })
const NullableInt = (options: object = {}) => Nullable(Type.Integer(), { title: 'X', ...options })

export default parityApp(async app => {
  const response = { 200: Type.Any() }
  app.post('/nullable', { schema: { body: NullableInt(), response } }, async function nullable ({ body }) { return { x: body } })
  app.post('/nullable-default', { schema: { body: NullableInt({ default: 7 }), response } }, async function nullabled ({ body }) { return { x: body } })
  app.post('/embedded', { schema: { body: Embed({ x: NullableInt({ default: 7 }) }), response } }, async function embedded ({ body: { x } }) { return { x } })
  app.post('/default', {
    schema: { summary: 'Default', operationId: 'default_default_post', body: Type.Integer({ ...Int, default: 5 }), response }
  }, async ({ body }) => ({ x: body }))
  app.post('/model', { schema: { body: I, response } }, async function model ({ body }) { return { x: body } })
  app.post('/model-nullable', { schema: { body: Nullable(I, { default: null, title: 'X' }), response } }, async function modeln ({ body }) { return { x: body } })
  app.post('/model-default', { schema: { body: Type.Object(I.properties, { title: 'I', default: { n: 1, s: 'd' } }), response } }, async function modeld ({ body }) { return { x: body } })
  app.post('/two', {
    schema: { body: Embed({ a: Type.Integer({ default: 5 }), b: Nullable(Type.Integer(), { default: 6 }) }), response }
  }, async function two ({ body: { a, b } }) { return [a, b] })
  app.post('/two-required', { schema: { body: Embed({ a: Nullable(Type.Integer()), b: I }), response } }, async function twor ({ body: { a, b } }) { return [a, b] })
})
