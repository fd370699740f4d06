import { once } from 'node:events'
import { type AddressInfo, connect, type Socket } from 'node:net'
import { Readable } from 'node:stream'
import { setImmediate as turn } from 'node:timers/promises'
import { Type, type TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import Fastify, { type FastifyReply } from 'fastify'
import t, { type Test } from 'tap'
import dependencies, { dependency } from '../../../plugins/dependencies/index.ts'
import errors, { Conflict } from '../../../plugins/errors/index.ts'
import forms, { type UploadFile } from '../../../plugins/forms/index.ts'
import tasks, { background, task } from '../../../plugins/tasks/index.ts'
import validation from '../../../plugins/validation/index.ts'
import { File, Form } from '../../../plugins/types/index.ts'
import { allClosed, openFiles, openUploads } from '../open-uploads.ts'

const CONTENT = 'x'.repeat(100_000)

/** An app with forms, whose files all go to the disk, and tasks. */
async function server (t: Test) {
  const app = Fastify().withTypeProvider<TypeBoxTypeProvider>()
  t.teardown(() => app.close())
  for (const plugin of [errors, validation, dependencies, tasks]) await app.register(plugin)
  await app.register(forms, { memory: 0 })
  return app
}

type App = Awaited<ReturnType<typeof server>>

const body = `--B\r\nContent-Disposition: form-data; name="file"; filename="a.txt"\r\n\r\n${CONTENT}\r\n--B--\r\n`
const upload = { method: 'POST', url: '/', headers: { 'content-type': 'multipart/form-data; boundary=B' }, payload: body } as const

/** Sends a request, and stays. */
async function send (app: App, head: string, body = ''): Promise<Socket> {
  await app.listen({ port: 0, host: '127.0.0.1' })
  const socket = connect((app.server.address() as AddressInfo).port, '127.0.0.1')
  socket.write(`${head}\r\nhost: x\r\ncontent-length: ${body.length}\r\n\r\n${body}`)
  return socket
}

const head = 'POST / HTTP/1.1\r\ncontent-type: multipart/form-data; boundary=B'

t.test('the files of a request', openFiles, async t => {
  for (const ends of ['is done', 'throws', 'adds another, which throws'] as const) {
    t.test(`can be read in the background after the answer; once that ${ends}, they are gone, and the app can close`, async t => {
      const app = await server(t)
      const seen: string[] = []
      let file: UploadFile | undefined
      const scope = dependency(async function * () {
        yield 1
        seen.push('dependency closed')
      })
      app.post('/', {
        config: { depends: { scope, background } },
        schema: { body: Form({ file: File() }) }
      }, async ({ body, deps: { background } }, reply) => {
        const sent = once(reply.raw, 'finish')
        file = body.file
        background.add(async () => {
          await sent
          seen.push(`${(await body.file.text()).length}`)
          if (ends === 'throws') throw new Error('broken')
          if (ends === 'adds another, which throws') {
            background.add(async () => {
              seen.push(`${(await body.file.text()).length} again`)
              throw new Error('broken')
            })
          }
        })
        return 'taken'
      })
      t.equal((await app.inject(upload)).body, 'taken')
      t.equal(openUploads().length, 1)
      await app.tasks.drain()
      await allClosed()
      await t.rejects(async () => file?.text(), { code: 'APIKIT_ERR_FILE_GONE' })
      await app.close()
      t.same(seen, ['100000', ...ends === 'adds another, which throws' ? ['100000 again'] : [], 'dependency closed'])
    })
  }

  t.test('can be read in the background when the client has gone before it had its answer', async t => {
    const app = await server(t)
    const reached = Promise.withResolvers<void>()
    const read = Promise.withResolvers<number>()
    app.post('/', { config: { depends: { background } }, schema: { body: Form({ file: File() }) } }, async ({ body, deps: { background } }, reply) => {
      const gone = once(reply.raw, 'close')
      background.add(async () => { read.resolve((await body.file.text()).length) })
      reached.resolve()
      await gone
      return 'taken'
    })
    const socket = await send(app, head, body)
    await reached.promise
    socket.destroy()
    t.equal(await read.promise, 100_000)
    await allClosed()
    await app.close()
  })

  t.test('are gone when an error is answered, and nothing runs in the background', async t => {
    const app = await server(t)
    app.post('/', { config: { depends: { background } }, schema: { body: Form({ file: File() }) } }, async ({ deps: { background } }) => {
      background.add(() => { t.fail('it must not run') })
      throw new Conflict('no')
    })
    t.equal((await app.inject(upload)).statusCode, 409)
    await allClosed()
  })

  t.test('are gone when the client goes in the middle of them, and nothing runs in the background', async t => {
    const app = await server(t)
    const begun = Promise.withResolvers<void>()
    const closed = Promise.withResolvers<void>()
    const early = dependency({ needs: { background }, security: { Bearer: { type: 'http', scheme: 'bearer' } } }, async function * ({ background }) {
      background.add(() => { t.fail('it must not run') })
      begun.resolve()
      try { yield 1 } finally { closed.resolve() }
    })
    app.post('/', { config: { depends: { early } }, schema: { body: Form({ file: File() }) } }, async () => 'taken')
    await app.listen({ port: 0, host: '127.0.0.1' })
    const socket = connect((app.server.address() as AddressInfo).port, '127.0.0.1')
    socket.write(`${head}\r\nhost: x\r\ncontent-length: ${body.length}\r\n\r\n${body.slice(0, 70_000)}`)
    await begun.promise
    while (openUploads().length === 0) await new Promise(setImmediate)
    socket.destroy()
    await closed.promise
    await allClosed()
    await app.close()
  })
})

t.test('when the client goes', async t => {
  for (const fails of [false, true]) {
    t.test(`before its answer, functions in the background ${fails ? 'do not run when the handler fails' : 'run all the same'}, and what is open is closed`, async t => {
      const app = await server(t)
      const seen: string[] = []
      const reached = Promise.withResolvers<void>()
      const closed = Promise.withResolvers<void>()
      const scope = dependency(function * () {
        try { yield 1 } finally {
          seen.push('closed')
          closed.resolve()
        }
      })
      app.get('/', { config: { depends: { scope, background } } }, async ({ deps: { background } }, reply) => {
        const gone = once(reply.raw, 'close')
        background.add(() => { seen.push('background') })
        reached.resolve()
        await gone
        seen.push('handler')
        if (fails) throw new Conflict('no')
        return 'fine'
      })
      const socket = await send(app, 'GET / HTTP/1.1')
      await reached.promise
      socket.destroy()
      await closed.promise
      await app.close()
      t.same(seen, fails ? ['handler', 'closed'] : ['handler', 'background', 'closed'])
    })
  }

  for (const adds of ['before', 'after'] as const) {
    for (const ends of ['is closed', 'is closed late', 'fails'] as const) {
      t.test(`what ends before the answer ${ends}, and then comes what was added ${adds} it went`, async t => {
        const app = await server(t)
        const seen: string[] = []
        const reached = Promise.withResolvers<void>()
        const closed = Promise.withResolvers<void>()
        const scope = dependency(async function * () {
          try { yield 1 } finally {
            seen.push('scope')
            closed.resolve()
          }
        })
        const unit = dependency({ scope: 'function', needs: { scope } }, async function * () {
          yield 1
          if (ends === 'is closed late') await turn()
          seen.push('unit')
          if (ends === 'fails') throw new Error('no commit')
        })
        app.addHook('onResponse', async () => { t.fail('nobody is there to be answered') })
        app.get('/', { config: { depends: { unit, background } } }, async ({ deps: { background } }, reply) => {
          const gone = once(reply.raw, 'close')
          const add = () => { background.add(() => { seen.push('background') }) }
          if (adds === 'before') add()
          reached.resolve()
          await gone
          if (adds === 'after') add()
          return 'fine'
        })
        const socket = await send(app, 'GET / HTTP/1.1')
        await reached.promise
        socket.destroy()
        await closed.promise
        await app.close()
        t.same(seen, ends === 'fails' ? ['unit', 'scope'] : ['unit', 'background', 'scope'])
      })
    }
  }

  for (const [how, answer] of [
    ['a hijacked one', (reply: FastifyReply) => { reply.hijack() }],
    ['one that has begun', (reply: FastifyReply) => {
      reply.hijack()
      reply.raw.write('some')
    }]
  ] as const) {
    t.test(`before the end of ${how}, functions in the background run all the same`, async t => {
      const app = await server(t)
      const seen: string[] = []
      const reached = Promise.withResolvers<void>()
      const closed = Promise.withResolvers<void>()
      const scope = dependency(function * () {
        try { yield 1 } finally { closed.resolve() }
      })
      app.get('/', { config: { depends: { scope, background } } }, async ({ deps: { background } }, reply) => {
        background.add(() => { seen.push('background') })
        answer(reply)
        reached.resolve()
      })
      const socket = await send(app, 'GET / HTTP/1.1')
      await reached.promise
      socket.destroy()
      await closed.promise
      await app.close()
      t.same(seen, ['background'])
    })
  }

  t.test('before a reply is hijacked, functions in the background run, and what is open is closed behind them', async t => {
    const app = await server(t)
    const seen: string[] = []
    const reached = Promise.withResolvers<void>()
    const closed = Promise.withResolvers<void>()
    const scope = dependency(function * () {
      try { yield 1 } finally {
        seen.push('scope')
        closed.resolve()
      }
    })
    app.get('/', { config: { depends: { scope, background } } }, async ({ deps: { background } }, reply) => {
      reached.resolve()
      await once(reply.raw, 'close')
      background.add(() => { seen.push('background') })
      reply.hijack()
    })
    const socket = await send(app, 'GET / HTTP/1.1')
    await reached.promise
    socket.destroy()
    await closed.promise
    await app.close()
    t.same(seen, ['background', 'scope'])
  })

  t.test('in the middle of a stream, what the stream has added runs', async t => {
    const app = await server(t)
    const ran = Promise.withResolvers<void>()
    app.get('/', { config: { depends: { background } } }, async ({ deps: { background } }) => Readable.from((async function * () {
      yield 'first'
      background.add(() => { ran.resolve() })
      while (true) yield 'more'.repeat(10_000)
    })()))
    const socket = await send(app, 'GET / HTTP/1.1')
    await once(socket, 'data')
    socket.destroy()
    await ran.promise
    await app.close()
  })
})

for (const adds of [true, false]) {
  t.test(`what is added when the answer is sent runs, and what is added later is refused, be it ${adds ? 'not ' : ''}the first`, async t => {
    const app = await server(t)
    const seen: unknown[] = []
    const over = Promise.withResolvers<void>()
    app.get('/', { config: { depends: { background } } }, async ({ deps: { background } }, reply) => {
      reply.raw.once('close', () => {
        setImmediate(() => {
          try { background.add(() => { t.fail('nobody would run it') }) } catch (error) { seen.push(Object(error).code) }
          over.resolve()
        })
      })
      reply.send('fine')
      if (adds) background.add(() => { seen.push('background') })
      return reply
    })
    const socket = await send(app, 'GET / HTTP/1.1')
    await once(socket, 'data')
    socket.destroy()
    await over.promise
    await app.close()
    t.same(seen.sort(), ['APIKIT_ERR_TASK', ...adds ? ['background'] : []])
  })
}

t.test('a client that goes in the middle of a stream leaves nothing to be done where nothing was added', async t => {
  const app = await server(t)
  const closed = Promise.withResolvers<void>()
  const scope = dependency(function * () {
    try { yield 1 } finally { closed.resolve() }
  })
  app.get('/', { config: { depends: { scope, background } } }, async () => Readable.from((async function * () {
    while (true) yield 'more'.repeat(10_000)
  })()))
  const socket = await send(app, 'GET / HTTP/1.1')
  await once(socket, 'data')
  socket.destroy()
  await closed.promise
  await t.resolves(app.close())
})

t.test('a hook that stands before the plugin adds to the request as well, even when it answers itself', async t => {
  const ran: string[] = []
  const note = task('note', { payload: Type.String() }, payload => { ran.push(payload) })
  const app = Fastify()
  t.teardown(() => app.close())
  for (const plugin of [errors, validation, dependencies]) await app.register(plugin)
  app.addHook('onRequest', async (request, reply) => {
    await request.tasks.add(note, request.url)
    if (request.url === '/early') return reply.send('early')
  })
  await app.register(tasks, { tasks: [note] })
  app.get('/late', async () => 'late')
  app.get('/early', async () => 'never')
  for (const name of ['early', 'late']) t.equal((await app.inject(`/${name}`)).body, name)
  await app.close()
  t.same(ran, ['/early', '/late'])
})
