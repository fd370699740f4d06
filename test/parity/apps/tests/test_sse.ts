import { Type } from '@sinclair/typebox'
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { ServerSentEvent, sse } from '../../../../plugins/responses/index.ts'
import { parityApp } from '../app.ts'

const Item = Type.Object({
  name: Type.String(),
  description: Type.Optional(Type.Union([Type.String(), Type.Null()]))
}, { title: 'Item' })

const items = [
  { name: 'Plumbus', description: 'A multi-purpose household device.' },
  { name: 'Portal Gun', description: 'A portal opening device.' },
  { name: 'Meeseeks Box', description: 'A box that summons a Meeseeks.' }
] as const

const api: FastifyPluginAsyncTypebox = async app => {
  app.get('/events', { schema: { summary: 'Stream Events', response: { 200: sse() } } }, async function * () {
    yield { msg: 'hello' }
    yield { msg: 'world' }
  })
  app.get('/events-typed', { schema: { summary: 'Stream Events Typed', response: { 200: sse(Item) } } }, async function * () { yield * items })
}

export default parityApp(async app => {
  app.get('/items/stream', { schema: { summary: 'Sse Items', response: { 200: sse(Item) } } }, async function * () { yield * items })
  app.get('/items/stream-sync', { schema: { summary: 'Sse Items Sync', response: { 200: sse(Item) } } }, function * () { yield * items })
  app.get('/items/stream-no-annotation', { schema: { summary: 'Sse Items No Annotation', response: { 200: sse() } } }, async function * () { yield * items })
  app.get('/items/stream-sync-no-annotation', { schema: { summary: 'Sse Items Sync No Annotation', response: { 200: sse() } } }, function * () { yield * items })
  app.get('/items/stream-dict', { schema: { summary: 'Sse Items Dict', response: { 200: sse() } } }, async function * () { yield * items })

  app.get('/items/stream-sse-event', { schema: { summary: 'Sse Items Event', response: { 200: sse() } } }, async function * () {
    yield new ServerSentEvent({ data: 'hello', event: 'greeting', id: '1' })
    yield new ServerSentEvent({ data: { key: 'value' }, event: 'json-data', id: '2' })
    yield new ServerSentEvent({ comment: 'just a comment' })
    yield new ServerSentEvent({ data: 'retry-test', retry: 5000 })
  })

  app.get('/items/stream-mixed', { schema: { summary: 'Sse Items Mixed', response: { 200: sse(Item) } } }, async function * () {
    yield * items
    // Data is an Item; what is none is sent raw.
    yield new ServerSentEvent({ raw: '"custom-event"', event: 'special' })
    yield items[1]
  })

  app.get('/items/stream-string', { schema: { summary: 'Sse Items String', response: { 200: sse() } } }, async function * () {
    yield new ServerSentEvent({ data: 'plain text data' })
  })
  app.post('/items/stream-post', { schema: { summary: 'Sse Items Post', response: { 200: sse(Item) } } }, async function * () { yield * items })
  app.get('/items/stream-raw', { schema: { summary: 'Sse Items Raw', response: { 200: sse() } } }, async function * () {
    yield new ServerSentEvent({ raw: 'plain text without quotes' })
    yield new ServerSentEvent({ raw: '<div>html fragment</div>', event: 'html' })
    yield new ServerSentEvent({ raw: 'cpu,87.3,1709145600', event: 'csv' })
  })
  await app.register(api, { prefix: '/api' })
})
