import { Type } from '@fastify/type-provider-typebox'
import { File, Form } from '../../../../plugins/types/index.ts'
import { parityApp } from '../app.ts'

const list = Type.Array(Type.String())
const response = { 200: Type.Any() }

export default parityApp(async app => {
  app.post('/default', { schema: { operationId: 'default_default_post', summary: 'Default', body: Form({ a: Type.Array(Type.String(), { default: [] }) }) } }, async ({ body: { a } }) => {
    return { count: a.length, size: a.join('').length }
  })
  app.post('/fields', { schema: { body: Form({ a: list }), response }, config: { forms: { fields: 3 } } }, async function fields ({ body: { a } }) { return a.length })
  app.post('/part', { schema: { body: Form({ a: Type.String() }), response }, config: { forms: { fieldSize: 5 } } }, async function part ({ body: { a } }) { return a })
  app.post('/files', {
    schema: { body: Form({ f: Type.Array(File()), a: Type.String({ default: '' }) }), response },
    config: { forms: { files: 1 } }
  }, async function files ({ body: { f } }) { return f.map(({ filename }) => filename) })
  app.post('/manual', { schema: { response } }, async function manual (request) { return Object.keys(await request.form()).length })
})
