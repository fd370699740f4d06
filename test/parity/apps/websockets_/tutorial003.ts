import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Type } from '@fastify/type-provider-typebox'
import { html } from '../../../../plugins/responses/index.ts'
import { socketOf } from '../../../../plugins/websocket/index.ts'
import { parityApp } from '../app.ts'

const page = readFileSync(join(import.meta.dirname, 'tutorial003.html'), 'utf8')

export default parityApp(async app => {
  const clients = new Set<ReturnType<typeof socketOf>>()
  const broadcast = async (text: string) => { for (const client of clients) await client.send(text) }

  app.get('/', { schema: { summary: 'Get', response: { 200: html() } } }, async () => page)

  app.get('/ws/:client_id', { websocket: true, schema: { params: Type.Object({ client_id: Type.Integer() }) } }, async (socket, { params }) => {
    const messages = socketOf(socket)
    clients.add(messages)
    for await (const text of messages) {
      await messages.send(`You wrote: ${String(text)}`)
      await broadcast(`Client #${params.client_id} says: ${String(text)}`)
    }
    clients.delete(messages)
    await broadcast(`Client #${params.client_id} left the chat`)
  })
}, { websocket: true })
