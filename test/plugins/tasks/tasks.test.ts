import { once } from 'node:events'
import { Type } from '@sinclair/typebox'
import Fastify, { type FastifyInstance } from 'fastify'
import t, { type Test } from 'tap'
import db from '../../../plugins/db/index.ts'
import dependencies, { dependency } from '../../../plugins/dependencies/index.ts'
import errors, { Conflict } from '../../../plugins/errors/index.ts'
import tasks, { type AnyTask, Background, background, task, type TasksOptions } from '../../../plugins/tasks/index.ts'
import validation from '../../../plugins/validation/index.ts'
import { type Logged, make } from './engines.ts'

interface Server {
  readonly app: FastifyInstance
  readonly logged: Logged[]
  readonly seen: string[]
}

/** An app with background tasks; `handled`: with the errors plugin. */
async function server (t: Test, { handled = true } = {}): Promise<Server> {
  const logged: Logged[] = []
  const app = Fastify({ logger: { level: 'warn', stream: { write: (line: string) => { logged.push(JSON.parse(line)) } } } })
  t.teardown(() => app.close())
  for (const plugin of handled ? [errors, validation, dependencies, tasks] : [validation, dependencies, tasks]) await app.register(plugin)
  return { app, logged, seen: [] }
}

t.test('background', async t => {
  t.test('functions run after the response, in order, sync and async, before what the request has opened is closed', async t => {
    const { app, seen } = await server(t)
    const file = dependency(function * () {
      seen.push('open')
      yield 'file'
      seen.push('close')
    })
    const asks = dependency({ needs: { background } }, ({ background }) => { background.add(() => { seen.push('of a dependency') }) })
    app.post('/', { config: { depends: { asks, background, file } } }, async ({ deps: { background } }, reply) => {
      const sent = once(reply.raw, 'finish')
      background.add(async (a: string, b: number) => {
        await sent
        seen.push(`${a} ${b}`)
      }, 'async', 1)
      background.add(() => { background.add(() => { seen.push('added by another') }) })
      background.add((text: string) => { seen.push(text) }, 'last')
      seen.push('handler')
      return 'done'
    })
    const origin = await app.listen({ port: 0 })
    t.equal(await (await fetch(origin, { method: 'POST' })).text(), 'done')
    await app.close()
    t.same(seen, ['open', 'handler', 'of a dependency', 'async 1', 'last', 'added by another', 'close'])
  })

  t.test('there is one in a request, whoever asks for it', async t => {
    const { app } = await server(t)
    const other = dependency({ needs: { background } }, ({ background }) => background)
    app.get('/', { config: { depends: { background, other } } }, async ({ deps: { background, other } }) => ({ same: background === other, is: background instanceof Background }))
    t.same((await app.inject('/')).json(), { same: true, is: true })
  })

  t.test('one that throws is logged, those after it do not run, and the client has its answer', async t => {
    const { app, seen, logged } = await server(t)
    app.get('/', { config: { depends: { background } } }, async ({ deps: { background } }) => {
      background.add(() => { seen.push('before') })
      background.add(() => { throw new Error('broken') })
      background.add(() => { seen.push('after') })
      return 'fine'
    })
    t.equal((await app.inject('/')).body, 'fine')
    await app.tasks.drain()
    t.same(seen, ['before'])
    t.match(logged, [{ level: 50, msg: /background function failed/, err: { message: 'broken' }, left: 1 }])
  })

  for (const handled of [true, false]) {
    t.test(`nothing runs when an error is answered${handled ? '' : ', without the errors plugin either'}; a status of 400 that is none does not matter`, async t => {
      const { app, seen } = await server(t, { handled })
      const adds = dependency({ needs: { background } }, ({ background }) => { background.add(() => { seen.push('of a dependency') }) })
      const config = { depends: { adds, background } }
      app.get('/thrown', { config }, async ({ deps: { background } }) => {
        background.add(() => { seen.push('thrown') })
        throw new Conflict('no')
      })
      app.get('/invalid', { config, schema: { querystring: Type.Object({ n: Type.Integer() }) } }, async () => 'n')
      app.get('/answered', { config: { depends: { background } } }, async ({ deps: { background } }, reply) => {
        background.add(() => { seen.push('answered') })
        return reply.code(409).send('no')
      })
      t.equal((await app.inject('/thrown')).statusCode, 409)
      t.equal((await app.inject('/invalid')).statusCode, 422)
      t.equal((await app.inject('/answered')).statusCode, 409)
      await app.tasks.drain()
      t.same(seen, ['answered'])
    })
  }

  t.test('once the request is over nothing can be added to it', async t => {
    const { app } = await server(t)
    const late: Background[] = []
    app.get('/', { config: { depends: { background } } }, async ({ deps: { background } }) => {
      background.add(() => {})
      late.push(background)
      return 'fine'
    })
    await app.inject('/')
    await app.tasks.drain()
    t.throws(() => { late[0]?.add(() => {}) }, { code: 'APIKIT_ERR_TASK', message: /the request has ended/ })
  })

  t.test('a route that asks for it without the plugin is a mistake at the start', async t => {
    const app = Fastify()
    await app.register(dependencies)
    app.get('/', { config: { depends: { background } } }, async () => 1)
    await t.rejects(async () => app.ready(), { code: 'APIKIT_ERR_ROUTES', message: /needs the decorator app\.tasks, which does not exist/ })
  })
})

t.test('it holds for its scope and below, not above', async t => {
  const app = Fastify()
  t.teardown(() => app.close())
  await app.register(async child => {
    await child.register(tasks)
    child.get('/in', async request => typeof request.tasks.add)
    await child.register(async grandchild => { grandchild.get('/below', async () => typeof grandchild.tasks.add) })
  })
  app.get('/out', async request => String(request.tasks) + String(app.hasDecorator('tasks')))
  t.equal((await app.inject('/in')).body, 'function')
  t.equal((await app.inject('/below')).body, 'function')
  t.equal((await app.inject('/out')).body, 'undefinedfalse')
})

t.test('what cannot be is refused at the start, all of it at once', async t => {
  const one = task('one', {}, () => {})
  const register = async (options: object, before?: (app: FastifyInstance) => Promise<unknown>) => {
    const app = Fastify()
    t.teardown(() => app.close())
    await before?.(app)
    await app.register(tasks, options as TasksOptions)
  }
  const sqlite = async (app: FastifyInstance) => app.register(db, { url: 'sqlite::memory:', migrate: true })

  await t.rejects(register({ tasks: [one, task('one', {}, () => {}), task('a b', {}, () => {}), {}] }), {
    code: 'APIKIT_ERR_TASK', message: 'tasks: two tasks have the name "one"; the task name "a b" is invalid. Use at most 100 letters, digits, -, _ and .; tasks[3] must be a task, made by task(…)'
  })
  await t.rejects(register({ engine: 'sqlite' }), { code: 'APIKIT_ERR_TASK', message: /Register db before tasks/ })
  await t.rejects(register({ engine: 'sqlite' }, async app => { app.decorate('db', { dialect: 'postgres' } as never) }), { code: 'APIKIT_ERR_TASK', message: /Use "pg-boss"/ })
  await t.rejects(register({ engine: 'pg-boss' }), { code: 'APIKIT_ERR_TASK', message: /needs the option "url" of a PostgreSQL/ })
  await t.rejects(register({ engine: 'pg-boss', url: 'sqlite:./app.db' }), { code: 'APIKIT_ERR_TASK', message: /needs the option "url"/ })
  await t.rejects(register({ engine: 'redis', work: 'yes' }), { code: 'APIKIT_ERR_INVALID_OPTIONS' })
  await t.resolves(register({ engine: 'sqlite', tasks: [one] }, sqlite))

  const scheduled = (cron: string, payload?: object, timezone = 'UTC'): AnyTask =>
    task('at', { payload: Type.Object({ n: Type.Integer() }), schedule: { cron, timezone, payload: payload as { n: number } } }, () => {})
  await t.rejects(register({ tasks: [scheduled('every night', { n: 1 })] }), { code: 'APIKIT_ERR_TASK', message: /invalid schedule "every night" in UTC: it must have five fields .+, got 2/ })
  await t.rejects(register({ tasks: [scheduled('0 * * * * *', { n: 1 })] }), { code: 'APIKIT_ERR_TASK', message: /must have five fields .+, got 6/ })
  await t.rejects(register({ tasks: [scheduled('61 * * * *', { n: 1 })] }), { code: 'APIKIT_ERR_TASK', message: /Invalid value for minute: 61/ })
  await t.rejects(register({ tasks: [scheduled('0 3 30 2 *', { n: 1 })] }), { code: 'APIKIT_ERR_TASK', message: /"0 3 30 2 \*" in UTC: it never occurs/ })
  await t.rejects(register({ tasks: [scheduled('0 3 * * *', { n: 1 }, 'Mars/Olympus')] }), { code: 'APIKIT_ERR_TASK', message: /Mars/ })
  await t.rejects(register({ tasks: [scheduled('0 3 * * *')] }), { code: 'APIKIT_ERR_TASK_PAYLOAD', message: /n: Field required/ })
  t.throws(() => task('strange', { payload: Type.Unsafe({ type: 'strange' }) }, () => {}), { code: 'APIKIT_ERR_TASK', message: /strange: payload/ })
  t.throws(() => task('broken', { onFailed: 5 } as never, () => {}), { code: 'APIKIT_ERR_TASK', message: /broken: onFailed must be a function/ })
  t.throws(() => task('never', { retries: -1, often: true } as never, () => {}), { code: 'APIKIT_ERR_INVALID_OPTIONS', message: /retries.*often|often.*retries/s })
})

t.test('what is wrong with a payload is said of whatever it is', async t => {
  const text = task('text', { payload: Type.String() }, () => {})
  const field = task('field', { payload: Type.Object({ n: Type.Integer() }) }, () => {})
  const { app } = await make(t, 'inline', [text, field])
  await t.rejects(app.tasks.add(text, 5 as never), { code: 'APIKIT_ERR_TASK_PAYLOAD', message: 'The payload of the task text is invalid: Input should be a valid string' })
  const broken = { get n (): number { throw new Error('no number today') } }
  await t.rejects(app.tasks.add(field, broken), { code: 'APIKIT_ERR_TASK_PAYLOAD', message: 'The payload of the task field is invalid: no number today' })
})
