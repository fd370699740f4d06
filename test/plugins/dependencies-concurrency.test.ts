import { once } from 'node:events'
import { connect } from 'node:net'
import type { AddressInfo } from 'node:net'
import type { FastifyInstance } from 'fastify'
import t, { type Test } from 'tap'
import dependencies, { type Dependency, dependency, fresh, override } from '../../plugins/dependencies/index.ts'
import errors, { BadRequest } from '../../plugins/errors/index.ts'
import { useOverrides } from '../../plugins/dependencies/index.ts'
import validation from '../../plugins/validation/index.ts'
import { bare } from '../helper.ts'

/** Doors that are opened one by one, and what stands in front of them. */
class Doors {
  readonly entered: string[] = []
  running = 0
  most = 0
  readonly #closed: Array<() => void> = []

  /** Waits until it is let through. */
  async pass (name: string): Promise<string> {
    this.entered.push(name)
    this.most = Math.max(this.most, ++this.running)
    await new Promise<void>(resolve => { this.#closed.push(resolve) })
    this.running--
    return name
  }

  /** Lets the first that waits through, once there is one. */
  async open (): Promise<void> {
    while (this.#closed.length === 0) await new Promise(resolve => setImmediate(resolve))
    this.#closed.shift()?.()
  }
}

async function serve (t: Test, declare: (app: FastifyInstance) => unknown): Promise<FastifyInstance> {
  const app = bare(t)
  for (const plugin of [errors, validation, dependencies]) await app.register(plugin)
  await declare(app)
  await app.ready()
  return app
}

const settle = async () => { for (let i = 0; i < 20; i++) await new Promise(resolve => setImmediate(resolve)) }

t.test('no more calls run at once than allowed, over all routes, and others wait in order', async t => {
  const doors = new Doors()
  const limited = dependency({ maxConcurrency: 2 }, async ({ request }) => await doors.pass(request.url))
  const declare = (app: FastifyInstance) => {
    for (const url of ['/a', '/b', '/c', '/d']) app.get(url, { config: { depends: { limited } } }, async ({ deps }) => (deps as { limited: string }).limited)
  }
  const [one, other] = [await serve(t, declare), await serve(t, declare)]
  const answers = [one.inject('/a'), one.inject('/b'), other.inject('/c'), one.inject('/d')]
  await settle()
  t.same(doors.entered, ['/a', '/b'], 'also over two apps')
  for (let i = 0; i < 4; i++) await doors.open()
  t.same((await Promise.all(answers)).map(({ body }) => body), ['/a', '/b', '/c', '/d'])
  t.same(doors.entered, ['/a', '/b', '/c', '/d'])
  t.equal(doors.most, 2)
})

t.test('a function gives its slot back with its value, a generator at its end', async t => {
  for (const kind of ['function', 'class', 'generator', 'async generator'] as const) {
    const doors = new Doors()
    let calls = 0
    const factories: Readonly<Record<typeof kind, Parameters<typeof dependency>[1]>> = {
      function: () => ++calls,
      class: class { constructor () { calls++ } },
      generator: function * () { yield ++calls },
      'async generator': async function * () { yield ++calls }
    }
    const limited = dependency({ maxConcurrency: 1 }, factories[kind]) as Dependency
    const app = await serve(t, app => { app.get('/', { config: { depends: { limited } } }, async ({ id }) => await doors.pass(id)) })
    const answers = [app.inject('/'), app.inject('/')]
    await settle()
    t.equal(calls, kind.includes('generator') ? 1 : 2, kind)
    await doors.open()
    await doors.open()
    t.same((await Promise.all(answers)).map(({ statusCode }) => statusCode), [200, 200], kind)
    t.equal(calls, 2, kind)
    t.equal(doors.most, kind.includes('generator') ? 1 : 2, kind)
  }
})

t.test('an error gives the slot back, and what a dependency needs is made before it waits', async t => {
  const made: string[] = []
  const need = dependency(({ request }) => { made.push(request.url) })
  const fails = dependency({ maxConcurrency: 1, needs: { need } }, () => { throw new BadRequest('no') })
  const breaks = dependency({ maxConcurrency: 1 }, async function * () { yield 1 })
  const app = await serve(t, app => {
    app.get('/fails', { config: { depends: { fails } } }, async () => 'ok')
    app.get('/breaks', { config: { depends: { breaks } } }, async () => { throw new BadRequest('no') })
  })
  for (const url of ['/fails', '/fails', '/breaks', '/breaks']) t.equal((await app.inject(url)).statusCode, 400, url)
  t.same(made, ['/fails', '/fails'])
})

t.test('a value that is known takes no slot, and a fresh one does', async t => {
  const limited = dependency({ maxConcurrency: 1 }, function * () { yield {} })
  const same = dependency({ needs: { limited } }, ({ limited }) => limited)
  const plain = dependency({ maxConcurrency: 1 }, () => ({}))
  const app = await serve(t, app => {
    app.get('/known', { config: { depends: { limited, same } } }, async ({ deps }) => (deps as Record<string, unknown>).limited === (deps as Record<string, unknown>).same)
    app.get('/fresh', { config: { depends: { plain, other: fresh(plain) } } }, async ({ deps }) => (deps as Record<string, unknown>).plain === (deps as Record<string, unknown>).other)
  })
  t.equal((await app.inject('/known')).body, 'true')
  t.equal((await app.inject('/fresh')).body, 'false')
})

t.test('a replacement in a test keeps the limit', async t => {
  const doors = new Doors()
  const limited = dependency({ maxConcurrency: 1 }, () => 'real')
  const app = await serve(t, app => {
    useOverrides(app, [override(limited, async ({ request }) => await doors.pass(request.url))])
    for (const url of ['/a', '/b']) app.get(url, { config: { depends: { limited } } }, async () => 'ok')
  })
  const answers = [app.inject('/a'), app.inject('/b')]
  await settle()
  t.same(doors.entered, ['/a'])
  await doors.open()
  await doors.open()
  await Promise.all(answers)
  t.equal(doors.most, 1)
})

t.test('a client that leaves while it waits holds no slot, and outside of requests there is the same limit', async t => {
  const doors = new Doors()
  let ended = 0
  const limited = dependency({ maxConcurrency: 1 }, async function * () {
    try {
      yield 'value'
    } finally {
      ended++
    }
  })
  const app = await serve(t, app => { app.get('/', { config: { depends: { limited } } }, async ({ id }) => await doors.pass(id)) })
  await app.listen({ port: 0, host: '127.0.0.1' })
  const first = app.inject('/')
  await settle()
  const socket = connect((app.server.address() as AddressInfo).port, '127.0.0.1')
  socket.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n')
  await once(app.server, 'request')
  socket.destroy()
  const waiting = app.resolve(limited)
  await doors.open()
  t.equal((await first).statusCode, 200)
  await doors.open()
  const { value, close } = await waiting
  t.equal(value, 'value')
  await close()
  t.equal(ended, 3)
})

t.test('a limit that is none is refused', async t => {
  for (const maxConcurrency of [0, -1, 1.5, '2', true, NaN]) {
    t.throws(() => dependency({ maxConcurrency: maxConcurrency as number }, () => 1), { code: 'APIKIT_ERR_DEPENDENCY', message: /maxConcurrency must be an integer ≥ 1/ })
  }
  t.throws(() => dependency({ maxConcurrency: 1, scope: 'app' }, () => 1), { code: 'APIKIT_ERR_DEPENDENCY', message: /maxConcurrency cannot be used with scope "app"/ })
})
