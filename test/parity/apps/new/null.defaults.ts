import { Type } from '@fastify/type-provider-typebox'
import { parityApp } from '../app.ts'

const D = Type.Object({ x: Type.Number({ default: 1 }), y: Type.Integer({ default: 5 }), z: Type.Integer({ default: '6', validateDefault: true }) }, { title: 'D' })
const Int = Type.Integer()

// Defaults that fit no type of TypeScript's.
const unfitting = { default: 'x' }

export default parityApp(async app => {
  const response = { 200: Type.Any() }
  app.get('/as-is', {
    schema: { summary: 'Asis', operationId: 'asis_as_is_get', querystring: Type.Object({ a: Type.Number({ default: 1 }), b: Type.Integer(unfitting) }), response }
  }, async ({ query: { a, b } }) => [a, b])
  // A default that does not fit would stop the start if it were validated.
  app.get('/validated', {
    schema: { querystring: Type.Object({ a: Type.Number({ default: 1, validateDefault: true }), b: Type.Integer(unfitting) }), response }
  }, async function validated ({ query: { a, b } }) { return [a, b] })
  app.get('/left', { schema: { querystring: Type.Object({ a: Type.Union([Int, Type.String()], { unionMode: 'left_to_right' }) }), response } }, async function left ({ query }) { return query })
  app.get('/smart', { schema: { querystring: Type.Object({ a: Type.Union([Int, Type.String()]) }), response } }, async function smart ({ query }) { return query })
  app.get('/fast', { schema: { querystring: Type.Object({ a: Type.Array(Int, { failFast: true }) }), response } }, async function fast ({ query: { a } }) { return a })
  app.get('/slow', { schema: { querystring: Type.Object({ a: Type.Array(Int) }), response } }, async function slow ({ query: { a } }) { return a })
  app.get('/factory', { schema: { querystring: Type.Object({ a: Type.Optional(Int) }), response } }, async function factory ({ query: { a = 'q' } }) { return { a } })
  app.get('/model', { schema: { querystring: D, response } }, async function model ({ query }) { return query })
})
