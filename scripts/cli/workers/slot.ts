/**
 * Processes of a server.
 *
 * @module
 */

import type { Worker } from 'node:cluster'

export interface Slot {
  readonly index: number
  failures: number
  timer?: NodeJS.Timeout | undefined
}

/** A process. */
export interface Member {
  readonly slot: Slot
  readonly worker: Worker
  readonly started: Promise<boolean>
  readonly ended: Promise<void>
  /** When it began to listen. */
  readyAt?: number
  /** It was told to end: by a message, or by a signal before it listened. */
  ending?: 'drain' | 'signal'
}
