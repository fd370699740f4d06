import { Type } from '@fastify/type-provider-typebox'
import { jsonLines, ServerSentEvent, sse } from '../../../../plugins/responses/index.ts'
import { parityApp } from '../app.ts'

const MM = Type.Object({ v: Type.Number(), d: Type.Record(Type.String(), Type.Any(), { default: {} }) }, { title: 'MM' })

export default parityApp(async app => {
  app.get('/lines', { schema: { response: { 200: jsonLines() } } }, async function * lines () {
    yield { a: NaN, b: [Infinity, -Infinity, { c: NaN }], t: [NaN] }
    yield NaN
    yield { v: NaN, d: { x: Infinity } }
    yield 'NaN'
  })
  app.get('/typed', { schema: { response: { 200: jsonLines(MM) } } }, async function * typed () { yield { v: NaN, d: { x: Infinity } } })
  app.get('/events', { schema: { response: { 200: sse() } } }, async function * events () {
    yield { a: NaN }
    yield new ServerSentEvent({ data: { x: Infinity }, event: 'e' })
    yield new ServerSentEvent({ raw: 'NaN' })
    yield { v: Infinity, d: {} }
  })
  app.get('/plain', async function plain () { return { a: NaN } })
})
