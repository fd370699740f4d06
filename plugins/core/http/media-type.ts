/**
 * What kind of body a request says it has.
 *
 * @module
 */

import type { FastifyRequest } from 'fastify'

export const MULTIPART = 'multipart/form-data'
export const URLENCODED = 'application/x-www-form-urlencoded'

/** The content type of a body in lower case, without parameters; empty without one. */
export function mediaTypeOf ({ headers }: FastifyRequest): string {
  return headers['content-type']?.split(';', 1)[0]?.trim().toLowerCase() ?? ''
}
