import t from 'tap'
import timing from '../../plugins/timing/index.ts'
import { bare, build } from '../helper.ts'

t.test('every response says how many seconds it took, a 404 and a 500 too', async t => {
  const app = bare(t)
  await app.register(timing)
  app.get('/', async () => 'ok')
  app.get('/fails', async () => { throw new Error('no') })

  for (const url of ['/', '/nowhere', '/fails']) {
    const { headers } = await app.inject(url)
    t.match(headers['x-process-time'], /^\d+\.\d{6}$/, url)
    t.notOk(headers['server-timing'])
  }
})

t.test('the header and its precision are options', async t => {
  for (const [digits, shape] of [[0, /^\d+$/], [2, /^\d+\.\d{2}$/], [9, /^\d+\.\d{9}$/]] as const) {
    const app = bare(t)
    await app.register(timing, { header: 'X-Took', digits })
    const { headers } = await app.inject('/')
    t.match(headers['x-took'], shape)
    t.notOk(headers['x-process-time'])
  }
})

t.test('Server-Timing is added on request, behind what the handler measured', async t => {
  const app = bare(t)
  await app.register(timing, { serverTiming: true })
  app.get('/', async () => 'ok')
  app.get('/one', async (_request, reply) => reply.header('server-timing', 'db;dur=5').send('ok'))
  app.get('/list', async (_request, reply) => reply.header('server-timing', ['db;dur=5', 'cache']).send('ok'))

  const own = 'app;dur=\\d+\\.\\d{3}$'
  t.match((await app.inject('/')).headers['server-timing'], new RegExp(`^${own}`))
  t.match((await app.inject('/one')).headers['server-timing'], new RegExp(`^db;dur=5, ${own}`))
  t.match((await app.inject('/list')).headers['server-timing'], new RegExp(`^db;dur=5, cache, ${own}`))

  t.test('also where a hook before it has answered', async t => {
    const app = bare(t)
    app.addHook('onRequest', async (_request, reply) => reply.send('early'))
    await app.register(timing, { serverTiming: true })
    t.match((await app.inject('/')).headers['server-timing'], new RegExp(`^${own}`))
  })
})

t.test('a handler can read the time so far, and cannot set it', async t => {
  const app = bare(t)
  await app.register(timing)
  app.get('/', async request => {
    const first = request.processTime
    t.throws(() => { (request as { processTime: number }).processTime = -1 }, TypeError)
    return [first, request.processTime]
  })

  const [first, second] = (await app.inject('/')).json()
  t.ok(first >= 0)
  t.ok(second >= first)
})

t.test('wrong options are refused at registration, all of them in one error', async t => {
  const app = bare(t)
  await t.rejects(async () => { await app.register(timing, { digits: -1, heder: 'x-took', header: 'two words' } as object) }, {
    code: 'APIKIT_ERR_INVALID_OPTIONS',
    message: /^fastify-apikit\/timing: (?=.*options\/heder: Unknown option)(?=.*options\/digits)(?=.*options\/header:)/
  })
})

t.test('registered in a child, it leaves the siblings alone', async t => {
  const app = bare(t)
  await app.register(async child => {
    await child.register(timing)
    child.get('/timed', async () => 'ok')
  })
  app.get('/plain', async () => 'ok')

  t.ok((await app.inject('/timed')).headers['x-process-time'])
  t.notOk((await app.inject('/plain')).headers['x-process-time'])
})

t.test('two apps in one process have their own options', async t => {
  const [one, two] = [bare(t), bare(t)]
  await one.register(timing, { header: 'x-one' })
  await two.register(timing, { header: 'x-two' })
  t.notOk((await one.inject('/')).headers['x-two'])
  t.notOk((await two.inject('/')).headers['x-one'])
})

t.test('the reference app takes the options from its settings', async t => {
  const app = await build(t, { settings: { timing: { header: 'x-took' } } })
  t.ok((await app.inject('/')).headers['x-took'])
})
