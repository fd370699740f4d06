/**
 * One of the two apps of a duel, in a process of its own.
 *
 * @module
 */

import type { ChildProcess } from 'node:child_process'
import { join } from 'node:path'
import { ask, start, stop } from './child.ts'
import type { Cores } from './cores.ts'
import type { Drive } from './driver.ts'
import type { Question } from './in-process.ts'
import type { Load } from './wire.ts'
import { Server } from './load.ts'

export interface Contestant {
  /** Makes so many requests and returns their CPU time in microseconds. */
  cpu (requests: number): Promise<number>
  /** Makes so many requests and returns the bytes they allocate in the JavaScript heap. In process only. */
  bytes? (requests: number): Promise<number>
  /** Returns the body of an answer. */
  answer (): Promise<unknown>
  stop (): Promise<void>
}

/**
 * Old space, in megabytes, for both sides: without it about 4 % of the processes stayed slower by 40 % for their whole
 * life, perhaps by an early full garbage collection.
 */
const execArgv = ['--initial-old-space-size=256']

/** Starts an app that gets its requests within its process. */
export async function inProcess (module: string, load: Load, cores: Cores | undefined): Promise<Contestant> {
  const { child } = await start(join(import.meta.dirname, 'in-process.ts'), [module, JSON.stringify(load)], { execArgv, core: cores?.apps })
  const measure = (measure: Question['measure']) => async (requests: number): Promise<number> => ask<number>(child, { measure, requests })
  return {
    cpu: measure('cpu'),
    bytes: measure('bytes'),
    answer: async () => JSON.parse(await ask<string>(child, { measure: 'body', requests: 1 })),
    stop: async () => stop(child)
  }
}

/** Starts the load generator. */
export async function startDriver (cores: Cores | undefined): Promise<ChildProcess> {
  const { child } = await start(join(import.meta.dirname, 'driver.ts'), [], { core: cores?.load })
  return child
}

/** Starts an app that gets its requests over sockets. */
export async function overSockets (module: string, load: Load, cores: Cores | undefined, driver: ChildProcess): Promise<Contestant> {
  const server = await Server.start(module, { execArgv, core: cores?.apps })
  return {
    async cpu (requests) {
      const before = await server.cpu()
      await ask(driver, { port: server.port, load, requests } satisfies Drive)
      return await server.cpu() - before
    },
    answer: async () => (await server.answer(load)).body,
    stop: async () => server.stop()
  }
}
