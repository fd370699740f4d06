import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync, readFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import t, { type Test } from 'tap'
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

/** Runs the `start` script of package.json on a free port, which `PORT` says, and waits for it to listen. */
async function start (t: Test, ...args: string[]) {
  const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
  const script: string[] = scripts.start.split(/\s+/).slice(1)
  const port = await freePort()
  // Without coverage: this is about the command. Without a limit on the delay: on a busy machine the start alone exceeds one.
  const child = spawn(process.execPath, [
    join(root, 'node_modules', 'fastify-cli', 'cli.js'), ...script, ...args
  ], { cwd: root, stdio: ['ignore', 'pipe', 'inherit'], env: { ...process.env, _TAPJS_PROCESSINFO_COVERAGE_: '0', PORT: String(port), DATABASE_URL: 'sqlite::memory:', UNDER_PRESSURE__MAX_EVENT_LOOP_DELAY: '0' } })
  t.teardown(() => child.kill('SIGKILL'))

  const messages: string[] = []
  for await (const line of createInterface(child.stdout)) {
    messages.push(JSON.parse(line).msg)
    if (messages.at(-1)?.startsWith('Server listening')) break
  }
  return { child, messages, origin: `http://127.0.0.1:${port}` }
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

t.test('each folder of routes is a demonstration, or meant to be served', async t => {
  const folders = readdirSync(join(root, 'routes'), { withFileTypes: true }).filter(entry => entry.isDirectory()).map(({ name }) => name)
  t.same(folders.filter(name => !DEMONSTRATIONS.includes(name)).sort(), ['account', 'okta', 'tasks'])
})
