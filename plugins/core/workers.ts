/**
 * Several processes that serve one app: `fastify-apikit start --workers 4`. The command line declares them in each process
 * before it loads the app.
 *
 * @module
 */

import { APIKIT_ERR_WORKERS } from './errors.ts'

/** A process, and those beside it. */
export interface Workers {
  /** From 1 on. A process that replaces another has its index. */
  readonly index: number
  readonly count: number
  /** Random text, the same in all of them, and another one at each start. */
  readonly secret: string
}

let workers: Workers | undefined
let isLeading = false
const leaders = new Set<() => void>()
const draining = new Set<() => void>()

/** Declares that this process is one of several. */
export function declareWorkers (declared: Workers | undefined): void {
  workers = declared
  isLeading = false
}

/** Returns which of several processes this is; `undefined` when it is the only one. */
export function workersOf (): Workers | undefined {
  return workers
}

/**
 * Returns the share of this process in something that all of them have together, such as connections to a database.
 *
 * @param what For the message: `fastify-apikit/db: poolSize`.
 * @throws APIKIT_ERR_WORKERS when there is not one for each.
 */
export function shareOfWorkers (what: string, total: number): number {
  const { count } = workers ?? { count: 1 }
  if (total < count) throw new APIKIT_ERR_WORKERS(`${what} is ${total}, for ${count} workers together. Set it to ${count} or more, or start fewer workers`)
  return Math.floor(total / count)
}

/**
 * Refuses something that one process keeps for itself, where several must agree.
 *
 * @throws APIKIT_ERR_WORKERS when there are several.
 */
export function refuseWorkers (what: string, fix: string): void {
  if (workers !== undefined) throw new APIKIT_ERR_WORKERS(`${what} is kept in one process, and the app runs in ${workers.count}. ${fix}, or start it without --workers`)
}

/** Calls the listener when this process does what only one of them does: at once if there is only one. Returns how to forget it. */
export function whenLeading (listener: () => void): () => void {
  if (workers === undefined || isLeading) listener()
  else leaders.add(listener)
  return () => { leaders.delete(listener) }
}

/** Says that this process does what only one of them does. */
export function lead (): void {
  isLeading = true
  for (const listener of leaders) listener()
  leaders.clear()
}

/** Calls the listener when this process will be closed soon. Returns how to forget it. */
export function whenDraining (listener: () => void): () => void {
  draining.add(listener)
  return () => { draining.delete(listener) }
}

/** Says that this process will be closed soon, and still answers. */
export function announceDrain (): void {
  for (const listener of draining) listener()
}
