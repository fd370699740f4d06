import { once } from 'node:events'
import { type AddressInfo, connect } from 'node:net'
import { Readable } from 'node:stream'
import { asyncProperty, array, assert, constant, constantFrom, integer, oneof, record } from 'fast-check'
import type { FastifyRequest } from 'fastify'
import t from 'tap'
import dependencies, { dependency } from '../../plugins/dependencies/index.ts'
import errors, { HttpError } from '../../plugins/errors/index.ts'
import { bare } from '../helper.ts'

/** How one request goes; it is sent in a header. */
interface Course {
  /** How the handler answers. */
  readonly answer: 'value' | 'stream' | 'hijack' | 'send' | 'throw' | 'http'
  /** Which of the generators does it. */
  readonly who: string
  /** What that one does. */
  readonly does: 'nothing' | 'throws before' | 'throws behind' | 'converts' | 'swallows' | 'yields twice'
  /** The client goes after so many turns of the event loop; -1: it stays. */
  readonly leaves: number
  /** The turns that each generator takes. */
  readonly slow: number
}

const course = record<Course>({
  answer: constantFrom('value', 'value', 'stream', 'hijack', 'send', 'throw', 'http'),
  who: constantFrom('a', 'b', 'c', 'd'),
  does: constantFrom('nothing', 'nothing', 'throws before', 'throws behind', 'converts', 'swallows', 'yields twice'),
  leaves: oneof({ weight: 3, arbitrary: constant(-1) }, { weight: 1, arbitrary: integer({ min: 0, max: 40 }) }),
  slow: integer({ min: 0, max: 3 })
})

const RUNS = 200
const TOGETHER = 50

async function turns (count: number): Promise<void> {
  for (let turn = 0; turn < count; turn++) await new Promise(resolve => { setImmediate(resolve) })
}

function courseOf (request: FastifyRequest): Course {
  return JSON.parse(String(request.headers['x-course']))
}

t.test(`of ${RUNS * TOGETHER} requests that go as they like, every generator that was opened is closed once`, async t => {
  const app = bare(t)
  await app.register(errors)
  await app.register(dependencies)

  let opened = 0
  const closed = new Map<symbol, number>()
  const open = (): symbol => {
    opened++
    const id = Symbol('generator')
    closed.set(id, 0)
    return id
  }
  const close = (id: symbol): void => { closed.set(id, Number(closed.get(id)) + 1) }
  const doubly = (): number => [...closed.values()].filter(times => times > 1).length
  const leaked = (): number => [...closed.values()].filter(times => times === 0).length

  const generator = (name: string, scope: 'request' | 'function', needs = {}) => dependency({ name, scope, needs }, async function * ({ request }) {
    const { who, does, slow } = courseOf(request)
    const act = who === name ? does : 'nothing'
    await turns(slow)
    if (act === 'throws before') throw new HttpError(401)
    const id = open()
    try {
      yield name
      await turns(slow)
      if (act === 'yields twice') yield name
    } catch (error) {
      if (act === 'converts') throw new HttpError(409)
      if (act !== 'swallows') throw error
    } finally {
      close(id)
    }
    if (act === 'throws behind') throw new Error('behind')
  })
  const sync = (name: string, scope: 'request' | 'function', needs: object) => dependency({ name, scope, needs: { ...needs } }, function * () {
    const id = open()
    try { yield name } finally { close(id) }
  })
  const a = generator('a', 'request')
  const b = generator('b', 'function', { a })
  const c = generator('c', 'request', { a })
  const d = generator('d', 'function', { b, s: sync('s', 'request', { c }) })

  app.get('/', { config: { depends: { b, c, f: sync('f', 'function', {}), d } } }, async (request, reply) => {
    const { answer, slow } = courseOf(request)
    await turns(slow)
    switch (answer) {
      case 'value': return { fine: true }
      case 'throw': throw new Error('handler')
      case 'http': throw new HttpError(404)
      case 'send': return reply.send('sent')
      case 'stream': return Readable.from((async function * () {
        for (let chunk = 0; chunk < 5; chunk++) {
          await turns(slow)
          yield 'chunk'
        }
      })())
      case 'hijack':
        reply.hijack()
        reply.raw.end('raw')
        return reply
    }
  })
  await app.listen({ host: '127.0.0.1', port: 0 })
  const { port } = app.server.address() as AddressInfo

  const send = async (course: Course): Promise<void> => {
    if (course.leaves < 0) {
      // A response that breaks off on its way is an error here.
      await app.inject({ url: '/', headers: { 'x-course': JSON.stringify(course) } }).catch(() => {})
      return
    }
    const socket = connect(port, '127.0.0.1')
    // A client that goes while data is on its way to it is told so; that is no news.
    socket.on('error', () => {})
    const gone = once(socket, 'close')
    socket.resume().write(`GET / HTTP/1.1\r\nhost: x\r\nconnection: close\r\nx-course: ${JSON.stringify(course)}\r\n\r\n`)
    await turns(course.leaves)
    socket.destroy()
    await gone
  }

  await assert(asyncProperty(array(course, { minLength: TOGETHER, maxLength: TOGETHER }), async courses => {
    await Promise.all(courses.map(send))
    // Those whose client is gone still run their course.
    for (let patience = 0; patience < 100_000 && leaked() > 0; patience++) await turns(1)
    if (leaked() > 0 || doubly() > 0) throw new Error(`${leaked()} are open, ${doubly()} were closed twice`)
    closed.clear()
  }), { numRuns: RUNS, endOnFailure: true })
  t.ok(opened > RUNS * TOGETHER, `${opened} generators`)
})
