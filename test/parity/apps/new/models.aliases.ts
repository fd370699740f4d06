import { Type } from '@fastify/type-provider-typebox'
import { Embed } from '../../../../plugins/types/index.ts'
import { parityApp } from '../app.ts'

const first = { alias: ['first', 'second'] }
const Choices = Type.Object({ v: Type.Integer(first) }, { title: 'Choices' })

export default parityApp(async app => {
  const response = { 200: Type.Any() }
  const one = { querystring: Type.Object({ v: Type.Integer(first) }), response }
  app.get('/query', { schema: one }, async function query ({ query: { v } }) { return v })
  app.get('/list', { schema: { querystring: Type.Object({ v: Type.Array(Type.Integer(), { ...first, default: [] }) }), response } }, async function lst ({ query: { v } }) { return v })
  app.get('/header', { schema: { headers: Type.Object({ v: Type.Integer({ alias: ['x_one', 'x-two'] }) }), response } }, async function header ({ headers: { v } }) { return v })
  app.get('/model', { schema: { querystring: Choices, response } }, async function model ({ query: v }) { return v })
  app.post('/body', { schema: { body: Embed({ v: Type.Integer(first) }), response } }, async function body ({ body: { v } }) { return v })
  app.post('/model-body', { schema: { body: Choices, response } }, async function modelb ({ body }) { return body })
  app.get('/field-alias', {
    schema: { querystring: Type.Object({ v: Type.Integer({ alias: 'al', title: 'T', description: 'D', exclusiveMinimum: 3, examples: [5] }) }), response }
  }, async function fielda ({ query: { v } }) { return v })
  app.get('/field-title', {
    schema: { querystring: Type.Object({ v: Type.Integer({ alias: 'al', title: 'Q', deprecated: true, default: 9 }) }), response }
  }, async function fieldt ({ query: { v } }) { return v })
})
