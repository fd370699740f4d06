/**
 * Stores how far a job is.
 *
 * @module
 */

import type { Claimed, Store } from './durable.ts'

/** Returns what a job calls with its progress. While a value is stored, only the last of those that follow is kept. */
export function progressOf (store: Pick<Store, 'progress'>, job: Claimed): (value: number) => Promise<void> {
  let next: number | undefined
  let storing: Promise<void> | undefined
  const storeAll = async (): Promise<void> => {
    while (next !== undefined) {
      const value = next
      next = undefined
      await store.progress(job, value)
    }
  }
  return async value => {
    next = value
    await (storing ??= storeAll().finally(() => { storing = undefined }))
  }
}
