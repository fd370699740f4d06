/**
 * The runtime's Temporal, or the polyfill where there is none.
 *
 * @module
 */

import type { Temporal } from 'temporal-polyfill'
import { optionalPeer } from '../core/peer.ts'

export type TemporalApi = typeof Temporal

/**
 * @param owner who needs it, for the message: `PlainDate()`
 * @throws APIKIT_ERR_MISSING_PEER when the runtime has no Temporal and temporal-polyfill is not installed
 */
export function temporal (owner: string): TemporalApi {
  const native: TemporalApi | undefined = Reflect.get(globalThis, 'Temporal')
  return native ?? optionalPeer<{ Temporal: TemporalApi }>(`fastify-apikit/types: ${owner}`, 'temporal-polyfill').Temporal
}

/** Tells by name, so that the values of the polyfill and of the runtime are taken alike. */
export function isTemporal (value: unknown, name: 'PlainDate' | 'PlainTime' | 'PlainDateTime' | 'ZonedDateTime' | 'Duration'): boolean {
  return typeof value === 'object' && value !== null && Reflect.get(value, Symbol.toStringTag) === `Temporal.${name}`
}
