/**
 * The metrics of the process.
 *
 * @module
 */

import type { Registry } from 'prom-client'
import type { Client } from './client.ts'

let registry: Registry | undefined

/** Returns the metrics of the process, by prom-client. Collected once, since prom-client cannot stop to observe the garbage collection. */
export function processMetrics ({ Registry, collectDefaultMetrics }: Client): Registry {
  if (registry === undefined) collectDefaultMetrics({ register: registry = new Registry() })
  return registry
}
