/**
 * Measures parts of a request: for `timing`, which tells the client, for `metrics`, and for `telemetry`.
 *
 * @module
 */

import type { FastifyRequest } from 'fastify'

/** Present on requests of scopes in which somebody wants to know; else nothing is measured. */
export const kMeasures: unique symbol = Symbol('fastify-apikit.measures')

/** A part of the time of a request. */
export interface Measure {
  readonly name: string
  /** Milliseconds. */
  readonly duration: number
}

declare module 'fastify' {
  interface FastifyRequest {
    [kMeasures]?: Measures | null
  }
}

export class Measures {
  readonly all: Measure[] = []

  /** Runs a part, and measures it until its promise is settled. */
  run<T> (name: string, call: () => T): T {
    const since = performance.now()
    const end = (): void => { this.all.push({ name, duration: performance.now() - since }) }
    let result: T
    try {
      result = call()
    } catch (error) {
      end()
      throw error
    }
    // Not any thenable: some of them do their work again each time.
    if (result instanceof Promise) result.then(end, end)
    else end()
    return result
  }
}

/** Begins to measure a request, if nobody has yet. */
export function measure (request: FastifyRequest): Measures {
  return (request[kMeasures] ??= new Measures())
}
