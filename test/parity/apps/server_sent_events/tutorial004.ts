import { Type } from '@sinclair/typebox'
import { ServerSentEvent, sse } from '../../../../plugins/responses/index.ts'
import { parityApp } from '../app.ts'
import { items } from './items.ts'

export default parityApp(async app => {
  app.get('/items/stream', {
    schema: {
      summary: 'Stream Items',
      headers: Type.Object({ 'last-event-id': Type.Optional(Type.Union([Type.Integer(), Type.Null()])) }),
      response: { 200: sse() }
    }
  }, async function * ({ headers }) {
    const last = headers['last-event-id'] ?? -1
    for (const [id, item] of items.entries()) {
      if (id > last) yield new ServerSentEvent({ raw: JSON.stringify(item), id })
    }
  })
})
