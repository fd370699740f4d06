/**
 * Measures parts of a request: for `timing`, which tells the client, for `metrics`, and for `telemetry`.
 *
 * @module
 */

import type { FastifyRequest } from 'fastify'

/** Present on requests of scopes in which somebody wants to know; else nothing is measured. */
export const kMeasures: unique symbol = Symbol('fastify-apikit.measures')

/** Parts of a request that are traced. */
export type Part = 'validation' | 'dependency' | 'handler' | 'serialization' | 'background'

/** Traces the parts of a request. */
export interface Trace {
  /** W3C trace context of the request, for what it causes elsewhere. */
  readonly traceparent: string
  /** Runs a part within a span, until its promise is settled. */
  run<T> (part: Part, name: string, call: () => T): T
}

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
  /** Of `telemetry`, for a request that is sampled. */
  trace: Trace | undefined

  /** Runs a dependency, and measures it until its promise is settled. */
  run<T> (name: string, call: () => T): T {
    const since = performance.now()
    const end = (): void => { this.all.push({ name, duration: performance.now() - since }) }
    let result: T
    try {
      result = this.trace === undefined ? call() : this.trace.run('dependency', name, call)
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

/** Returns the measures of a request. Starts them at the first call. */
export function measure (request: FastifyRequest): Measures {
  return (request[kMeasures] ??= new Measures())
}

/** Whether `telemetry` records spans of a request. */
export function isTraced (request: FastifyRequest): boolean {
  return request[kMeasures]?.trace !== undefined
}

/** Runs a part of a request within a span, if it is traced. */
export function traced<T> (request: FastifyRequest, part: Part, name: string, call: () => T): T {
  const trace = request[kMeasures]?.trace
  return trace === undefined ? call() : trace.run(part, name, call)
}

/** The W3C trace context of a request that is traced. */
export function traceparentOf (request: FastifyRequest): string | undefined {
  return request[kMeasures]?.trace?.traceparent
}
