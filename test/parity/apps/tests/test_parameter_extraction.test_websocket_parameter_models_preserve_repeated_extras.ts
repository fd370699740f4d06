import { Type } from '@fastify/type-provider-typebox'
import { parityApp } from '../app.ts'

// The recorded test makes one app for each: here what was sent tells which.
const Extras = Type.Object({ value: Type.Optional(Type.String()) }, { title: 'Extras', additionalProperties: true })

export default parityApp(async app => {
  app.get('/ws', { websocket: true, schema: { querystring: Extras, headers: Extras } }, (socket, { query, headers }) => {
    const { value, extra, single }: Record<string, unknown> = query.value === undefined ? headers : query
    socket.send(JSON.stringify({ value, extra, single }))
    socket.close(1000)
  })
}, { websocket: true })
