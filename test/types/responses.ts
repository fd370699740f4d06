// Compiled, never run.
import { Readable } from 'node:stream'
import { type Static, Type } from '@sinclair/typebox'
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import Fastify from 'fastify'
import dependencies, { dependency } from '../../plugins/dependencies/index.ts'
import responses, { file, html, jsonLines, redirect, sendFile, ServerSentEvent, setCookie, sse, stream } from '../../plugins/responses/index.ts'
import { DateTime } from '../../plugins/types/index.ts'

const app = Fastify().withTypeProvider<TypeBoxTypeProvider>()
app.register(dependencies)
app.register(responses, { ping: 5000 })
// @ts-expect-error -- milliseconds, as a number
app.register(responses, { ping: '5s' })

const Item = Type.Object({ name: Type.String(), at: DateTime() })
const item: Static<typeof Item> = { name: 'pen', at: new Date() }
const events = { schema: { response: { 200: sse(Item), 404: Type.Object({ detail: Type.String() }) } } }

app.get('/async', events, async function * () { yield item })
app.get('/sync', events, function * () { yield item })
app.get('/event', events, async function * () {
  yield new ServerSentEvent({ data: item, id: 1 })
  yield new ServerSentEvent({ comment: 'no data' })
  yield item
})
app.get('/returned', events, async (_request, reply) => {
  if (reply.statusCode === 404) return { detail: 'none' }
  return (async function * () { yield item })()
})
app.get('/array', events, () => [item])
// @ts-expect-error -- the name is a string
app.get('/wrong', events, async function * () { yield { ...item, name: 1 } })
// @ts-expect-error -- and in an event as well
app.get('/wrong-event', events, async function * () { yield new ServerSentEvent({ data: { ...item, name: 1 } }) })
// @ts-expect-error -- one item is no stream
app.get('/one', events, async () => item)

app.route({ method: 'GET', url: '/route', ...events, handler: async function * () { yield item } })
app.route({
  method: 'GET',
  url: '/wrong-route',
  ...events,
  // @ts-expect-error -- typed there, too
  handler: async function * () { yield { ...item, name: 1 } }
})
app.get('/presented', { schema: { response: { 200: sse(Item) } }, config: { response: { excludeUnset: true } } }, async function * () { yield item })

const names = dependency(() => ['a'])
app.get('/inferred/:id', {
  schema: { params: Type.Object({ id: Type.Integer() }), response: { 200: jsonLines(Type.Object({ id: Type.Integer(), name: Type.String() })) } },
  config: { depends: { names } }
}, async function * ({ params: { id }, deps: { names }, signal }) {
  for (const name of names) if (!signal.aborted) yield { id, name }
})
app.get('/lines', { schema: { response: { 200: jsonLines() } } }, function * () { yield * [1, 'a', item] })

app.get('/bytes', { schema: { response: { 200: stream('image/png') } } }, async () => Readable.from(['x']))
app.get('/chunks', { schema: { response: { 200: stream() } } }, function * () { yield * ['a', Buffer.from('b')] })
// @ts-expect-error -- text or bytes
app.get('/numbers', { schema: { response: { 200: stream() } } }, function * () { yield 1 })

app.get('/html', { schema: { response: { 200: html() } } }, async () => '<p>')
// @ts-expect-error -- HTML is a string
app.get('/no-html', { schema: { response: { 200: html() } } }, async () => ({}))
app.get('/redirect', { schema: { response: { 307: redirect() } } }, async () => new URL('http://a.b'))
app.get('/file', { schema: { response: { 200: file() } } }, async () => ({ path: 'a', filename: 'b' }))
// @ts-expect-error -- the name is text
app.get('/no-file', { schema: { response: { 200: file() } } }, async () => ({ path: 'a', filename: 1 }))
app.get('/item', { schema: { response: { 200: Item } } }, async (_request, reply) => {
  setCookie(reply, 'a', 'b', { sameSite: 'none', secure: true })
  // @ts-expect-error -- `Lax` is `lax`
  setCookie(reply, 'a', 'b', { sameSite: 'Lax' })
  return reply.statusCode === 200 ? item : sendFile(reply, 'a')
})
