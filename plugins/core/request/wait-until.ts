/**
 * What keeps a request's things open after its response: background tasks, of whoever has some, for whoever has opened
 * something. They need not know each other.
 *
 * @module
 */

import type { FastifyRequest } from 'fastify'

const held = new WeakMap<FastifyRequest, Array<PromiseLike<unknown>>>()
const waiting = new WeakMap<FastifyRequest, () => void>()

/** Calls back when the request is over, should nothing else have told so: of a hijacked reply whose client is gone nothing does. */
export function whenOver (request: FastifyRequest, begin: () => void): void {
  waiting.set(request, begin)
}

/** Says that a request is over: it is answered, or its client is gone, and its handler is done. */
export function over (request: FastifyRequest): void {
  waiting.get(request)?.()
}

/**
 * Keeps what a request has opened, or opens yet, until something is settled: for work that goes on
 * after the response, such as background tasks.
 */
export function hold (request: FastifyRequest, until: PromiseLike<unknown>): void {
  const known = held.get(request)
  if (known === undefined) held.set(request, [until])
  else known.push(until)
}

/** Settled once all that a request is held for is, what is added meanwhile too; `undefined` when it is held for nothing. */
export function released (request: FastifyRequest): Promise<void> | undefined {
  const known = held.get(request)
  return known && settled(known)
}

async function settled (all: Iterable<PromiseLike<unknown>>): Promise<void> {
  // An array that grows is walked to its new end.
  for (const one of all) await one.then(undefined, () => undefined)
}
