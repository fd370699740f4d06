import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { plugin, project, type Running, running } from './cli.ts'

t.setTimeout(120_000) // processes on a busy machine

const APP = `
  import { appendFileSync, mkdirSync, writeFileSync } from 'node:fs'
  import { greeting } from './routes/blogs.js'

  export default async function (app, options) {
    mkdirSync('data', { recursive: true })
    writeFileSync('data/app.db', String(Date.now()))
    appendFileSync('starts.log', 'x')
    app.setNotFoundHandler(async () => 'of the app')
    app.get('/', async () => ({ greeting, pid: process.pid, ...options.mine && { mine: options.mine } }))
  }`

const APP_FILES = { 'package.json': '{"type": "module"}', 'app.js': APP, 'routes/blogs.js': "export const greeting = 'one'" }

/** Of the nth server that has begun to listen on one address. */
async function originOf ({ until }: Running, known: readonly string[] = []): Promise<string> {
  const line = await until(new RegExp(`^(?!.*"pid":(${['x', ...known].join('|')}),).*Server listening at http://127`))
  return String(/http:\/\/[^"]+/.exec(line))
}

async function read (origin: string): Promise<{ greeting: string, pid: number, mine?: string }> {
  return await (await fetch(origin)).json() as { greeting: string, pid: number }
}

t.test('start serves, hands options on to the app, and ends cleanly on SIGTERM', async t => {
  const server = running(t, project(t, APP_FILES), ['start', 'app.js', '--port', '0', '--address', '127.0.0.1', '--workers', '1', '--', '--mine', 'yes'])
  t.match(await read(await originOf(server)), { greeting: 'one', mine: 'yes', pid: server.child.pid })
  t.equal(await (await fetch(`${await originOf(server)}/nowhere`)).text(), 'of the app')
  t.same(await server.end('SIGTERM'), [0, null])
})

t.test('dev serves a change, and does not start anew for what the app writes', async t => {
  const dir = project(t, APP_FILES)
  const server = running(t, dir, ['dev', '--port', '0', '--address', '127.0.0.1', '--ignore-watch', '^cache(/|$)', '--verbose-watch'])
  const first = await read(await originOf(server))
  t.equal(first.greeting, 'one')

  const written = ['data/app.db', 'data/deep/er.txt', 'uploads/a.png', 'cache/a', 'shop.db', 'shop-wal', 'server.log', 'coverage/index.html', '.cache/x', 'node_modules/.cache/y']
  for (const path of written) {
    mkdirSync(join(dir, path, '..'), { recursive: true })
    writeFileSync(join(dir, path), 'written')
  }
  writeFileSync(join(dir, 'routes', 'blogs.js'), "export const greeting = 'two'")
  const second = await read(await originOf(server, [String(first.pid)]))
  t.equal(second.greeting, 'two')
  t.same(server.lines.filter(line => line.includes('[fastify-cli] watch')), ["[fastify-cli] watch - 'change' occurred on 'routes/blogs.js'"], 'what came before was not seen')

  t.same(await server.end('SIGTERM'), [0, null])
  t.throws(() => process.kill(second.pid, 0), { code: 'ESRCH' }, 'the process of the app has ended, too')
})

/** One job is added whenever the app starts; in this process none would run. */
const WORKER = `
  import db from ${plugin('db')}
  import errors from ${plugin('errors')}
  import health from ${plugin('health')}
  import tasks, { task } from ${plugin('tasks')}

  const work = task('work', {}, async (payload, { log }) => {
    log.info('at work')
    if (process.env.CASE === 'stuck') await new Promise(resolve => setTimeout(resolve, 100_000))
  })
  export const options = { logger: false }
  export default async app => {
    await app.register(errors)
    await app.register(db, { url: 'sqlite:./data/app.db', migrate: true })
    if (process.env.CASE === 'healthy') await app.register(health, { maxEventLoopDelay: 0 })
    await app.register(tasks, { engine: 'sqlite', tasks: [work], work: false })
    app.addHook('onReady', async () => { await app.tasks.add(work, {}) })
    app.addHook('onClose', async () => { if (process.env.CASE === 'broken') throw new Error('the door is stuck') })
  }`

async function worker (t: Test, kind: string, ...options: string[]): Promise<Running> {
  const server = running(t, project(t, { 'app.js': WORKER, 'package.json': '{"type": "module"}' }), ['worker', ...options], { CASE: kind })
  await server.until(/The worker is ready/)
  await server.until(/at work/)
  return server
}

t.test('worker runs the tasks of an app that only adds them where it listens', async t => {
  t.test('and ends on SIGTERM', async t => {
    const server = await worker(t, 'fine')
    t.same(await server.end('SIGTERM'), [0, null])
    t.ok(server.lines.some(line => line.includes('SIGTERM: no new tasks')))
    t.notOk(server.lines.some(line => line.includes('unknown paths')), 'it answers none')
  })
  t.test('and says on a port of its own whether it can', async t => {
    const server = await worker(t, 'healthy', '--health-port', '0')
    const line = await server.until(/Health: http/)
    const url = String(/http:[^"]+/.exec(line))
    const response = await fetch(url)
    t.same([response.status, await response.json()], [200, { status: 'ok' }])
    t.equal((await fetch(new URL('/', url))).status, 404)
    t.same(await server.end('SIGTERM'), [0, null])
  })
  t.test('and ends at once when it is told twice', async t => {
    const server = await worker(t, 'stuck')
    server.child.kill('SIGINT')
    await server.until(/SIGINT: no new tasks/)
    t.same(await server.end('SIGTERM'), [1, null])
  })
  t.test('and says so when it cannot be closed', async t => {
    const server = await worker(t, 'broken')
    t.same(await server.end('SIGTERM'), [1, null])
    t.ok(server.lines.some(line => line.includes('the door is stuck')))
  })
})
