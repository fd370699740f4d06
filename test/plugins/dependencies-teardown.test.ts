import { EventEmitter, once } from 'node:events'
import { type AddressInfo, connect, type Socket } from 'node:net'
import { Readable } from 'node:stream'
import { Type } from '@sinclair/typebox'
import type { FastifyInstance, FastifyServerOptions } from 'fastify'
import t, { type Test } from 'tap'
import dependencies, { type Dependency, dependency, keepOpen } from '../../plugins/dependencies/index.ts'
import errors, { Conflict, HttpError, Teapot } from '../../plugins/errors/index.ts'
import validation from '../../plugins/validation/index.ts'
import { bare } from '../helper.ts'

/** What happened, in order; a test can wait for something to happen. */
class Trace extends Array<string> {
  readonly #awaited = new Map<string, () => void>()

  note (entry: string): void {
    this.push(entry)
    this.#awaited.get(entry)?.()
  }

  /** All entries up to one. */
  async until (entry: string): Promise<string[]> {
    if (!this.includes(entry)) await new Promise<void>(resolve => { this.#awaited.set(entry, resolve) })
    return this.splice(0)
  }
}

/** A generator that notes when it is opened, what it sees, and when it is closed. */
function opened (trace: Trace, name: string, options: { scope?: 'request' | 'function', needs?: Record<string, Dependency> } = {}) {
  return dependency({ name, ...options }, async function * () {
    trace.note(`${name} opens`)
    try {
      yield name
      trace.note(`${name} goes on`)
    } catch (error) {
      trace.note(`${name} sees ${error instanceof Error ? error.message.split('\n', 1)[0] : String(error)}`)
      throw error
    } finally {
      trace.note(`${name} closes`)
    }
  })
}

async function server (t: Test, options: FastifyServerOptions = {}): Promise<FastifyInstance> {
  const app = bare(t, options)
  await app.register(errors)
  await app.register(validation)
  await app.register(dependencies)
  return app
}

/** Sends the head of a request over a socket of its own. */
async function send (app: FastifyInstance, head: string): Promise<Socket> {
  await app.listen({ host: '127.0.0.1', port: 0 })
  const socket = connect((app.server.address() as AddressInfo).port, '127.0.0.1')
  await once(socket, 'connect')
  socket.write(`${head}\r\nhost: x\r\n\r\n`)
  socket.resume()
  return socket
}

t.test('generators are closed last in first out: function scope before the response is sent, request scope after', async t => {
  const app = await server(t)
  const trace = new Trace()
  const a = opened(trace, 'a')
  const b = opened(trace, 'b', { needs: { a } })
  const f = opened(trace, 'f', { scope: 'function', needs: { b } })
  const g = opened(trace, 'g', { scope: 'function', needs: { f } })
  const sync = dependency(function * () {
    trace.note('sync opens')
    yield 1
    trace.note('sync closes')
  })
  app.get('/', {
    config: { depends: { sync, g } },
    onSend: async () => { trace.note('is sent') },
    onResponse: async () => { trace.note('was sent') }
  }, async () => { trace.note('handler') })
  await app.inject('/')
  t.same(await trace.until('sync closes'), [
    'sync opens', 'a opens', 'b opens', 'f opens', 'g opens', 'handler', 'is sent', 'g goes on', 'g closes', 'f goes on', 'f closes', 'was sent',
    'b goes on', 'b closes', 'a goes on', 'a closes', 'sync closes'
  ])
})

t.test('an error is thrown into all that is open, function scope first, last in first out, wherever it comes from', async t => {
  for (const [name, status] of Object.entries({
    handler: 500, http: 404, dependency: 401, validation: 422, hook: 403, serializer: 500, timeout: 503
  })) {
    const app = await server(t)
    const trace = new Trace()
    const depends = {
      outer: opened(trace, 'outer'),
      inner: opened(trace, 'inner', { scope: 'function' }),
      last: opened(trace, 'last'),
      ...name === 'dependency' && { refuse: dependency(() => { throw new HttpError(401, 'no') }) }
    }
    app.get('/', {
      config: { depends },
      ...name === 'validation' && { schema: { querystring: Type.Object({ q: Type.Integer() }) } },
      ...name === 'hook' && { preHandler: async () => { throw new HttpError(403, 'no') } },
      ...name === 'serializer' && { preSerialization: async () => { throw new Error('no') } },
      ...name === 'timeout' && { handlerTimeout: 1 }
    }, async () => {
      if (name === 'handler') throw new Error('no')
      if (name === 'http') throw new HttpError(404, 'no')
      if (name === 'timeout') await new Promise(() => {})
      return {}
    })
    t.equal((await app.inject('/')).statusCode, status, name)
    const [what] = [...trace].flatMap(entry => /inner sees (.*)/.exec(entry)?.[1] ?? [])
    t.same(await trace.until('outer closes'), [
      'outer opens', 'inner opens', 'last opens', `inner sees ${what}`, 'inner closes', `last sees ${what}`, 'last closes', `outer sees ${what}`, 'outer closes'
    ], name)
    if (name !== 'validation' && name !== 'timeout') t.equal(what, 'no')
  }
})

t.test('what a generator makes of an error is answered', async t => {
  const trace = new Trace()
  const outer = opened(trace, 'outer')
  const convert = dependency(async function * () {
    try { yield 1 } catch (cause) { throw new Conflict('converted', undefined, { cause }) }
  })
  const failing = async () => { throw new Error('secret') }
  const depends = { outer, convert }

  const answers = async (t: Test, app: FastifyInstance, options: object = {}) => {
    app.get('/', { config: { depends }, ...options }, failing)
    const { statusCode, body } = await app.inject('/')
    t.same(await trace.until('outer closes'), ['outer opens', 'outer sees converted', 'outer closes'])
    return [statusCode, body]
  }
  t.test('by the plugin errors', async t => {
    const app = await server(t)
    t.same(await answers(t, app), [409, '{"detail":"converted"}'])
  })
  t.test('by the handler of a class', async t => {
    const app = await server(t)
    app.handle(Conflict, error => ({ conflict: error.detail }))
    t.same(await answers(t, app), [409, '{"conflict":"converted"}'])
  })
  t.test('by the error handler of the route, async or not', async t => {
    for (const errorHandler of [
      (error: Error, _request: unknown, reply: { code (status: number): { send (body: unknown): void } }) => { reply.code(418).send(error.message) },
      async (error: Error, _request: unknown, reply: { code (status: number): unknown }) => { reply.code(418); return error.message }
    ]) {
      const app = await server(t)
      t.same(await answers(t, app, { errorHandler }), [418, 'converted'])
    }
  })
  t.test('by the error handler of a scope', async t => {
    const app = bare(t)
    await app.register(dependencies)
    app.setErrorHandler((error: Error, _request, reply) => { reply.code(410).send(error.message) })
    t.same(await answers(t, app), [410, 'converted'])
  })
  t.test('as FastAPI would, where nobody answers errors', async t => {
    const app = bare(t)
    await app.register(dependencies)
    t.same(await answers(t, app), [409, '{"detail":"converted"}'])
  })
  t.test('by Fastify, where it is no error of ours', async t => {
    const app = bare(t)
    await app.register(dependencies)
    app.get('/', { config: { depends: { outer } } }, failing)
    app.get('/empty', { config: { depends: { outer } } }, async () => { throw new HttpError(304) })
    t.match((await app.inject('/')).json(), { statusCode: 500, message: 'secret' })
    t.same((await app.inject('/empty')).body, '')
  })
})

t.test('422 is thrown into what is open, and answered, with and without somebody who answers errors', async t => {
  for (const withErrors of [true, false]) {
    const trace = new Trace()
    const app = bare(t)
    if (withErrors) await app.register(errors)
    await app.register(validation)
    await app.register(dependencies)
    app.get('/', { schema: { querystring: Type.Object({ q: Type.Integer() }) }, config: { depends: { outer: opened(trace, 'outer') } } }, async () => 1)
    const { statusCode, headers, body } = await app.inject('/')
    t.same([statusCode, headers['content-type'], body], [422, 'application/json', '{"detail":[{"type":"missing","loc":["query","q"],"msg":"Field required","input":null}]}'])
    t.match(await trace.until('outer closes'), ['outer opens', /outer sees/, 'outer closes'])
  }
})

t.test('a generator that keeps an error to itself, yields twice or not at all is a failure of ours, and says so in the log', async t => {
  const swallow = function * () { try { yield 1 } catch {} }
  for (const [name, make, status, seen, message] of [
    ['swallowed', () => dependency({ name: 'session' }, swallow), 500, 'goes on', /session.* caught an error after its yield and did not throw/],
    ['swallowed in function scope', () => dependency({ name: 'session', scope: 'function' }, swallow), 500, /sees the dependency "session" caught/, /session.* caught an error/],
    ['twice after an error', () => dependency({ name: 'session' }, async function * () { try { yield 1 } catch {} yield 2 }), 500, /sees the dependency "session" yielded twice/, /yielded twice/],
    ['not at all', () => dependency({ name: 'session' }, function * (): Generator<number> {}), 500, /sees the dependency "session" ended before its yield/, /ended before its yield/],
    ['not at all, async', () => dependency({ name: 'session' }, async function * (): AsyncGenerator<number> {}), 500, /sees the dependency "session" ended before its yield/, /ended before its yield/]
  ] as const) {
    const lines: string[] = []
    const app = await server(t, { logger: { stream: { write: (line: string) => { lines.push(line) } } } })
    const trace = new Trace()
    app.get('/', { config: { depends: { outer: opened(trace, 'outer'), session: make() } } }, async () => { throw new Error('lost') })
    const { statusCode, body } = await app.inject('/')
    t.same([statusCode, body], [status, '{"detail":"Internal Server Error"}'], name)
    const [, what] = await trace.until('outer closes')
    t.match(what, typeof seen === 'string' ? `outer ${seen}` : seen, name)
    t.match(lines.join(''), message, name)
  }
})

t.test('what fails after the response is logged, thrown into what is still open, and the client does not know', async t => {
  for (const [name, session, seen] of [
    ['an HttpError', dependency({ name: 'session' }, function * () { yield 1; throw new Teapot() }), /outer sees I'm a [Tt]eapot/],
    ['a second yield', dependency({ name: 'session' }, function * () { yield 1; yield 2 }), /outer sees the dependency "session" yielded twice/]
  ] as const) {
    const lines: string[] = []
    const app = await server(t, { logger: { stream: { write: (line: string) => { lines.push(line) } } } })
    const trace = new Trace()
    app.get('/', { config: { depends: { outer: opened(trace, 'outer'), session } } }, async () => 'fine')
    t.same((await app.inject('/')).body, 'fine', name)
    t.match((await trace.until('outer closes'))[1], seen, name)
    await app.close()
    t.match(lines.join(''), /a dependency failed after the response/, name)
  }
})

t.test('an HttpError behind the yield of function scope is answered', async t => {
  const app = await server(t)
  const trace = new Trace()
  const late = dependency({ scope: 'function' }, async function * () { yield 1; throw new Teapot() })
  app.get('/', { config: { depends: { outer: opened(trace, 'outer'), late } } }, async () => 'fine')
  t.equal((await app.inject('/')).statusCode, 418)
  t.match(await trace.until('outer closes'), ['outer opens', /outer sees I'm a [Tt]eapot/, 'outer closes'])
})

t.test('what is held open ends after what it is held for', async t => {
  const app = await server(t)
  const trace = new Trace()
  app.get('/', { config: { depends: { outer: opened(trace, 'outer') } } }, async request => {
    keepOpen(request, Promise.resolve().then(() => {
      trace.note('task')
      keepOpen(request, Promise.reject(new Error('failed')))
    }))
    return 'fine'
  })
  app.get('/none', async request => { keepOpen(request, Promise.resolve()); return 'fine' })
  await app.inject('/')
  t.same(await trace.until('outer closes'), ['outer opens', 'task', 'outer goes on', 'outer closes'])
  t.equal((await app.inject('/none')).body, 'fine')
})

t.test('the app waits for what is being closed before it closes itself', async t => {
  const app = await server(t)
  const trace = new Trace()
  const db = dependency({ scope: 'app' }, function * () { yield 1; trace.note('db closes') })
  app.get('/', { config: { depends: { db, outer: opened(trace, 'outer') } } }, async request => {
    keepOpen(request, new Promise(resolve => { setImmediate(resolve) }))
    return 'fine'
  })
  await app.inject('/')
  await app.close()
  t.same(trace.slice(), ['outer opens', 'outer goes on', 'outer closes', 'db closes'])
})

t.test('a stream is sent between function scope and request scope', async t => {
  const app = await server(t)
  const trace = new Trace()
  const depends = { outer: opened(trace, 'outer'), inner: opened(trace, 'inner', { scope: 'function' }) }
  app.get('/', { config: { depends } }, async () => Readable.from((async function * () {
    trace.note('first')
    yield 'a'
    yield 'b'
    trace.note('last')
  })()))
  app.get('/fails', { config: { depends } }, async () => Readable.from((async function * () {
    yield 'a'
    throw new Error('broken')
  })()))
  t.equal((await app.inject('/')).body, 'ab')
  t.same(await trace.until('outer closes'), ['outer opens', 'inner opens', 'inner goes on', 'inner closes', 'first', 'last', 'outer goes on', 'outer closes'])

  t.test('what breaks it is thrown into request scope', async t => {
    await t.rejects(app.inject('/fails'))
    t.same(await trace.until('outer closes'), ['outer opens', 'inner opens', 'inner goes on', 'inner closes', 'outer sees broken', 'outer closes'])
  })
})

t.test('when the client goes', async t => {
  t.test('while the handler runs, what it uses stays open until it is done', async t => {
    for (const fails of [false, true]) {
      const app = await server(t)
      const trace = new Trace()
      app.get('/', { config: { depends: { outer: opened(trace, 'outer'), inner: opened(trace, 'inner', { scope: 'function' }) } } }, async (_request, reply) => {
        const gone = once(reply.raw, 'close')
        trace.note('handler')
        await gone
        await new Promise(resolve => { setImmediate(resolve) })
        trace.note('handler is done')
        if (fails) throw new Error('late')
        return 'fine'
      })
      const socket = await send(app, 'GET / HTTP/1.1')
      await trace.until('handler')
      socket.destroy()
      t.same(await trace.until('outer closes'), fails
        ? ['handler is done', 'inner sees late', 'inner closes', 'outer sees late', 'outer closes']
        : ['handler is done', 'inner goes on', 'inner closes', 'outer goes on', 'outer closes'])
    }
  })

  t.test('while a dependency is made, the request still runs its course', async t => {
    const app = await server(t)
    const trace = new Trace()
    const slow = dependency(async ({ reply }) => {
      trace.note('slow')
      await once(reply.raw, 'close')
    })
    app.get('/', { config: { depends: { before: opened(trace, 'before'), slow, after: opened(trace, 'after') } } }, async () => { trace.note('handler') })
    const socket = await send(app, 'GET / HTTP/1.1')
    await trace.until('slow')
    socket.destroy()
    t.same(await trace.until('before closes'), ['after opens', 'handler', 'after goes on', 'after closes', 'before goes on', 'before closes'])
  })

  t.test('before the first is opened, it is closed all the same, also when a hook answers in place of the handler', async t => {
    for (const answers of [false, true]) {
      const app = await server(t)
      const trace = new Trace()
      app.addHook('onRequest', async (_request, reply) => {
        trace.note('hook')
        await once(reply.raw, 'close')
      })
      app.get('/', {
        config: { depends: { outer: opened(trace, 'outer') } },
        ...answers && { preHandler: async (_request: unknown, reply: { send (body: string): unknown }) => reply.send('early') }
      }, async () => { trace.note('handler') })
      const socket = await send(app, 'GET / HTTP/1.1')
      await trace.until('hook')
      socket.destroy()
      t.same(await trace.until('outer closes'), ['outer opens', ...answers ? [] : ['handler'], 'outer goes on', 'outer closes'])
    }
  })

  t.test('in the middle of the body, what was opened before it is closed', async t => {
    const app = await server(t)
    const trace = new Trace()
    const bearer = dependency({ needs: { outer: opened(trace, 'outer') }, security: { Bearer: { type: 'http', scheme: 'bearer' } } }, () => 1)
    app.post('/', { config: { depends: { bearer } } }, async () => { trace.note('handler') })
    const socket = await send(app, 'POST / HTTP/1.1\r\ncontent-type: application/json\r\ncontent-length: 100')
    await trace.until('outer opens')
    socket.destroy()
    t.match(await trace.until('outer closes'), [/outer sees/, 'outer closes'])
  })

  t.test('in the middle of a stream, request scope ends after the stream has', async t => {
    const app = await server(t)
    const trace = new Trace()
    app.get('/', { config: { depends: { outer: opened(trace, 'outer') } } }, async () => Readable.from((async function * () {
      try {
        for (;;) {
          yield 'x'.repeat(100)
          trace.note('chunk')
          await new Promise(resolve => { setImmediate(resolve) })
        }
      } finally {
        trace.note('stream ends')
      }
    })()))
    const socket = await send(app, 'GET / HTTP/1.1')
    await trace.until('chunk')
    socket.destroy()
    t.same((await trace.until('outer closes')).filter(entry => entry !== 'chunk'), ['stream ends', 'outer goes on', 'outer closes'])
  })

  t.test('while function scope is closed, what that throws is seen by request scope', async t => {
    for (const fails of [false, true]) {
      const app = await server(t)
      const trace = new Trace()
      const slow = dependency({ scope: 'function' }, async function * ({ reply }) {
        yield 1
        const gone = once(reply.raw, 'close')
        trace.note('slow')
        await gone
        if (fails) throw new Error('late')
      })
      app.get('/', { config: { depends: { outer: opened(trace, 'outer'), slow } } }, async () => Readable.from(['x']))
      const socket = await send(app, 'GET / HTTP/1.1')
      await trace.until('slow')
      socket.destroy()
      t.same(await trace.until('outer closes'), [fails ? 'outer sees late' : 'outer goes on', 'outer closes'])
    }
  })

  t.test('before a stream flows, nobody waits for its end', async t => {
    const app = await server(t)
    const trace = new Trace()
    app.get('/', {
      config: { depends: { outer: opened(trace, 'outer') } },
      onSend: async (_request, reply) => {
        const gone = once(reply.raw, 'close')
        trace.note('hook')
        await gone
        throw new Error('no answer')
      }
    }, async () => Readable.from(['x']))
    const socket = await send(app, 'GET / HTTP/1.1')
    await trace.until('hook')
    socket.destroy()
    t.match(await trace.until('outer closes'), [/outer/, 'outer closes'])
  })

  t.test('a handler that answers by reply.send and has not yet is not waited for', async t => {
    const app = await server(t)
    const trace = new Trace()
    app.get('/', { config: { depends: { outer: opened(trace, 'outer') } } }, () => { trace.note('handler') })
    const socket = await send(app, 'GET / HTTP/1.1')
    await trace.until('handler')
    socket.destroy()
    t.same(await trace.until('outer closes'), ['outer goes on', 'outer closes'])
  })
})

t.test('a hijacked response ends what is open when it is sent, and when its handler is done', async t => {
  const app = await server(t)
  const trace = new Trace()
  const depends = { outer: opened(trace, 'outer'), inner: opened(trace, 'inner', { scope: 'function' }) }
  app.get('/', { config: { depends } }, async (_request, reply) => {
    reply.hijack()
    reply.raw.end('raw')
    await once(reply.raw, 'finish')
    trace.note('handler is done')
  })
  app.get('/fails', { config: { depends } }, async (_request, reply) => {
    reply.hijack()
    reply.raw.end('raw')
    throw new Error('late')
  })
  app.get('/throws', { config: { depends } }, (_request, reply) => {
    reply.hijack()
    reply.raw.end('raw')
    throw new Error('late')
  })
  t.equal((await app.inject('/')).body, 'raw')
  t.same(await trace.until('outer closes'), ['outer opens', 'inner opens', 'handler is done', 'inner goes on', 'inner closes', 'outer goes on', 'outer closes'])
  for (const url of ['/fails', '/throws']) {
    t.equal((await app.inject(url)).body, 'raw')
    t.same(await trace.until('outer closes'), ['outer opens', 'inner opens', 'inner sees late', 'inner closes', 'outer sees late', 'outer closes'])
  }
})

t.test('a handler that goes on after its answer keeps open what it uses', async t => {
  const app = await server(t)
  const trace = new Trace()
  app.get('/', { config: { depends: { outer: opened(trace, 'outer') } } }, async (_request, reply) => {
    reply.send('fine')
    await once(reply.raw, 'finish')
    trace.note('handler is done')
    return reply
  })
  t.equal((await app.inject('/')).body, 'fine')
  t.same(await trace.until('outer closes'), ['outer opens', 'handler is done', 'outer goes on', 'outer closes'])
})

t.test('what is ready only after the request was over is closed at once', async t => {
  const app = await server(t)
  const trace = new Trace()
  const released = new EventEmitter()
  const late = dependency({ name: 'late' }, async function * () {
    await once(released, 'go')
    try { yield 1 } finally { trace.note('late closes') }
  })
  app.get('/', { handlerTimeout: 1, config: { depends: { outer: opened(trace, 'outer'), late } } }, async () => { trace.note('handler') })
  t.equal((await app.inject('/')).statusCode, 503)
  released.emit('go')
  t.match(await trace.until('late closes'), ['outer opens', /outer sees/, 'outer closes', 'late closes'])
})

t.test('an error on the way out, after the generators were closed, is answered as ever', async t => {
  const app = await server(t)
  const trace = new Trace()
  app.get('/', {
    config: { depends: { outer: opened(trace, 'outer'), inner: opened(trace, 'inner', { scope: 'function' }) } },
    onSend: async (_request, reply) => { if (reply.statusCode === 200) throw new HttpError(507, 'no room') }
  }, async () => 'fine')
  const { statusCode, body } = await app.inject('/')
  t.same([statusCode, body], [507, '{"detail":"no room"}'])
  t.same(await trace.until('outer closes'), [
    'outer opens', 'inner opens', 'inner sees no room', 'inner closes', 'outer sees no room', 'outer closes'
  ])
})

t.test('where a generator is not reached there is nothing to close', async t => {
  const app = await server(t)
  const trace = new Trace()
  const refuse = dependency(({ request }) => { if (request.url === '/?no') throw new HttpError(401) })
  app.get('/', { config: { depends: { refuse, outer: opened(trace, 'outer') } } }, async () => 1)
  app.get('/hook', { onRequest: async () => { throw new HttpError(403) }, config: { depends: { outer: opened(trace, 'outer') } } }, async () => 1)
  app.get('/early', { onRequest: async (_request, reply) => reply.send('early'), config: { depends: { outer: opened(trace, 'outer') } } }, async () => 1)
  t.equal((await app.inject('/?no')).statusCode, 401)
  t.equal((await app.inject('/hook')).statusCode, 403)
  t.equal((await app.inject('/early')).body, 'early')
  t.same(trace.slice(), [])
})
