import { Readable } from 'node:stream'
import { stream } from '../../../../plugins/responses/index.ts'
import { parityApp } from '../app.ts'
import { png } from './png.ts'

export default parityApp(async app => {
  const response = { 200: stream('image/png') }
  const chunks = [png.subarray(0, 1000), png.subarray(1000)]

  app.get('/image/stream', { schema: { summary: 'Stream Image', response } }, async function * () { yield * chunks })
  app.get('/image/stream-no-async', { schema: { summary: 'Stream Image No Async', response } }, function * () { yield * chunks })
  app.get('/image/stream-no-async-yield-from', { schema: { summary: 'Stream Image No Async Yield From', response } }, () => chunks)
  app.get('/image/stream-no-annotation', { schema: { summary: 'Stream Image No Annotation', response } }, async () => chunks)
  app.get('/image/stream-no-async-no-annotation', {
    schema: { summary: 'Stream Image No Async No Annotation', response }
  }, () => Readable.from(chunks, { objectMode: false }))
})
