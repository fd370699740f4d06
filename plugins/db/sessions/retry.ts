/**
 * Work done again that other transactions have been in the way of.
 *
 * @module
 */

import { setTimeout as delay } from 'node:timers/promises'
import { SerializationFailure } from '../engine/violations.ts'

export interface Idempotence {
  /** How often more at most. */
  readonly retries: number
}

export async function idempotently<T> ({ retries }: Idempotence, work: () => Promise<T>, attempt = 0): Promise<T> {
  try {
    return await work()
  } catch (error) {
    if (!(error instanceof SerializationFailure) || attempt >= retries) throw error
  }
  // Not at the same moment as the other one: each waits otherwise.
  await delay(Math.random() * Math.min(10 * 2 ** attempt, 500))
  return idempotently({ retries }, work, attempt + 1)
}
