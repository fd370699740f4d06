/**
 * Locks of other processes: SQLite itself would stop the event loop to wait for them, so they are asked for again.
 *
 * @module
 */

import { setTimeout as delay } from 'node:timers/promises'
import { isBusy } from './errors.ts'
import { DatabaseUnavailable } from '../violations.ts'

/**
 * Does again what was refused because of a lock.
 *
 * @param translate for any other error
 * @param timeout milliseconds
 * @throws DatabaseUnavailable when the lock was not free in time
 */
export async function again<T> (work: () => T, translate: (error: unknown) => unknown, timeout: number): Promise<T> {
  const end = performance.now() + timeout
  let cause: unknown
  for (let wait = 1; performance.now() <= end; wait = Math.min(wait * 1.5, 25)) {
    await delay(wait * (0.5 + Math.random() / 2))
    try {
      return work()
    } catch (error) {
      if (!isBusy(error)) throw translate(error)
      cause = error
    }
  }
  throw new DatabaseUnavailable(`SQLite: another process has held its lock for ${timeout} ms`, { cause })
}
