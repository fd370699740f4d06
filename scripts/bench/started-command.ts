/**
 * An app that `fastify-apikit start` serves, in one process or in several, and the CPU time of each. Linux only.
 *
 * @module
 */

import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { createServer, type AddressInfo } from 'node:net'
import { join } from 'node:path'
import { createInterface } from 'node:readline'

/** Microseconds of a tick, in which Linux counts the CPU time of processes. */
const TICK = 10_000

export class StartedCommand {
  readonly port: number
  readonly #child: ChildProcess
  readonly #workers: readonly number[]

  private constructor (child: ChildProcess, port: number, workers: readonly number[]) {
    this.port = port
    this.#child = child
    this.#workers = workers
  }

  /** @param file of the app */
  static async start (file: string, workers: number): Promise<StartedCommand> {
    const port = await freePort()
    const command = [join(import.meta.dirname, '..', 'cli', 'index.ts'), 'start', '--port', String(port), '--address', '127.0.0.1', '--log-level', 'info', '--workers', String(workers), file]
    const child = spawn(process.execPath, command, { env: { ...process.env, NODE_ENV: 'production' }, stdio: ['ignore', 'pipe', 'inherit'] })
    const listening: number[] = []
    // The primary tells of its workers. One process alone tells of itself.
    for await (const line of createInterface(child.stdout)) {
      const { msg = '', process: worker, pid } = JSON.parse(line)
      if (workers === 1 ? String(msg).startsWith('Server listening') : msg === 'a worker listens') listening.push(worker ?? pid)
      if (listening.length === workers) break
    }
    if (listening.length < workers) throw new Error(`${command.join(' ')} has ended before it listened`)
    child.stdout.resume()
    return new StartedCommand(child, port, listening)
  }

  /** Microseconds of CPU time so far: of each process that serves, and of the primary, if there is one. */
  cpu (): { readonly workers: readonly number[], readonly primary: number } {
    const { pid } = this.#child
    return { workers: this.#workers.map(cpuOf), primary: pid === undefined || this.#workers.includes(pid) ? 0 : cpuOf(pid) }
  }

  async stop (): Promise<void> {
    const ended = once(this.#child, 'exit')
    this.#child.kill('SIGTERM')
    await ended
  }
}

function cpuOf (pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)?.split(' ') ?? []
  return (Number(fields[11]) + Number(fields[12])) * TICK
}

async function freePort (): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}
