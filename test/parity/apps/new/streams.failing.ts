import { setTimeout as sleep } from 'node:timers/promises'
import { Type } from '@fastify/type-provider-typebox'
import { jsonLines, sse, stream } from '../../../../plugins/responses/index.ts'
import { parityApp } from '../app.ts'

const MM = Type.Object({ v: Type.Number(), d: Type.Record(Type.String(), Type.Any(), { default: {} }) }, { title: 'MM' })

/** Long enough that the first item has been sent. */
const later = async () => { await sleep(50) }

/** An item as it comes from elsewhere, of no known type. */
const unfit: never = { v: 'x' } as never

export default parityApp(async app => {
  app.get('/unfit', { schema: { response: { 200: jsonLines(MM) } } }, async function * unfitItem () {
    yield { v: 1.5, d: {} }
    await later()
    yield unfit
  })
  app.get('/unfit-first', { schema: { response: { 200: jsonLines(MM) } } }, async function * unfitFirst () { yield unfit })
  app.get('/unfit-second', { schema: { response: { 200: jsonLines(MM) } } }, async function * unfitSecond () {
    yield { v: 1.5, d: {} }
    yield unfit
  })
  app.get('/lines', { schema: { response: { 200: jsonLines() } } }, async function * lines () {
    yield 1
    await later()
    throw new Error('lines')
  })
  app.get('/lines-first', { schema: { response: { 200: jsonLines() } } }, async function * linesFirst () {
    throw new Error('lines')
  })
  app.get('/events', { schema: { response: { 200: sse() } } }, async function * events () {
    yield 1
    await later()
    throw new Error('events')
  })
  app.get('/text', { schema: { response: { 200: stream('text/plain; charset=utf-8') } } }, async function * text () {
    yield 'one'
    await later()
    throw new Error('text')
  })
})
