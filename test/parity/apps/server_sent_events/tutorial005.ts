import { Type } from '@sinclair/typebox'
import { ServerSentEvent, sse } from '../../../../plugins/responses/index.ts'
import { parityApp } from '../app.ts'

const Prompt = Type.Object({ text: Type.String() }, { title: 'Prompt' })

export default parityApp(async app => {
  app.post('/chat/stream', {
    schema: { summary: 'Stream Chat', body: Prompt, response: { 200: sse() } }
  }, async function * ({ body: { text } }) {
    for (const word of text.split(/\s+/)) yield new ServerSentEvent({ data: word, event: 'token' })
    yield new ServerSentEvent({ raw: '[DONE]', event: 'done' })
  })
})
