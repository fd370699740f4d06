/**
 * An app in several processes, and how it ends: `npm run hardening -- workers [--requests 200] [--rolls 3]`.
 *
 * No request fails while workers are replaced; on SIGTERM each request under way is answered and background work is done,
 * however the app was started; a worker that is killed is replaced.
 *
 * @module
 */

import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { Agent, request } from 'node:http'
import { type AddressInfo, createServer } from 'node:net'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { pathToFileURL } from 'node:url'
import { suite } from './suite.ts'

const ROOT = join(import.meta.dirname, '..', '..')
const CLI = [join(ROOT, 'scripts', 'cli', 'index.ts'), 'start']
const FASTIFY = [join(ROOT, 'node_modules', 'fastify-cli', 'cli.js'), 'start', '--options', '--log-level', 'info', '--close-grace-delay', '30000']

/** Milliseconds that a request takes, and work behind its response. */
const [REQUEST, WORK] = [1500, 2000]

const plugin = (path: string): string => JSON.stringify(pathToFileURL(join(ROOT, path)).href)

/** Requests write a file each when their work is done. */
const APP = `
  import { writeFileSync } from 'node:fs'
  import { setTimeout as delay } from 'node:timers/promises'
  import apikit from ${plugin('plugins/index.ts')}
  import { background } from ${plugin('plugins/tasks/index.ts')}
  import { drain } from ${plugin('plugins/core/http/drain.ts')}

  export const options = { return503OnClosing: false }
  export default async function (app, options) {
    if (process.env.DRAINS) drain(app, 20_000)
    await app.register(apikit, { docs: false, tasks: true, health: { maxEventLoopDelay: 0 } })
    app.get('/', async () => ({ pid: process.pid }))
    app.post('/slow/:id', { config: { depends: { background } } }, async ({ params, deps }) => {
      app.log.info('begun')
      await delay(${REQUEST})
      deps.background.add(async () => {
        await delay(${WORK})
        writeFileSync('done/' + params.id, '')
      })
      return {}
    })
  }`

const WAYS: ReadonlyArray<readonly [name: string, args: readonly string[], env?: Readonly<Record<string, string>>]> = [
  ['fastify-apikit start', CLI],
  ['fastify-apikit start --workers 2', [...CLI, '--workers', '2']],
  ['fastify start', [...FASTIFY, 'app.js'], { DRAINS: 'yes' }],
  ['npm start', ['npm']]
]

export const workers = suite('Workers that are replaced under load, killed, and told to end with requests under way', {
  requests: { about: 'Requests under way at the end', default: 200 },
  rolls: { about: 'Times that all workers are replaced', default: 3 }
}, async ({ requests, rolls }) => {
  const wrong: string[] = []
  for (const [name, args, env] of WAYS) wrong.push(...(await within(async app => await ended(await started(app, args, env), requests))).map(what => `${name}: ${what}`))
  wrong.push(...await within(async app => await rolled(await started(app, [...CLI, '--workers', '2'], {}, 2), rolls)))
  return wrong
})

async function within (trial: (folder: string) => Promise<string[]>): Promise<string[]> {
  const parent = join(ROOT, '.tap', 'hardening') // where packages are found
  mkdirSync(parent, { recursive: true })
  const folder = mkdtempSync(join(parent, 'workers-'))
  mkdirSync(join(folder, 'done'))
  writeFileSync(join(folder, 'app.js'), APP)
  const start = `node ${CLI.join(' ')} --workers 2`
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ type: 'module', scripts: { start } }))
  try {
    return await trial(folder)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

interface Server {
  readonly folder: string
  readonly origin: string
  readonly child: ChildProcess
  readonly exit: Promise<readonly unknown[]>
  readonly lines: readonly string[]
  /** Waits until so many lines have a text. */
  readonly count: (text: string, least: number) => Promise<void>
}

async function started (folder: string, args: readonly string[], env: Readonly<Record<string, string>> = {}, listening = 1): Promise<Server> {
  const port = await freePort()
  const [command, ...rest] = args[0] === 'npm' ? ['npm', 'start'] : [process.execPath, ...args]
  const child = spawn(String(command), rest, {
    cwd: folder, env: { ...process.env, ...env, PORT: String(port), FASTIFY_ADDRESS: '127.0.0.1' }, stdio: ['ignore', 'pipe', 'inherit']
  })
  const exit = once(child, 'exit')
  const lines: string[] = []
  const reader = createInterface(child.stdout)
  reader.on('line', line => { lines.push(line) })
  let isOver = false
  reader.once('close', () => { isOver = true })
  const count = async (text: string, least: number): Promise<void> => {
    while (lines.filter(line => line.includes(text)).length < least) {
      if (isOver) throw new Error(`ended before "${text}": ${lines.slice(-5).join('\n')}`)
      await new Promise(resolve => setTimeout(resolve, 10))
    }
  }
  await count('Server listening', listening)
  return { folder, origin: `http://127.0.0.1:${port}`, child, exit, lines, count }
}

async function freePort (): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  return port
}

/** SIGTERM while all requests are under way, on connections that their clients keep. */
async function ended ({ folder, origin, child, exit, count }: Server, requests: number): Promise<string[]> {
  const agent = new Agent({ keepAlive: true })
  const statuses = Array.from({ length: requests }, (_, id) => ask(`${origin}/slow/${id}`, 'POST', agent))
  await count('begun', requests)
  const begun = performance.now()
  child.kill('SIGTERM')
  const answered = (await Promise.all(statuses)).filter(status => status === 200).length
  const [code] = await exit
  // The shell of npm ends before the server does.
  const isDone = (id: number): boolean => existsSync(join(folder, 'done', String(id)))
  for (let id = 0; id < requests; id++) while (!isDone(id) && performance.now() - begun < 30_000) await new Promise(resolve => setTimeout(resolve, 20))
  const done = Array.from({ length: requests }, (_, id) => isDone(id)).filter(Boolean).length
  const seconds = ((performance.now() - begun) / 1000).toFixed(1)
  agent.destroy()
  console.log(`SIGTERM with ${requests} requests of ${REQUEST} ms and work of ${WORK} ms: ${answered} answered, ${done} done, exit ${String(code)} after ${seconds} s`)
  return answered === requests && done === requests && (code === 0 || child.spawnfile === 'npm') ? [] : [`${requests - answered} requests failed, the work of ${requests - done} was not done, exit ${String(code)}`]
}

async function rolled ({ origin, child, exit, count }: Server, rolls: number): Promise<string[]> {
  const agent = new Agent({ keepAlive: true, maxSockets: 50 })
  const over = new AbortController()
  let answered = 0
  const failures: string[] = []
  const traffic = Array.from({ length: 50 }, async (_, index) => {
    // Half of them on connections that are kept.
    const isKept = index % 2 === 0
    while (!over.signal.aborted) {
      const outcome = await ask(origin, 'GET', isKept ? agent : undefined)
      if (outcome === 200) answered++
      else failures.push(`${outcome} on a ${isKept ? 'kept' : 'new'} connection`)
    }
  })
  for (let roll = 1; roll <= rolls; roll++) {
    child.kill('SIGHUP')
    await count('all workers are replaced', roll)
  }
  over.abort()
  await Promise.all(traffic)
  agent.destroy()
  console.log(`${rolls} times all workers replaced: ${answered} requests answered, ${failures.length} failed`)

  const pid = await fetch(origin).then(async response => (await response.json() as { pid: number }).pid)
  process.kill(pid, 'SIGKILL')
  await count('It is replaced', 1)
  await count('a worker listens', 2 * rolls + 3)
  child.kill('SIGTERM')
  const [code] = await exit
  console.log(`a killed worker is replaced; exit ${String(code)}`)
  return [...failures.length === 0 ? [] : [`${failures.length} of ${answered + failures.length} requests failed while workers were replaced: ${[...new Set(failures)].join(', ')}`], ...code === 0 ? [] : [`exit ${String(code)}`]]
}

/** Returns the status, or what failed. */
function ask (url: string, method: string, agent: Agent | undefined): Promise<number | string> {
  return new Promise(resolve => {
    request(url, { method, ...agent === undefined ? { agent: false } : { agent } }, response => {
      response.resume().once('end', () => { resolve(Number(response.statusCode)) }).once('error', error => { resolve(error.message) })
    }).once('error', error => { resolve(error.message) }).end()
  })
}
