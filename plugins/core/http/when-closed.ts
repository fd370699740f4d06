/**
 * Calls at the end of a response: it was sent, or its client has left.
 *
 * @module
 */

import type { ServerResponse } from 'node:http'

/** A property, and not a WeakMap: entries for each response would cost time in collections. */
const kCalls = Symbol('fastify-apikit.when-closed')

type Closing = Pick<ServerResponse, 'once'> & { [kCalls]?: Array<() => void> }

/** Calls something when a response is closed. By one listener for all: with more than ten, Node warns of a leak. */
export function whenClosed (raw: Closing, call: () => void): void {
  const known = raw[kCalls]
  if (known !== undefined) {
    known.push(call)
    return
  }
  const all = raw[kCalls] = [call]
  raw.once('close', () => { for (const one of all) one() })
}
