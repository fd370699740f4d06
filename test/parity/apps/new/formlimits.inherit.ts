import { Type } from '@fastify/type-provider-typebox'
import forms from '../../../../plugins/forms/index.ts'
import { File, Form } from '../../../../plugins/types/index.ts'
import { parityApp } from '../app.ts'

const a = Type.Array(Type.String())
const response = { 200: Type.Any() }

export default parityApp(async app => {
  app.post('/z', { schema: { body: Form({ a }), response } }, async ({ body: { a } }) => a.length)

  await app.register(async router => {
    await router.register(forms, { fields: 4 })
    router.post('/x', { schema: { body: Form({ a }), response } }, async ({ body }) => (body as { a: string[] }).a.length)
    router.post('/y', {
      schema: { body: Form({ a: Type.Array(Type.String(), { default: [] }), f: Type.Array(File(), { default: [] }) }), response },
      config: { forms: { files: 0 } }
    }, async ({ body }) => {
      const { a, f } = body as { a: string[], f: unknown[] }
      return [a.length, f.length]
    })
  })
}, { forms: { fields: 2, files: 1 } })
