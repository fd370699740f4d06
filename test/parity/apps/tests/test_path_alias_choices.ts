import { Type } from '@fastify/type-provider-typebox'
import { parityApp } from '../app.ts'

const params = Type.Object({ value: Type.Integer({ alias: ['item_id', 'id'], minimum: 1 }) })

export default parityApp(async app => {
  for (const url of ['/items/:item_id/', '/legacy-items/:id/']) {
    app.get(url, { schema: { summary: 'Read Item', params, response: { 200: Type.Any() } } }, async ({ params: { value } }) => value)
  }
})
