/**
 * The processes of the suite `fleet`: servers of several workers, and job workers, by the command line of the package.
 *
 * @module
 */

import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer, type AddressInfo } from 'node:net'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as delay } from 'node:timers/promises'
import type { FleetEnv } from './app.ts'

const ROOT = join(import.meta.dirname, '..', '..', '..')
const CLI = join(ROOT, 'scripts', 'cli', 'index.ts')
const APP = join(import.meta.dirname, 'app.ts')

/** Milliseconds in which a process must start or end. */
const PATIENCE = 60_000

/** pino's number of the level `error`. */
const ERROR = 50

export class Process {
  readonly name: string
  readonly child: ChildProcess
  readonly exit: Promise<unknown>
  /** Neither it nor a process that it has started writes any more. */
  readonly #closed: Promise<unknown>
  isKilled = false
  readonly #lines: string[] = []
  #isOver = false

  constructor (name: string, args: readonly string[], env: FleetEnv) {
    this.name = name
    this.child = spawn(process.execPath, [CLI, ...args], { cwd: ROOT, env: { ...process.env, ...env, LOG_LEVEL: 'info' }, stdio: ['ignore', 'pipe', 'pipe'] })
    this.exit = once(this.child, 'exit').then(([code, signal]) => {
      this.#isOver = true
      return code ?? signal
    })
    this.#closed = once(this.child, 'close')
    for (const stream of [this.child.stdout, this.child.stderr]) {
      if (stream !== null) createInterface(stream).on('line', line => { if (!line.includes('"msg":"incoming request"') && !line.includes('"msg":"request completed"')) this.#lines.push(line) })
    }
  }

  /** Waits until so many lines have a text. */
  async said (text: string, least = 1): Promise<void> {
    const begun = performance.now()
    while (this.count(text) < least) {
      if (this.#isOver) throw new Error(`${this.name} ended before "${text}":\n${this.#lines.slice(-20).join('\n')}`)
      if (performance.now() - begun > PATIENCE) throw new Error(`${this.name} did not say "${text}" in ${PATIENCE} ms:\n${this.#lines.slice(-20).join('\n')}`)
      await delay(10)
    }
  }

  count (text: string): number {
    return this.#lines.filter(line => line.includes(text)).length
  }

  /** Messages of level error and above, and lines that are not of the log. */
  get errors (): string[] {
    return this.#lines.flatMap(line => {
      try {
        const { level, msg, err } = JSON.parse(line)
        return level < ERROR ? [] : [`${msg}${err === undefined ? '' : `: ${err.message}`}`]
      } catch {
        return [line]
      }
    })
  }

  /** SIGKILL. Resolves when it has ended. */
  async kill (): Promise<void> {
    this.isKilled = true
    this.child.kill('SIGKILL')
    await this.exit
  }

  /** Whether the processes that it has started end, too, in so many milliseconds. */
  async isAllOver (milliseconds: number): Promise<boolean> {
    return await Promise.race([this.#closed.then(() => true), delay(milliseconds, false, { ref: false })])
  }

  /** Tells it to end. Returns its exit code, or what it died of. */
  async end (): Promise<unknown> {
    this.child.kill('SIGTERM')
    const killing = setTimeout(() => { this.child.kill('SIGKILL') }, PATIENCE)
    return await this.exit.finally(() => { clearTimeout(killing) })
  }
}

export interface Server extends Process {
  readonly origin: string
}

/** Started when so many workers listen. */
export async function startServer (name: string, workers: number, env: FleetEnv, port?: string): Promise<Server> {
  port ??= String(await freePort())
  const started = new Process(name, ['start', APP, '--workers', String(workers), '--port', port, '--address', '127.0.0.1'], env)
  await started.said('a worker listens', workers).catch(async (error: unknown) => { await started.kill(); throw error })
  return Object.assign(started, { origin: `http://127.0.0.1:${port}` })
}

/** Started when it takes jobs. */
export async function startWorker (name: string, env: FleetEnv): Promise<Process> {
  const started = new Process(name, ['worker', APP], env)
  await started.said('The worker is ready').catch(async (error: unknown) => { await started.kill(); throw error })
  return started
}

async function freePort (): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  return port
}
