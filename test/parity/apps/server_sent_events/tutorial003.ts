import { ServerSentEvent, sse } from '../../../../plugins/responses/index.ts'
import { parityApp } from '../app.ts'

const logs = ['2025-01-01 INFO  Application started', '2025-01-01 DEBUG Connected to database', '2025-01-01 WARN  High memory usage detected']

export default parityApp(async app => {
  app.get('/logs/stream', {
    schema: { summary: 'Stream Logs', response: { 200: sse() } }
  }, async function * () {
    for (const raw of logs) yield new ServerSentEvent({ raw })
  })
})
