/**
 * Where others put what they have measured of a request, for `timing` to tell the client.
 *
 * @module
 */

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
    [kMeasures]?: Measure[] | null
  }
}
