/**
 * Rooms in which everybody hears what is said: a WebSocket with typed messages, and a page that opens it.
 *
 * @module
 * @see https://fastapi.tiangolo.com/advanced/websockets/
 */

import { type FastifyPluginAsyncTypebox, Type } from '@fastify/type-provider-typebox'
import { topic } from '../../plugins/broadcast/index.ts'
import { html, text } from '../../plugins/responses/index.ts'
import { ValidationError } from '../../plugins/validation/index.ts'
import { socketOf } from '../../plugins/websocket/index.ts'

const Name = Type.String({ minLength: 1, maxLength: 20, pattern: '^\\S+$' })

const Said = Type.Object({ text: Type.String({ minLength: 1, maxLength: 500 }) }, { title: 'Said' })
const Line = Type.Object({ from: Name, text: Type.String() }, { title: 'Line' })
const Notice = Type.Object({ error: Type.String() }, { title: 'Notice' })

/** What is said in a room reaches the sockets of all processes. */
const line = topic('chat', Line)

// In a file of its own: a policy of contents (CSP) forbids scripts in a page.
const SCRIPT = `
const [lines, form, input] = ['lines', 'say', 'text'].map(id => document.getElementById(id))
const name = 'guest' + Math.floor(Math.random() * 1000)
const socket = new WebSocket('rooms/tea?name=' + name)
socket.addEventListener('message', ({ data }) => {
  const { from, text, error } = JSON.parse(data)
  const item = document.createElement('li')
  item.textContent = error === undefined ? from + ': ' + text : error
  lines.append(item)
})
form.addEventListener('submit', event => {
  event.preventDefault()
  socket.send(JSON.stringify({ text: input.value }))
  input.value = ''
})
`

const chat: FastifyPluginAsyncTypebox = async app => {
  app.get('/rooms/:room', {
    websocket: true,
    schema: {
      params: Type.Object({ room: Type.String({ maxLength: 50 }) }),
      querystring: Type.Object({ name: Name })
    }
  }, async (socket, { params: { room }, query: { name }, signal }) => {
    const messages = socketOf(socket, {
      receive: Said,
      send: Type.Union([Line, Notice]),
      // Without it, a message that does not fit would close the socket.
      onInvalid: async error => { await messages.send({ error: wordsOf(error) }) }
    })
    const lines = await app.broadcast.subscribe(line.of(room), { signal })
    const say = async (text: string) => { await app.broadcast.publish(line.of(room), { from: name, text }) }
    const listen = async () => { for await (const said of lines) await messages.send(said) }
    const speak = async () => { for await (const { text } of messages) await say(text) }

    await say('is here')
    try {
      // Both are awaited: an unawaited promise that rejects ends the process.
      await Promise.all([listen(), speak()])
    } finally {
      await say('has left')
    }
  })

  app.get('/', { schema: { summary: 'Show Chat', response: { 200: html() } } }, async (_request, reply) => reply.viewAsync('chat/index.html'))
  app.get('/chat.js', { schema: { hide: true, response: { 200: text('text/javascript') } } }, async () => SCRIPT)
}

function wordsOf (error: Error): string {
  return error instanceof ValidationError ? error.errors().map(({ loc, msg }) => [...loc, msg].join(': ')).join('; ') : error.message
}

export default chat
