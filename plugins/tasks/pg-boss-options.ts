/**
 * Where pg-boss keeps its jobs.
 *
 * @module
 */

import type { DurableOptions } from './durable.ts'

export interface PgBossOptions extends DurableOptions {
  readonly url: string
  /** Connections at most. */
  readonly poolSize: number
  /** Version of pg-boss's tables. */
  readonly schema: string
}
