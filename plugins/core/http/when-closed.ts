/**
 * Calls at the end of a response: it was sent, or its client has left.
 *
 * @module
 */

import type { ServerResponse } from 'node:http'

const calls = new WeakMap<object, Array<() => void>>()

/** Calls something when a response is closed. By one listener for all: with more than ten, Node warns of a leak. */
export function whenClosed (raw: Pick<ServerResponse, 'once'>, call: () => void): void {
  const known = calls.get(raw)
  if (known !== undefined) {
    known.push(call)
    return
  }
  const all = [call]
  calls.set(raw, all)
  raw.once('close', () => { for (const one of all) one() })
}
