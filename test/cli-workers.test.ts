import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { Agent, request } from 'node:http'
import { type AddressInfo, createServer } from 'node:net'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { plugin, project, type Running, running } from './cli.ts'

t.setTimeout(120_000) // processes on a busy machine

const APP = `
  import { readFileSync } from 'node:fs'
  import { setTimeout as delay } from 'node:timers/promises'
  import health from ${plugin('health')}
  import { whenLeading, workersOf } from ${plugin('core/workers').replace('/index.ts', '.ts')}

  const version = readFileSync('version', 'utf8')
  if (version === 'broken') throw new Error('broken')

  export default async function (app, options) {
    await app.register(health, { maxEventLoopDelay: 0 })
    whenLeading(() => { app.log.info('leads') })
    app.get('/', async () => ({ version, pid: process.pid, worker: workersOf()?.index, secret: workersOf()?.secret }))
    app.get('/slow', async () => {
      app.log.info('slow')
      await delay(700)
      return 'done'
    })
    app.get('/logged', async ({ log }) => {
      log.info('asked')
      return ''
    })
    app.post('/crash', async () => { process.kill(process.pid, 'SIGKILL') })
    app.addHook('onClose', async () => {
      if (version !== 'two') return
      await delay(200)
      app.log.info('background work is done')
    })
  }`

/** On a free port: fastify-cli takes 0 for none. */
async function argumentsFor (workers: string): Promise<string[]> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  return ['start', '--port', String(port), '--address', '127.0.0.1', '--close-grace-delay', '20000', '--workers', workers]
}

interface Started extends Running {
  readonly dir: string
  readonly origin: string
  /** Waits for the nth line of a kind. */
  readonly nth: (pattern: RegExp, count: number) => Promise<void>
}

async function start (t: Test, workers = '2', version = 'one'): Promise<Started> {
  const dir = project(t, { 'package.json': '{"type": "module"}', 'app.js': APP, version })
  const server = running(t, dir, await argumentsFor(workers))
  const line = await server.until(/Server listening at http/)
  const nth = async (pattern: RegExp, count: number): Promise<void> => {
    for (;;) {
      const found = server.lines.filter(line => pattern.test(line)).length
      if (found >= count) return
      // A line behind those that are known.
      const known = server.lines.length
      while (server.lines.length === known) await new Promise(resolve => setTimeout(resolve, 10))
    }
  }
  if (workers !== '1') await nth(/a worker listens/, Number(workers))
  return { ...server, dir, origin: String(/http:\/\/[^"]+/.exec(line)), nth }
}

interface Answer {
  readonly version: string
  readonly pid: number
  readonly worker: number
  readonly secret: string
}

async function ask (origin: string): Promise<Answer> {
  return await (await fetch(origin, { headers: { connection: 'close' } })).json() as Answer
}

/** Until both workers have answered. */
async function askBoth (origin: string): Promise<Answer[]> {
  const answers = new Map<number, Answer>()
  while (answers.size < 2) {
    const answer = await ask(origin)
    answers.set(answer.worker, answer)
  }
  return [1, 2].map(worker => answers.get(worker) as Answer)
}

/** Sends requests on connections that are kept, until it is told to stop. Returns how many were answered, and what failed. */
function load (origin: string, connections: number): { stop (): Promise<{ answered: number, failed: string[] }> } {
  const agent = new Agent({ keepAlive: true, maxSockets: connections })
  const failed: string[] = []
  const over = new AbortController()
  let answered = 0
  const one = (): Promise<void> => new Promise(resolve => {
    const sent = request(origin, { agent }, response => {
      if (response.statusCode !== 200) failed.push(String(response.statusCode))
      response.resume().once('end', () => { answered++; resolve() }).once('error', error => { failed.push(error.message); resolve() })
    })
    sent.once('error', error => { failed.push(error.message); resolve() })
    sent.end()
  })
  const all = Promise.all(Array.from({ length: connections }, async () => { while (!over.signal.aborted) await one() }))
  return {
    async stop () {
      over.abort()
      await all
      agent.destroy()
      return { answered, failed }
    }
  }
}

t.test('several workers serve one port: their logs tell which, they share a secret, and one leads', async t => {
  const server = await start(t)
  const [one, two] = await askBoth(server.origin) as [Answer, Answer]
  t.not(one.pid, two.pid)
  t.equal(one.secret, two.secret)
  t.match(one.secret, /^[\da-f]{64}$/)

  await fetch(`${server.origin}/logged`)
  const logged = await server.until(/"msg":"asked"/)
  t.match(JSON.parse(logged), { worker: Number, pid: Number })
  t.match(server.lines.filter(line => line.includes('leads')).map(line => JSON.parse(line)), [{ worker: 1 }])

  t.same(await server.end('SIGTERM'), [0, null])
  for (const { pid } of [one, two]) t.throws(() => process.kill(pid, 0), { code: 'ESRCH' })
})

t.test('on SIGTERM requests under way are answered, and what is done at the end is done', async t => {
  const server = await start(t, '2', 'two')
  const slow = Array.from({ length: 40 }, async () => await (await fetch(`${server.origin}/slow`)).text())
  await server.nth(/"msg":"slow"/, 40)
  server.child.kill('SIGTERM')
  t.same(new Set(await Promise.all(slow)), new Set(['done']))
  t.same(await server.end('SIGURG'), [0, null])
  t.equal(server.lines.filter(line => line.includes('background work is done')).length, 2)
})

t.test('one worker alone answers requests under way, too, and does not wait for connections that are kept', async t => {
  const server = await start(t, '1', 'two')
  const agent = new Agent({ keepAlive: true })
  const slow = Array.from({ length: 20 }, () => new Promise<string | undefined>((resolve, reject) => {
    request(`${server.origin}/slow`, { agent }, response => { response.resume().once('end', () => { resolve(response.headers.connection) }) }).once('error', reject).end()
  }))
  await server.nth(/"msg":"slow"/, 20)
  server.child.kill('SIGTERM')
  t.same(new Set(await Promise.all(slow)), new Set(['close']))
  t.same(await server.end('SIGURG'), [0, null])
  agent.destroy()
})

t.test('SIGHUP replaces the workers one after the other, and no request fails', async t => {
  const server = await start(t)
  const before = await askBoth(server.origin)
  const traffic = load(server.origin, 8)
  writeFileSync(join(server.dir, 'version'), 'two')
  server.child.kill('SIGHUP')
  await server.until(/all workers are replaced/)
  const { answered, failed } = await traffic.stop()
  t.same(failed, [])
  t.ok(answered > 0)
  const after = await askBoth(server.origin)
  t.same(after.map(({ version }) => version), ['two', 'two'])
  for (const { pid } of before) t.throws(() => process.kill(pid, 0), { code: 'ESRCH' })
  await server.nth(/leads/, 2)

  await t.test('a version that does not start leaves the workers as they are', async t => {
    writeFileSync(join(server.dir, 'version'), 'broken')
    server.child.kill('SIGHUP')
    await server.until(/the new worker has ended before it listened/)
    t.same((await askBoth(server.origin)).map(({ pid }) => pid), after.map(({ pid }) => pid))
  })

  // While they are replaced.
  writeFileSync(join(server.dir, 'version'), 'two')
  server.child.kill('SIGHUP')
  await server.nth(/SIGHUP/, 3)
  server.child.kill('SIGHUP')
  await server.nth(/SIGHUP/, 4)
  t.same(await server.end('SIGTERM'), [0, null])
})

t.test('a worker that is killed is replaced', async t => {
  const server = await start(t)
  const before = await askBoth(server.origin)
  await t.rejects(fetch(`${server.origin}/crash`, { method: 'POST' }))
  await server.until(/"signal":"SIGKILL".*a worker has ended\. It is replaced/)
  await server.nth(/a worker listens/, 3)
  const after = await askBoth(server.origin)
  t.equal(after.filter(({ pid }) => before.some(one => one.pid === pid)).length, 1)

  await t.test('and the primary ends with an error when no worker starts any more', async t => {
    writeFileSync(join(server.dir, 'version'), 'broken')
    for (let killed = 0; killed < 2; killed++) await fetch(`${server.origin}/crash`, { method: 'POST' }).catch(() => {})
    await server.until(/no worker listens, and 5 of them have ended before they listened/)
    t.same(await server.end('SIGURG'), [1, null])
  })
})

t.test('an app that does not start ends with an error', async t => {
  const server = running(t, project(t, { 'package.json': '{"type": "module"}', 'app.js': APP, version: 'broken' }), [...await argumentsFor('auto'), '--pretty-logs'])
  await server.until(/the app does not start: its first worker has ended before it listened/)
  t.same(await server.end('SIGURG'), [1, null])
})

t.test('told twice, workers that do not end are killed', async t => {
  const server = await start(t)
  const open = fetch(`${server.origin}/slow`).catch(() => {})
  await server.until(/"msg":"slow"/)
  server.child.kill('SIGTERM')
  await server.until(/SIGTERM: the workers end/)
  t.same(await server.end('SIGINT'), [1, null])
  await open
})
