import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync, readFileSync } from 'node:fs'
import { connect, createServer, type Socket } from 'node:net'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import t, { type Test } from 'tap'
import { SECTIONS } from '../routes/sections.ts'
import { DEMONSTRATIONS } from '../schemas/settings.ts'
import { build } from './helper.ts'

const root = join(import.meta.dirname, '..')

async function freePort (): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as { port: number }
  server.close()
  await once(server, 'close')
  return port
}

interface StartOptions {
  /** Behind the script's own, as `npm start -- …` puts them. */
  readonly args?: readonly string[]
  /** In place of app.ts. */
  readonly file?: string
  readonly env?: Readonly<Record<string, string>>
}

/** Runs the `start` script of package.json on a free port, which `PORT` says, and waits for it to listen. */
async function start (t: Test, { args = [], file = 'app.ts', env = {} }: StartOptions = {}) {
  const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
  const script: string[] = scripts.start.split(/\s+/).slice(1).map((word: string) => word === 'app.ts' ? file : word)
  const port = await freePort()
  // Without coverage: this is about the command. Without a limit on the delay: on a busy machine the start alone exceeds one.
  const child = spawn(process.execPath, [
    join(root, 'node_modules', 'fastify-cli', 'cli.js'), ...script, ...args
  ], { cwd: root, stdio: ['ignore', 'pipe', 'inherit'], env: { ...process.env, _TAPJS_PROCESSINFO_COVERAGE_: '0', PORT: String(port), DATABASE_URL: 'sqlite::memory:', UNDER_PRESSURE__MAX_EVENT_LOOP_DELAY: '0', ...env } })
  t.teardown(() => child.kill('SIGKILL'))

  const messages: string[] = []
  for await (const line of createInterface(child.stdout)) {
    messages.push(JSON.parse(line).msg)
    if (messages.at(-1)?.startsWith('Server listening')) break
  }
  // Not read, a pipe becomes full.
  child.stdout.resume()
  return { child, messages, port, origin: `http://127.0.0.1:${port}` }
}

/** Sends requests on a connection that its client keeps. */
class Client {
  readonly socket: Socket
  received = ''
  readonly closed: Promise<unknown>

  constructor (port: number, request: string) {
    this.socket = connect(port, '127.0.0.1')
    this.socket.on('data', chunk => { this.received += String(chunk) })
    this.closed = once(this.socket, 'close')
    this.socket.write(`${request} HTTP/1.1\r\nhost: localhost\r\naccept-encoding: identity\r\n\r\n`)
  }

  get status (): number {
    return Number(this.received.slice(9, 12))
  }

  get connection (): string | undefined {
    return /^connection: (.*)\r$/im.exec(this.received)?.[1]
  }

  async until (text: string): Promise<this> {
    while (!this.received.includes(text)) await once(this.socket, 'data')
    return this
  }
}

t.test('`npm start` serves, answers errors in the house’s shape, and ends cleanly on SIGTERM', async t => {
  const { child, messages, origin } = await start(t)
  t.equal(messages.at(-1), `Server listening at ${origin}`)

  const response = await fetch(`${origin}/nowhere`)
  t.same([response.status, await response.json()], [404, { detail: 'Not Found' }])
  t.match(response.headers.get('x-process-time'), /^\d+\.\d{6}$/)

  child.kill('SIGTERM')
  t.same(await once(child, 'exit'), [0, null])
})

t.test('on SIGTERM requests under way are answered, connections end behind them, and so does the process', async t => {
  const mail = join(t.testdir({}), 'mail')
  const { child, port } = await start(t, { file: 'test/fixtures/slow-app.ts', env: { MAIL: mail } })
  const idle = await Promise.all(Array.from({ length: 20 }, () => new Client(port, 'GET /nowhere').until('Not Found')))
  const mailing = await new Client(port, 'POST /mail').until('{}')
  const slow = Array.from({ length: 50 }, () => new Client(port, 'GET /slow'))
  const streamed = await new Client(port, 'GET /streamed').until('begun')
  const large = await new Client(port, 'GET /large').until('xxx')
  large.socket.pause()
  // The app takes connections in turn: those before have their requests with it.
  await new Client(port, 'GET /nowhere').until('Not Found')

  child.kill('SIGTERM')
  await Promise.all([...idle, mailing].map(({ closed }) => closed))
  await Promise.all(slow.map(({ closed }) => closed))
  t.same(new Set(slow.map(({ status, connection }) => [status, connection].join())), new Set(['200,close']))
  await streamed.closed
  t.match(streamed.received, /ended\r\n0\r\n\r\n$/)
  large.socket.resume()
  await large.closed
  t.ok(large.received.length > 20_000_000, 'a slow reader gets all of it')

  t.same(await once(child, 'exit'), [0, null])
  t.equal(readFileSync(mail, 'utf8'), 'sent')
})

t.test('the server ends with the npm that has started it, whose shell may hand no signal on', { skip: process.platform === 'win32' }, async t => {
  const port = await freePort()
  // In a process group of its own, so that nothing is left of it if it does not end.
  const npm = spawn('npm', ['start'], { cwd: root, detached: true, stdio: ['ignore', 'pipe', 'inherit'], env: { ...process.env, _TAPJS_PROCESSINFO_COVERAGE_: '0', PORT: String(port), DATABASE_URL: 'sqlite::memory:' } })
  t.teardown(() => { try { process.kill(-Number(npm.pid), 'SIGKILL') } catch {} })
  const closed = once(npm.stdout, 'close')
  let printed = ''
  npm.stdout.on('data', chunk => { printed += String(chunk) })
  while (!printed.includes('Server listening')) await once(npm.stdout, 'data')
  npm.kill('SIGTERM')
  await closed // by all processes that write to it
  await t.rejects(fetch(`http://127.0.0.1:${port}/`))
})

t.test('what takes longer than DRAIN_TIMEOUT is cut', async t => {
  const { child, port } = await start(t, { file: 'test/fixtures/slow-app.ts', env: { DRAIN_TIMEOUT: '50' } })
  const never = new Client(port, 'GET /never')
  await new Client(port, 'GET /nowhere').until('Not Found')
  child.kill('SIGTERM')
  await never.closed
  t.equal(never.received, '')
  t.same(await once(child, 'exit'), [0, null])
})

t.test('the address of the script is a default', async t => {
  const isOpen = async (port: number): Promise<boolean> => {
    const socket = connect(port, '127.0.0.2')
    const opened = await once(socket, 'connect').then(() => true, () => false)
    socket.destroy()
    return opened
  }
  const local = await start(t)
  t.equal(await isOpen(local.port), false)
  const open = await start(t, { args: ['--address', '0.0.0.0'] })
  t.equal(await isOpen(open.port), true)
})

t.test('it says where its docs are, by an address that can be opened', async t => {
  const app = await build(t)
  if (!app.hasRoute({ method: 'GET', url: '/docs' })) app.get('/docs', async () => 'docs')
  const logged = t.capture(app.log, 'info')
  await app.listen({ port: 0, host: '0.0.0.0' })

  const { port } = new URL(app.listeningOrigin)
  t.same(logged().at(-1)?.args, [`Docs: http://localhost:${port}/docs`])
})

t.test('settings and server options of the reference app', async t => {
  const app = await build(t, { settings: { timing: { header: 'x-took' } } })
  const tooLong = await app.inject(`/${'x'.repeat(2000)}`)
  t.equal(tooLong.statusCode, 404)
  t.ok(tooLong.headers['x-took'])
  const undecodable = await app.inject('/%zz')
  t.same([undecodable.statusCode, Object.keys(undecodable.json())], [400, ['detail']])
})

t.test('in production the sections of the tutorial are not there, unless a setting names them', async t => {
  const secret = 'a secret of a test, of 32 bytes or more'
  const sections = async (env: Record<string, string>) => {
    const app = await build(t, { env: { JWT__SECRET: secret, ...env } })
    return { app, sections: (await app.inject('/')).json().sections.map((path: string) => path.slice(1)) }
  }
  const closed = await sections({ NODE_ENV: 'production' })
  t.same(closed.sections, ['account', 'tasks'], 'the page of tasks has a setting of its own')
  for (const url of ['/database/users/', '/views/users', '/security/users/me', '/blueprint/admin/', '/uploads/static/upload.js']) t.equal((await closed.app.inject(url)).statusCode, 404, url)
  t.equal((await closed.app.inject({ method: 'POST', url: '/account/users', body: { email: 'ann@example.com', password: 'a long password' } })).statusCode, 201)

  t.same((await sections({ NODE_ENV: 'production', DEMONSTRATIONS: 'database,views' })).sections, ['account', 'database', 'tasks', 'views'])
  t.same((await sections({ DEMONSTRATIONS: '' })).sections, ['account', 'tasks'])
  t.same((await sections({})).sections, [...DEMONSTRATIONS, 'account', 'tasks'].sort())
  await t.rejects(sections({ DEMONSTRATIONS: 'databse' }), { code: 'APIKIT_ERR_SETTINGS', message: /DEMONSTRATIONS.*must be one of background, basic/ })
})

t.test('each folder of routes is a section, and a demonstration or meant to be served', async t => {
  const entries = readdirSync(join(root, 'routes'), { withFileTypes: true })
  const folders = entries.filter(entry => entry.isDirectory() && entry.name !== 'files').map(({ name }) => name)
  t.same(SECTIONS.map(({ name }) => name).sort(), [...folders].sort())
  t.same(folders.filter(name => !DEMONSTRATIONS.includes(name)).sort(), ['account', 'okta', 'tasks'])
})
