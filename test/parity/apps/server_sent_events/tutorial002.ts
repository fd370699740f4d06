import { ServerSentEvent, sse } from '../../../../plugins/responses/index.ts'
import { parityApp } from '../app.ts'
import { items } from './items.ts'

export default parityApp(async app => {
  app.get('/items/stream', {
    schema: { summary: 'Stream Items', response: { 200: sse() } }
  }, async function * () {
    yield new ServerSentEvent({ comment: 'stream of item updates' })
    for (const [index, item] of items.entries()) {
      yield new ServerSentEvent({ event: 'item_update', raw: JSON.stringify(item), id: index + 1, retry: 5000 })
    }
  })
})
