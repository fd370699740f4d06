/**
 * Requests that end in random ways, in an app whose dependencies are generators, and whether each of those is closed once.
 *
 * @module
 */

import { once } from 'node:events'
import { type AddressInfo, connect } from 'node:net'
import { Readable } from 'node:stream'
import fc from 'fast-check'
import Fastify, { type FastifyInstance, type FastifyRequest } from 'fastify'
import dependencies, { dependency } from '../../plugins/dependencies/index.ts'
import errors, { HttpError } from '../../plugins/errors/index.ts'

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

const course = fc.record<Course>({
  answer: fc.constantFrom('value', 'value', 'stream', 'hijack', 'send', 'throw', 'http'),
  who: fc.constantFrom('a', 'b', 'c', 'd'),
  does: fc.constantFrom('nothing', 'nothing', 'throws before', 'throws behind', 'converts', 'swallows', 'yields twice'),
  leaves: fc.oneof({ weight: 3, arbitrary: fc.constant(-1) }, { weight: 1, arbitrary: fc.integer({ min: 0, max: 40 }) }),
  slow: fc.integer({ min: 0, max: 3 })
})

/** Requests that are on their way at a time. */
const TOGETHER = 50

/** Turns of the event loop after which a generator that is open counts as left: those whose client is gone still run their course. */
const PATIENCE = 100_000

interface Lives {
  /** How many generators were opened. */
  readonly opened: number
  /** What is wrong, by batch; empty if each generator was closed once. */
  readonly wrong: readonly string[]
}

/** Sends `lives` requests, fifty at a time. */
export async function tryLives (lives: number, seed: number): Promise<Lives> {
  const ledger = new Ledger()
  const app = await appOf(ledger)
  const batches = fc.sample(fc.array(course, { minLength: TOGETHER, maxLength: TOGETHER }), { numRuns: Math.ceil(lives / TOGETHER), seed })
  const wrong: string[] = []
  for (const [index, courses] of batches.entries()) {
    await Promise.all(courses.slice(0, lives - index * TOGETHER).map(course => send(app, course)))
    for (let patience = 0; patience < PATIENCE && ledger.open() > 0; patience++) await turns(1)
    wrong.push(...ledger.settle())
  }
  await app.close()
  return { opened: ledger.opened, wrong }
}

/** How often each generator was closed. */
export class Ledger {
  readonly #closed = new Map<symbol, number>()
  opened = 0

  enter (): symbol {
    this.opened++
    const id = Symbol('generator')
    this.#closed.set(id, 0)
    return id
  }

  leave (id: symbol): void {
    this.#closed.set(id, Number(this.#closed.get(id)) + 1)
  }

  open (): number {
    return this.#count(times => times === 0)
  }

  /** Says what is wrong so far, and begins anew. */
  settle (): string[] {
    const [open, twice] = [this.open(), this.#count(times => times > 1)]
    this.#closed.clear()
    return open + twice === 0 ? [] : [`${open} generators are open, ${twice} were closed twice`]
  }

  #count (is: (times: number) => boolean): number {
    return [...this.#closed.values()].filter(is).length
  }
}

async function appOf (ledger: Ledger): Promise<FastifyInstance> {
  const app = Fastify()
  await app.register(errors)
  await app.register(dependencies)

  const generator = (name: string, scope: 'request' | 'function', needs = {}) => dependency({ name, scope, needs }, async function * ({ request }) {
    const { who, does, slow } = courseOf(request)
    const act = who === name ? does : 'nothing'
    await turns(slow)
    if (act === 'throws before') throw new HttpError(401)
    const id = ledger.enter()
    try {
      yield name
      await turns(slow)
      if (act === 'yields twice') yield name
    } catch (error) {
      if (act === 'converts') throw new HttpError(409)
      if (act !== 'swallows') throw error
    } finally {
      ledger.leave(id)
    }
    if (act === 'throws behind') throw new Error('behind')
  })
  const sync = (name: string, scope: 'request' | 'function', needs: object) => dependency({ name, scope, needs: { ...needs } }, function * () {
    const id = ledger.enter()
    try { yield name } finally { ledger.leave(id) }
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
      case 'stream': return Readable.from(chunks(slow))
      case 'hijack':
        reply.hijack()
        reply.raw.end('raw')
        return reply
    }
  })
  await app.listen({ host: '127.0.0.1', port: 0 })
  return app
}

function courseOf (request: FastifyRequest): Course {
  return JSON.parse(String(request.headers['x-course']))
}

async function * chunks (slow: number): AsyncGenerator<string> {
  for (let chunk = 0; chunk < 5; chunk++) {
    await turns(slow)
    yield 'chunk'
  }
}

async function send (app: FastifyInstance, course: Course): Promise<void> {
  if (course.leaves < 0) {
    // A response that breaks off on its way is an error here.
    await app.inject({ url: '/', headers: { 'x-course': JSON.stringify(course) } }).catch(() => {})
    return
  }
  const { port } = app.server.address() as AddressInfo
  const socket = connect(port, '127.0.0.1')
  // A client that goes while data is on its way to it is told so; that is no news.
  socket.on('error', () => {})
  const gone = once(socket, 'close')
  socket.resume().write(`GET / HTTP/1.1\r\nhost: x\r\nconnection: close\r\nx-course: ${JSON.stringify(course)}\r\n\r\n`)
  await turns(course.leaves)
  socket.destroy()
  await gone
}

async function turns (count: number): Promise<void> {
  for (let turn = 0; turn < count; turn++) await new Promise(resolve => { setImmediate(resolve) })
}
