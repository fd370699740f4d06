/**
 * Answers that come bit by bit: a list as JSON lines, a clock as server-sent events, and a page that shows it.
 *
 * @module
 * @see https://fastapi.tiangolo.com/tutorial/server-sent-events/
 */

import { setTimeout as sleep } from 'node:timers/promises'
import { type FastifyPluginAsyncTypebox, Type } from '@fastify/type-provider-typebox'
import { html, jsonLines, ServerSentEvent, sse, text } from '../../plugins/responses/index.ts'
import { DateTime } from '../../plugins/types/index.ts'

const Square = Type.Object({ number: Type.Integer(), square: Type.Integer() }, { title: 'Square' })
const Tick = Type.Object({ at: DateTime() }, { title: 'Tick' })

// In a file of its own: a policy of contents (CSP) forbids scripts in a page.
const SCRIPT = `
const ticks = new EventSource('clock')
ticks.addEventListener('tick', ({ data, lastEventId }) => {
  document.getElementById('clock').textContent = lastEventId + ': ' + JSON.parse(data).at
})
`

const stream: FastifyPluginAsyncTypebox = async app => {
  app.get('/squares', {
    schema: {
      summary: 'Stream Squares',
      querystring: Type.Object({ count: Type.Integer({ default: 10, minimum: 0, maximum: 1_000_000 }) }),
      response: { 200: jsonLines(Square) }
    }
  }, function * ({ query: { count } }) {
    for (let number = 1; number <= count; number++) yield { number, square: number ** 2 }
  })

  app.get('/clock', {
    schema: {
      summary: 'Stream Clock',
      querystring: Type.Object({
        every: Type.Integer({ default: 1000, minimum: 10, maximum: 60_000, description: 'Milliseconds between two ticks.' }),
        count: Type.Optional(Type.Integer({ minimum: 0, description: 'How many; without it, until the client goes.' }))
      }),
      headers: Type.Object({ 'last-event-id': Type.Optional(Type.Integer({ minimum: 0 })) }),
      response: { 200: sse(Tick) }
    }
  }, async function * ({ query: { every, count = Infinity }, headers, signal }) {
    const first = (headers['last-event-id'] ?? 0) + 1
    for (let id = first; id <= count; id++) {
      yield new ServerSentEvent({ event: 'tick', id, data: { at: new Date() } })
      await sleep(every, undefined, { signal })
    }
  })

  app.get('/', { schema: { summary: 'Show Clock', response: { 200: html() } } }, async (_request, reply) => reply.viewAsync('stream/index.html'))
  app.get('/clock.js', { schema: { hide: true, response: { 200: text('text/javascript') } } }, async () => SCRIPT)
}

export default stream
