import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { html } from '../../../../plugins/responses/index.ts'
import { socketOf } from '../../../../plugins/websocket/index.ts'
import { parityApp } from '../app.ts'

const page = readFileSync(join(import.meta.dirname, 'tutorial001.html'), 'utf8')

export default parityApp(async app => {
  app.get('/', { schema: { summary: 'Get', response: { 200: html() } } }, async () => page)

  app.get('/ws', { websocket: true }, async socket => {
    const messages = socketOf(socket)
    for await (const text of messages) await messages.send(`Message text was: ${String(text)}`)
  })
}, { websocket: true })
