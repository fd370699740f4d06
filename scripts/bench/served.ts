/**
 * The process of a server: `node served.ts <module>` listens, tells its port, and then the CPU time it has used whenever it is asked.
 *
 * @module
 */

import { pathToFileURL } from 'node:url'

/** A module in `apps/` that serves: listens on 127.0.0.1 and returns the port. */
export type Listen = () => Promise<number>

interface Served {
  readonly default: Listen
  /** The server's CPU time in microseconds, where it is a process of its own. */
  readonly cpu?: () => number
}

function ownTime (): number {
  const { user, system } = process.cpuUsage()
  return user + system
}

const { default: listen, cpu = ownTime }: Served = await import(pathToFileURL(String(process.argv[2])).href)
process.send?.(await listen())
process.on('message', () => { process.send?.(cpu()) })
