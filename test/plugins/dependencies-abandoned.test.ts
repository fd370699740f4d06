import { EventEmitter, once } from 'node:events'
import { type AddressInfo, connect } from 'node:net'
import { PassThrough } from 'node:stream'
import { Type } from '@sinclair/typebox'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import t, { type Test } from 'tap'
import dependencies, { dependency } from '../../plugins/dependencies/index.ts'
import errors from '../../plugins/errors/index.ts'
import forms from '../../plugins/forms/index.ts'
import { httpBearer } from '../../plugins/security/index.ts'
import tasks, { background } from '../../plugins/tasks/index.ts'
import validation from '../../plugins/validation/index.ts'
import { bare } from '../helper.ts'

/** An app with a resource that a security dependency opens; a test decides when the request goes on. */
class Scene extends EventEmitter {
  readonly trace: string[] = []
  readonly app: FastifyInstance
  #gate = Promise.withResolvers<void>()

  constructor (t: Test) {
    super()
    this.app = bare(t)
  }

  async build (): Promise<this> {
    for (const plugin of [errors, validation, dependencies, forms, tasks]) await this.app.register(plugin)
    return this
  }

  note (entry: string): void {
    this.trace.push(entry)
    this.emit(entry)
  }

  async until (entry: string): Promise<void> {
    if (!this.trace.includes(entry)) await once(this, entry)
  }

  /** What waits goes on when the client has gone. */
  readonly wait = async ({ raw }: FastifyRequest): Promise<void> => {
    raw.once('close', () => { this.note('gone') })
    this.note('waits')
    await this.#gate.promise
  }

  opened () {
    const scene = this
    return dependency({ name: 'resource' }, async function * () {
      scene.note('opened')
      try {
        yield 'resource'
        scene.note('went on')
      } catch (error) {
        scene.note(String(Object(error).code))
        throw error
      } finally {
        scene.note('closed')
      }
    })
  }

  /**
   * Sends something, and goes once the request waits.
   *
   * @param rest sent then, in place of going
   */
  async abandon (request: string, rest?: string): Promise<void> {
    await this.app.listen({ host: '127.0.0.1', port: 0 })
    const socket = connect((this.app.server.address() as AddressInfo).port, '127.0.0.1')
    socket.write(request)
    await this.until('waits')
    if (rest === undefined) socket.destroy()
    else socket.resume().write(rest) // which makes the server leave
    await this.until('gone')
    this.#gate.resolve()
  }
}

const HEAD = 'POST / HTTP/1.1\r\nhost: x\r\nauthorization: Bearer t\r\n'
const JSON_HEAD = `${HEAD}content-type: application/json\r\n`
const BODIES = {
  'a whole body': `${JSON_HEAD}content-length: 9\r\n\r\n{"a":"x"}`,
  'half a body': `${JSON_HEAD}content-length: 9\r\n\r\n{"a":`,
  'a body that has not begun': `${JSON_HEAD}content-length: 9\r\n\r\n`,
  'a type and no body': `${JSON_HEAD}content-length: 0\r\n\r\n`,
  'a body without a type': `${HEAD}content-length: 9\r\n\r\n{"a":`,
  'half a body in chunks': `${JSON_HEAD}transfer-encoding: chunked\r\n\r\n5\r\n{"a":\r\n`,
  'all chunks': `${JSON_HEAD}transfer-encoding: chunked\r\n\r\n9\r\n{"a":"x"}\r\n0\r\n\r\n`,
  'half a form': `${HEAD}content-type: multipart/form-data; boundary=B\r\ncontent-length: 900\r\n\r\n--B\r\nContent-Disposition: form-data; name="a"\r\n\r\n`,
  'half of an urlencoded form': `${HEAD}content-type: application/x-www-form-urlencoded\r\ncontent-length: 9\r\n\r\na=`
}

const body = Type.Object({ a: Type.String() })

/** Where a request waits when its client goes, behind what a security dependency has opened. */
const WAITS: Record<string, (scene: Scene) => void> = {
  'a security dependency': scene => {
    const user = dependency({ needs: { token: httpBearer(), resource: scene.opened() } }, async ({ request }) => scene.wait(request))
    scene.app.post('/', { config: { depends: { user } }, schema: { body } }, async () => scene.note('handled'))
  },
  'a hook before the body is read': scene => {
    const user = dependency({ needs: { token: httpBearer(), resource: scene.opened() } }, () => 'ann')
    scene.app.addHook('onRoute', route => { route.onRequest = [route.onRequest ?? [], scene.wait].flat() })
    scene.app.post('/', { config: { depends: { user } }, schema: { body } }, async () => scene.note('handled'))
  },
  'a hook before the body is parsed': scene => {
    const user = dependency({ needs: { token: httpBearer(), resource: scene.opened() } }, () => 'ann')
    scene.app.addHook('preParsing', scene.wait)
    scene.app.post('/', { config: { depends: { user } } }, async () => scene.note('handled'))
  }
}

for (const [place, declare] of Object.entries(WAITS)) {
  for (const [name, request] of Object.entries(BODIES)) {
    t.test(`a client that goes while ${place} waits: ${name} is not read, and what is open is closed`, async t => {
      const scene = await new Scene(t).build()
      declare(scene)
      await scene.abandon(request)
      await scene.until('closed')
      t.same(scene.trace.filter(entry => entry !== 'waits' && entry !== 'gone'), ['opened', 'APIKIT_ERR_CLIENT_GONE', 'closed'])
      await scene.app.close()
    })
  }
}

t.test('a chunk that is none ends the request', async t => {
  const scene = await new Scene(t).build()
  WAITS['a security dependency']?.(scene)
  await scene.abandon(`${JSON_HEAD}transfer-encoding: chunked\r\n\r\n`, 'nonsense\r\n')
  await scene.until('closed')
  t.notOk(scene.trace.includes('handled'))
})

t.test('a client that goes while its body is read', async t => {
  const scene = await new Scene(t).build()
  const user = dependency({ needs: { token: httpBearer(), resource: scene.opened() } }, () => 'ann')
  scene.app.post('/', { config: { depends: { user } }, schema: { body } }, async () => scene.note('handled'))
  // Into a stream of another's, which is not told that the client has gone.
  scene.app.addHook('preParsing', async (request, _reply, payload) => {
    const through = payload.pipe(new PassThrough())
    request.raw.once('close', () => { scene.note('gone') })
    setImmediate(() => { scene.note('waits') })
    return through
  })
  await scene.abandon(BODIES['half a body'])
  await scene.until('closed')
  t.same(scene.trace.filter(entry => entry !== 'waits' && entry !== 'gone'), ['opened', 'APIKIT_ERR_CLIENT_GONE', 'closed'])
})

t.test('a request without a body runs its course without its client', async t => {
  for (const request of [`${HEAD}\r\n`, `${HEAD.replace('POST', 'GET')}\r\n`]) {
    const scene = await new Scene(t).build()
    const user = dependency({ needs: { token: httpBearer(), resource: scene.opened() } }, async ({ request }) => scene.wait(request))
    scene.app.route({ method: ['GET', 'POST'], url: '/', config: { depends: { user } }, handler: async () => { scene.note('handled'); return {} } })
    await scene.abandon(request)
    await scene.until('closed')
    t.same(scene.trace.filter(entry => entry !== 'waits' && entry !== 'gone'), ['opened', 'handled', 'went on', 'closed'])
  }
})

t.test('a generator that is not async is closed as well', async t => {
  const scene = await new Scene(t).build()
  const resource = dependency({ needs: { token: httpBearer() } }, function * () {
    try {
      yield scene.note('opened')
    } catch (error) {
      scene.note(String(Object(error).code))
      throw error
    } finally {
      scene.note('closed')
    }
  })
  scene.app.addHook('preParsing', scene.wait)
  scene.app.post('/', { config: { depends: { resource } }, schema: { body } }, async () => scene.note('handled'))
  await scene.abandon(BODIES['half a body'])
  await scene.until('closed')
  t.notOk(scene.trace.includes('handled'))
  t.ok(scene.trace.includes('APIKIT_ERR_CLIENT_GONE'))
})

t.test('a body that was read before its client went is handled', async t => {
  const scene = await new Scene(t).build()
  const user = dependency({ needs: { token: httpBearer(), resource: scene.opened() } }, () => 'ann')
  const late = dependency({}, async ({ request }) => {
    request.raw.socket.once('close', () => { scene.note('gone') })
    scene.note('waits')
    await once(scene, 'gone')
  })
  scene.app.post('/', { config: { depends: { user, late } }, schema: { body } }, async () => scene.note('handled'))
  await scene.abandon(BODIES['a whole body'])
  await scene.until('closed')
  t.same(scene.trace.filter(entry => entry !== 'waits' && entry !== 'gone'), ['opened', 'handled', 'went on', 'closed'])
})

t.test('a parser that hands on what it has not read: nothing is called that needs what is closed', async t => {
  for (const late of [undefined, 'late']) {
    const scene = await new Scene(t).build()
    const app = scene.app
    const resource = scene.opened()
    const user = dependency({ needs: { token: httpBearer(), resource } }, () => 'ann')
    const uses = dependency({ needs: { resource } }, () => scene.note('called late'))
    app.addContentTypeParser('text/x-later', (request, _payload, done) => { scene.wait(request).then(() => { done(null, 'unread') }, done) })
    app.addHook('onError', async (_request, _reply, error) => { scene.note(`answered ${error.code}`) })
    app.post('/', { config: { depends: late === undefined ? { user } : { user, uses } } }, async () => scene.note('handled'))
    await scene.abandon(`${HEAD}content-type: text/x-later\r\ncontent-length: 9\r\n\r\nhalf`)
    await scene.until('answered APIKIT_ERR_CLIENT_GONE')
    await scene.until('closed')
    t.same(scene.trace.filter(entry => entry.startsWith('called') || entry === 'handled'), [])
  }
})

t.test('background functions of a request that was given up do not run', async t => {
  const scene = await new Scene(t).build()
  const user = dependency({ needs: { token: httpBearer(), resource: scene.opened(), background } }, ({ background }) => {
    background.add(() => scene.note('ran'))
  })
  scene.app.addHook('preParsing', scene.wait)
  scene.app.post('/', { config: { depends: { user } } }, async () => scene.note('handled'))
  await scene.abandon(BODIES['half a body'])
  await scene.until('closed')
  await scene.app.close()
  t.notOk(scene.trace.includes('ran'))
})
