import { Readable } from 'node:stream'
import { stream } from '../../../../plugins/responses/index.ts'
import { parityApp } from '../app.ts'

const lines = [
  'Rick: (stumbles in drunkenly, and turns on the lights) Morty! You gotta come on. You got--... you gotta come with me.',
  "Morty: (rubs his eyes) What, Rick? What's going on?",
  'Rick: I got a surprise for you, Morty.',
  "Morty: It's the middle of the night. What are you talking about?",
  "Rick: (spills alcohol on Morty's bed) Come on, I got a surprise for you. (drags Morty by the ankle) Come on, hurry up. (pulls Morty out of his bed and into the hall)",
  "Morty: Ow! Ow! You're tugging me too hard!",
  'Rick: We gotta go, gotta get outta here, come on. Got a surprise for you Morty.'
]
const bytes = lines.map(line => Buffer.from(line))

export default parityApp(async app => {
  const response = { 200: stream() }

  app.get('/story/stream', { schema: { summary: 'Stream Story', response } }, async function * () { yield * lines })
  app.get('/story/stream-no-async', { schema: { summary: 'Stream Story No Async', response } }, function * () { yield * lines })
  app.get('/story/stream-no-annotation', { schema: { summary: 'Stream Story No Annotation', response } }, async () => lines)
  app.get('/story/stream-no-async-no-annotation', { schema: { summary: 'Stream Story No Async No Annotation', response } }, () => Readable.from(lines))
  app.get('/story/stream-bytes', { schema: { summary: 'Stream Story Bytes', response } }, async function * () { yield * bytes })
  app.get('/story/stream-no-async-bytes', { schema: { summary: 'Stream Story No Async Bytes', response } }, function * () { yield * bytes })
  app.get('/story/stream-no-annotation-bytes', { schema: { summary: 'Stream Story No Annotation Bytes', response } }, async () => bytes)
  app.get('/story/stream-no-async-no-annotation-bytes', {
    schema: { summary: 'Stream Story No Async No Annotation Bytes', response }
  }, () => Readable.from(bytes, { objectMode: false }))
})
