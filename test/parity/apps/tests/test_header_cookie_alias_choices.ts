import { Type } from '@fastify/type-provider-typebox'
import { parityApp } from '../app.ts'

const headers = {
  value: Type.Integer({ alias: ['X-First', 'X-Second'] }),
  items: Type.Array(Type.String(), { alias: ['item_values', 'X-Tag'], default: ['default'] })
}
const cookies = { value: Type.Integer({ alias: ['session', 'legacy_session'] }) }

export default parityApp(async app => {
  for (const [path, name, options] of [['', '', {}], ['-model', ' Model', { title: 'Model' }]] as const) {
    app.get(`/header${path}`, { schema: { summary: `Read Header${name}`, headers: Type.Object(headers, options) } }, async ({ headers: { value, items } }) => ({ value, items }))
    app.get(`/cookie${path}`, { schema: { summary: `Read Cookie${name}`, cookies: Type.Object(cookies, options) } }, async ({ cookieParams }) => cookieParams)
  }
  app.get('/path/:value', {
    schema: { summary: 'Read Path', params: Type.Object({ number: Type.Integer({ alias: ['value', 'unused'] }) }), response: { 200: Type.Any() } }
  }, async ({ params }) => params.number)
})
