import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Type } from '@fastify/type-provider-typebox'
import { dependency } from '../../../../plugins/dependencies/index.ts'
import { html } from '../../../../plugins/responses/index.ts'
import { socketOf, WebSocketException } from '../../../../plugins/websocket/index.ts'
import { parityApp } from '../app.ts'

const cookieOrToken = dependency({
  cookies: Type.Object({ session: Type.Optional(Type.String()) }),
  query: Type.Object({ token: Type.Optional(Type.String()) })
}, ({ cookies: { session }, query: { token } }) => {
  if (session === undefined && token === undefined) throw new WebSocketException(1008)
  return session ?? token
})

const page = readFileSync(join(import.meta.dirname, 'tutorial002.html'), 'utf8')

export default parityApp(async app => {
  app.get('/', { schema: { summary: 'Get', response: { 200: html() } } }, async () => page)

  app.get('/items/:item_id/ws', {
    websocket: true,
    schema: { params: Type.Object({ item_id: Type.String() }), querystring: Type.Object({ q: Type.Optional(Type.Integer()) }) },
    config: { depends: { cookieOrToken } }
  }, async (socket, { params, query: { q }, deps }) => {
    const messages = socketOf(socket)
    for await (const text of messages) {
      await messages.send(`Session cookie or query token value is: ${deps.cookieOrToken}`)
      if (q !== undefined) await messages.send(`Query parameter q is: ${q}`)
      await messages.send(`Message text was: ${String(text)}, for item ID: ${params.item_id}`)
    }
  })
}, { websocket: true })
