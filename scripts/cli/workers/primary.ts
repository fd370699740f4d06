/**
 * The process that starts and watches the workers of an app. It serves nothing itself.
 *
 * @module
 * @see https://nodejs.org/api/cluster.html
 */

import cluster from 'node:cluster'
import { randomBytes } from 'node:crypto'
import { createRequire } from 'node:module'
import { availableParallelism } from 'node:os'
import type { FastifyBaseLogger, FastifyInstance, FastifyServerOptions } from 'fastify'
import type { Workers } from '../../../plugins/core/workers.ts'
import { UsageError } from '../failures.ts'
import { MEMBER } from './messages.ts'
import { Supervisor } from './supervisor.ts'

/** Milliseconds that a worker has beyond its own limit. */
const GRACE = 10_000

export interface PrimaryOptions {
  /** Path of the app. */
  readonly file: string
  readonly count: number
  readonly level: string
  readonly isPretty: boolean
  /** Milliseconds that requests have to end. */
  readonly closeGraceDelay: number
}

/**
 * Returns the number of workers.
 *
 * @throws UsageError when it is neither `auto` nor a whole number from 1 on.
 */
export function workerCount (text: string): number {
  if (text === 'auto') return availableParallelism()
  if (!/^[1-9]\d{0,2}$/.test(text)) throw new UsageError(`--workers must be auto or a whole number from 1 to 999, got "${text}"`)
  return Number(text)
}

/**
 * Starts the workers: this command again, in processes of their own. Resolves to the exit code.
 *
 * - SIGTERM and SIGINT end all of them, a second one at once.
 * - SIGHUP replaces them, one after the other.
 */
export async function startWorkers ({ file, count, level, isPretty, closeGraceDelay }: PrimaryOptions): Promise<number> {
  const log = loggerOf(file, level, isPretty)
  const secret = randomBytes(32).toString('hex')
  const supervisor = new Supervisor({
    count,
    log,
    killAfter: closeGraceDelay + GRACE,
    fork: index => cluster.fork({ [MEMBER]: JSON.stringify({ index, count, secret } satisfies Workers) })
  })
  let isClosing = false
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.on(signal, () => {
      if (isClosing) return supervisor.kill()
      isClosing = true
      log.info(`${signal}: the workers end`)
      supervisor.stop()
    })
  }
  process.on('SIGHUP', () => {
    log.info('SIGHUP: the workers are replaced, one after the other')
    supervisor.roll()
  })
  return await supervisor.run()
}

/** In the format of the app. */
function loggerOf (file: string, level: string, isPretty: boolean): FastifyBaseLogger {
  const Fastify: (options: FastifyServerOptions) => FastifyInstance = createRequire(file)('fastify')
  return Fastify({ logger: { level, ...isPretty && { transport: { target: 'pino-pretty' } } } }).log
}
