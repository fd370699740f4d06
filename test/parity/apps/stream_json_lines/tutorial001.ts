import { Type } from '@sinclair/typebox'
import { jsonLines } from '../../../../plugins/responses/index.ts'
import { parityApp } from '../app.ts'

const Item = Type.Object({
  name: Type.String(),
  description: Type.Union([Type.String(), Type.Null()])
}, { title: 'Item' })

const items = [
  { name: 'Plumbus', description: 'A multi-purpose household device.' },
  { name: 'Portal Gun', description: 'A portal opening device.' },
  { name: 'Meeseeks Box', description: 'A box that summons a Meeseeks.' }
]

export default parityApp(async app => {
  app.get('/items/stream', {
    schema: { summary: 'Stream Items', response: { 200: jsonLines(Item) } }
  }, async function * () { yield * items })

  app.get('/items/stream-no-async', {
    schema: { summary: 'Stream Items No Async', response: { 200: jsonLines(Item) } }
  }, function * () { yield * items })

  app.get('/items/stream-no-annotation', {
    schema: { summary: 'Stream Items No Annotation', response: { 200: jsonLines() } }
  }, async function * () { yield * items })

  app.get('/items/stream-no-async-no-annotation', {
    schema: { summary: 'Stream Items No Async No Annotation', response: { 200: jsonLines() } }
  }, () => items)
})
